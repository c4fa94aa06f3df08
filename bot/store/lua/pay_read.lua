-- pay_read(day, month, credit, read, old...; item, micros, id...) -> how many were new
-- Adds the cost of what was read, each thing once a day, whoever read it.
--   day, month, credit  as in spend.lua
--   read  set  ids of this item that were paid today
--   old   what nobody asks for any more: such sets of earlier days, and days themselves
local new = 0
for n = 3, #ARGV do new = new + redis.call("SADD", KEYS[4], ARGV[n]) end
if new > 0 then
  redis.call("HINCRBY", KEYS[1], ARGV[1], new * ARGV[2])
  redis.call("HINCRBY", KEYS[2], ARGV[1], new * ARGV[2])
end
redis.call("DEL", KEYS[3]) -- a call that cost nothing was taken, too
redis.call("DEL", unpack(KEYS, 5))
return new
