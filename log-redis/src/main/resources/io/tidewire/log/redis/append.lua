-- Appends a batch, once.
-- KEYS[14]: the hub's last request. ARGV: request, its time to live, newest number the hub knows, then 7 for each append:
-- topic and key, own id, idempotency key, expectation, rule, topics, update.
-- Returns epoch, then one outcome each: A number; D number, own id; C [number, own id].

local MAX_USES = 100000
local USE_MILLIS = 24 * 60 * 60 * 1000
local ITEM = 7

local HUB = KEYS[14]
local request, livesMillis, known = tonumber(ARGV[6]), ARGV[7], tonumber(ARGV[8])

local past = redis.call('GET', HUB)
if past then
    local done = tonumber(string.match(past, '^%d+'))
    if done > request then
        return redis.error_reply('STALE request ' .. ARGV[6] .. ' comes after ' .. text(done))
    end
    if done == request then
        redis.call('PEXPIRE', HUB, livesMillis) -- a write, for WAIT to wait for
        local answer = {}
        for line in string.gmatch(string.sub(past, #ARGV[6] + 2), '[^\n]+') do
            answer[#answer + 1] = line
        end
        return answer
    end
end
-- The first write is one that fails if memory is full; those after it would not.
redis.call('SET', HUB, ARGV[6], 'PX', livesMillis)
if not epoch then
    save()
end

local items = (#ARGV - 8) / ITEM
settle(items + 100)
time = math.max(time, nowMillis)
local started = micros()

local function newestOf(channel)
    local plain = tonumber(redis.call('HGET', NEWEST, channel) or 0)
    local keyed = tonumber(redis.call('HGET', NEWEST, channel .. '\2') or 0)
    local entry = fetch(text(math.max(plain, keyed)))
    local isOld = entry and (tonumber(entry.t) < oldestMillis or (entry.x and tonumber(entry.x) < nowMillis))
    return not isOld and entry or nil
end

local function useOf(key)
    local use = redis.call('HGET', USES, key)
    if not use then
        return nil
    end
    local at, rest = string.match(use, '^(%d+) (.*)$')
    return tonumber(at) + USE_MILLIS >= time and rest or nil
end

local function remember(key, number, own)
    redis.call('HSET', USES, key, text(time) .. ' ' .. number .. ' ' .. own)
    redis.call('RPUSH', USE_ORDER, text(time) .. ' ' .. key)
    for _ = 1, 2 do
        local oldest = redis.call('LINDEX', USE_ORDER, 0)
        local space = string.find(oldest, ' ', 1, true)
        local at = string.sub(oldest, 1, space - 1)
        if redis.call('LLEN', USE_ORDER) <= MAX_USES and tonumber(at) + USE_MILLIS >= time then
            return
        end
        redis.call('LPOP', USE_ORDER)
        local oldKey = string.sub(oldest, space + 1)
        local use = redis.call('HGET', USES, oldKey)
        if use and string.match(use, '^%d+') == at then
            redis.call('HDEL', USES, oldKey)
        end
    end
end

local function supersede(entry)
    if entry.r then
        leaveTopic(entry, false)
    elseif leave(entry) then
        redis.call('XDEL', EVENTS, entry.id) -- from before there was a rule, so every hub has it
    end
end

local function isOver(entry, events, size)
    return redis.call('ZLEXCOUNT', RULED, '[' .. entry.channel .. '\0', '(' .. entry.channel .. '\1') > events
        or tonumber(redis.call('HGET', SIZES, entry.channel) or 0) > size
end

-- What the rule of a topic has leave now that this entry is there. The newest stays, whatever its size.
local function rule(entry, kind, events, size, before)
    redis.call('ZADD', RULED, 0, memberOf(entry))
    redis.call('HINCRBY', SIZES, entry.channel, weight(entry))
    if entry.x and not redis.call('ZSCORE', DUE, entry.channel) then
        redis.call('ZADD', DUE, entry.x, entry.channel)
    end
    if kind == 'K' and before then
        local old = fetch(before)
        if old then
            supersede(old)
        end
    end
    for _ = 1, 100 do
        if kind ~= 'L' and not isOver(entry, events, size) then
            return
        end
        local oldest = oldestOf(entry.channel)
        if not oldest or oldest.n == entry.n then
            return
        end
        leaveTopic(oldest, kind ~= 'L')
    end
end

local function add(at)
    local entry = {n = math.max(last + 1, known + 1, started), v = ARGV[at], i = ARGV[at + 1], u = ARGV[at + 6]}
    local keyed = string.find(entry.v, '\1', 1, true)
    entry.channel = keyed and string.sub(entry.v, 1, keyed - 1) or entry.v
    local number = text(entry.n)
    entry.id = number .. '-' .. epoch
    last = entry.n
    local kind, events, size, age = string.match(ARGV[at + 4], '^(%a) (%d+) (%d+) (%d+)$')
    local before = kind == 'K' and redis.call('HGET', NEWEST, entry.v)
    if not kind then
        redis.call('XADD', EVENTS, entry.id, 'u', entry.u, 't', text(time), 'v', entry.v, 'i', entry.i)
    else
        entry.r = ARGV[at + 5]
        if age ~= '0' then
            entry.x = text(time + tonumber(age))
            redis.call('XADD', EVENTS, entry.id, 'u', entry.u, 't', text(time), 'v', entry.v, 'i', entry.i,
                'r', entry.r, 'x', entry.x)
        else
            redis.call('XADD', EVENTS, entry.id, 'u', entry.u, 't', text(time), 'v', entry.v, 'i', entry.i, 'r', entry.r)
        end
    end
    redis.call('HSET', NEWEST, entry.v, number)
    if keyed then
        redis.call('HSET', NEWEST, entry.channel .. '\2', number)
    end
    if entry.i ~= '' then
        redis.call('ZADD', IDS, 0, entry.i .. '\0' .. number)
    end
    count = count + 1
    bytes = bytes + weight(entry)
    if kind then
        rule(entry, kind, tonumber(events), tonumber(size), before)
    end
    return number
end

local function append(at)
    local key, expected = ARGV[at + 2], ARGV[at + 3]
    if key ~= '' then
        local use = useOf(key)
        if use then
            return 'D' .. use
        end
    end
    if expected ~= '' then
        local v = ARGV[at]
        local keyed = string.find(v, '\1', 1, true)
        local newest = newestOf(keyed and string.sub(v, 1, keyed - 1) or v)
        local id = newest and (newest.i ~= '' and newest.i or '#' .. newest.id)
        local isMet = id and expected == '=' .. id
        if expected == '-' then
            isMet = not id
        end
        if not isMet then
            return newest and 'C' .. text(newest.n) .. ' ' .. newest.i or 'C'
        end
    end
    local number = add(at)
    if key ~= '' then
        remember(key, number, ARGV[at + 1])
    end
    return 'A' .. number
end

local answer = {epoch}
for item = 0, items - 1 do
    answer[#answer + 1] = append(9 + item * ITEM)
end
settle(items + 100) -- what these made too much
save()
redis.call('SET', HUB, ARGV[6] .. '\n' .. table.concat(answer, '\n'), 'PX', livesMillis)
return answer
