-- What the scripts share that touch a customer's texts: those that say "uses queue".
-- A text is queued -> sending -> sent | in doubt | queued again | refused | unknown,
-- or ends as withheld or expired without having been sent; docs/operators.md has the
-- table. The texts of one customer go out in order.
--
-- `base` is {sNN}outbox, from which the names of a shard's sorted sets are made:
--   <base>:lane:<channel>:<visibility>:<purpose>  customer -> when to send, ms
--   <base>:sending    customer -> when to look what became of the text on its way, ms
--   <base>:expiring   customer -> when the first of their waiting texts expires, ms
-- A customer who has texts is in `sending` or in one lane: that of the channel and
-- visibility of their first text, and of the best purpose among all of them, so that
-- an agent's words do not stand behind an acknowledgement in somebody else's lane.
-- Of a very long queue only the first texts are looked at.
--
-- An entry of the queue is JSON: {key, reply_to, channel, visibility, purpose, epoch,
-- speaker, thread, case, caused (ms), expires (ms or ""), not_before (ms or ""), body}. In the customer's
-- hash: lane; sending: key of the text on its way; send_until (when its newest lease was
-- to end, ms), send_tries and send_waits of the first text; look_back: its key,
-- while it is looked for because the store may have forgotten it; looked: <its key>|<the
-- change of servers because of which it was>; unsent:<thread>.
local SCANNED = 50

-- Returns the first texts of a queue; `json` is a text as it stands there.
local function read_queue(queue)
  local texts = {}
  for index, json in ipairs(redis.call("LRANGE", queue, 0, SCANNED - 1)) do
    texts[index] = cjson.decode(json)
    texts[index].json = json
  end
  return texts
end

-- Returns what `place` has to know of a customer.
local function look_at(queue, customer)
  local fields = redis.call("HMGET", customer, "lane", "sending")
  return {lane = fields[1], sending = fields[2], texts = read_queue(queue), expiring = true}
end

-- Puts the customer where their next text waits, due at `due`, or takes them out. A
-- text that is held back delays its own customer alone. `at`: as from look_at, if it
-- is known already; at.expiring is false if the customer is surely not in `expiring`.
local function place(base, queue, customer, who, due, at)
  at = at or look_at(queue, customer)
  local head, best, expires = at.texts[1], nil, nil
  for _, text in ipairs(at.texts) do
    if not best or text.purpose < best then best = text.purpose end
    local ends = text.key ~= at.sending and tonumber(text.expires)
    if ends and (not expires or ends < expires) then expires = ends end
  end
  if expires then
    redis.call("ZADD", base .. ":expiring", expires, who)
  elseif at.expiring then
    redis.call("ZREM", base .. ":expiring", who)
  end
  local lane = head and head.key ~= at.sending
               and head.channel .. ":" .. head.visibility .. ":" .. best or nil
  if at.lane and at.lane ~= lane then redis.call("ZREM", base .. ":lane:" .. at.lane, who) end
  if lane then
    due = math.max(due, tonumber(head.not_before or "") or 0)
    redis.call("ZADD", base .. ":lane:" .. lane, due, who)
    if at.lane ~= lane then redis.call("HSET", customer, "lane", lane) end
  elseif at.lane then
    redis.call("HDEL", customer, "lane")
  end
end

-- Returns when the customer's next text is due, or nil if none waits in a lane.
local function due_in_lane(base, customer, who)
  local lane = redis.call("HGET", customer, "lane")
  return lane and tonumber(redis.call("ZSCORE", base .. ":lane:" .. lane, who)) or nil
end

-- Appends a text. A customer who backs off keeps their time.
local function enqueue(base, queue, customer, who, text, thread, now)
  redis.call("HINCRBY", customer, "unsent:" .. thread, 1)
  if redis.call("RPUSH", queue, text) == 1 then -- who had none is nowhere
    place(base, queue, customer, who, now, {texts = {cjson.decode(text)}})
  else
    place(base, queue, customer, who, due_in_lane(base, customer, who) or now)
  end
end

-- Forgets how often the first text was tried: it has gone, another one is first.
local function forget_tries(customer)
  redis.call("HDEL", customer, "send_until", "send_tries", "send_waits", "look_back", "looked")
end

-- Counts one text of the thread less.
local function count_down(customer, thread)
  if redis.call("HINCRBY", customer, "unsent:" .. thread, -1) <= 0 then
    redis.call("HDEL", customer, "unsent:" .. thread)
  end
end
