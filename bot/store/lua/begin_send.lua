-- begin_send(outbox, queue, customer, delivery, events; who, now_ms, lease_ms) -> {what, entry, tries}
-- Moves the customer's next text to *sending*, if it may still go out. Checking
-- the epoch and the move are one step: after a claim no text of the bot passes.
-- what: "send", "look_up" (an earlier send has no known end), "withheld" (a claim
-- came first; the text is dropped) or "none".
--   outbox    zset    customer -> when to send or when a send's lease ends, ms
--   queue     list    the texts in order: JSON {key, epoch, speaker, thread, ...}
--   customer  hash    epoch; sending: key of the text on its way; send_tries
--   delivery  hash    key -> state|problem
--   events    stream  the truth
local who, now = ARGV[1], tonumber(ARGV[2])
local due = redis.call("ZSCORE", KEYS[1], who)
if not due or tonumber(due) > now then return {"none", "", 0} end
local head = redis.call("LINDEX", KEYS[2], 0)
if not head then
  redis.call("ZREM", KEYS[1], who)
  return {"none", "", 0}
end
local entry = cjson.decode(head)
local tries = tonumber(redis.call("HGET", KEYS[3], "send_tries") or "0")
if redis.call("HGET", KEYS[3], "sending") == entry.key then
  redis.call("ZADD", KEYS[1], now + tonumber(ARGV[3]), who)
  return {"look_up", head, tries}
end
local epoch = redis.call("HGET", KEYS[3], "epoch") or "0"
if entry.speaker == "bot" and entry.epoch ~= epoch then
  redis.call("LPOP", KEYS[2])
  redis.call("HSET", KEYS[4], entry.key, "withheld|claimed")
  redis.call("HINCRBY", KEYS[3], "unsent:" .. entry.thread, -1)
  redis.call("HDEL", KEYS[3], "send_tries")
  redis.call("XADD", KEYS[5], "*", "type", "reply_withheld", "at_ms", ARGV[2],
             "customer", who, "key", entry.key, "speaker", entry.speaker,
             "reason", "claimed", "case", entry.case)
  redis.call("ZADD", KEYS[1], now, who)
  return {"withheld", head, tries}
end
redis.call("HSET", KEYS[3], "sending", entry.key)
redis.call("HSET", KEYS[4], entry.key, "sending|")
redis.call("ZADD", KEYS[1], now + tonumber(ARGV[3]), who)
redis.call("XADD", KEYS[5], "*", "type", "reply_sending", "at_ms", ARGV[2],
           "customer", who, "key", entry.key, "speaker", entry.speaker,
           "case", entry.case)
return {"send", head, tries}
