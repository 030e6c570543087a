-- What every script of the streams begins with. Streams have nothing to do with the log, though their keys have its prefix.
--
-- A stream is a hash and a list of its messages, which expire together. Fields of the hash: n how many messages, b their bytes,
-- x 1 if closed, q the newest sequence text, u when it was last used, c when it was made, l its time to live or nothing, e when
-- it ends at the latest or nothing, s what it was created as, p<producer> epoch and number of a producer's newest append. Times are Redis's, in
-- milliseconds.
--
-- INDEX has the names of all streams, DUE when to look whether one has expired. A name whose hash has expired stays there until
-- somebody meets it, and is gone for everybody all the same.

local META, INDEX, DUE, CHANNEL, PREFIX = KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2]

local clock = redis.call('TIME')
local nowMicros = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local nowMillis = math.floor(nowMicros / 1000)

local function text(number)
    return string.format('%.0f', number)
end

local function hashOf(name)
    return PREFIX .. name
end

-- Changes have a version that rises from script to script, also after a failover or FLUSHALL, if the nodes' clocks agree.
local changes = {}
local version

-- The first write; under maxmemory it fails, and then so would others that need room.
local function number()
    version = math.max(nowMicros, tonumber(redis.call('HGET', META, 'version') or 0) + 1)
    local done = redis.pcall('HSET', META, 'format', '1', 'version', text(version))
    if type(done) ~= 'table' or not done.err then
        return false
    elseif string.find(done.err, 'OOM', 1, true) then
        return true
    end
    error(done.err)
end

-- State: O open, C closed, G gone, X gone with what it had.
local function change(state, tail, name)
    changes[#changes + 1] = state .. tail .. ' ' .. #name .. ' ' .. name
end

local function publish()
    if #changes == 0 then
        return ''
    end
    local message = text(version) .. '\n' .. table.concat(changes)
    redis.call('PUBLISH', CHANNEL, message)
    return message
end

-- Publishes what was met, for scripts that change nothing else.
local function tell()
    if #changes > 0 then
        number()
        publish()
    end
end

-- Takes a name out whose stream is there no more; true if it was in.
local function forget(name)
    redis.call('ZREM', DUE, name)
    return redis.call('ZREM', INDEX, name) == 1
end

-- Finds no stream of that name; if there was one, it has expired, and that is told.
local function meetDead(name)
    if forget(name) then
        change('X', '0', name)
    end
end

-- How much later a stream ends than it must, so that not each use needs to be written.
local function slack(lives)
    return lives and math.min(1000, math.floor(lives / 10)) or 1000
end

-- When a stream that is used now ends; nil: never.
local function expiry(lives, ends)
    local at = lives and nowMillis + lives + slack(lives)
    if ends and (not at or ends < at) then
        at = ends
    end
    return at
end

-- Notes that a stream is used now; force: also if that was noted a moment ago.
local function use(hash, list, used, lives, ends, force)
    lives, ends = tonumber(lives), tonumber(ends)
    if not force and nowMillis - tonumber(used) < math.max(1, slack(lives)) then
        return
    end
    local at = expiry(lives, ends)
    if at then
        redis.call('PEXPIREAT', hash, text(at))
        redis.call('PEXPIREAT', list, text(at))
    end
    if not at or at > nowMillis then
        redis.pcall('HSET', hash, 'u', text(nowMillis)) -- fails if Redis is full and it never expires: no harm then
    end
end

-- What info says of a stream; nothing if it is not there.
local function about(hash)
    local known = redis.call('HMGET', hash, 's', 'n', 'b', 'x', 'c', 'u')
    return known[1] and known or {}
end
