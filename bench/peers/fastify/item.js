/* What both servers take and give. */
const fields = {
  user_id: { type: 'integer' },
  title: { type: 'string' },
  note: { type: 'string' },
  price: { type: 'number' },
  quantity: { type: 'integer' },
  active: { type: 'boolean' },
}
export const item = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    ...fields,
    created_at: { type: 'string' },
  },
}
export const newItem = {
  type: 'object',
  required: Object.keys(fields),
  additionalProperties: false,
  properties: fields,
}
