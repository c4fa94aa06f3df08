-- shadow_model(models, manifests, events; name, by, now_ms) -> outcome
-- Lets a model read beside the live one, or none; with its event.
--   models     hash    shadow: the model that reads beside the live one
--   manifests  hash    model -> manifest: those that were offered whole
--   events     stream  the truth
-- name: "" for none
-- outcome: "changed", "same" or "absent" (not offered, or dropped)
local name = ARGV[1]
if (redis.call("HGET", KEYS[1], "shadow") or "") == name then return "same" end
if name == "" then redis.call("HDEL", KEYS[1], "shadow")
elseif redis.call("HEXISTS", KEYS[2], name) == 0 then return "absent"
else redis.call("HSET", KEYS[1], "shadow", name) end
redis.call("XADD", KEYS[3], "*", "type", "model_shadowed", "at_ms", ARGV[3],
           "customer", "", "model", name, "by", ARGV[2])
return "changed"
