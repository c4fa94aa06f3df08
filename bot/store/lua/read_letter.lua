-- What the scripts share that read dead letters: those that say "uses read_letter".

-- Returns a dead letter, or what stands for one that is damaged or gone: it names no
-- message, and cannot be handled again.
local function read_letter(text)
  local ok, letter = pcall(cjson.decode, text or "")
  if ok and type(letter) == "table" and type(letter.message) == "string"
     and type(letter.item) == "string" then
    return letter
  end
  return {message = "", kind = "malformed"}
end
