-- give_up_post(page; id, posting) -> 1 | 0
-- Takes away the note of a message that was surely not posted.
--   page  hash  as in begin_post.lua
if redis.call("HGET", KEYS[1], "posting_id") ~= ARGV[1] then return 0 end
if redis.call("HGET", KEYS[1], "posting") ~= ARGV[2] then return 0 end
return redis.call("HDEL", KEYS[1], "posting_id", "posting")
