-- note_errand(errands, results, events; payload) -> 1 | 0
-- Notes what became of some cases, with one event for all of them, which desks follow.
-- Returns 0 if that was known, or if the errand is gone with its incident.
--   errands  hash    key -> errand, JSON
--   results  hash    case -> what became of it
--   events   stream  the truth
-- payload (JSON): key, results (case -> result), event
local p = cjson.decode(ARGV[1])
if redis.call("HEXISTS", KEYS[1], p.key) == 0 then return 0 end
local news = 0
for case, result in pairs(p.results) do
  if redis.call("HGET", KEYS[2], case) ~= result then
    redis.call("HSET", KEYS[2], case, result)
    news = 1
  end
end
if news == 1 then redis.call("XADD", KEYS[3], "*", unpack(p.event)) end
return news
