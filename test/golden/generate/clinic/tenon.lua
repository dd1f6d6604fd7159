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

---@alias Mood "good, \"really\" good"|"\\bad\\"|"not known to anybody in this house"
---@alias State "PLANNED"|"HERE"|"OVER"

---Somebody who comes to us.
---@class Patient
---@field country string
---@field number integer
---@field name string
---@field byCountry? string
---@field byNumber? integer

---@class Patient.Input
---@field country? string
---@field number? integer
---@field name? string
---@field byCountry? string
---@field byNumber? integer

---@class Patient.Change
---@field before Patient
---@field after Patient
---@field changes table<string, {from: any, to: any}>
---@field row integer

---@class File
---@field country string
---@field number integer
---@field text string
---@field mood? Mood

---@class File.Input
---@field country? string
---@field number? integer
---@field text? string
---@field mood? Mood

---@class File.Change
---@field before File
---@field after File
---@field changes table<string, {from: any, to: any}>
---@field row integer

---@class PatientVisits
---@field country string
---@field number integer
---@field visits? integer|string

---@class PatientVisits.Input
---@field country? string
---@field number? integer
---@field visits? integer|string

---@class PatientVisits.Change
---@field before PatientVisits
---@field after PatientVisits
---@field changes table<string, {from: any, to: any}>
---@field row integer

---@class Visit
---@field id integer
---@field country string
---@field number integer
---@field roomNumber integer
---@field nextId? integer
---@field state State
---@field at string

---@class Visit.Input
---@field id? integer
---@field country? string
---@field number? integer
---@field roomNumber? integer
---@field nextId? integer
---@field state? State
---@field at? string

---@class Visit.Change
---@field before Visit
---@field after Visit
---@field changes table<string, {from: any, to: any}>
---@field row integer

---@class Room
---@field number integer

---@class Room.Input
---@field number? integer

---@class Room.Change
---@field before Room
---@field after Room
---@field changes table<string, {from: any, to: any}>
---@field row integer

tenon = {}

---@overload fun(model: "Patient", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, change: Patient.Change))
---@overload fun(model: "File", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, change: File.Change))
---@overload fun(model: "Visit", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, change: Visit.Change))
---@overload fun(model: "Room", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, change: Room.Change))
---@overload fun(model: string, action: "read", fn: fun(ctx: tenon.Context))
---Called for each row before it is written; may change change.after.
---@param model string
---@param action tenon.Action
---@param options {reads: string[]}
---@param fn function
function tenon.before(model, action, options, fn) end

---@overload fun(model: "Patient", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, change: Patient.Change))
---@overload fun(model: "File", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, change: File.Change))
---@overload fun(model: "Visit", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, change: Visit.Change))
---@overload fun(model: "Room", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, change: Room.Change))
---Called for each row as a job behind the commit, at least once.
---@param model string
---@param action tenon.Action
---@param options {reads: string[]}
---@param fn function
function tenon.after(model, action, options, fn) end

---@overload fun(model: "Patient", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, changes: Patient.Change[]))
---@overload fun(model: "File", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, changes: File.Change[]))
---@overload fun(model: "Visit", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, changes: Visit.Change[]))
---@overload fun(model: "Room", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, changes: Room.Change[]))
---The same as before, for up to 500 rows at once.
---@param model string
---@param action tenon.Action
---@param options {reads: string[]}
---@param fn function
function tenon.before_batch(model, action, options, fn) end

---@overload fun(model: "Patient", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, changes: Patient.Change[]))
---@overload fun(model: "File", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, changes: File.Change[]))
---@overload fun(model: "Visit", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, changes: Visit.Change[]))
---@overload fun(model: "Room", action: "create"|"update"|"delete", fn: fun(ctx: tenon.Context, changes: Room.Change[]))
---The same as after, for up to 500 rows at once.
---@param model string
---@param action tenon.Action
---@param options {reads: string[]}
---@param fn function
function tenon.after_batch(model, action, options, fn) end

---@overload fun(model: "Patient", options?: tenon.Query): Patient[]
---@overload fun(model: "File", options?: tenon.Query): File[]
---@overload fun(model: "PatientVisits", options?: tenon.Query): PatientVisits[]
---@overload fun(model: "Visit", options?: tenon.Query): Visit[]
---@overload fun(model: "Room", options?: tenon.Query): Room[]
function tenon.query(model, options) end

---@overload fun(model: "Patient", where: table, select?: string[]): Patient?
---@overload fun(model: "File", where: table, select?: string[]): File?
---@overload fun(model: "PatientVisits", where: table, select?: string[]): PatientVisits?
---@overload fun(model: "Visit", where: table, select?: string[]): Visit?
---@overload fun(model: "Room", where: table, select?: string[]): Room?
function tenon.get(model, where, select) end

---@overload fun(model: "Patient", row: Patient.Input): Patient
---@overload fun(model: "File", row: File.Input): File
---@overload fun(model: "Visit", row: Visit.Input): Visit
---@overload fun(model: "Room", row: Room.Input): Room
function tenon.create(model, row) end

---@overload fun(model: "Patient", where: table, row: Patient.Input): Patient[]
---@overload fun(model: "File", where: table, row: File.Input): File[]
---@overload fun(model: "Visit", where: table, row: Visit.Input): Visit[]
---@overload fun(model: "Room", where: table, row: Room.Input): Room[]
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
