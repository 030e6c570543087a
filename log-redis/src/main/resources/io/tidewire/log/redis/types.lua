-- Looks whether what is under our keys is ours, before anything is asked of it.

local TYPES = {'stream', 'hash', 'hash', 'zset', 'hash', 'list', 'zset', 'zset', 'hash', 'hash', 'list', 'hash', 'list'}
for i, type in ipairs(TYPES) do
    local actual = redis.call('TYPE', KEYS[i]).ok
    if actual ~= 'none' and actual ~= type then
        return redis.error_reply('FOREIGN ' .. KEYS[i] .. ' is a ' .. actual)
    end
end
local format = redis.call('HGET', KEYS[2], 'format')
if format and format ~= '1' then
    return redis.error_reply('FOREIGN ' .. KEYS[2] .. ' is of format ' .. format)
end
