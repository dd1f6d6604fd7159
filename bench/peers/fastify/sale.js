/* Sales with their seller and three of their lines. PostgreSQL makes the JSON of
 * the related rows, which pg parses. */
export const nested = `SELECT id, seller_id, note, total, is_paid, created_at,
  (SELECT row_to_json(p) FROM (SELECT id, name, city,
      created_at::timestamptz AS created_at
    FROM seller WHERE id = sale.seller_id) p) AS seller,
  (SELECT coalesce(json_agg(l), '[]') FROM (SELECT id, sale_id, title,
      quantity, price
    FROM line WHERE sale_id = sale.id ORDER BY id LIMIT 3) l) AS line
  FROM sale WHERE id > $1 ORDER BY id LIMIT 20`

const object = (properties) => ({ type: 'object', properties })
const number = { type: 'number' }
const integer = { type: 'integer' }
const string = { type: 'string' }

export const sale = {
  type: 'array',
  items: object({
    id: integer, seller_id: integer, note: string, total: number,
    is_paid: { type: 'boolean' }, created_at: string,
    seller: object({
      id: integer, name: string, city: string, created_at: string,
    }),
    line: {
      type: 'array',
      items: object({
        id: integer, sale_id: integer, title: string, quantity: integer,
        price: number,
      }),
    },
  }),
}
