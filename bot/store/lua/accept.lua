-- accept(seen, seen_old, mailbox, ready, leased, customer, pending, events, amended, amended_old; message_id, item, who, now_ms, quiet_ms, at_most_ms, channel, rank, keep) -> 1 | 0
-- Stores a message once and makes its customer due after the quiet time. A
-- redelivery changes nothing and returns 0.
--   seen, seen_old  hash  message id -> outcome|reason; "pending" until handled. When
--                   `keep` ids were accepted it becomes `seen_old`, and that is forgotten:
--                   at least the newest `keep` ids are known, and all that wait
--   mailbox   list    what the customer's next turn has to deal with, oldest first
--   ready     zset    customer -> when to read, ms; ready:first and ready:last beside
--                     it hold the customers of other ranks, each customer once
--   leased    zset    customer -> when the lease ends, ms
--   customer  hash    gather_from: first message of the burst, ms; tries: failed turns;
--                     rank: the best that came since the mailbox was empty; accepted:
--                     ids since `seen` was empty (it has more: outcomes of older ones)
--                     amended: authors changed messages that had not come yet
--   pending   hash    rank -> messages without an outcome
--   events    stream  the truth
--   amended, amended_old  hash  as in amend.lua: its note is carried out here
-- uses amend_mail
local SETS, RANKS = {":first", "", ":last"}, {"first", "middle", "last"}
local id, item, who, now = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local rank, keep = tonumber(ARGV[8]), tonumber(ARGV[9])
if redis.call("HEXISTS", KEYS[2], id) == 1 then return 0 end
if redis.call("HSETNX", KEYS[1], id, "pending") == 0 then return 0 end
local known = redis.call("HMGET", KEYS[6], "gather_from", "tries", "rank", "accepted", "amended")
local note
if known[5] then
  note = redis.call("HGET", KEYS[9], id) or redis.call("HGET", KEYS[10], id)
  note = note and cjson.decode(note)
  if note then item = amended_mail(item, note) end
end
local waiting = redis.call("RPUSH", KEYS[3], item)
local first, backing_off, before = tonumber(known[1] or now), known[2], tonumber(known[3] or "4")
-- Mail that is no message (a text that failed) has no rank: it waits in the middle.
if not known[3] and waiting > 1 then before = 2 end
local accepted = tonumber(known[4] or "0") + 1
local fields = {"accepted", accepted}
if accepted >= keep and waiting < keep then
  redis.call("RENAME", KEYS[1], KEYS[2])
  fields[2] = 0
end
if not known[1] then fields[3], fields[4] = "gather_from", now end
if rank < before then fields[#fields + 1], fields[#fields + 2] = "rank", rank end
redis.call("HSET", KEYS[6], unpack(fields))
local best = math.min(rank, before)
if not redis.call("ZSCORE", KEYS[5], who) then
  local due = math.min(now + tonumber(ARGV[5]), first + tonumber(ARGV[6]))
  local old = KEYS[4] .. SETS[before == 4 and best or before]
  -- Who is backing off after a failure keeps their time.
  if backing_off then due = redis.call("ZSCORE", old, who) end
  if best < before then redis.call("ZREM", old, who) end
  if due then redis.call("ZADD", KEYS[4] .. SETS[best], due, who) end
end
redis.call("HINCRBY", KEYS[7], rank, 1)
redis.call("XADD", KEYS[8], "*", "type", "message_accepted", "at_ms", ARGV[4],
           "customer", who, "message", id, "channel", ARGV[7], "rank", RANKS[rank])
if note then
  note.text = nil -- it is in the mailbox now
  redis.call("HSET", KEYS[9], id, cjson.encode(note))
  redis.call("XADD", KEYS[8], "*", "type", note.deleted and "message_deleted" or "message_edited",
             "at_ms", ARGV[4], "customer", who, "message", id)
end
return 1
