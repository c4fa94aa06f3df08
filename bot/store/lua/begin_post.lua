-- begin_post(fence, page; holding, id, posting) -> 1 | 0
-- Notes a message before it is posted, unless the duty went to somebody else.
--   fence  string  the number of the newest holding of the duty
--   page   hash    posting_id: the message's id; posting: where and since when
if tonumber(ARGV[1]) < tonumber(redis.call("GET", KEYS[1]) or "0") then return 0 end
redis.call("HSET", KEYS[2], "posting_id", ARGV[2], "posting", ARGV[3])
return 1
