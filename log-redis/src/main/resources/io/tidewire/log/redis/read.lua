-- Reads a page. ARGV: after, 1 if only the newest of each topic and key, most entries, most bytes, whether any topic is
-- of interest, then the topics that are.
-- Returns epoch, cut, newest cut of interest, last, end, then number, time and update of each entry; nothing: ask again.

local MAX_SCAN = 2000
local MAX_SCAN_BYTES = 1048576

if not epoch then
    save()
end
if not settle(500) then
    return {}
end

local at, latest = tonumber(ARGV[6]), ARGV[7] == '1'
local most, mostBytes = tonumber(ARGV[8]), tonumber(ARGV[9])
local answer = {epoch, text(cut), text(cutOfInterest(10)), text(last)}
local typical = math.max(OVERHEAD_BYTES, bytes / math.max(1, count))
local size, seen, seenBytes, found = 0, 0, 0, 0
local reached = false
at = math.max(at, scan)
local scanBytes = math.max(mostBytes, MAX_SCAN_BYTES)
while not reached and found < most and size < mostBytes and seen < MAX_SCAN and seenBytes < scanBytes do
    local wanted = math.ceil(math.max(1, math.min(most - found, (mostBytes - size) / typical, 256)))
    local chunk = redis.call('XRANGE', EVENTS, text(at + 1), '+', 'COUNT', wanted)
    reached = #chunk < wanted
    for _, raw in ipairs(chunk) do
        local entry = entryOf(raw)
        at = entry.n
        seen = seen + 1
        seenBytes = seenBytes + #entry.u
        if isKept(entry) and (not latest or redis.call('HGET', NEWEST, entry.v) == text(entry.n)) then
            answer[#answer + 1] = text(entry.n)
            answer[#answer + 1] = entry.t
            answer[#answer + 1] = entry.u
            found = found + 1
            size = size + #entry.u
            if size >= mostBytes then
                reached = false
                break
            end
        end
    end
end
table.insert(answer, 5, text(reached and math.max(at, last) or at))
return answer
