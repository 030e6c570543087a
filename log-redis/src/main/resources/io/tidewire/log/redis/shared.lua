-- What every script begins with: the arguments that all have, the log's state, and how an entry leaves its indexes.
--
-- An entry's id in the stream is <number>-<epoch>. Numbers rise from entry to entry and are microseconds of Redis's clock
-- unless that would repeat one: so they go on rising after a failover or after all was deleted, if the clocks of the
-- nodes agree. They stay below 2^53, where Lua's numbers are whole.
--
-- An entry leaves in two steps. First it leaves the indexes: from then on nobody reads it. It leaves the stream when it is
-- older than the grace: so a hub that follows a little behind is still handed what a narrow bound has already cut.

local EVENTS, META, NEWEST, IDS, USES, USE_ORDER = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local RULED, DUE, CUTS, SIZES, DOOMED = KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local CUT_IDS, CUT_ORDER = KEYS[12], KEYS[13]

-- What an entry takes besides its bytes, its topic and its own id, roughly.
local OVERHEAD_BYTES = 100

local nowMillis = tonumber(ARGV[1])
local maxEvents, maxBytes = tonumber(ARGV[2]), tonumber(ARGV[3])
local oldestMillis = nowMillis - tonumber(ARGV[4])
local freshEpoch = ARGV[5] -- for a log that begins now; the script's own arguments come after it

local function text(number)
    return string.format('%.0f', number)
end

local function micros()
    local time = redis.call('TIME')
    return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

-- last: the newest entry's number; time: its time; scan: all up to here has left the indexes; cut: the newest that a bound
-- of the whole log cut; topicCut: the newest that a bound of its topic cut.
local state = redis.call('HMGET', META, 'epoch', 'last', 'time', 'count', 'bytes', 'scan', 'cut', 'topicCut')
local epoch = state[1]
local last, time, count, bytes = tonumber(state[2] or 0), tonumber(state[3] or 0), tonumber(state[4] or 0), tonumber(state[5] or 0)
local scan, cut, topicCut = tonumber(state[6] or 0), tonumber(state[7] or 0), tonumber(state[8] or 0)

if not epoch and redis.call('EXISTS', EVENTS) == 1 then
    return redis.error_reply('FOREIGN ' .. EVENTS .. ' is there, and ' .. META .. ' is not')
end

local function save()
    if not epoch then
        epoch = freshEpoch
        redis.call('HSET', META, 'format', '1', 'epoch', epoch)
    end
    redis.call('HSET', META, 'last', text(last), 'time', text(time), 'count', text(count), 'bytes', text(bytes),
        'scan', text(scan), 'cut', text(cut), 'topicCut', text(topicCut))
end

-- Fields: u update, t time, v topic and key, i own id; of a topic under a rule also r all its topics, x expiry.
local function entryOf(raw)
    local entry = {id = raw[1], n = tonumber(string.match(raw[1], '^%d+'))}
    local fields = raw[2]
    for i = 1, #fields, 2 do
        entry[fields[i]] = fields[i + 1]
    end
    local at = string.find(entry.v, '\1', 1, true)
    entry.channel = at and string.sub(entry.v, 1, at - 1) or entry.v
    return entry
end

local function fetch(number)
    local found = redis.call('XRANGE', EVENTS, number, number, 'COUNT', 1)
    return found[1] and entryOf(found[1])
end

local function weight(entry)
    return #entry.u + #entry.v + #entry.i + OVERHEAD_BYTES
end

local function memberOf(entry)
    return entry.channel .. '\0' .. text(entry.n)
end

local function isKept(entry)
    return not entry.r or redis.call('ZSCORE', RULED, memberOf(entry)) ~= false
end

local function forget(field, number)
    if redis.call('HGET', NEWEST, field) == number then
        redis.call('HDEL', NEWEST, field)
    end
end

