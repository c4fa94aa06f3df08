-- settle_send(base, queue, customer, delivery, events, mailbox, ready, leased; payload) -> 1 | 0
-- Records what became of the text that is in *sending*. Returns 0 if its lease is
-- not the sender's any more: another one deals with it, or has done so.
--   mailbox, ready, leased  as in accept.lua: a text that failed comes back to the
--   customer's next turn as a mail; the others as in begin_send.lua
-- payload (JSON): customer, key, thread, speaker, case, state ("sent", "refused",
--   "unknown", "withheld" end it; "again" sends it again and "look_up" looks where it
--   is, at `due`), problem, counts ("send_tries", "send_waits" or ""), now, until (when
--   the sender's lease ends, ms: the fence), at (of the sending, ms), due (of the next try, ms), channel_id, mail
-- uses queue
-- uses idle
local SENT_IDS = 50 -- that a look-up must not take for a later text
local base, queue, customer = KEYS[1], KEYS[2], KEYS[3]
local p = cjson.decode(ARGV[1])
local texts = read_queue(queue)
if not texts[1] or texts[1].key ~= p.key then return 0 end
local unsent_name = "unsent:" .. p.thread
local fields = redis.call("HMGET", customer, "sending", "lane", unsent_name, "sent_ids")
if fields[1] ~= p.key then return 0 end
local lease = redis.call("ZSCORE", base .. ":sending", p.customer)
if tonumber(lease or "0") ~= tonumber(p["until"]) then return 0 end

local function event(name)
  redis.call("XADD", KEYS[5], "*", "type", name, "at_ms", p.now,
             "customer", p.customer, "key", p.key, "speaker", p.speaker,
             "case", p.case, "reason", p.problem, "channel_id", p.channel_id)
end

if p.state == "look_up" or p.state == "again" then
  if p.counts ~= "" then redis.call("HINCRBY", customer, p.counts, 1) end
end
if p.state == "look_up" then
  redis.call("ZADD", base .. ":sending", p.due, p.customer)
  if redis.call("HGET", KEYS[4], p.key) == "sending|" then
    event("reply_in_doubt")
  end
  redis.call("HSET", KEYS[4], p.key, "sending|" .. p.problem)
  return 1
end
redis.call("ZREM", base .. ":sending", p.customer)
if p.state == "again" then
  redis.call("HDEL", customer, "sending", "look_back")
  redis.call("HSET", KEYS[4], p.key, "queued|" .. p.problem)
  event("reply_requeued")
  place(base, queue, customer, p.customer, p.due)
  return 1
end
redis.call("LPOP", queue)
local gone = {"sending", "send_until", "send_tries", "send_waits", "look_back", "looked"}
local kept, unsent = {}, tonumber(fields[3] or "0") - 1
if unsent > 0 then kept = {unsent_name, unsent} else gone[#gone + 1] = unsent_name end
if p.state == "sent" then
  local ids = cjson.decode(fields[4] or "[]")
  ids[#ids + 1] = p.channel_id
  if #ids > SENT_IDS then table.remove(ids, 1) end
  for _, part in ipairs({"spoke:" .. p.thread, p.at, "sent_ids", cjson.encode(ids)}) do
    kept[#kept + 1] = part
  end
  if p.speaker == "bot" then
    kept[#kept + 1] = "bot:" .. p.thread
    kept[#kept + 1] = p.at
  end
end
redis.call("HDEL", customer, unpack(gone))
if #kept > 0 then redis.call("HSET", customer, unpack(kept)) end
redis.call("HSET", KEYS[4], p.key, p.state .. "|" .. p.problem)
event("reply_" .. p.state)
if p.mail ~= "" then
  redis.call("RPUSH", KEYS[6], p.mail)
  if is_idle(KEYS[7], KEYS[8], p.customer) then
    redis.call("ZADD", KEYS[7], p.now, p.customer)
  end
end
local at -- looked at anew if it was so long that more of it comes into sight
if #texts < SCANNED then
  table.remove(texts, 1)
  -- what was on its way did not count as one that expires
  at = {lane = fields[2], texts = texts, expiring = false}
end
place(base, queue, customer, p.customer, p.now, at)
return 1
