-- begin_send(base, queue, customer, delivery, seen, events, generation, mailbox, ready, leased, seen_old; who, now_ms,
--            lease_ms, kind, cases, skew_ms, shown_ms) -> {what, entry, tries, waits, known, until_ms}
-- Moves the customer's next text to *sending*, if it may still go out. Checking
-- expiry and epoch and the move are one step: after a claim no text of the bot passes.
-- what: "send"; "look_up" (an earlier send has no known end); "look_back" (another
-- server answers since the text was caused, which may have forgotten that it was
-- sent: whatever we said there counts); "withheld" (a claim came first; the text is
-- dropped, and the message that it answered is one more of the agent's case);
-- "expired" (texts were dropped and nothing else is due) or "none".
-- known: JSON list of the channel's ids of what we sent to this customer lately.
-- until_ms: when the sender's lease ends. It fences, so no lease of a text ends when an
-- earlier one did, though two begin in the same millisecond or a clock goes back.
--   base        the shard's outbox; see queue.lua for its sorted sets, the entries of
--               queue (list) and the fields of customer (hash), where also are: epoch;
--               case; version; sent_ids: the list `known`
--   delivery    hash    key -> state|problem
--   seen, seen_old  hash  as in accept.lua
--   events      stream  the truth
--   mailbox, ready, leased  as in settle_send.lua: a dropped answer that no agent's
--   case takes is mail to the next turn, which hands its message to people
--   generation  hash    replaced_at: since when another server answers, ms
-- kind: "<channel>:<visibility>" for which there is a token, "" if there is none:
--   then texts only expire and are looked up
-- cases: the prefix of the cases' hashes; skew_ms: how far the network's clock may be
--   behind; shown_ms: how late the network may show what it took
-- uses queue
-- uses expire
-- uses idle
local base, queue, customer = KEYS[1], KEYS[2], KEYS[3]
local who, now, lease, kind = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local k = {queue = queue, customer = customer, delivery = KEYS[4], events = KEYS[6],
           cases = ARGV[5]}

local function read()
  local fields = redis.call("HMGET", customer, "sending", "send_tries", "send_waits",
                            "epoch", "look_back", "looked", "sent_ids", "lane",
                            "send_until")
  local lane = fields[8]
  local due = lane and tonumber(redis.call("ZSCORE", base .. ":lane:" .. lane, who)) or nil
  return fields, due, read_queue(queue)
end

local fields, due, texts = read()
local dropped = drop_expired(k, who, now, texts, fields[1])
if dropped > 0 then
  place(base, queue, customer, who, due or now)
  fields, due, texts = read()
end
local nothing = {dropped > 0 and "expired" or "none", "", 0, 0, "[]", 0}
local entry = texts[1]
if not entry then return nothing end
local head = entry.json
local tries, waits = tonumber(fields[2] or "0"), tonumber(fields[3] or "0")
local known = fields[7] or "[]"
local ends = math.max(now + lease, tonumber(fields[9] or "0") + 1)

local function event(name, reason)
  redis.call("XADD", KEYS[6], "*", "type", name, "at_ms", ARGV[2], "customer", who,
             "key", entry.key, "speaker", entry.speaker, "case", entry.case,
             "reason", reason)
end

-- The customer leaves the lane; nobody else takes the text until the lease ends.
local function take(state)
  redis.call("HSET", customer, "sending", entry.key, "send_until", ends)
  redis.call("HSET", KEYS[4], entry.key, state)
  redis.call("ZADD", base .. ":sending", ends, who)
  place(base, queue, customer, who, now, {
    lane = fields[8], sending = entry.key, texts = texts,
    expiring = tonumber(entry.expires) ~= nil, -- of the others each one says so itself
  })
end

if fields[1] == entry.key then
  local look = tonumber(redis.call("ZSCORE", base .. ":sending", who) or "0")
  if look > now then return nothing end
  redis.call("HSET", customer, "send_until", ends)
  redis.call("ZADD", base .. ":sending", ends, who)
  if redis.call("HGET", KEYS[4], entry.key) == "sending|" then -- its sender has died
    redis.call("HSET", KEYS[4], entry.key, "sending|no_answer")
    event("reply_in_doubt", "no_answer")
  end
  local what = fields[5] == entry.key and "look_back" or "look_up"
  return {what, head, tries, waits, known, ends}
end
if not due or due > now or kind ~= entry.channel .. ":" .. entry.visibility then
  return nothing
end
if entry.speaker == "bot" and entry.epoch ~= (fields[4] or "0") then
  redis.call("LPOP", queue)
  local state = cjson.decode(redis.call("HGET", customer, "state") or "{}")
  local why = state.opted_out and "opted_out" or "claimed"
  redis.call("HSET", KEYS[4], entry.key, "withheld|" .. why)
  forget_tries(customer)
  count_down(customer, entry.thread)
  event("reply_withheld", why)
  untold(k, entry)
  -- What was to be answered now was not. The message of an acknowledgement was handed
  -- to people and stays so.
  local answered = entry.reply_to or ""
  local outcome = answered ~= "" and (redis.call("HGET", KEYS[5], answered)
                                      or redis.call("HGET", KEYS[11], answered)) or ""
  if string.find(outcome, "^answered|") or string.find(outcome, "^asked|") then
    local case = redis.call("HGET", customer, "case") or ""
    local status = case ~= "" and redis.call("HGET", ARGV[5] .. case, "status")
    if status and status ~= "resolved" then
      redis.call("HSET", KEYS[5], answered, "joined|case_claimed")
      redis.call("XADD", KEYS[6], "*", "type", "message_handled", "at_ms", ARGV[2],
                 "customer", who, "message", answered, "channel", entry.channel or "",
                 "outcome", "joined", "reason", "case_claimed", "case", case)
    else
      redis.call("RPUSH", KEYS[8], '{"kind":"send_failure","body":{"outgoing":' ..
                 entry.body .. ',"reason":"' .. why .. '","code":"withheld"}}')
      if is_idle(KEYS[9], KEYS[10], who) then
        redis.call("ZADD", KEYS[9], now, who)
      end
    end
  end
  place(base, queue, customer, who, now)
  return {"withheld", head, tries, waits, known, ends}
end
local changed = redis.call("HGET", KEYS[7], "replaced_at") or "0"
local replaced = tonumber(changed)
local before = replaced > 0 and tonumber(entry.caused) <= replaced + tonumber(ARGV[6])
local looked = entry.key .. "|" .. changed
if before and fields[6] ~= looked then
  local shown = replaced + tonumber(ARGV[7])
  if now < shown then
    place(base, queue, customer, who, shown)
    return nothing
  end
  redis.call("HSET", customer, "look_back", entry.key, "looked", looked) -- once is enough
  take("sending|store_replaced")
  event("reply_in_doubt", "store_replaced")
  return {"look_back", head, tries, waits, known, ends}
end
take("sending|")
event("reply_sending", "")
return {"send", head, tries, waits, known, ends}
