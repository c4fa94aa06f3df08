-- leave_incident(case, fence, events, timers; incident, holding, case id, now_ms,
--                unclaimed_ms, event...) -> outcome
-- Takes an open case out of its incident. Agents see it from now on, so from now on
-- counts how long nobody takes it: but from its last change at the least, and a later
-- time that is set already stays, since a holder may have been held up. Outcomes: "ok", "other" (it is no part of
-- that incident), "taken" (an agent has it, or it is resolved: it has a card of its
-- own), "late" (a newer holder keeps the incidents).
--   case    hash    incident, status and the other fields of a case
--   fence   string  the newest holding of the duty
--   events  stream  the truth
--   timers  zset    kind|case -> due, ms
-- unclaimed_ms: after how long it is to be noted that nobody has taken it
if tonumber(redis.call("GET", KEYS[2]) or "0") > tonumber(ARGV[2]) then return "late" end
if redis.call("HGET", KEYS[1], "incident") ~= ARGV[1] then return "other" end
if redis.call("HGET", KEYS[1], "status") ~= "open" then return "taken" end
redis.call("HSET", KEYS[1], "incident", "")
local noted, aside, changed =
  unpack(redis.call("HMGET", KEYS[1], "unclaimed_at", "snoozed_until", "changed_at"))
if (noted or "") == "" and (aside or "") == "" then
  local since = math.max(tonumber(ARGV[4]), tonumber(changed))
  redis.call("ZADD", KEYS[4], "GT", since + tonumber(ARGV[5]), "unclaimed|" .. ARGV[3])
end
redis.call("XADD", KEYS[3], "*", unpack(ARGV, 6))
return "ok"
