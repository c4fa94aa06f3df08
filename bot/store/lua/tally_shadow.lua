-- tally_shadow(shadow; run, serial, cursors, shard, cursor, ..., pair, count, ...) -> 0 | 1
-- Adds what a model read beside the live one, with how far in the events that reaches,
-- or nothing if somebody else has added meanwhile.
--   shadow   hash  run; serial; at:<shard> -> cursor; pair:<live>|<shadow> -> messages
-- run: the model and the epoch of the live one; another one begins anew
-- serial: what was there when the counts were made, 0 for nothing
-- cursors: how many pairs of shard and cursor follow
local known = redis.call("HGET", KEYS[1], "run") == ARGV[1]
local serial = known and redis.call("HGET", KEYS[1], "serial") or "0"
if serial ~= ARGV[2] then return 0 end
if not known then
  redis.call("DEL", KEYS[1])
  redis.call("HSET", KEYS[1], "run", ARGV[1])
end
redis.call("HINCRBY", KEYS[1], "serial", 1)
local last = 3 + 2 * tonumber(ARGV[3])
for i = 4, last, 2 do redis.call("HSET", KEYS[1], "at:" .. ARGV[i], ARGV[i + 1]) end
for i = last + 1, #ARGV, 2 do redis.call("HINCRBY", KEYS[1], "pair:" .. ARGV[i], ARGV[i + 1]) end
return 1
