-- add_readings(cursors, day..., old...; payload) -> 1 | 0
-- Adds what events came to, each event once; 0 if another turn has added since.
--   cursors  hash  shard -> up to where its events were added; turn: how often
--   day      hash  what was counted -> how often; "eg <what>" -> JSON, newest messages
--   old      hash  days that nobody asks for any more
-- payload (JSON): turn (that all this follows), cursors, days [{counts, examples}], one
--   for each key of a day
local p = cjson.decode(ARGV[1])
if tonumber(redis.call("HGET", KEYS[1], "turn") or "0") ~= p.turn then return 0 end
redis.call("HINCRBY", KEYS[1], "turn", 1)
for shard, cursor in pairs(p.cursors) do redis.call("HSET", KEYS[1], shard, cursor) end
for number, day in ipairs(p.days) do
  local key = KEYS[1 + number]
  for what, count in pairs(day.counts) do redis.call("HINCRBY", key, what, count) end
  for what, ids in pairs(day.examples) do redis.call("HSET", key, "eg " .. what, ids) end
end
redis.call("DEL", unpack(KEYS, 2 + #p.days))
return 1
