-- leave_incident(case, fence, events; incident, holding, event...) -> outcome
-- Takes an open case out of its incident. Outcomes: "ok", "other" (it is no part of
-- that incident), "taken" (an agent has it, or it is resolved: it has a card of its
-- own), "late" (a newer holder keeps the incidents).
--   case    hash    incident, status and the other fields of a case
--   fence   string  the newest holding of the duty
--   events  stream  the truth
if tonumber(redis.call("GET", KEYS[2]) or "0") > tonumber(ARGV[2]) then return "late" end
if redis.call("HGET", KEYS[1], "incident") ~= ARGV[1] then return "other" end
if redis.call("HGET", KEYS[1], "status") ~= "open" then return "taken" end
redis.call("HSET", KEYS[1], "incident", "")
redis.call("XADD", KEYS[3], "*", unpack(ARGV, 3))
return "ok"
