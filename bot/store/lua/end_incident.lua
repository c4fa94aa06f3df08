-- end_incident(incident, incidents, fence, events; id, quiet_since_ms, now_ms, holding, event...) -> outcome
-- Ends an incident to which no case came after `quiet_since_ms`. Outcomes: "ok",
-- "repeated" (it has ended), "alive" (a case came), "late" (a newer holder keeps
-- the incidents).
--   incident   hash    ended_at, ms, "" while it goes on
--   incidents  zset    incident -> when its newest case was opened, ms
--   fence      string  the newest holding of the duty
--   events     stream  the truth
if tonumber(redis.call("GET", KEYS[3]) or "0") > tonumber(ARGV[4]) then return "late" end
if (redis.call("HGET", KEYS[1], "ended_at") or "gone") ~= "" then return "repeated" end
local last = redis.call("ZSCORE", KEYS[2], ARGV[1])
if last and tonumber(last) > tonumber(ARGV[2]) then return "alive" end
redis.call("HSET", KEYS[1], "ended_at", ARGV[3])
redis.call("XADD", KEYS[4], "*", unpack(ARGV, 5))
return "ok"
