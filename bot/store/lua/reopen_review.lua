-- reopen_review(review, events; event...) -> 1 | 0
-- Takes back what close_review.lua noted; 0 if the review is not there, or open.
--   review  hash    as in add_review.lua
--   events  stream  the truth
if redis.call("HDEL", KEYS[1], "closed") == 0 then return 0 end
redis.call("XADD", KEYS[2], "*", unpack(ARGV))
return 1
