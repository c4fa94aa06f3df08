-- shadow_model(models, manifests, events; name, by, now_ms, until_ms) -> outcome
-- Lets a model read beside the live one, or none; with its event.
--   models     hash    shadow: the model that reads beside the live one; shadow_until: the
--                      lease that its process renews, ms
--   manifests  hash    model -> manifest: those that were offered whole
--   events     stream  the truth
-- name: "" for none
-- until_ms: when its process must have begun to renew the lease
-- outcome: "changed", "same" (its lease is new) or "absent" (not offered, or dropped)
local name = ARGV[1]
local same = (redis.call("HGET", KEYS[1], "shadow") or "") == name
if name == "" then redis.call("HDEL", KEYS[1], "shadow", "shadow_until")
elseif redis.call("HEXISTS", KEYS[2], name) == 0 then return "absent"
else redis.call("HSET", KEYS[1], "shadow", name, "shadow_until", ARGV[4]) end
if same then return "same" end
redis.call("XADD", KEYS[3], "*", "type", "model_shadowed", "at_ms", ARGV[3],
           "customer", "", "model", name, "by", ARGV[2])
return "changed"
