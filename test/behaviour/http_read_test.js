// What a read looks like on the wire: headers, statuses and the forms of a
// request that the official client never sends.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { LIBRARY, resetLibrary } from '../e2e/support/library.js'
import { ENGINE, serveSchema } from '../e2e/support/tenon.js'

let server

before(async () => {
  server = await serveSchema(LIBRARY)
  await resetLibrary(server)
})
after(() => server?.close())

async function read(path, headers = {}, method = 'GET') {
  const response = await server.fetch(path, { method, headers })
  const text = await response.text()
  return { response, status: response.status, headers: response.headers, text }
}

async function isbns(path, headers) {
  const { text } = await read(path, headers)
  return JSON.parse(text).map((book) => book.isbn).join('')
}

async function failure(path, headers, method) {
  const { status, text, headers: got } = await read(path, headers, method)
  const body = JSON.parse(text)
  assert.deepEqual(Object.keys(body), ['code', 'message', 'details', 'hint'])
  assert.equal(got.get('content-type'), 'application/json; charset=utf-8')
  return { status, ...body }
}

test('a list is compact JSON with its range', async () => {
  const { status, headers, text } = await read('books?select=isbn,pages&order=isbn&limit=2')
  assert.equal(status, 200)
  assert.equal(text, '[{"isbn":"1","pages":387},{"isbn":"2","pages":204}]')
  assert.equal(headers.get('content-type'), 'application/json; charset=utf-8')
  assert.equal(headers.get('content-range'), '0-1/*')
  assert.equal(Number(headers.get('content-length') ?? text.length), text.length)
})

const RANGES = [
  ['of all', 'books', {}, 200, '0-4/*'],
  ['of nothing', 'books?isbn=eq.none', {}, 200, '*/*'],
  ['with a total', 'books', { Prefer: 'count=exact' }, 200, '0-4/5'],
  ['with a total and a limit', 'books?limit=2', { Prefer: 'count=exact' }, 206, '0-1/5'],
  ['of nothing with a total', 'books?isbn=eq.none', { Prefer: 'count=exact' }, 200, '*/0'],
  ['with an offset', 'books?offset=3&limit=1', { Prefer: 'count=exact' }, 206, '3-3/5'],
  ['limit 0', 'books?limit=0', {}, 200, '*/*'],
  ['Range header', 'books', { Range: '1-2' }, 200, '1-2/*'],
  ['open Range header', 'books', { Range: '3-' }, 200, '3-4/*'],
  ['Range header and total', 'books', { Range: '1-2', Prefer: 'count=exact' }, 206, '1-2/5'],
  ['Range header beyond the end', 'books', { Range: '4-100' }, 200, '4-4/*'],
  ['estimated count', 'books?limit=2', { Prefer: 'count=estimated' }, 206, '0-1/5'],
]
for (const [name, path, headers, status, range] of RANGES) {
  test(`Content-Range: ${name}`, async () => {
    const got = await read(path, { 'Range-Unit': 'items', ...headers })
    assert.equal(got.status, status)
    assert.equal(got.headers.get('content-range'), range)
  })
}

test('Content-Range: a planned count is what the planner expects', async () => {
  const got = await read('books?limit=2', { Prefer: 'count=planned' })
  assert.match(got.headers.get('content-range'), ENGINE === 'sqlite' ? /^0-1\/5$/ : /^0-1\/\d+$/)
})

test('an offset behind the end is refused once the total is known', async () => {
  const error = await failure('books?offset=9', { Prefer: 'count=exact' })
  assert.equal(error.status, 416)
  assert.equal(error.code, 'PGRST103')
  assert.equal(error.details, 'An offset of 9 was requested, but there are only 5 rows.')
})

for (const [name, path, headers] of [
  ['backwards', 'books', { Range: '5-2' }],
  ['a negative limit', 'books?limit=-1', {}],
  ['a negative offset', 'books?offset=-1', {}],
]) {
  test(`a range that cannot be: ${name}`, async () => {
    const error = await failure(path, headers)
    assert.equal(error.status, 416)
    assert.equal(error.code, 'PGRST103')
  })
}

