-- close_review(review, events; closed, event...) -> 1 | 0
-- Notes what a trainer made of a message, once; 0 if it is not there, or closed, or
-- waits for words that nobody has seen.
--   review  hash    as in add_review.lua
--   events  stream  the truth
if redis.call("HEXISTS", KEYS[1], "body") == 0 then return 0 end
if redis.call("HSETNX", KEYS[1], "closed", ARGV[1]) == 0 then return 0 end
redis.call("XADD", KEYS[2], "*", unpack(ARGV, 2))
return 1
