-- strike_context(mailbox, history, dead, customer, events; payload) -> "ok" | "again"
-- Puts messages of one customer back without posts that surrounded them, if each still
-- stands as it was read; "again" if one does not, and nothing is changed.
--   customer  hash  version (raised: a turn that has read the old ones is "changed"), case
--   the others as in commit.lua and bury.lua
-- payload (JSON): customer, now, messages (their ids: an event for each), cases (the
--   prefix of the cases' hashes), swaps [{place, index, old, new}]
local p = cjson.decode(ARGV[1])
local keys = {mailbox = KEYS[1], history = KEYS[2], dead = KEYS[3]}
for _, swap in ipairs(p.swaps) do
  local read = swap.place == "dead" and "HGET" or "LINDEX"
  if redis.call(read, keys[swap.place], swap.index) ~= swap.old then return "again" end
end
for _, swap in ipairs(p.swaps) do
  local write = swap.place == "dead" and "HSET" or "LSET"
  redis.call(write, keys[swap.place], swap.index, swap.new)
end
redis.call("HINCRBY", KEYS[4], "version", 1)
local id = redis.call("HGET", KEYS[4], "case") or ""
local case = p.cases .. id
local status = redis.call("HGET", case, "status")
local open = status and status ~= "resolved"
if open then
  local changed = tonumber(redis.call("HGET", case, "changed_at"))
  redis.call("HSET", case, "changed_at", math.max(changed, tonumber(p.now)))
  redis.call("HINCRBY", case, "revision", 1)
end
for _, message in ipairs(p.messages) do
  redis.call("XADD", KEYS[5], "*", "type", "context_removed", "at_ms", p.now,
             "customer", p.customer, "message", message, "case", open and id or "")
end
return "ok"
