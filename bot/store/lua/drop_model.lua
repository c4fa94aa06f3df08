-- drop_model(models, terms, manifests, offers, file...; name, offer, seal, before, keep) -> 0 | 1
-- Removes what was offered of a model, unless it reads, is the shadow, is one of the
-- `keep` others that were live last, or was offered lately.
--   models     hash  live, shadow
--   terms      list  the terms that are over, the latest first: name|until_ms|JSON
--   manifests  hash  model -> manifest
--   offers     zset  offer -> when it began, ms
--   file       hash  one of the offer's files: number of the piece -> base64
-- offer: one of `name` with the checksum `seal`; if its manifest has another one, the
--   same model was offered twice, and this offer is of no use
-- before: an offer that began later, ms, stays
local name, offer, seal, keep = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[5])
local begun = redis.call("ZSCORE", KEYS[4], offer)
if begun and tonumber(begun) > tonumber(ARGV[4]) then return 0 end
local live = redis.call("HGET", KEYS[1], "live")
local kept = name == live or name == redis.call("HGET", KEYS[1], "shadow")
local seen, count = {}, 0
for _, term in ipairs(redis.call("LRANGE", KEYS[2], 0, -1)) do
  local other = string.match(term, "^[^|]*")
  if other ~= live and not seen[other] and count < keep then
    seen[other], count = true, count + 1
  end
end
local manifest = redis.call("HGET", KEYS[3], name) or ""
local in_use = string.find(manifest, seal, 1, true)
if in_use and (kept or seen[name]) then return 0 end
if in_use then redis.call("HDEL", KEYS[3], name) end
redis.call("ZREM", KEYS[4], offer)
redis.call("UNLINK", unpack(KEYS, 5))
return 1
