-- Looks whether what is under our keys is ours. Has no epoch and no newest entry to tell.

for i, type in ipairs({'hash', 'zset', 'zset'}) do
    local actual = redis.call('TYPE', KEYS[i]).ok
    if actual ~= 'none' and actual ~= type then
        return redis.error_reply('FOREIGN ' .. KEYS[i] .. ' is a ' .. actual)
    end
end
local format = redis.call('HGET', META, 'format')
if format and format ~= '1' then
    return redis.error_reply('FOREIGN ' .. META .. ' is of format ' .. format)
end
return {'0', '0'}
