-- Tells what is known of a stream. KEYS[4]: its hash. Returns nothing known as 0, else 1 and what info says.

local known = about(KEYS[4])
return {known[1] and '1' or '0', unpack(known)}
