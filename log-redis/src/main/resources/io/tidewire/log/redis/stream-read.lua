-- Reads messages. KEYS[4], KEYS[5]: hash and list. ARGV: after how many, how many bytes.
-- Returns 0 if there is no such stream; else 1, what it is, where it was read from, tail, 1 if closed, and the messages.

-- More in one answer would keep others from Redis for too long.
local MAX_MESSAGES = 10000
local CHUNK = 200

local hash, list = KEYS[4], KEYS[5]
local known = redis.call('HMGET', hash, 's', 'n', 'b', 'x', 'u', 'l', 'e')
if not known[1] then
    meetDead(string.sub(hash, #PREFIX + 1))
    tell()
    return {'0'}
end
local tail, maxBytes = tonumber(known[2]), tonumber(ARGV[4])
local start = math.min(tonumber(ARGV[3]), tail)
local answer = {'1', known[1], text(start), text(tail), known[4]}
local heads = #answer
local usual = math.max(1, math.ceil(tonumber(known[3]) / math.max(1, tail)))
local at, sum, going = start, 0, start < tail
while going do
    local wanted = math.min(CHUNK, math.max(1, math.ceil((maxBytes - sum) / usual)))
    local chunk = redis.call('LRANGE', list, text(at), text(math.min(tail, at + wanted) - 1))
    if #chunk == 0 then
        return redis.error_reply('DAMAGED ' .. list .. ' has not the ' .. text(tail) .. ' messages of ' .. hash)
    end
    for _, message in ipairs(chunk) do
        sum = sum + #message
        if (sum > maxBytes and at > start) or at - start >= MAX_MESSAGES then
            going = false
            break
        end
        answer[#answer + 1] = message
        at = at + 1
    end
    going = going and at < tail
end
use(hash, list, known[5], known[6], known[7], false)
return answer
