-- What the scripts share that drop expired texts: those that say "uses expire",
-- after "uses queue".

-- Lets the case of a text that is not sent say that nobody has told the customer:
-- raising the version makes a turn that is being decided read it anew.
local function untold(k, entry)
  local case = k.cases .. entry.case
  if entry.case ~= "" and redis.call("HEXISTS", case, "acknowledged") == 1 then
    redis.call("HSET", case, "acknowledged", "false")
    redis.call("HINCRBY", k.customer, "version", 1)
  end
end

-- Ends those of the customer's texts (see read_queue) that have expired, wherever they
-- stand; the one on its way, `sending`, is left alone. Returns the count.
local function drop_expired(k, who, now, texts, sending)
  local dropped = 0
  for index, entry in ipairs(texts) do
    local ends = tonumber(entry.expires)
    if ends and ends <= now and entry.key ~= sending then
      redis.call("LREM", k.queue, 1, entry.json)
      redis.call("HSET", k.delivery, entry.key, "expired|")
      if index == 1 then forget_tries(k.customer) end
      count_down(k.customer, entry.thread)
      untold(k, entry)
      redis.call("XADD", k.events, "*", "type", "reply_expired", "at_ms", now,
                 "customer", who, "key", entry.key, "speaker", entry.speaker,
                 "reason", "expired", "case", entry.case)
      dropped = dropped + 1
    end
  end
  return dropped
end
