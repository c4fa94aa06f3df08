-- find_message(seen, seen_old, mailbox, history, dead, customer; id, needle...) -> {known, state, {place, index, text, ...}}
-- Finds whatever is kept of one message of a customer. The needles are the id as it may
-- stand in JSON: what has one may be about the message, the caller looks closely.
--   known  1 if the message was accepted
--   state  the worker's state of the customer, "" if there is none
--   place  "mailbox", "history" (index from 0) or "dead" (all of them, by number)
-- Keys as in accept.lua, commit.lua and bury.lua.
local id, found = ARGV[1], {}
local function add(place, index, text)
  found[#found + 1] = place
  found[#found + 1] = index
  found[#found + 1] = text
end
for name, key in pairs({mailbox = KEYS[3], history = KEYS[4]}) do
  for index, text in ipairs(redis.call("LRANGE", key, 0, -1)) do
    for n = 2, #ARGV do
      if string.find(text, ARGV[n], 1, true) then
        add(name, index - 1, text)
        break
      end
    end
  end
end
local dead = redis.call("HGETALL", KEYS[5])
for n = 1, #dead, 2 do add("dead", dead[n], dead[n + 1]) end
local known = redis.call("HEXISTS", KEYS[1], id) == 1 or redis.call("HEXISTS", KEYS[2], id) == 1
return {known and 1 or 0, redis.call("HGET", KEYS[6], "state") or "", found}