test('count says which preference was applied', async () => {
  const { headers } = await read('books', { Prefer: 'count=exact' })
  assert.equal(headers.get('preference-applied'), 'count=exact')
})

test('HEAD has the headers of GET and no body', async () => {
  const get = await read('books?limit=2', { Prefer: 'count=exact' })
  const head = await read('books?limit=2', { Prefer: 'count=exact' }, 'HEAD')
  assert.equal(head.status, get.status)
  assert.equal(head.text, '')
  for (const name of ['content-type', 'content-range', 'preference-applied']) {
    assert.equal(head.headers.get(name), get.headers.get(name))
  }
})

test('one object instead of a list', async () => {
  const accept = { Accept: 'application/vnd.pgrst.object+json' }
  const { status, text, headers } = await read('books?isbn=eq.2&select=title', accept)
  assert.equal(status, 200)
  assert.equal(text, '{"title":"Solaris"}')
  assert.match(headers.get('content-type'), /^application\/vnd\.pgrst\.object\+json/)
  const error = await failure('books', accept)
  assert.equal(error.status, 406)
  assert.equal(error.code, 'PGRST116')
})

test('a media type that is not available', async () => {
  const error = await failure('books', { Accept: 'application/x-yaml' })
  assert.equal(error.status, 406)
  assert.equal(error.code, 'PGRST107')
})

for (const accept of ['*/*', 'application/json', 'application/*', 'text/html, */*;q=0.1']) {
  test(`Accept: ${accept} gets JSON`, async () => {
    const { status, headers } = await read('books', { Accept: accept })
    assert.equal(status, 200)
    assert.equal(headers.get('content-type'), 'application/json; charset=utf-8')
  })
}

const QUERIES = [
  ['spaces as plus', 'books?select=isbn&title=eq.Invisible+Cities', '4'],
  ['spaces as %20', 'books?select=isbn&title=eq.Invisible%20Cities', '4'],
  ['star is a wildcard in like', 'books?select=isbn&title=like.*olar*', '2'],
  ['not before the operator', 'books?select=isbn&order=isbn&pages=not.gt.200', '4'],
  ['negated group', 'books?select=isbn&order=isbn&not.or=(isbn.eq.1,isbn.eq.2)', '345'],
  ['and as a group', 'books?select=isbn&and=(pages.gt.200,pages.lt.300)', '2'],
  ['spaces in groups', 'books?select=isbn&order=isbn&or=( isbn.eq.1 , isbn.eq.2 )', '12'],
  ['quoted values in groups', 'books?select=isbn&or=(title.eq."Solaris",title.eq."\\"")', '2'],
  ['is unknown', 'books?select=isbn&in_print=is.unknown', ''],
  ['is not_null', 'books?select=isbn&order=isbn&pages=is.not_null', '1245'],
  ['is ignores case', 'books?select=isbn&pages=is.NULL', '3'],
  ['the same filter twice', 'books?select=isbn&order=isbn&pages=gt.200&pages=lt.400', '12'],
  ['a quoted column', 'books?select="isbn"&"isbn"=eq.1', '1'],
  ['order with everything', 'books?select=isbn&order=pages.desc.nullslast,isbn.asc', '51243'],
]
for (const [name, path, want] of QUERIES) {
  test(`query: ${name}`, async () => {
    assert.equal(await isbns(path), want)
  })
}

const MALFORMED = [
  ['an unknown operator', 'books?pages=foo.1', 'PGRST100'],
  ['no operator', 'books?pages=1', 'PGRST100'],
  ['is with something else', 'books?pages=is.maybe', 'PGRST100'],
  ['an open group', 'books?or=(pages.eq.1', 'PGRST100'],
  ['an open list', 'books?pages=in.(1,2', 'PGRST100'],
  ['order by what is no direction', 'books?order=pages.up', 'PGRST100'],
  ['select that does not parse', 'books?select=a,,b', 'PGRST100'],
  ['a limit that is no number', 'books?limit=ten', 'PGRST100'],
]
for (const [name, path, code] of MALFORMED) {
  test(`malformed: ${name}`, async () => {
    const error = await failure(path)
    assert.equal(error.status, 400)
    assert.equal(error.code, code)
  })
}

