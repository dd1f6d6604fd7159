/*
 * From rounds to medians, ratios and verdicts.
 */
import { readFileSync, writeFileSync } from 'node:fs'

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]
    : (sorted[middle - 1] + sorted[middle]) / 2
}

export function summary(numbers) {
  return {
    median: median(numbers),
    least: Math.min(...numbers),
    most: Math.max(...numbers),
  }
}

const FIGURES = ['perSecond', 'cpuMicros', 'p50', 'p99', 'p999']

/* rounds: a list of {contender: {workload: window, ...}}. */
export function summarize(rounds) {
  const result = {}
  for (const [name, workloads] of Object.entries(rounds[0])) {
    result[name] = {}
    for (const workload of Object.keys(workloads)) {
      const windows = rounds.map((round) => round[name][workload])
      const entry = result[name][workload] = {}
      for (const figure of FIGURES) {
        if (figure in windows[0])
          entry[figure] = summary(windows.map((w) => w[figure]))
      }
      entry.failed = windows.reduce(
        (sum, w) => sum + w.failed + w.broken + w.timeouts, 0)
    }
  }
  return result
}

/* What the README promises; value is undefined when one side of the
 * comparison was not measured. */
export function verdicts(s, start, memory, p99Shift) {
  const ours = s.tenon
  const unrecorded = s['tenon unrecorded']
  const onPostgres = s['tenon postgresql']
  const limit = s.epoll?.health.cpuMicros.median
  const cpu = (workload) => ours?.[workload].cpuMicros.median / limit
  const over = (mine, peer, workload, figure) =>
    mine?.[workload][figure].median / s[peer]?.[workload][figure].median
  const rate = (workload, peer) => over(ours, peer, workload, 'perSecond')
  const pgRate = (workload, peer) =>
    over(onPostgres, peer, workload, 'perSecond')
  const p99 = (workload) => onPostgres?.[workload].p99.median / 1000
  const rows = [
    ['/healthz: CPU over epoll', cpu('health'), '<=', 1.1, 'x'],
    ['point read: CPU over epoll', cpu('point'), '<=', 1.6, 'x'],
    ['list of 20: CPU over epoll', cpu('list'), '<=', 4.2, 'x'],
    ['insert at FULL: CPU over epoll',
      unrecorded?.insert.cpuMicros.median / limit, '<=', 5, 'x'],
    ['insert at FULL with audit and event: CPU over epoll', cpu('insert'),
      '<=', 5, 'x'],
    ['insert at FULL with audit and event: rate over one without',
      rate('insert', 'tenon unrecorded'), '>=', 0.7, 'x'],
    ['point read: rate over Fastify', rate('point', 'fastify NORMAL'),
      '>=', 3, 'x'],
    ['list of 20: rate over Fastify', rate('list', 'fastify NORMAL'),
      '>=', 3.5, 'x'],
    ['insert at FULL: rate over Fastify at FULL',
      over(unrecorded, 'fastify FULL', 'insert', 'perSecond'), '>=', 10, 'x'],
    ['insert at FULL with audit and event: rate over Fastify at FULL',
      rate('insert', 'fastify FULL'), '>=', 10, 'x'],
    ['insert at FULL: rate over Fastify at NORMAL',
      over(unrecorded, 'fastify NORMAL', 'insert', 'perSecond'),
      '>=', 1.8, 'x'],
    ['start to first answer, 50 models', start.tenon?.median, '<=', 20, 'ms'],
    ['idle memory', memory.tenon?.idle.median, '<=', 8, 'MB'],
    ['p99 of point reads beside a scan, shift', p99Shift, '<=', 2, 'ms'],
    ['PostgreSQL, point read: CPU over bare libpq',
      over(onPostgres, 'libpq', 'point', 'cpuMicros'), '<=', 1.4, 'x',
      p99('point')],
    ['PostgreSQL, point read: rate over Fastify',
      pgRate('point', 'fastify postgresql'), '>=', 3, 'x'],
    ['PostgreSQL, list of 20: rate over bare libpq',
      pgRate('list', 'libpq'), '>=', 0.7, 'x', p99('list')],
    ['PostgreSQL, list of 20 with related rows: rate over bare libpq',
      pgRate('nested', 'libpq'), '>=', 0.7, 'x', p99('nested')],
    ['PostgreSQL, insert: rate over bare libpq',
      pgRate('insert', 'libpq'), '>=', 0.7, 'x', p99('insert')],
  ]
  return rows.filter(([, value]) => Number.isFinite(value))
    .map(([what, value, sign, target, unit, p99Millis]) => ({
      what, value, p99Millis, target: `${sign} ${target} ${unit}`, unit,
      isMet: sign === '<=' ? value <= target : value >= target,
    }))
}

