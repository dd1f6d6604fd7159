-- What wrk sends, and how it reports:
--
--     wrk -s load.lua URL -- CONTENDER WORKLOAD ROWS SEED
--
-- All requests are made before the clock starts, because making one costs as
-- much as sending it.

local next_thread = 1

function setup(thread)
    thread:set('thread_number', next_thread)
    next_thread = next_thread + 1
end

local json = { ['Content-Type'] = 'application/json' }

local function new_item()
    local body = string.format(
        '{"user_id":%d,"title":"Item %d of a list",' ..
        '"note":"A note of some length about %x","price":%.2f,' ..
        '"quantity":%d,"active":%s}',
        math.random(10000), math.random(1000000), math.random(2 ^ 30),
        math.random(65535) / 100, math.random(0, 1023),
        math.random(2) == 1 and 'true' or 'false')
    return body
end

local contenders = {
    tenon = {
        point = function(id) return '/rest/v1/item?id=eq.' .. id end,
        list = function(id) return '/rest/v1/item?limit=20&id=gt.' .. id end,
        nested = function(id)
            return '/rest/v1/sale?select=*,seller(*),line(*)&order=id' ..
                '&limit=20&line.order=id&line.limit=3&id=gt.' .. id
        end,
        items = '/rest/v1/item',
    },
    fastify = {
        point = function(id) return '/item/' .. id end,
        list = function(id) return '/item?limit=20&after=' .. id end,
        nested = function(id) return '/sale?after=' .. id end,
        items = '/item',
    },
    libpq = {
        point = function(id) return '/point/' .. id end,
        list = function(id) return '/list/' .. id end,
        nested = function(id) return '/nested/' .. id end,
        items = '/item',
    },
    epoll = {},
}

local function maker(contender, workload, rows)
    local function point()
        return wrk.format('GET', contender.point(math.random(rows)))
    end
    local function insert()
        return wrk.format('POST', contender.items, json, new_item())
    end
    local makers = {
        health = function() return wrk.format('GET', '/healthz') end,
        point = point,
        list = function()
            return wrk.format('GET', contender.list(math.random(rows - 20)))
        end,
        nested = function()
            -- There are a tenth as many sales as there are items.
            local last = math.floor(rows / 10) - 20
            return wrk.format('GET', contender.nested(math.random(last)))
        end,
        insert = insert,
        mixed = function()
            return math.random(10) <= 8 and point() or insert()
        end,
    }
    return makers[workload]
end

local prepared = {}

function init(args)
    math.randomseed(tonumber(args[4]) * 100 + thread_number)
    local make = maker(contenders[args[1]], args[2], tonumber(args[3]))
    for i = 1, 20000 do
        prepared[i] = make()
    end
end

local at = 0

function request()
    at = at % #prepared + 1
    return prepared[at]
end

function done(summary, latency)
    local e = summary.errors
    io.write(string.format(
        'RESULT {"requests":%d,"micros":%d,"p50":%d,"p99":%d,"p999":%d,' ..
        '"max":%d,"failed":%d,"broken":%d,"timeouts":%d}\n',
        summary.requests, summary.duration, latency:percentile(50),
        latency:percentile(99), latency:percentile(99.9), latency.max,
        e.status, e.connect + e.read + e.write, e.timeout))
end
