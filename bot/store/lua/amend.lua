-- amend(seen, seen_old, mailbox, history, dead, customer, amended, amended_old, events, reviews, review_list; payload) -> "ok" | "old" | "again"
-- Carries out, once, what an author did to a message: an edit that is newer than the
-- last one, or a deletion, after which nothing comes. "again" if what `swaps` were
-- derived from is not as it was.
--   amended, amended_old  hash  message id -> JSON {at, deleted, when, text}: the last
--                   notice; the text only until the message comes. When `keep` ids are
--                   noted it becomes `amended_old`, and that is forgotten
--   customer  hash  version (raised: a turn that has read the old text is "changed"),
--                   amended (there are notes), state, case
--   reviews   hash  message -> id of what the trainers have to look at: its words go
--   review_list  zset  as in add_review.lua
--   the others as in accept.lua, commit.lua and bury.lua
-- payload (JSON): customer, id, at (ms, by the network), when (the same as text),
--   deleted, text, known (as it was found), swaps [{place, index, old, new}], state_old,
--   state_new ("" leaves it), now, keep, cases and review (the
--   prefixes of such hashes)
local p = cjson.decode(ARGV[1])
local function has(key) return redis.call("HEXISTS", key, p.id) == 1 end
local known = has(KEYS[1]) or has(KEYS[2])
if known ~= p.known then return "again" end
local last = redis.call("HGET", KEYS[7], p.id) or redis.call("HGET", KEYS[8], p.id)
if last then
  last = cjson.decode(last)
  local newer = tonumber(p.at) > tonumber(last.at)
  if last.deleted or not (p.deleted or newer) then return "old" end
end
local keys = {mailbox = KEYS[3], history = KEYS[4], dead = KEYS[5]}
for _, swap in ipairs(p.swaps) do
  local read = swap.place == "dead" and "HGET" or "LINDEX"
  if redis.call(read, keys[swap.place], swap.index) ~= swap.old then return "again" end
end
if p.state_new ~= "" then
  if redis.call("HGET", KEYS[6], "state") ~= p.state_old then return "again" end
  redis.call("HSET", KEYS[6], "state", p.state_new)
end
for _, swap in ipairs(p.swaps) do
  local write = swap.place == "dead" and "HSET" or "LSET"
  redis.call(write, keys[swap.place], swap.index, swap.new)
end
redis.call("HSET", KEYS[7], p.id, cjson.encode({at = p.at, deleted = p.deleted,
           when = p.when, text = not known and p.text or nil}))
local review = redis.call("HGET", KEYS[10], p.id)
if review and p.deleted then
  local messages = redis.call("HGET", p.review .. review, "messages")
  redis.call("HDEL", KEYS[10], p.id, unpack(cjson.decode(messages or "[]")))
  redis.call("DEL", p.review .. review)
  redis.call("ZREM", KEYS[11], review)
elseif review then
  redis.call("HDEL", p.review .. review, "body", "closed")
end
if redis.call("HLEN", KEYS[7]) >= p.keep then redis.call("RENAME", KEYS[7], KEYS[8]) end
if not known then
  redis.call("HSET", KEYS[6], "amended", 1)
  return "ok"
end
redis.call("HINCRBY", KEYS[6], "version", 1)
local id = redis.call("HGET", KEYS[6], "case") or ""
local case = p.cases .. id
local status = redis.call("HGET", case, "status")
if status and status ~= "resolved" then
  local changed = tonumber(redis.call("HGET", case, "changed_at"))
  redis.call("HSET", case, "changed_at", math.max(changed, tonumber(p.now)))
  redis.call("HINCRBY", case, "revision", 1)
end
redis.call("XADD", KEYS[9], "*", "type", p.deleted and "message_deleted" or "message_edited",
           "at_ms", p.now, "customer", p.customer, "message", p.id,
           "case", status and id or "")
return "ok"
