-- Takes out the names of streams that have expired. Returns 1 if there is more to do, and a cursor that means nothing.

local STEP = 200

local names = redis.call('ZRANGEBYSCORE', DUE, '-inf', text(nowMillis), 'LIMIT', 0, STEP)
for _, name in ipairs(names) do
    local left = redis.call('PTTL', hashOf(name))
    if left >= 0 then -- it was used since
        redis.call('ZADD', DUE, text(nowMillis + left + 1), name)
    elseif left == -1 then
        redis.call('ZREM', DUE, name)
    else
        meetDead(name)
        redis.call('ZREM', DUE, name)
    end
end
tell()
return {#names == STEP and '1' or '0', '0'}
