-- join_incident(case, fence, events; incident, holding, event...) -> outcome
-- Makes a case part of an incident. Outcomes: "ok", "repeated" (it is already),
-- "other" (it is part of another one), "gone" (it is resolved or does not exist),
-- "late" (a newer holder keeps the incidents).
--   case    hash    incident, status and the other fields of a case
--   fence   string  the newest holding of the duty
--   events  stream  the truth
if tonumber(redis.call("GET", KEYS[2]) or "0") > tonumber(ARGV[2]) then return "late" end
local status = redis.call("HGET", KEYS[1], "status")
if not status or status == "resolved" then return "gone" end
local had = redis.call("HGET", KEYS[1], "incident") or ""
if had == ARGV[1] then return "repeated" end
if had ~= "" then return "other" end
redis.call("HSET", KEYS[1], "incident", ARGV[1])
redis.call("XADD", KEYS[3], "*", unpack(ARGV, 3))
return "ok"
