-- bury(tokens, leased, ready, events, dead_customers, customer, mailbox, seen, history, dead; who, token, now_ms, reason, count, records, notice) -> 1 | 0
-- Parks the first `count` mails of a customer as dead letters, so that later ones
-- go on, and puts `notice` before those, so that the next turn tells people.
--   dead_customers  set   customers who have dead letters
--   customer        hash  parked: later messages go to people until they resolve
--   dead            list  JSON {reason, at_ms, item, record}, oldest first: content
--   the others as in commit.lua
-- records (JSON): message id -> its line of the transcript; what cannot be read has
-- none. It knows only the lease and a count, because the mails may not decode.
local who, now, reason = ARGV[1], ARGV[3], ARGV[4]
if redis.call("HGET", KEYS[1], who) ~= ARGV[2] then return 0 end
local records = cjson.decode(ARGV[6])
local tell = false
for _ = 1, tonumber(ARGV[5]) do
  local item = redis.call("LPOP", KEYS[7])
  if not item then break end
  local ok, mail = pcall(cjson.decode, item)
  mail = ok and type(mail) == "table" and mail or {}
  -- a notice that cannot be handled itself must not make another
  if mail.kind ~= "buried" then tell = true end
  local id = type(mail.body) == "table" and mail.body.id or nil
  local record = ""
  if mail.kind == "message" and type(id) == "string" then
    record = records[id] or ""
    if record ~= "" then redis.call("RPUSH", KEYS[9], record) end
    if redis.call("HEXISTS", KEYS[8], id) == 1 then
      redis.call("HSET", KEYS[8], id, "dead|" .. reason)
      redis.call("XADD", KEYS[4], "*", "type", "message_handled", "at_ms", now,
                 "customer", who, "message", id, "outcome", "dead", "reason", reason)
    end
  end
  redis.call("RPUSH", KEYS[10], cjson.encode({reason = reason, at_ms = now,
                                              item = item, record = record}))
  redis.call("SADD", KEYS[5], who)
end
redis.call("HDEL", KEYS[6], "tries", "gather_from")
redis.call("HSET", KEYS[6], "parked", "1")
redis.call("ZREM", KEYS[2], who)
if tell then redis.call("LPUSH", KEYS[7], ARGV[7]) end
if redis.call("LLEN", KEYS[7]) > 0 then redis.call("ZADD", KEYS[3], now, who) end
return 1
