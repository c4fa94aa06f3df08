-- load(customer, mailbox; cases, limit) -> {customer's hash, mails, case's hash}
-- Reads all that a turn needs to know, hashes as flat lists of names and values.
--   customer  hash  as in commit.lua
--   mailbox   list  only the first `limit` mails are read
-- cases: the prefix of the cases' hashes in this shard
local fields = redis.call("HGETALL", KEYS[1])
local case = {}
for n = 1, #fields, 2 do
  if fields[n] == "case" then case = redis.call("HGETALL", ARGV[1] .. fields[n + 1]) end
end
return {fields, redis.call("LRANGE", KEYS[2], 0, tonumber(ARGV[2]) - 1), case}
