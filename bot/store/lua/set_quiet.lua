-- set_quiet(quiet, events; scope, by, now_ms, begins) -> 1 | 0
-- Begins or ends a pause of the bot, with its event. Returns 0 if that was so already.
--   quiet   hash    scope -> since when, ms|who
--   events  stream  the truth
-- begins: "1" to begin, "0" to end
local scope, by, now, begins = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == "1"
local changed
if begins then changed = redis.call("HSETNX", KEYS[1], scope, now .. "|" .. by)
else changed = redis.call("HDEL", KEYS[1], scope) end
if changed == 1 then
  redis.call("XADD", KEYS[2], "*", "type", begins and "quiet_began" or "quiet_ended",
             "at_ms", now, "customer", "", "scope", scope, "by", by)
end
return changed