export function table(head, rows) {
  const widths = head.map((_, i) =>
    Math.max(...[head, ...rows].map((row) => String(row[i]).length)))
  const line = (row) => '| ' + row.map((cell, i) =>
    i === 0 ? String(cell).padEnd(widths[i])
      : String(cell).padStart(widths[i])).join(' | ') + ' |'
  const rule = '|' + widths.map((width, i) => i === 0
    ? '-'.repeat(width + 2) : '-'.repeat(width + 1) + ':').join('|') + '|'
  return [line(head), rule, ...rows.map(line)].join('\n')
}

const thousands = (n) => Math.round(n).toLocaleString('en-US')
const millis = (micros) => (micros / 1000).toFixed(2)
export const spread = (s, format) => s.least === s.most ? format(s.median)
  : `${format(s.median)} (${format(s.least)}-${format(s.most)})`

function windowRows(result) {
  const limit = result.summary.epoll?.health.cpuMicros.median
  return Object.entries(result.summary).flatMap(([name, workloads]) =>
    Object.entries(workloads).map(([workload, w]) => [
      `${name}: ${workload}`,
      spread(w.perSecond, thousands),
      spread(w.cpuMicros, (n) => n.toFixed(1)),
      limit ? (w.cpuMicros.median / limit).toFixed(2) : '-',
      millis(w.p50.median), spread(w.p99, millis), w.failed,
    ]))
}

function conditions({ machine, options }) {
  return [
    `${machine.cpu}, ${machine.cores} cores, Linux ${machine.kernel}, ` +
    `${machine.filesystem}; ${machine.compiler}; commit ${machine.commit}.`,
    `${options.rounds} interleaved rounds of ${options.seconds} s, ` +
    `${thousands(options.rows)} rows, wrk with 64 connections; ` +
    'median (least-most).',
    '',
  ]
}

/* The three on PostgreSQL beside each other. */
export function renderPostgres(result) {
  const { summary: s, machine } = result
  const of = (name, workload, figure) => s[name]?.[workload][figure].median
  const over = (name, workload, figure) =>
    (of('tenon postgresql', workload, figure) / of(name, workload, figure))
      .toFixed(2)
  const p99 = (name, workload) => millis(of(name, workload, 'p99'))
  return [
    ...conditions(result),
    `PostgreSQL ${machine.postgres}.`,
    '',
    table(['', 'requests/s', 'x libpq', 'x Fastify', 'CPU x libpq',
      'p99 ms', 'libpq p99', 'Fastify p99'],
    Object.entries(s['tenon postgresql']).map(([workload, w]) => [
      workload, spread(w.perSecond, thousands),
      over('libpq', workload, 'perSecond'),
      over('fastify postgresql', workload, 'perSecond'),
      over('libpq', workload, 'cpuMicros'),
      p99('tenon postgresql', workload), p99('libpq', workload),
      p99('fastify postgresql', workload)])),
  ].join('\n')
}

/* Markdown, which also reads well on a terminal. */
export function render(result) {
  return [
    ...conditions(result),
    table(['', 'requests/s', 'CPU us/request', 'x epoll', 'p50 ms', 'p99 ms',
      'errors'], windowRows(result)),
    '',
    table(['', 'start ms', 'idle MB', 'own MB, loaded', 'peak MB'],
      Object.keys(result.memory).map((name) => [name,
        result.start[name] ? spread(result.start[name],
          (n) => n.toFixed(1)) : '-',
        result.memory[name].idle.median.toFixed(1),
        result.memory[name].own.median.toFixed(1),
        result.memory[name].peak.median.toFixed(0)])),
    '',
    table(['SQLite alone, one thread', 'per second'],
      Object.entries(result.sqlite).map(([what, s]) =>
        [what, spread(s, thousands)])),
    '',
    ...promises(result),
  ].join('\n')
}

function promises({ verdicts: all }) {
  if (all.length === 0)
    return []
  return [table(['promise', 'measured', 'target', 'our p99', ''], all.map((v) =>
    [v.what, `${v.value.toFixed(2)} ${v.unit}`, v.target,
      v.p99Millis === undefined ? '' : `${v.p99Millis.toFixed(2)} ms`,
      v.isMet ? 'met' : 'MISSED']))]
}

/* Between <!-- name --> and <!-- end of name -->. */
export function writeDocs(name, report) {
  const path = 'docs/benchmarks.md'
  const marks = new RegExp(`(<!-- ${name} -->\\n)[^]*(<!-- end of ${name} -->)`)
  writeFileSync(path, readFileSync(path, 'utf8').replace(marks,
    (_, start, end) => `${start}\n${report}\n\n${end}`))
}
