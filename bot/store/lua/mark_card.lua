-- mark_card(dirty, page; shown, moment_ms) -> mark
-- Notes that what a card shows has changed. The earlier moment of two counts.
--   dirty  zset  case or incident -> moment, ms: the earliest is shown first
--   page   hash  mark: rises with each call, so that no change is overlooked
redis.call("ZADD", KEYS[1], "LT", ARGV[2], ARGV[1])
return redis.call("HINCRBY", KEYS[2], "mark", 1)
