---@meta tenon
-- Made of the schema by `tenon generate lua`: not to be edited.

---@alias tenon.Action "create"|"update"|"delete"|"read"

---@class tenon.Context
---@field model string
---@field action tenon.Action
---@field principal {kind: "anonymous"|"operator"|"system", user?: string, token?: string, organization?: string, space?: string}
---@field request {id?: string, address?: string, agent?: string, reason?: string}

---@class tenon.Query
---@field where? table
---@field order_by? string|string[]
---@field limit? integer
---@field offset? integer
---@field select? string[]

---@class tenon.Job
---@field id string
---@field attempt integer
---@field organization? string
---@field progress fun(value: any)
---@field is_cancelled fun(): boolean

---@alias Kind "DRINK"|"food"

---What is on offer.  A comment in a comment ends nothing: /* here */ and **/
---@class Product
---@field id integer
---@field name string What the receipt says.
---@field tags string[]
---@field sizes integer[]
---@field kind Kind
---@field kinds Kind[]
---@field price? string
---@field extra any
---@field image? string
---@field note? string Who asks for it gets it.
---@field pin? string
---@field cost integer
---@field madeAt string

---@class Product.Input
---@field id? integer
---@field name? string What the receipt says.
---@field tags? string[]
---@field sizes? integer[]
---@field kind? Kind
---@field kinds? Kind[]
---@field price? string
---@field extra? any
---@field image? string
---@field note? string Who asks for it gets it.
---@field pin? string
---@field cost? integer
---@field madeAt? string

---@class Product.Change
---@field before Product
---@field after Product
---@field changes table<string, {from: any, to: any}>
---@field row integer

---@class Shelf
---@field id string
---@field label string

---@class Shelf.Input
---@field id? string
---@field label? string

---@class Shelf.Change
---@field before Shelf
---@field after Shelf
---@field changes table<string, {from: any, to: any}>
---@field row integer

---How it is made: one for each product.
---@class Recipe
---@field productId integer
---@field steps string[]

---@class Recipe.Input
---@field productId? integer
---@field steps? string[]

---@class Recipe.Change
---@field before Recipe
---@field after Recipe
---@field changes table<string, {from: any, to: any}>
---@field row integer

tenon = {}

---@overload fun(model: "Product", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, change: Product.Change))
---@overload fun(model: "Shelf", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, change: Shelf.Change))
---@overload fun(model: "Recipe", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, change: Recipe.Change))
---@overload fun(model: string, action: "read", fn: fun(ctx: tenon.Context))
---Called for each row before it is written; may change change.after.
---@param model string
---@param action tenon.Action
---@param options {reads: string[]}
---@param fn function
function tenon.before(model, action, options, fn) end

---@overload fun(model: "Product", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, change: Product.Change))
---@overload fun(model: "Shelf", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, change: Shelf.Change))
---@overload fun(model: "Recipe", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, change: Recipe.Change))
---Called for each row as a job behind the commit, at least once.
---@param model string
---@param action tenon.Action
---@param options {reads: string[]}
---@param fn function
function tenon.after(model, action, options, fn) end

---@overload fun(model: "Product", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, changes: Product.Change[]))
---@overload fun(model: "Shelf", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, changes: Shelf.Change[]))
---@overload fun(model: "Recipe", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, changes: Recipe.Change[]))
---The same as before, for up to 500 rows at once.
---@param model string
---@param action tenon.Action
---@param options {reads: string[]}
---@param fn function
function tenon.before_batch(model, action, options, fn) end

---@overload fun(model: "Product", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, changes: Product.Change[]))
---@overload fun(model: "Shelf", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, changes: Shelf.Change[]))
---@overload fun(model: "Recipe", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, changes: Recipe.Change[]))
---The same as after, for up to 500 rows at once.
---@param model string
---@param action tenon.Action
---@param options {reads: string[]}
---@param fn function
function tenon.after_batch(model, action, options, fn) end

---@overload fun(model: "Product", options?: tenon.Query): Product[]
---@overload fun(model: "Shelf", options?: tenon.Query): Shelf[]
---@overload fun(model: "Recipe", options?: tenon.Query): Recipe[]
function tenon.query(model, options) end

