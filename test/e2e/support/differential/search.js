// Text searches of the configuration `simple`: random ones, as each of the four
// operators writes them, and what they find.
//
//   search = { word, isPrefix } | { phrase: [word] } | { all: [search] }
//          | { any: [search] } | { not: search }

const WORDS = ['fox', 'dog', 'quick', 'lazy', 'jumps', 'the', 'été', 'Fox', 'cat']

const word = (r) => ({ word: r.pick(WORDS), isPrefix: false })
const phrase = (r) => ({ phrase: r.times(1 + r.below(3), () => r.pick(WORDS)) })
const words = (r) => ({ all: r.times(1 + r.below(2), () => word(r)) })

function makeTree(r, depth = 0) {
  const kind = depth < 3 ? r.pick(['word', 'word', 'phrase', 'all', 'any', 'not']) : 'word'
  const some = () => r.times(1 + r.below(3), () => makeTree(r, depth + 1))
  switch (kind) {
    case 'word':
      return r.once(4) ? { word: r.pick(['qu', 'f', 'd', 'jump', 'La']), isPrefix: true } : word(r)
    case 'phrase':
      return phrase(r)
    case 'not':
      return { not: makeTree(r, depth + 1) }
    default:
      return { [kind]: some() }
  }
}

/** As people write: no parentheses, and `or` between what must be there at once. */
function makeWeb(r) {
  const term = () => {
    const what = r.once(3) ? phrase(r) : word(r)
    return r.once(4) ? { not: what } : what
  }
  return { any: r.times(1 + r.below(2), () => ({ all: r.times(1 + r.below(3), term) })) }
}

const MAKE = { fts: makeTree, plfts: words, phfts: phrase, wfts: makeWeb }

export function makeSearch(r) {
  const op = r.pick(Object.keys(MAKE))
  return { op, search: MAKE[op](r) }
}

function printTree(s) {
  if (s.word !== undefined) return s.isPrefix ? `${s.word}:*` : s.word
  if (s.phrase) return `(${s.phrase.join(' <-> ')})`
  if (s.not) return `!(${printTree(s.not)})`
  return `(${(s.all ?? s.any).map(printTree).join(s.all ? ' & ' : ' | ')})`
}

function printTerm(s) {
  if (s.not) return `-${printTerm(s.not)}`
  return s.word ?? `"${s.phrase.join(' ')}"`
}

const PRINT = {
  fts: printTree,
  plfts: (s) => s.all.map((one) => one.word).join(' '),
  phfts: (s) => s.phrase.join(' '),
  wfts: (s) => s.any.map((one) => one.all.map(printTerm).join(' ')).join(' or '),
}

/** What stands behind the operator. */
export const printSearch = (op, search) => PRINT[op](search)

function test(s, found) {
  if (s.word !== undefined) {
    const wanted = s.word.toLowerCase()
    return found.some((one) => (s.isPrefix ? one.startsWith(wanted) : one === wanted))
  }
  if (s.phrase) return found.some((_, i) => s.phrase.every((one, n) => found[i + n] === one.toLowerCase()))
  if (s.not) return !test(s.not, found)
  return s.all ? s.all.every((one) => test(one, found)) : s.any.some((one) => test(one, found))
}

export const testSearch = (search, text) => test(search, text.toLowerCase().match(/\p{L}+/gu) ?? [])
