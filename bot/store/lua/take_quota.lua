-- take_quota(window...; now_ms, units, then count, per_ms of each window)
--   -> {wait_ms, then left, more_at_ms of each window}
-- Takes `units` from every window, or nothing from any. wait_ms: 0 if they were taken;
-- else how long until that can succeed, if nobody else takes any. With units 0 it only
-- looks. left: what a window still has; more_at_ms: when it has more, 0 if it is full.
--   window  hash  slice -> units that were taken in it, a slice being named by the ms at
--                 which it began; and what the network said, as in observe_quota.lua
-- A slice counts until all of it is `per_ms` old, so that no stretch of that length
-- ever holds more than `count`.
-- Clocks differ a little. A slice much later than now was written by a clock that was
-- wrong: it counts no more, or nothing could be taken until that time.
local SLICES, FUTURE = 180, 60000
local now, units = tonumber(ARGV[1]), tonumber(ARGV[2])

local function read(key, count, per)
  local slice = math.ceil(per / SLICES)
  local window = {slices = {}, used = 0, slice = slice}
  local said = {}
  local fields = redis.call("HGETALL", key)
  for i = 1, #fields, 2 do
    local began, value = tonumber(fields[i]), tonumber(fields[i + 1])
    if not began then
      said[fields[i]] = value
    elseif began + slice + per <= now or began > now + FUTURE then
      redis.call("HDEL", key, fields[i])
    else
      table.insert(window.slices, {free_at = began + slice + per, units = value})
      window.used = window.used + value
    end
  end
  table.sort(window.slices, function(one, other) return one.free_at < other.free_at end)
  window.left = math.max(0, count - window.used)
  -- the network's own windows are no longer than what we know of them
  local until_ms = said.remaining and math.min(said.resets_at, said.seen_at + per) or 0
  if until_ms > now then
    window.remaining, window.resets_at = said.remaining, until_ms
  end
  return window
end

-- Returns when `wanted` units are free, as far as our own count tells.
local function free_at(window, count, wanted)
  local free = count - window.used
  for _, one in ipairs(window.slices) do
    if free >= wanted then break end
    free = free + one.units
    if free >= wanted then return one.free_at end
  end
  return now
end

local windows, wait, answer = {}, 0, {0}
for i, key in ipairs(KEYS) do
  local count, per = tonumber(ARGV[2 * i + 1]), tonumber(ARGV[2 * i + 2])
  local window = read(key, count, per)
  windows[i] = window
  wait = math.max(wait, free_at(window, count, units) - now)
  local left, more_at = window.left, window.slices[1] and window.slices[1].free_at or 0
  if window.remaining then
    if window.remaining < units then wait = math.max(wait, window.resets_at - now) end
    if window.remaining < left then left, more_at = window.remaining, window.resets_at end
  end
  table.insert(answer, left)
  table.insert(answer, more_at)
end
answer[1] = wait
if wait > 0 or units == 0 then return answer end
for i, key in ipairs(KEYS) do
  local window = windows[i]
  redis.call("HINCRBY", key, string.format("%.0f", now - now % window.slice), units)
  if window.remaining then redis.call("HINCRBY", key, "remaining", -units) end
end
return answer
