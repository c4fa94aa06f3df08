-- blank_page(page) -> 1
-- Forgets what card and lines say, and keeps where they are: whoever draws them next
-- compares with nothing, and writes them anew.
--   page  hash  digest; "line ...": ts, a space, digest
redis.call("HDEL", KEYS[1], "digest")
for _, name in ipairs(redis.call("HKEYS", KEYS[1])) do
  if string.sub(name, 1, 5) == "line " then
    local ts = string.match(redis.call("HGET", KEYS[1], name), "^%S+")
    redis.call("HSET", KEYS[1], name, ts .. " ")
  end
end
return 1
