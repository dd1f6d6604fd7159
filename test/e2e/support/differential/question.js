// A random question about a world, as a tree and as the query string that asks
// it.
//
//   question = { model, shown, embeds, where, order, limit, offset,
//                isGrouped, least, pageSize }
//   shown    = { name, place, cast, aggregate }
//   embed    = { link, alias, style: 'left' | 'inner' | 'empty' | 'spread', question }
//
// least: it is asked of the function that returns rows from that id on.
// pageSize: it is asked page by page.

import { makeCondition, nameOf, printMember, printOperation } from './condition.js'
import { makePlace, placeOf, printPlace } from './place.js'
import { castsOf } from './values.js'

const MOST_EMBEDS = 2
const DEEPEST = 3
const SUMMED = ['Int', 'BigInt', 'Decimal']
const RANKED = ['Int', 'BigInt', 'Float', 'Decimal', 'DateTime', 'String', 'Prose']

/* ---- What is shown ---- */

/** A column, a part of it, or it as another type. */
function makeShown(r, column) {
  const place = makePlace(r, column)
  if (place.steps.length > 0) return { name: `${column.name}_at`, place }
  const casts = castsOf(column)
  return { name: column.name, place, cast: casts.length > 0 && r.once(5) ? r.pick(casts) : undefined }
}

function makeAggregate(r, world, columns) {
  const name = `g${world.aliasCount++}`
  if (r.once(3)) return { name, aggregate: 'rows' }
  const place = placeOf(r.pick(columns))
  const known = ['count']
  if (!place.isList && SUMMED.includes(place.type)) known.push('sum', 'avg')
  if (!place.isList && RANKED.includes(place.type)) known.push('min', 'max')
  return { name, place, aggregate: r.pick(known) }
}

/* ---- Filters ---- */

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
  if (askable.length > 0 && r.once(3)) return { kind: 'exists', embed: r.pick(askable), isNegated: r.once(2) }
  return makeCondition(r, r.pick(model.columns))
}

function mentionsEmbed(where) {
  return where.kind === 'exists' || (where.children ?? []).some(mentionsEmbed)
}

/* ---- Orders ---- */

const direction = (r) => ({ isDescending: r.once(2), nulls: r.pick([undefined, 'nullsfirst', 'nullslast']) })

const orderedPlace = (r, model) => makePlace(r, r.pick(model.columns.filter((c) => !c.isList)))

function makeOrder(r, model, embeds) {
  const near = embeds.filter((e) => e.link.isToOne && e.style === 'left')
  const term = () => {
    if (near.length === 0 || !r.once(3)) return { place: orderedPlace(r, model), ...direction(r) }
    const embed = r.pick(near)
    return { embed, place: orderedPlace(r, embed.link.to), ...direction(r) }
  }
  return r.once(2) ? [] : r.times(1 + r.below(2), term)
}

/* ---- Embeds ---- */

