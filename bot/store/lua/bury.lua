-- bury(tokens, leased, ready, pending, dead_letters, dead_count, events, customer, mailbox, seen, seen_old, history, dead; who, token, now_ms, reason, count, records, notice) -> 1 | 0
-- Makes the first `count` mails of a customer dead letters, so that later ones go on,
-- and puts `notice` before those, so that the next turn tells people. A text of ours
-- that did not arrive stays in the mailbox if there are mails to blame before it: else
-- its message would count as answered.
--   dead_letters  zset    "<number> <customer>" -> number: all of the shard, in order
--   dead_count    string  the newest number of a dead letter in the shard
--   customer      hash    parked: later messages go to people until they resolve
--   dead          hash    number -> JSON {message, kind, reason, at_ms, tries, item,
--                         record, counted}: content; counted: it has an outcome
--   the others as in accept.lua and commit.lua
-- records (JSON): message id -> its line of the transcript; what cannot be read has
-- none. It knows only the lease and a count, because the mails may not decode.
local SETS = {":first", "", ":last"}
local who, now, reason = ARGV[1], ARGV[3], ARGV[4]
if redis.call("HGET", KEYS[1], who) ~= ARGV[2] then return 0 end
local records = cjson.decode(ARGV[6])
local tries = tonumber(redis.call("HGET", KEYS[8], "tries") or "0")
local tell = false

local function bury(item, mail)
  -- a notice that cannot be handled itself must not make another
  if mail.kind ~= "buried" then tell = true end
  local id = type(mail.body) == "table" and mail.body.id or nil
  local record, counted = "", false
  if mail.kind == "message" and type(id) == "string" then
    record = records[id] or ""
    -- changed by its author since it was read: the line has the old text
    if record ~= "" and cjson.decode(record).text ~= mail.body.text then record = "" end
    if record ~= "" then redis.call("RPUSH", KEYS[12], record) end
    if redis.call("HEXISTS", KEYS[10], id) == 1
       or redis.call("HEXISTS", KEYS[11], id) == 1 then
      counted = true
      redis.call("HSET", KEYS[10], id, "dead|" .. reason)
      redis.call("HINCRBY", KEYS[4], mail.rank or 2, -1)
      redis.call("XADD", KEYS[7], "*", "type", "message_handled", "at_ms", now,
                 "customer", who, "message", id, "outcome", "dead", "reason", reason)
    end
  end
  local number = redis.call("INCR", KEYS[6])
  redis.call("HSET", KEYS[13], number, cjson.encode({
    message = type(id) == "string" and id or "", kind = mail.kind or "unreadable",
    reason = reason, at_ms = now, tries = tries, item = item, record = record,
    counted = counted}))
  redis.call("ZADD", KEYS[5], number, number .. " " .. who)
end

local items = tonumber(ARGV[5]) > 0 and redis.call("LRANGE", KEYS[9], 0, ARGV[5] - 1) or {}
redis.call("LTRIM", KEYS[9], #items, -1)
local mails, kept, wrote = {}, {}, false
for place, item in ipairs(items) do
  local ok, mail = pcall(cjson.decode, item)
  mails[place] = ok and type(mail) == "table" and mail or {}
  local kind = mails[place].kind
  if kind ~= "send_failure" and kind ~= "buried" then wrote = true end
end
for place, item in ipairs(items) do
  if wrote and mails[place].kind == "send_failure" then kept[#kept + 1] = item
  else bury(item, mails[place]) end
end
redis.call("HDEL", KEYS[8], "tries", "gather_from", "suspect", "alone")
redis.call("HSET", KEYS[8], "parked", "1")
redis.call("ZREM", KEYS[2], who)
redis.call("HINCRBY", KEYS[1], who, 1) -- the lease ends here
for place = #kept, 1, -1 do redis.call("LPUSH", KEYS[9], kept[place]) end
if tell then redis.call("LPUSH", KEYS[9], ARGV[7]) end
if redis.call("LLEN", KEYS[9]) > 0 then
  local rank = tonumber(redis.call("HGET", KEYS[8], "rank") or "2")
  redis.call("ZADD", KEYS[3] .. SETS[rank], now, who)
else
  redis.call("HDEL", KEYS[8], "rank")
end
return 1
