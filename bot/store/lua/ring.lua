-- ring(timers, case, customer, events; payload) -> "rung" | "gone" | "changed" | "dropped"
-- Lets a timer have its effect on its case, once: whoever comes second finds it gone,
-- and an effect that was derived from an older case is not carried out ("changed").
--   timers    zset    kind|case -> due, ms; all of the case's are replaced
--   case      hash    the fields of a case; revision: counts its changes
--   customer  hash    version: raised, so that no turn is committed on the older case
--   events    stream  the truth
-- payload (JSON): case, kind, now, revision, fields, timers (kind -> due, ms; "" takes
--   it away), event, moves (it changes the status), drops (only take the timer
--   away), revision ("": of a case that cannot be read)
local p = cjson.decode(ARGV[1])
local due = redis.call("ZSCORE", KEYS[1], p.kind .. "|" .. p.case)
if not due or tonumber(due) > tonumber(p.now) then return "gone" end
if p.revision ~= "" and (redis.call("HGET", KEYS[2], "revision") or "0") ~= p.revision then
  return "changed"
end
if p.drops then
  redis.call("ZREM", KEYS[1], p.kind .. "|" .. p.case)
  return "dropped"
end
for field, value in pairs(p.fields) do redis.call("HSET", KEYS[2], field, value) end
redis.call("HINCRBY", KEYS[2], "revision", 1)
if p.moves then redis.call("HDEL", KEYS[2], "last_change") end
for kind, at in pairs(p.timers) do
  local member = kind .. "|" .. p.case
  if at == "" then redis.call("ZREM", KEYS[1], member)
  else redis.call("ZADD", KEYS[1], at, member) end
end
redis.call("HINCRBY", KEYS[3], "version", 1)
redis.call("XADD", KEYS[4], "*", unpack(p.event))
return "rung"