---@overload fun(model: "Product", where: table, select?: string[]): Product?
---@overload fun(model: "Shelf", where: table, select?: string[]): Shelf?
---@overload fun(model: "Recipe", where: table, select?: string[]): Recipe?
function tenon.get(model, where, select) end

---@overload fun(model: "Product", row: Product.Input): Product
---@overload fun(model: "Shelf", row: Shelf.Input): Shelf
---@overload fun(model: "Recipe", row: Recipe.Input): Recipe
function tenon.create(model, row) end

---@overload fun(model: "Product", where: table, row: Product.Input): Product[]
---@overload fun(model: "Shelf", where: table, row: Shelf.Input): Shelf[]
---@overload fun(model: "Recipe", where: table, row: Recipe.Input): Recipe[]
function tenon.update(model, where, row) end

---How many rows were deleted.
---@param model string
---@param where table
---@return integer
function tenon.delete(model, where) end

---Reads and writes past the policies; the reason is in the audit log.
---@param reason string
---@return table
function tenon.as_system(reason) end

---What the function writes by its tx is one transaction.
---@generic T
---@param fn fun(tx: table): T?
---@return T
function tenon.transaction(fn) end

---@param written table
---@return {count: integer, rows: table[]}
function tenon.result(written) end

---Refuses with a text for the client (403).
---@param message string
function tenon.refuse(message) end

---Refuses because of columns (400).
---@param column string|table<string, string>
---@param message? string
---@param change? table
function tenon.invalid(column, message, change) end

---The row of a change as a table.
---@param row table
---@return table
function tenon.fields(row) end

---@param kind string
---@param options table
---@param fn fun(ctx: tenon.Context, payload: any, job: tenon.Job)
---@overload fun(kind: string, fn: fun(ctx: tenon.Context, payload: any, job: tenon.Job))
function tenon.job(kind, options, fn) end

---@param name string
---@param cron string
---@param kind string
---@param options? {time_zone?: string, payload?: any}
function tenon.schedule(name, cron, kind, options) end

---@param kind string
---@param payload? any
---@param options? {unique_key?: string, run_at?: string, delay?: integer, priority?: integer, organization?: string, max_attempts?: integer}
---@return string?
function tenon.enqueue(kind, payload, options) end

---@param name string
---@param fn fun(t: table)
function tenon.test(name, fn) end

---@type lightuserdata
tenon.null = nil

tenon.json = {}
---@param value any
---@return string
function tenon.json.encode(value) end
---@param text string
---@param options? {numbers: "text"}
---@return any
function tenon.json.decode(text, options) end
---@param list? table
---@return table
function tenon.json.array(list) end

tenon.time = {}
---@return string
function tenon.time.now() end
---@param text string
---@return integer milliseconds
function tenon.time.parse(text) end
---@param ms integer
---@return string
function tenon.time.format(ms) end
---@param text string
---@param by {weeks?: number, days?: number, hours?: number, minutes?: number, seconds?: number, ms?: number}
---@return string
function tenon.time.add(text, by) end

tenon.crypto = {}
---@param text string
---@return string
function tenon.crypto.sha256(text) end
---@param key string
---@param text string
---@return string
function tenon.crypto.hmac(key, text) end
---@param a string
---@param b string
---@return boolean
function tenon.crypto.equal(a, b) end
---@param bytes integer
---@return string
function tenon.crypto.random(bytes) end
---@return string
function tenon.crypto.uuid() end

tenon.http = {}
---@param request {url: string, method?: string, headers?: table<string, string>, body?: string, timeout?: integer}
---@return {status: integer, headers: table<string, string>, body: string}
function tenon.http.request(request) end

tenon.log = {}
---@param text string
---@param data? any
function tenon.log.debug(text, data) end
---@param text string
---@param data? any
function tenon.log.info(text, data) end
---@param text string
---@param data? any
function tenon.log.warn(text, data) end
---@param text string
---@param data? any
function tenon.log.error(text, data) end