test('bytes that are no UTF-8 are refused', async () => {
  const error = await failure('books?title=eq.%ff%fe')
  assert.equal(error.status, 400)
})

test('any credentials are accepted', async () => {
  const { status } = await read('books', { apikey: 'x', Authorization: 'Bearer y' })
  assert.equal(status, 200)
})

test('paths', async () => {
  assert.equal((await failure('books/1')).status, 404)
  assert.equal((await failure('books/1')).code, 'PGRST125')
  assert.equal((await read('books?limit=1', {}, 'GET')).status, 200)
  assert.equal((await fetch(`${server.url}/nothing/here`)).status, 404)
})

test('a method that a table does not know', async () => {
  const response = await server.fetch('books', { method: 'PROPFIND' })
  assert.equal(response.status, 405)
  assert.match(response.headers.get('allow'), /GET/)
})

test('preflight allows what a browser asks for', async () => {
  const response = await server.fetch('books', {
    method: 'OPTIONS',
    headers: {
      Origin: 'https://app.example',
      'Access-Control-Request-Method': 'PATCH',
      'Access-Control-Request-Headers': 'authorization, apikey, x-client-info, prefer',
    },
  })
  assert.ok([200, 204].includes(response.status))
  const header = (name) => response.headers.get(`access-control-${name}`)
  assert.equal(header('allow-origin'), '*')
  for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) {
    assert.ok(header('allow-methods').includes(method))
  }
  for (const name of ['authorization', 'apikey', 'x-client-info', 'prefer']) {
    assert.ok(header('allow-headers').toLowerCase().includes(name))
  }
  assert.equal(header('max-age'), '86400')
})

test('a reply to another origin may be read, with the range', async () => {
  const { headers } = await read('books', { Origin: 'https://app.example' })
  assert.equal(headers.get('access-control-allow-origin'), '*')
  assert.match(headers.get('access-control-expose-headers'), /Content-Range/i)
})

test('health and readiness', async () => {
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200)
  assert.equal((await fetch(`${server.url}/readyz`)).status, 200)
})

test('an embed with an alias that is named by its table is understood, with a warning', async () => {
  const old = await read('books?select=isbn,writer:authors(name)&authors.name=like.*Guin*&order=isbn&limit=1')
  const now = await read('books?select=isbn,writer:authors(name)&writer.name=like.*Guin*&order=isbn&limit=1')
  assert.equal(old.text, now.text)
  assert.match(old.headers.get('warning'), /^299 - "an embedded table that has an alias [^"]*"$/)
  assert.equal(now.headers.get('warning'), null)
})

const WARNED = [
  ['an order', 'authors?select=name,works:books(isbn)&books.order=isbn', true],
  ['a limit', 'authors?select=name,works:books(isbn)&books.limit=1', true],
  ['a group', 'authors?select=name,works:books(isbn)&books.or=(isbn.eq.1,isbn.eq.2)', true],
  ['a filter by existence', 'authors?select=name,works:books()&books=not.is.null', true],
  ['a table below one', 'authors?select=name,books(isbn,lent:loans(days))&books.loans.days=gt.3', true],
  ['a table without an alias', 'authors?select=name,books(isbn)&books.order=isbn', false],
  ['an alias that is another\'s table', 'loans?select=days,authors:books(isbn)&authors.isbn=eq.1', false],
]
for (const [what, path, isWarned] of WARNED) {
  test(`${what}: ${isWarned ? 'the old name is warned of' : 'there is no warning'}`, async () => {
    const { status, headers, text } = await read(path)
    assert.equal(status, 200, text)
    assert.equal(headers.has('warning'), isWarned)
  })
}
