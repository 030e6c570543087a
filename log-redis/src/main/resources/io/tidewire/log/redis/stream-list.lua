-- Lists streams. ARGV: bounds of their names as ZRANGEBYLEX takes them, at most how many.
-- Returns 1 if there may be more, up to which name it looked; then for each stream its name and what info says.

local MAX_STEPS = 500

local names = redis.call('ZRANGEBYLEX', INDEX, ARGV[3], ARGV[4], 'LIMIT', 0, math.min(MAX_STEPS, tonumber(ARGV[5])))
local answer = {#names > 0 and '1' or '0', names[#names] or ''}
local dead = {}
for _, name in ipairs(names) do
    local known = about(hashOf(name))
    if known[1] then
        answer[#answer + 1] = {name, unpack(known)}
    else
        dead[#dead + 1] = name
    end
end
for _, name in ipairs(dead) do
    meetDead(name)
end
tell()
return answer
