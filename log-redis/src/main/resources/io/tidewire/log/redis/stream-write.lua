-- Creates, appends and deletes, each once.
-- KEYS[4]: the hub's last request, then hash and list of each item. ARGV: request, its time to live, longest stream in bytes; then
-- for each item: letter, how many messages, and
--   a  appends messages and nothing else
--   A  appends: 1 to close, '=' and sequence text, '=' and producer, epoch, number
--   C  creates: what A has; then time to live, end, what it is created as
--   D  deletes
-- then the messages.
-- Returns what is published of it, then an outcome for each item. Of appends: A appended, D duplicate, N no stream, C closed, S not
-- greater, E stale, Z not at zero, G gap, F longer than a stream may be, M Redis is full; then tail, and if it is not all plain
-- whether closed, epoch and number. Of creations: a list of C created, E exists, F or M; then what info says. Of deletions: 1 or 0.

local HUB = KEYS[4]
local request, livesMillis, streamBytes = tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])

-- RPUSH of more than fit on Lua's stack fails.
local CHUNK = 1000

local function nameOf(key)
    return string.sub(key, #PREFIX + 1)
end

-- Tells anew how the streams of a request are: the hub may not have heard it the first time.
local function tellAgain()
    for key = 5, #KEYS, 2 do
        local known = redis.call('HMGET', KEYS[key], 'n', 'x')
        if known[1] then
            change(known[2] == '1' and 'C' or 'O', known[1], nameOf(KEYS[key]))
        else
            change('X', '0', nameOf(KEYS[key]))
        end
    end
    number()
    publish()
end

local past = redis.call('GET', HUB)
if past then
    local line = string.find(past, '\n', 1, true)
    local done = tonumber(string.sub(past, 1, line - 1))
    if done > request then
        return redis.error_reply('STALE request ' .. ARGV[3] .. ' comes after ' .. text(done))
    end
    if done == request then
        redis.call('PEXPIRE', HUB, livesMillis) -- a write, for WAIT to wait for
        tellAgain()
        return cmsgpack.unpack(string.sub(past, line + 1))
    end
end

local isFull = number()

-- Not by Lua's own comparison, which goes by the server's locale.
local function isGreater(a, b)
    for i = 1, math.min(#a, #b) do
        local x, y = string.byte(a, i), string.byte(b, i)
        if x ~= y then
            return x > y
        end
    end
    return #a > #b
end

-- As StreamState judges, in the same order; state is what the hash knows.
local function judge(add, state)
    local epoch, newest = state.epoch, state.newest
    if epoch then
        if add.epoch < epoch then
            return 'E'
        end
        if add.epoch == epoch and add.number <= newest then
            return 'D'
        end
    end
    if state.closed then
        local closesOnly = not add.producer and add.close and add.count == 0
        return closesOnly and 'D' or 'C'
    end
    if add.producer then
        local newLife = epoch and add.epoch > epoch
        if newLife and add.number ~= 0 then
            return 'Z'
        end
        if not newLife and add.number ~= (newest and newest + 1 or 0) then
            return 'G'
        end
    end
    if add.seq and state.seq and not isGreater(add.seq, state.seq) then
        return 'S'
    end
    return 'A'
end

local function outcome(kind, add, state)
    local answer = kind .. state.tailText
    if not add.producer and not state.closed then
        return answer
    end
    local epoch, newest = state.epoch or 0, state.newest or 0
    if kind == 'G' then
        newest = state.newest and state.newest + 1 or 0
    end
    return answer .. ' ' .. (state.closed and '1' or '0') .. ' ' .. text(epoch) .. ' ' .. text(newest)
end

local function sizeOf(from, count)
    local size = 0
    for i = from, from + count - 1 do
        size = size + #ARGV[i]
    end
    return size
end

local function push(list, from, count)
    for start = from, from + count - 1, CHUNK do
        redis.call('RPUSH', list, unpack(ARGV, start, math.min(start + CHUNK, from + count) - 1))
    end
end

-- Why a stream may not grow by so much; nothing if it may.
local function refusal(size, more)
    return isFull and 'M' or (more > 0 and size + more > streamBytes and 'F') or nil
end

-- Stores what was judged good, and counts it in the state.
local function store(hash, list, add, state)
    push(list, add.from, add.count)
    state.tailText = text(state.tail + add.count)
    state.closed = state.closed or add.close
    local fields = {'n', state.tailText, 'b', text(state.bytes + add.size)}
    if add.close then
        fields[#fields + 1] = 'x'
        fields[#fields + 1] = '1'
    end
    if add.seq then
        fields[#fields + 1] = 'q'
        fields[#fields + 1] = add.seq
    end
    if add.producer then
        state.epoch, state.newest = add.epoch, add.number
        fields[#fields + 1] = 'p' .. add.producer
        fields[#fields + 1] = text(add.epoch) .. ' ' .. text(add.number)
    end
    redis.call('HSET', hash, unpack(fields))
    if add.count == 0 and not add.close then
        return
    end
    change(state.closed and 'C' or 'O', state.tailText, nameOf(hash))
end

local function stateOf(hash, add)
    local known = redis.call('HMGET', hash, 'n', 'b', 'u', 'x', 'l', 'e')
    if not known[1] then
        return nil
    end
    local state = {tailText = known[1], tail = tonumber(known[1]), bytes = tonumber(known[2]), used = known[3],
        closed = known[4] == '1', lives = known[5], ends = known[6]}
    if add.seq or add.producer then -- most have neither, and looking for what is not there is what takes longest
        local more = redis.call('HMGET', hash, 'q', 'p' .. (add.producer or ''))
        state.seq = more[1]
        if more[2] then
            local epoch, newest = string.match(more[2], '^(%d+) (%d+)$')
            state.epoch, state.newest = tonumber(epoch), tonumber(newest)
        end
    end
    return state
end

local function append(hash, list, add)
    local state = stateOf(hash, add)
    if not state then
        meetDead(nameOf(hash))
        return 'N0'
    end
    local first = state.tail == 0
    local kind = judge(add, state)
    if kind == 'A' then
        kind = refusal(state.bytes, add.size) or kind
    end
    if kind == 'A' then
        store(hash, list, add, state)
    end
    use(hash, list, state.used, state.lives, state.ends, first and kind == 'A')
    return outcome(kind, add, state)
end

-- Streams that this request appends to plainly, by hash. What is added to them waits until something else is to be done with them, or
-- all else is done: a busy stream has several appends in one request, and then they cost little more than one.
local growing = {}
local order = {}

local function settle(hash)
    local state = growing[hash]
    if not state then
        return
    end
    growing[hash] = nil
    local messages = state.messages
    for start = 1, #messages, CHUNK do
        redis.call('RPUSH', state.list, unpack(messages, start, math.min(start + CHUNK - 1, #messages)))
    end
    if #messages > 0 then
        redis.call('HSET', hash, 'n', state.tailText, 'b', text(state.bytes))
    end
    use(hash, state.list, state.used, state.lives, state.ends, state.first and #messages > 0)
end

local function grow(hash, list, add)
    local state = growing[hash]
    if not state then
        state = stateOf(hash, add)
        if not state then
            meetDead(nameOf(hash))
            return 'N0'
        end
        state.list, state.first, state.messages = list, state.tail == 0, {}
        growing[hash] = state
        order[#order + 1] = hash
    end
    local kind = judge(add, state)
    if kind == 'A' then
        kind = refusal(state.bytes, add.size) or kind
    end
    if kind == 'A' and add.count > 0 then
        for i = add.from, add.from + add.count - 1 do
            state.messages[#state.messages + 1] = ARGV[i]
        end
        state.tail = state.tail + add.count
        state.bytes = state.bytes + add.size
        state.tailText = text(state.tail)
        change('O', state.tailText, nameOf(hash))
    end
    return outcome(kind, add, state)
end

local function create(hash, list, add, lives, ends, spec)
    local there = about(hash)
    if there[1] then
        return {'E', unpack(there)}
    end
    local name = nameOf(hash)
    local state = {tailText = '0', tail = 0, bytes = 0, closed = false}
    local kind = refusal(0, add.size)
    if kind then
        return {kind}
    end
    redis.call('UNLINK', list)
    if redis.call('ZADD', INDEX, 0, name) == 0 then
        change('X', '0', name) -- one of that name has expired, and nobody has met it
    end
    redis.call('HSET', hash, 'n', '0', 'b', '0', 'u', text(nowMillis), 'x', '0', 'l', lives, 'e', ends,
        'c', text(nowMillis), 's', spec)
    store(hash, list, add, state)
    local answer = about(hash)
    local at = expiry(tonumber(lives), tonumber(ends))
    if at then
        redis.call('ZADD', DUE, text(at), name)
        use(hash, list, '0', lives, ends, true)
    else
        redis.call('ZREM', DUE, name)
    end
    return {'C', unpack(answer)}
end

local function delete(hash, list)
    local tail = redis.call('HGET', hash, 'n')
    if not tail then
        meetDead(nameOf(hash))
        return '0'
    end
    redis.call('UNLINK', hash, list)
    forget(nameOf(hash))
    change('G', tail, nameOf(hash))
    return '1'
end

local function told(value)
    return value ~= '' and string.sub(value, 2) or nil
end

local answer = {''}
local at, key = 6, 5
while at <= #ARGV do
    local letter = ARGV[at]
    local add = {count = tonumber(ARGV[at + 1]), close = false}
    at = at + 2
    local head = at
    if letter == 'A' or letter == 'C' then
        add.close = ARGV[at] == '1'
        add.seq, add.producer = told(ARGV[at + 1]), told(ARGV[at + 2])
        add.epoch, add.number = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
        at = at + (letter == 'C' and 8 or 5)
    end
    add.from = at
    add.size = sizeOf(at, add.count)
    at = at + add.count
    local hash, list = KEYS[key], KEYS[key + 1]
    key = key + 2
    if letter ~= 'a' then
        settle(hash)
    end
    if letter == 'a' then
        answer[#answer + 1] = grow(hash, list, add)
    elseif letter == 'D' then
        answer[#answer + 1] = delete(hash, list)
    elseif letter == 'C' then
        answer[#answer + 1] = create(hash, list, add, ARGV[head + 5], ARGV[head + 6], ARGV[head + 7])
    else
        answer[#answer + 1] = append(hash, list, add)
    end
end
for _, hash in ipairs(order) do
    settle(hash)
end
answer[1] = publish()
-- If Redis is full and nothing was written, this fails, and nothing needs to be remembered.
local remembered = redis.pcall('SET', HUB, ARGV[3] .. '\n' .. cmsgpack.pack(answer), 'PX', livesMillis)
if remembered.err and not isFull then
    error(remembered.err)
end
return answer
