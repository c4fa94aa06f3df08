-- forget(customer, mailbox, history, dead, dead_letters, queue, delivery, amended, amended_old, tokens, leased, outbox, events, reviews, review_list; payload) -> {messages, texts, letters, unfinished}
-- Removes what a customer wrote, what we wrote to them and by what they are known. What
-- stays are ids, codes, times and counts, and that they want nothing automatic. A
-- repetition finishes what another one left: `unfinished` counts a text that is just
-- being sent, without whose words nobody can tell whether it arrived, and mails that
-- cannot be read.
--   customer  hash    state: keeps the fields in KEPT; version (raised: what was
--                     decided with the old words is decided anew)
--   mailbox   list    messages become deleted ones, which the next turn only counts
--   history   list    the transcript: removed
--   dead      hash, dead_letters  zset  as in bury.lua: removed, with an event
--   queue     list    our texts: those that have not begun are withdrawn
--   delivery  hash    key -> state|problem: of what `history` had, removed
--   amended, amended_old  hash  as in amend.lua: a message that is yet to come is
--                     deleted when it comes
--   tokens    hash, leased  zset  as in lease.lua: who has them in hand loses them
--   outbox    the shard's outbox; see queue.lua
--   events    stream  the truth
--   reviews   hash    message -> id of what the trainers have to look at: removed
--   review_list  zset  as in add_review.lua
-- payload (JSON): customer, now (ms), when (the same as text), nobody (the handle that
--   stands for one that is forgotten), by, cases (ids: handle, learned and tags go),
--   prefix (of the cases' hashes), review (of the reviews')
-- uses queue
local KEPT = {"id", "channel", "opted_out", "stopped_at", "contacts", "threads"}
local OF_MESSAGE = {"channel", "id", "customer", "thread", "visibility", "sent_at",
                    "summoned", "in_reply_to", "nature"}
local p = cjson.decode(ARGV[1])
local who, hash = p.customer, KEYS[1]
local messages, texts, letters, unfinished = 0, 0, 0, 0

local function event(name, ...)
  redis.call("XADD", KEYS[13], "*", "type", name, "at_ms", p.now, "customer", who, ...)
end

local function only(names, body)
  local kept = {}
  for _, name in ipairs(names) do kept[name] = body[name] end
  return kept
end

local function without_words(mail)
  local body = mail.body
  if mail.kind == "message" then
    local had = not body.deleted_at or body.deleted_at == cjson.null
    mail.body = only(OF_MESSAGE, body)
    mail.body.text, mail.body.handle = "", p.nobody
    mail.body.deleted_at = had and p.when or body.deleted_at
    if had then
      messages = messages + 1
      event("message_deleted", "message", body.id)
    end
  elseif mail.kind == "send_failure" then
    body.outgoing.text, body.outgoing.handle, body.outgoing.files = "", p.nobody, nil
  elseif mail.kind == "buried" then
    body.handle = p.nobody
  else
    return nil
  end
  return cjson.encode(mail)
end

for index, item in ipairs(redis.call("LRANGE", KEYS[2], 0, -1)) do
  local ok, mail = pcall(cjson.decode, item)
  local new = ok and type(mail) == "table" and type(mail.body) == "table"
              and without_words(mail)
  if new then redis.call("LSET", KEYS[2], index - 1, new)
  else unfinished = unfinished + 1 end
end

for _, line in ipairs(redis.call("LRANGE", KEYS[3], 0, -1)) do
  if cjson.decode(line).author == "customer" then messages = messages + 1
  else texts = texts + 1 end
end
redis.call("DEL", KEYS[3])

local ids = {}
local dead = redis.call("HGETALL", KEYS[4])
for n = 1, #dead, 2 do
  local letter = cjson.decode(dead[n + 1])
  if letter.message ~= "" then ids[#ids + 1] = letter.message end
  redis.call("ZREM", KEYS[5], dead[n] .. " " .. who)
  letters = letters + 1
end
redis.call("DEL", KEYS[4])
if letters > 0 then
  event("letters_dropped", "messages", #ids > 0 and cjson.encode(ids) or "[]",
        "count", letters, "by", p.by)
end

local sending = redis.call("HGET", hash, "sending")
local known = sending and redis.call("HGET", KEYS[7], sending)
redis.call("DEL", KEYS[7])
if known then redis.call("HSET", KEYS[7], sending, known) end
for index, text in ipairs(redis.call("LRANGE", KEYS[6], 0, -1)) do
  local entry = cjson.decode(text)
  if entry.key == sending then
    unfinished = unfinished + 1
  else
    redis.call("LREM", KEYS[6], 1, text)
    if index == 1 then forget_tries(hash) end
    count_down(hash, entry.thread)
    event("reply_withdrawn", "key", entry.key, "speaker", entry.speaker,
          "case", entry.case, "reason", "forgotten")
  end
end
place(KEYS[12], KEYS[6], hash, who, tonumber(p.now))

for _, notes in ipairs({KEYS[8], KEYS[9]}) do
  local found = redis.call("HGETALL", notes)
  for n = 1, #found, 2 do
    local note = cjson.decode(found[n + 1])
    if note.text then
      note.text, note.deleted = nil, true
      redis.call("HSET", notes, found[n], cjson.encode(note))
    end
  end
end

local state = redis.call("HGET", hash, "state")
if state then
  local kept = only(KEPT, cjson.decode(state))
  kept.handle = p.nobody
  redis.call("HSET", hash, "state", cjson.encode(kept))
end
for _, id in ipairs(p.cases) do
  local case = p.prefix .. id
  if redis.call("HGET", case, "customer") == who then
    redis.call("HSET", case, "handle", p.nobody, "learned", "[]", "tags", "[]")
    redis.call("HINCRBY", case, "revision", 1)
  end
end
for _, id in ipairs(redis.call("HVALS", KEYS[14])) do
  redis.call("DEL", p.review .. id)
  redis.call("ZREM", KEYS[15], id)
end
redis.call("DEL", KEYS[14])
redis.call("HINCRBY", hash, "version", 1)
if redis.call("ZSCORE", KEYS[11], who) then redis.call("HINCRBY", KEYS[10], who, 1) end
event("customer_forgotten", "by", p.by, "messages", messages, "texts", texts,
      "letters", letters, "cases", table.concat(p.cases, " "), "unfinished", unfinished,
      "case", redis.call("HGET", hash, "case") or "")
return {messages, texts, letters, unfinished}
