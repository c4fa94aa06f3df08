-- begin_send(outbox, queue, customer, delivery, seen, events; who, now_ms, lease_ms) -> {what, entry, tries, waits}
-- Moves the customer's next text to *sending*, if it may still go out. Checking
-- the epoch and the move are one step: after a claim no text of the bot passes.
-- what: "send", "look_up" (an earlier send has no known end), "withheld" (a claim
-- came first; the text is dropped, and the message that it answered is one more
-- of the agent's case) or "none".
--   outbox    zset    customer -> when to send or when a send's lease ends, ms
--   queue     list    the texts in order: JSON {key, reply_to, channel, epoch,
--                     speaker, thread, case, body}
--   customer  hash    epoch; case; sending: key of the text on its way; send_tries
--                     and send_waits of that text
--   delivery  hash    key -> state|problem
--   seen      hash    message id -> outcome|reason
--   events    stream  the truth
local who, now = ARGV[1], tonumber(ARGV[2])
local due = redis.call("ZSCORE", KEYS[1], who)
if not due or tonumber(due) > now then return {"none", "", 0, 0} end
local head = redis.call("LINDEX", KEYS[2], 0)
if not head then
  redis.call("ZREM", KEYS[1], who)
  return {"none", "", 0, 0}
end
local entry = cjson.decode(head)
local tries = tonumber(redis.call("HGET", KEYS[3], "send_tries") or "0")
local waits = tonumber(redis.call("HGET", KEYS[3], "send_waits") or "0")
if redis.call("HGET", KEYS[3], "sending") == entry.key then
  redis.call("ZADD", KEYS[1], now + tonumber(ARGV[3]), who)
  return {"look_up", head, tries, waits}
end
local epoch = redis.call("HGET", KEYS[3], "epoch") or "0"
if entry.speaker == "bot" and entry.epoch ~= epoch then
  redis.call("LPOP", KEYS[2])
  redis.call("HSET", KEYS[4], entry.key, "withheld|claimed")
  redis.call("HINCRBY", KEYS[3], "unsent:" .. entry.thread, -1)
  redis.call("HDEL", KEYS[3], "send_tries", "send_waits")
  redis.call("XADD", KEYS[6], "*", "type", "reply_withheld", "at_ms", ARGV[2],
             "customer", who, "key", entry.key, "speaker", entry.speaker,
             "reason", "claimed", "case", entry.case)
  -- What was to be answered now was not. An acknowledgement that is withheld
  -- changes nothing: its message was handed to people and stays so.
  local answered = entry.reply_to or ""
  local outcome = answered ~= "" and redis.call("HGET", KEYS[5], answered) or ""
  if string.find(outcome, "^answered|") or string.find(outcome, "^asked|") then
    redis.call("HSET", KEYS[5], answered, "joined|case_claimed")
    redis.call("XADD", KEYS[6], "*", "type", "message_handled", "at_ms", ARGV[2],
               "customer", who, "message", answered, "channel", entry.channel or "",
               "outcome", "joined", "reason", "case_claimed",
               "case", redis.call("HGET", KEYS[3], "case") or "")
  end
  redis.call("ZADD", KEYS[1], now, who)
  return {"withheld", head, tries, waits}
end
redis.call("HSET", KEYS[3], "sending", entry.key)
redis.call("HSET", KEYS[4], entry.key, "sending|")
redis.call("ZADD", KEYS[1], now + tonumber(ARGV[3]), who)
redis.call("XADD", KEYS[6], "*", "type", "reply_sending", "at_ms", ARGV[2],
           "customer", who, "key", entry.key, "speaker", entry.speaker,
           "case", entry.case)
return {"send", head, tries, waits}