-- Takes an entry out of every index; false if it was out already.
local function leave(entry)
    local number = text(entry.n)
    if entry.r then
        if redis.call('ZREM', RULED, memberOf(entry)) == 0 then
            return false
        end
        if redis.call('HINCRBY', SIZES, entry.channel, -weight(entry)) <= 0 then
            redis.call('HDEL', SIZES, entry.channel)
        end
    end
    if entry.i ~= '' then
        redis.call('ZREM', IDS, entry.i .. '\0' .. number)
    end
    forget(entry.v, number)
    if entry.v ~= entry.channel then
        forget(entry.channel .. '\2', number)
    end
    count = count - 1
    bytes = bytes - weight(entry)
    return true
end

-- Takes an entry out of its topic; told: readers who miss it are to be told.
local function leaveTopic(entry, told)
    if not leave(entry) then
        return
    end
    redis.call('RPUSH', DOOMED, text(micros()) .. ' ' .. entry.id)
    if entry.i ~= '' then -- who saw it last still finds his place
        redis.call('HSET', CUT_IDS, entry.i, text(entry.n))
        redis.call('RPUSH', CUT_ORDER, text(entry.n) .. ' ' .. entry.i)
    end
    if told then
        topicCut = math.max(topicCut, entry.n)
        for name in string.gmatch(entry.r, '[^\n]+') do
            if entry.n > tonumber(redis.call('HGET', CUTS, name) or 0) then
                redis.call('HSET', CUTS, name, text(entry.n))
            end
        end
    end
end

local function oldestOf(channel)
    local found = redis.call('ZRANGEBYLEX', RULED, '[' .. channel .. '\0', '(' .. channel .. '\1', 'LIMIT', 0, 1)
    if not found[1] then
        return nil
    end
    local entry = fetch(string.sub(found[1], #channel + 2))
    if not entry then
        redis.call('ZREM', RULED, found[1]) -- somebody deleted it by hand
    end
    return entry
end

-- Under maxmemory a script's first write fails unless it frees; after any other write all are allowed.
local function allowFreeing()
    redis.call('HDEL', META, '-')
end

-- Has the oldest of topics with a bound of age leave, at most so many; returns how many are left to do.
local function settleTopics(limit)
    local left = limit
    while left > 0 do
        local due = redis.call('ZRANGE', DUE, 0, 0, 'WITHSCORES')
        if not due[1] or tonumber(due[2]) >= nowMillis then
            return left
        end
        if left == limit then
            allowFreeing()
        end
        left = left - 1
        local entry = oldestOf(due[1])
        if not entry or not entry.x then
            redis.call('ZREM', DUE, due[1])
        elseif tonumber(entry.x) < nowMillis then
            leaveTopic(entry, true)
        else
            redis.call('ZADD', DUE, entry.x, due[1])
        end
    end
    return 0
end

local function isBeyond(entry)
    return count > maxEvents or bytes > maxBytes or tonumber(entry.t) < oldestMillis
end

-- Has what the bounds do not allow leave, at most so many entries; returns whether all of it did.
local function settle(limit)
    if last == 0 then
        return true
    end
    local left = settleTopics(limit)
    local changed = left < limit
    local done = left > 0
    local going = done
    local wanted = math.max(1, count - maxEvents + 1)
    while going do
        wanted = math.max(1, math.min(wanted, left, 100))
        local chunk = redis.call('XRANGE', EVENTS, text(scan + 1), '+', 'COUNT', wanted)
        going = #chunk > 0
        wanted = wanted * 4
        for _, raw in ipairs(chunk) do
            local entry = entryOf(raw)
            if isKept(entry) and not isBeyond(entry) then
                going = false
                break
            end
            if left == 0 then
                done, going = false, false
                break
            end
            if not changed then
                allowFreeing()
                changed = true
            end
            if leave(entry) then
                cut = entry.n
            end
            scan = entry.n
            left = left - 1
        end
    end
    if changed then
        save()
    end
    return done
end

-- The newest entry that a bound of its topic cut, of the topics of interest: these arguments, the first says whether any.
local function cutOfInterest(from)
    if topicCut <= cut or ARGV[from] == '1' then
        return topicCut
    end
    local newest = 0
    for i = from + 1, #ARGV do
        newest = math.max(newest, tonumber(redis.call('HGET', CUTS, ARGV[i]) or 0))
    end
    return newest
end
