-- What the scripts share that change a mail: those that say "uses amend_mail".

-- Returns the mail `item` of a message as its author changed it, by a note of
-- amend.lua. An empty list would become an empty object: it is left out instead.
local function amended_mail(item, note)
  local mail = cjson.decode(item)
  local body = mail.body
  if note.deleted then
    body.text, body.attachments, body.context = "", nil, nil
    body.deleted_at = note.when
  else
    body.text, body.edited_at = note.text, note.when
  end
  for name, value in pairs(body) do
    if type(value) == "table" and next(value) == nil then body[name] = nil end
  end
  return cjson.encode(mail)
end
