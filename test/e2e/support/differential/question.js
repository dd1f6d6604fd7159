// A random question about a world, as a tree and as the query string that asks
// it.
//
//   question = { model, columns, embeds, where, order, limit, offset }
//   embed    = { link, alias, style: 'left' | 'inner' | 'empty' | 'spread', question }

import { randomValue } from './world.js'

const NUMBERS = ['Int', 'BigInt', 'Float', 'Decimal']
const COMPARISONS = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte']
const PATTERNS = ['%', 'a%', '*b*', '_', '%\\%%', 'Z%', 'zoë', '%"%', '%🙂', '\\\\', 'b\\_c', '']
const MATCHES = ['a', '^a', 'b$', '^$', '[A-Z]', '^.$', 'o.', 'x,y', '"', '[(]', '^[a-z]+$', '日', 'a|q', '(b_)?c']
const TEXTUAL = ['Int', 'BigInt', 'Boolean', 'String', 'Color']

const MOST_EMBEDS = 2
const DEEPEST = 3

/* ---- Conditions ---- */

function makeCondition(r, column) {
  const { type } = column
  const isId = column.name === 'id' || column.parent !== undefined
  const value = () => (isId ? 1 + r.below(8) : randomValue(r, { type }))
  const values = () => r.times(r.below(4), value)
  const kinds = ['compare', 'compare', 'compare', 'in', 'is', 'distinct', 'quantified']
  if (type === 'String') kinds.push('like', 'like', 'match')
  const kind = r.pick(kinds)
  const isNegated = r.once(4)
  const condition = { kind, column, isNegated }
  switch (kind) {
    case 'compare':
      return { ...condition, op: type === 'Boolean' ? r.pick(['eq', 'neq']) : r.pick(COMPARISONS), value: value() }
    case 'in':
      return { ...condition, values: values() }
    case 'is':
      return { ...condition, what: type === 'Boolean' ? r.pick(['null', 'true', 'false', 'unknown', 'not_null']) : r.pick(['null', 'not_null']) }
    case 'distinct':
      return { ...condition, value: value() }
    case 'quantified':
      return { ...condition, op: r.pick(['eq', 'gt', 'lte']), quantifier: r.pick(['any', 'all']), values: r.times(1 + r.below(3), value) }
    case 'like':
      return { ...condition, op: r.pick(['like', 'ilike']), pattern: r.pick(PATTERNS) }
    case 'match':
      return { ...condition, op: r.pick(['match', 'imatch']), pattern: r.pick(MATCHES) }
  }
}

function makeExistence(r, embeds) {
  return { kind: 'exists', embed: r.pick(embeds), isNegated: r.once(2) }
}

function makeWhere(r, model, embeds, depth = 0) {
  const askable = embeds.filter((e) => e.style !== 'inner' && e.style !== 'spread')
  if (depth < 2 && r.once(3)) {
    return {
      kind: 'group',
      word: r.pick(['and', 'or']),
      isNegated: r.once(3),
      children: r.times(1 + r.below(3), () => makeWhere(r, model, embeds, depth + 1)),
    }
  }
  if (askable.length > 0 && r.once(3)) return makeExistence(r, askable)
  return makeCondition(r, r.pick(model.columns))
}

/* ---- Questions ---- */

function makeOrder(r, model, embeds) {
  const near = embeds.filter((e) => e.link.isToOne && e.style === 'left')
  const term = () => {
    const isDescending = r.once(2)
    const nulls = r.pick([undefined, 'nullsfirst', 'nullslast'])
    if (near.length > 0 && r.once(3)) {
      const embed = r.pick(near)
      return { embed, column: r.pick(embed.link.to.columns), isDescending, nulls }
    }
    return { column: r.pick(model.columns), isDescending, nulls }
  }
  return r.once(2) ? [] : r.times(1 + r.below(2), term)
}

function makeEmbed(r, world, link, depth) {
  const style = r.pick(['left', 'left', 'left', 'inner', 'empty', 'spread'])
  const question = makeQuestion(r, world, link.to, depth + 1)
  // What is spread has to have names of its own.
  if (style === 'spread') question.embeds = question.embeds.filter((e) => e.style === 'inner')
  if (style === 'empty') Object.assign(question, { columns: [], embeds: [], order: [] })
  if (style !== 'left' || link.isToOne) Object.assign(question, { limit: undefined, offset: 0 })
  if (style === 'spread') question.order = question.order.filter((term) => term.embed === undefined)
  if (style === 'spread' || style === 'empty') question.where = question.where.filter((w) => !mentionsEmbed(w))
  // What spreads lift to one level must not share a name.
  return { link, alias: `e${world.aliasCount++}`, style, question }
}

