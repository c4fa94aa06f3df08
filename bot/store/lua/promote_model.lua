-- promote_model(models, terms, manifests, events; name, by, term, now_ms, epoch) -> outcome
-- Lets all machines read with a model from now on, with its event, or changes nothing.
--   models     hash    epoch; live: the model that reads; term: its term, JSON; shadow,
--                      shadow_until
--   terms      list    the terms that are over, the latest first: name|until_ms|JSON
--   manifests  hash    model -> manifest: those that were offered whole
--   events     stream  the truth
-- term: since when, by whom, why and despite what it is live; epoch: the one that must still stand,
--   "" for any
-- outcome: "promoted", "same", "absent" (not offered, or dropped) or "changed" (epoch)
local name, now = ARGV[1], ARGV[4]
local epoch = redis.call("HGET", KEYS[1], "epoch") or "0"
local live = redis.call("HGET", KEYS[1], "live")
if ARGV[5] ~= "" and ARGV[5] ~= epoch then return "changed" end
if redis.call("HEXISTS", KEYS[3], name) == 0 then return "absent" end
if live == name then return "same" end
if live then
  local term = redis.call("HGET", KEYS[1], "term")
  redis.call("LPUSH", KEYS[2], live .. "|" .. now .. "|" .. term)
  redis.call("LTRIM", KEYS[2], 0, 49)
end
redis.call("HSET", KEYS[1], "live", name, "term", ARGV[3])
if redis.call("HGET", KEYS[1], "shadow") == name then
  redis.call("HDEL", KEYS[1], "shadow", "shadow_until")
end
epoch = redis.call("HINCRBY", KEYS[1], "epoch", 1)
redis.call("XADD", KEYS[4], "*", "type", "model_promoted", "at_ms", now, "customer", "",
           "model", name, "from", live or "", "by", ARGV[2], "epoch", epoch)
return "promoted"
