-- What the scripts share that put mail into a mailbox beside accept.lua: those that
-- say "uses idle".

-- Tells whether the customer is in nobody's hand and waits for none, in any rank. Who
-- waits already keeps their time: a burst still gathers, a failed turn still backs off.
local function is_idle(ready, leased, who)
  for _, key in ipairs({leased, ready, ready .. ":first", ready .. ":last"}) do
    if redis.call("ZSCORE", key, who) then return false end
  end
  return true
end
