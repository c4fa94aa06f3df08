-- meet_server(generation, events; run_id, now_ms, known, announce) -> {outcome, replaced_at}
-- Remembers which server answers. Another one than before may have a shorter past:
-- it was a replica, or was restored from a copy, and some of what we did is missing.
--   generation  hash    run_id: of the server that answered last; replaced_at: since
--                       when it does, ms, once it was another one before
--   events      stream  the truth
-- known: 1 if this program has met another server before, so that an empty store is
--   no new one; announce: 1 for the shard in whose stream the event goes, once a change
-- outcome: "same", "first" or "replaced"; replaced_at: ms or ""
local old = redis.call("HGET", KEYS[1], "run_id")
if old == ARGV[1] then
  return {"same", redis.call("HGET", KEYS[1], "replaced_at") or ""}
end
redis.call("HSET", KEYS[1], "run_id", ARGV[1])
if not old and ARGV[3] == "0" then return {"first", ""} end
redis.call("HSET", KEYS[1], "replaced_at", ARGV[2])
if ARGV[4] == "1" then
  redis.call("XADD", KEYS[2], "*", "type", "store_replaced", "at_ms", ARGV[2],
             "customer", "")
end
return {"replaced", ARGV[2]}
