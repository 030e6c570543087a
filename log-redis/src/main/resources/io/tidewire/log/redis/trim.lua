-- Takes a step of clearing away. ARGV: grace in microseconds, the cursor into the cuts of topics.
-- Returns 1 if there is more to do, then the next cursor.

local STEP = 1000

if not epoch then
    return {'0', '0'}
end
local before = micros() - tonumber(ARGV[6])
local more = not settle(STEP)

-- 'gone' is the newest entry that has left the stream: a hub that has not come so far has missed some.
local gone = tonumber(redis.call('HGET', META, 'gone') or 0)
local left = gone

local doomed = 0
while doomed < STEP do
    local first = redis.call('LINDEX', DOOMED, 0)
    if not first then
        break
    end
    local at, id = string.match(first, '^(%d+) (.*)$')
    if tonumber(at) >= before then
        break
    end
    redis.call('XDEL', EVENTS, id)
    redis.call('LPOP', DOOMED)
    gone = math.max(gone, tonumber(string.match(id, '^%d+')))
    doomed = doomed + 1
end

local oldest = redis.call('XREVRANGE', EVENTS, text(math.min(scan, before)), '-', 'COUNT', 1)[1]
if oldest then
    local number = entryOf(oldest).n
    redis.call('XTRIM', EVENTS, 'MINID', text(number + 1))
    gone = math.max(gone, number)
end
if gone > left then
    redis.call('HSET', META, 'gone', text(gone))
end

-- A cut of a topic before the cut of all says nothing any more.
local cuts = redis.call('HSCAN', CUTS, ARGV[7], 'COUNT', 100)
for i = 1, #cuts[2], 2 do
    if tonumber(cuts[2][i + 1]) <= cut then
        redis.call('HDEL', CUTS, cuts[2][i])
    end
end

local MAX_CUT_IDS = 100000
for _ = 1, STEP do
    local first = redis.call('LINDEX', CUT_ORDER, 0)
    if not first then
        break
    end
    local number, id = string.match(first, '^(%d+) (.*)$')
    if tonumber(number) > cut and redis.call('LLEN', CUT_ORDER) <= MAX_CUT_IDS then
        break
    end
    redis.call('LPOP', CUT_ORDER)
    if redis.call('HGET', CUT_IDS, id) == number then
        redis.call('HDEL', CUT_IDS, id)
    end
end
more = more or doomed == STEP
return {more and '1' or '0', cuts[1]}
