-- spend(day, month, credit, old...; item, micros)
-- Adds what a call cost to its day and its month. A call that cost something had credit.
--   day, month  hash    item -> millionths of a US dollar
--   credit      string  since when there is none, ms
--   old         hash    days that nobody asks for any more
redis.call("HINCRBY", KEYS[1], ARGV[1], ARGV[2])
redis.call("HINCRBY", KEYS[2], ARGV[1], ARGV[2])
redis.call("DEL", unpack(KEYS, 3))
