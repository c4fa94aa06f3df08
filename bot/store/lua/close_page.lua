-- close_page(page; number, now_ms) -> 1 | 0
-- Forgets the lines and calls of a case that nothing reopens; where its card is stays
-- known. What is written about it from now on is still shown.
--   page  hash  number: of the present card; "line …" and "ping …": forgotten;
--               begins: records before it are no lines any more
if redis.call("HEXISTS", KEYS[1], "posting") == 1 then return 0 end
if (redis.call("HGET", KEYS[1], "number") or "1") ~= ARGV[1] then return 0 end
for _, name in ipairs(redis.call("HKEYS", KEYS[1])) do
  local kind = string.sub(name, 1, 5)
  if kind == "line " or kind == "ping " then redis.call("HDEL", KEYS[1], name) end
end
redis.call("HSET", KEYS[1], "begins", ARGV[2])
return 1