/** By what filters and orders of a spread name it. */
function spreadName(embed) {
  return embed.style === 'spread' ? embed.link.target.split('!')[0] : undefined
}

function mentionsEmbed(where) {
  return where.kind === 'exists' || (where.children ?? []).some(mentionsEmbed)
}

/** A column, now and then as text. */
function makeShown(r, column) {
  return TEXTUAL.includes(column.type) && r.once(6) ? { ...column, isText: true } : column
}

export function makeQuestion(r, world, model, depth = 0) {
  const links = world.links.filter((link) => link.from === model)
  const count = depth < DEEPEST && links.length > 0 ? r.below(MOST_EMBEDS + 1) : 0
  const embeds = []
  for (let i = 0; i < count; i++) {
    const embed = makeEmbed(r, world, r.pick(links), depth)
    // A spread has no alias, so two of one name could not be told apart.
    const isTwice = embeds.some((e) => spreadName(e) !== undefined && spreadName(e) === spreadName(embed))
    if (!isTwice) embeds.push(embed)
  }
  return {
    model,
    columns: r.some(model.columns).map((c) => makeShown(r, c)),
    embeds,
    where: r.times(r.below(3), () => makeWhere(r, model, embeds)),
    order: makeOrder(r, model, embeds),
    limit: r.once(3) ? r.below(5) : undefined,
    offset: r.once(4) ? r.below(4) : 0,
  }
}

/* ---- As a query string ---- */

const quote = (text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

function textOf(value) {
  return typeof value === 'string' ? value : String(value)
}

/** A condition without its column: operator.value. */
function printOperation(c, isNested) {
  const scalar = (value) => (isNested ? quote(textOf(value)) : textOf(value))
  const not = c.isNegated ? 'not.' : ''
  switch (c.kind) {
    case 'compare':
      return `${not}${c.op}.${scalar(c.value)}`
    case 'in':
      return `${not}in.(${c.values.map((v) => quote(textOf(v))).join(',')})`
    case 'is':
      return `${not}is.${c.what}`
    case 'distinct':
      return `${not}isdistinct.${scalar(c.value)}`
    case 'quantified':
      return `${not}${c.op}(${c.quantifier}).{${c.values.map((v) => quote(textOf(v))).join(',')}}`
    case 'like':
    case 'match':
      return `${not}${c.op}.${scalar(c.pattern)}`
    case 'exists':
      return c.isNegated ? 'is.null' : 'not.is.null'
  }
}

const nameOf = (c) => (c.kind === 'exists' ? c.embed.alias : c.column.name)

function printMember(c) {
  if (c.kind !== 'group') return `${nameOf(c)}.${printOperation(c, true)}`
  return `${c.isNegated ? 'not.' : ''}${c.word}(${c.children.map(printMember).join(',')})`
}

function printTerm(term) {
  const name = term.embed ? `${term.embed.alias}(${term.column.name})` : term.column.name
  return [name, term.isDescending ? 'desc' : 'asc', term.nulls].filter(Boolean).join('.')
}

function printSelect(question, prefix = '') {
  const columns = question.columns.map((c) => {
    const shown = c.isText ? `${c.name}::text` : c.name
    return prefix ? `${prefix}${c.name}:${shown}` : shown
  })
  const embeds = question.embeds.map((e) => {
    const inside = printSelect(e.question, e.style === 'spread' ? `${e.alias}_` : '')
    const mark = e.style === 'inner' ? '!inner' : ''
    return e.style === 'spread' ? `...${e.link.target}(${inside})` : `${e.alias}:${e.link.target}${mark}(${inside})`
  })
  return [...columns, ...embeds].join(',')
}

function addParameters(parameters, question, path) {
  for (const c of question.where) {
    if (c.kind === 'group') {
      const word = `${c.isNegated ? 'not.' : ''}${c.word}`
      parameters.push([`${path}${word}`, `(${c.children.map(printMember).join(',')})`])
    } else {
      parameters.push([`${path}${nameOf(c)}`, printOperation(c, false)])
    }
  }
  if (question.order.length > 0) parameters.push([`${path}order`, question.order.map(printTerm).join(',')])
  if (question.limit !== undefined) parameters.push([`${path}limit`, String(question.limit)])
  if (question.offset > 0) parameters.push([`${path}offset`, String(question.offset)])
  for (const e of question.embeds) {
    addParameters(parameters, e.question, `${path}${spreadName(e) ?? e.alias}.`)
  }
}

/** What to GET below /rest/v1/. */
export function printQuestion(question) {
  const parameters = [['select', printSelect(question)]]
  addParameters(parameters, question, '')
  return `${question.model.table}?${new URLSearchParams(parameters)}`
}