function makeEmbed(r, world, link, depth) {
  const style = r.pick(['left', 'left', 'left', 'inner', 'empty', 'spread'])
  const isGrouped = style === 'left' && !link.isToOne && r.once(8)
  const question = isGrouped ? makeGroups(r, world, link.to, depth + 1) : makeRows(r, world, link.to, depth + 1)
  // What is spread has to have names of its own.
  if (style === 'spread') question.embeds = question.embeds.filter((e) => e.style === 'inner')
  if (style === 'empty') Object.assign(question, { shown: [], embeds: [], order: [] })
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

function makeEmbeds(r, world, model, depth) {
  const links = world.links.filter((link) => link.from === model)
  const count = depth < DEEPEST && links.length > 0 ? r.below(MOST_EMBEDS + 1) : 0
  const embeds = []
  for (let i = 0; i < count; i++) {
    const embed = makeEmbed(r, world, r.pick(links), depth)
    // A spread has no alias, so two of one name could not be told apart.
    const isTwice = embeds.some((e) => spreadName(e) !== undefined && spreadName(e) === spreadName(embed))
    if (!isTwice) embeds.push(embed)
  }
  return embeds
}

/* ---- Questions ---- */

const makeRange = (r) => ({ limit: r.once(3) ? r.below(5) : undefined, offset: r.once(4) ? r.below(4) : 0 })

function makeRows(r, world, model, depth) {
  const embeds = makeEmbeds(r, world, model, depth)
  return {
    model,
    shown: r.some(model.columns).map((c) => makeShown(r, c)),
    embeds,
    where: r.times(r.below(3), () => makeWhere(r, model, embeds)),
    order: makeOrder(r, model, embeds),
    ...makeRange(r),
  }
}

/** What a spread to one row lifts may be aggregated. Rows without a place and
 * those with JSON's null there would be two groups that look alike, and groups
 * have no order by lists. */
function liftAggregates(r, world, e) {
  if (e.style !== 'spread' || !e.link.isToOne) return
  const isKey = ({ place }) => !place.isList && (place.type !== 'Json' || place.steps.length === 0)
  e.question.shown = e.question.shown.filter(isKey)
  if (!r.once(2)) return
  const counted = makeAggregate(r, world, e.link.to.columns)
  if (counted.aggregate === 'sum' || counted.aggregate === 'avg') counted.aggregate = 'max'
  e.question.shown.push(counted)
}

/** Groups are in the order of what they are grouped by. */
function makeGroups(r, world, model, depth) {
  const embeds = r.once(2) ? makeEmbeds(r, world, model, depth) : []
  for (const e of embeds) liftAggregates(r, world, e)
  const columns = r.some(model.columns.filter((c) => !c.isList)).slice(0, r.below(3))
  const keys = columns.map((c) => ({ name: `${c.name}_key`, place: makePlace(r, c) }))
  const aggregates = r.times(1 + r.below(3), () => makeAggregate(r, world, model.columns))
  return {
    model,
    isGrouped: true,
    shown: [...keys, ...aggregates],
    embeds,
    where: r.times(r.below(3), () => makeWhere(r, model, embeds)),
    order: keys.length > 0 && r.once(2) ? [{ place: r.pick(keys).place, ...direction(r) }] : [],
    ...makeRange(r),
  }
}

export function makeQuestion(r, world, model) {
  const isGrouped = r.once(6)
  const question = isGrouped ? makeGroups(r, world, model, 0) : makeRows(r, world, model, 0)
  if (r.once(8)) {
    question.least = 1 + r.below(5)
    // Without an order they come as the function has them.
    if (!isGrouped && question.order.length === 0) question.order = [{ place: placeOf(model.columns[0]), isDescending: r.once(2) }]
  }
  const canTurnPages = !isGrouped && question.least === undefined && question.order.every((term) => !term.embed)
  if (canTurnPages && r.once(6)) Object.assign(question, { pageSize: 1 + r.below(4), limit: undefined, offset: 0 })
  return question
}

/* ---- As a query string ---- */

function printTerm(term) {
  const place = printPlace(term.place)
  const name = term.embed ? `${term.embed.alias}(${place})` : place
  return [name, term.isDescending ? 'desc' : 'asc', term.nulls].filter(Boolean).join('.')
}

export const printOrder = (order) => order.map(printTerm).join(',')

function printShown({ name, place, cast, aggregate }, prefix) {
  if (aggregate === 'rows') return `${prefix}${name}:count()`
  const text = printPlace(place) + (cast ? `::${cast}` : '') + (aggregate ? `.${aggregate}()` : '')
  return prefix === '' && name === place.column.name ? text : `${prefix}${name}:${text}`
}

export function printSelect(question, prefix = '') {
  const columns = question.shown.map((s) => printShown(s, prefix))
  const embeds = question.embeds.map((e) => {
    const inside = printSelect(e.question, e.style === 'spread' ? `${e.alias}_` : '')
    const mark = e.style === 'inner' ? '!inner' : ''
    return e.style === 'spread' ? `...${e.link.target}(${inside})` : `${e.alias}:${e.link.target}${mark}(${inside})`
  })
  return [...columns, ...embeds].join(',')
}

export function addFilters(parameters, where, path = '') {
  for (const c of where) {
    if (c.kind === 'group') {
      const word = `${c.isNegated ? 'not.' : ''}${c.word}`
      parameters.push([`${path}${word}`, `(${c.children.map(printMember).join(',')})`])
    } else {
      parameters.push([`${path}${nameOf(c)}`, printOperation(c, false)])
    }
  }
}

function addParameters(parameters, question, path) {
  const limit = question.pageSize ?? question.limit
  addFilters(parameters, question.where, path)
  if (question.order.length > 0) parameters.push([`${path}order`, printOrder(question.order)])
  if (limit !== undefined) parameters.push([`${path}limit`, String(limit)])
  if (question.offset > 0) parameters.push([`${path}offset`, String(question.offset)])
  for (const e of question.embeds) {
    addParameters(parameters, e.question, `${path}${spreadName(e) ?? e.alias}.`)
  }
}

/** What to GET below /rest/v1/. */
export function printQuestion(question) {
  const { model, least } = question
  const parameters = [['select', printSelect(question)]]
  addParameters(parameters, question, '')
  if (least !== undefined) parameters.push(['least', String(least)])
  return `${least === undefined ? model.table : `rpc/${model.rowsFunction}`}?${new URLSearchParams(parameters)}`
}
