-- Finds a place. ARGV: a publisher's own id or nothing, whether any topic is of interest, then the topics that are.
-- Returns epoch, cut, newest cut of interest, last, number of the earliest kept entry of that id or nothing; nothing at
-- all: ask again.

if not epoch then
    save()
end
if not settle(500) then
    return {}
end
local own, found = ARGV[6], ''
if own ~= '' then
    local first = redis.call('ZRANGEBYLEX', IDS, '[' .. own .. '\0', '(' .. own .. '\1', 'LIMIT', 0, 1)
    found = first[1] and string.sub(first[1], #own + 2) or redis.call('HGET', CUT_IDS, own) or ''
end
return {epoch, text(cut), text(cutOfInterest(7)), text(last), found}
