-- open_incident(case, fence, incident, incidents, events; payload) -> {outcome, incident}
-- Begins an incident with one case, which is part of it from then on. Outcomes:
-- "ok", "repeated" (the case is part of one already: that one), "gone" (the case is
-- resolved or does not exist), "late" (a newer holder keeps the incidents).
--   case       hash    incident, status and the other fields of the founding case
--   fence      string  the newest holding of the duty
--   incident   hash    the new incident
--   incidents  zset    incident -> when its newest case was opened, ms
--   events     stream  the truth
-- payload (JSON): holding, id, opened_at (of the case), fields, opened, joined (the
--   events incident_opened and incident_joined)
local p = cjson.decode(ARGV[1])
if tonumber(redis.call("GET", KEYS[2]) or "0") > p.holding then return {"late", ""} end
local status = redis.call("HGET", KEYS[1], "status")
if not status or status == "resolved" then return {"gone", ""} end
local had = redis.call("HGET", KEYS[1], "incident") or ""
if had ~= "" then return {"repeated", had} end
for name, value in pairs(p.fields) do redis.call("HSET", KEYS[3], name, value) end
redis.call("ZADD", KEYS[4], p.opened_at, p.id)
redis.call("HSET", KEYS[1], "incident", p.id)
redis.call("XADD", KEYS[5], "*", unpack(p.opened))
redis.call("XADD", KEYS[5], "*", unpack(p.joined))
return {"ok", p.id}
