-- renew_shadow(models; name, until_ms) -> 1 | 0
-- Lets the lease of the model that reads beside the live one run on; 0 if it is another.
--   models  hash  shadow: the model that reads beside the live one; shadow_until: its
--                 lease, ms
if redis.call("HGET", KEYS[1], "shadow") ~= ARGV[1] then return 0 end
redis.call("HSET", KEYS[1], "shadow_until", ARGV[2])
return 1
