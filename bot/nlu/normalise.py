"""Turns what people write on social networks into plain words.

`tokens` is the only door: training and serving see the same words, so that
"Soooo where's my order 😡 @fernhollow https://t.co/x" and "so wheres my order"
meet. What names a person, a place on the web or an order becomes a placeholder;
the model then never learns anybody's data.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from itertools import chain

from bot.model.message import MAX_TEXT
from bot.nlu.remembered import Remembered

LINK, EMAIL, MONEY, CODE, NUMBER = "_link_", "_email_", "_money_", "_code_", "_number_"
PLACEHOLDERS = frozenset({LINK, EMAIL, MONEY, CODE, NUMBER})
NOT_WORDS = PLACEHOLDERS | {"?", "!"}  # tokens without a meaning of their own

# Only quantifiers that cannot compete with each other: linear in the text's length.
_TOKEN = re.compile(
    r"(?P<link>https?://\S+|www\.\S+)"
    r"|(?P<email>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4})"
    r"|(?P<handle>@\w+)"
    r"|(?P<hashtag>\#\w+)"
    r"|(?P<money>[£$€]\s?\d[\d.,]*)"
    r"|(?P<code>[^\W\d_]{0,3}[-_]?\d{5,}\w*)"
    r"|(?P<number>\d[\d.,]*)"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)"
    r"|(?P<mark>[?!])"
    r"|(?P<emoji>[\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff])"
)
_SPLIT_MONEY = re.compile(r"[£$€]\s")  # the only token that may hold a blank
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_]+")
_ELONGATED = re.compile(r"(\w)\1{2,}")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]")
_SKIN_TONES = re.compile(r"[\U0001f3fb-\U0001f3ff]")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'"})
_SIMPLE = {"link": LINK, "email": EMAIL, "money": MONEY, "code": CODE, "handle": ""}

# Spellings of the phone age, one meaning each in every context that matters here.
SHORT_FORMS = {
    "u": "you",
    "ur": "your",
    "r": "are",
    "y": "why",
    "pls": "please",
    "plz": "please",
    "plss": "please",
    "plzz": "please",
    "thx": "thanks",
    "thnx": "thanks",
    "tnx": "thanks",
    "ty": "thanks",
    "tysm": "thanks",
    "msg": "message",
    "dm": "message",
    "acc": "account",
    "acct": "account",
    "addy": "address",
    "pw": "password",
    "pwd": "password",
    "num": "number",
    "qty": "quantity",
    "del": "delivery",
    "deliv": "delivery",
    "cust": "customer",
    "hrs": "hours",
    "wks": "weeks",
    "wk": "week",
    "tmrw": "tomorrow",
    "tmr": "tomorrow",
    "2moro": "tomorrow",
    "b4": "before",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "got to",
    "idk": "i dont know",
    "bc": "because",
    "cuz": "because",
    "coz": "because",
    "ppl": "people",
    "thru": "through",
    "w": "with",
    "wo": "without",
    "abt": "about",
}


def clean(text: str) -> str:
    """Undo what keyboards, networks and fonts do to text; length may change.

    HTML entities are resolved, look-alike letters made plain (NFKC), invisible
    characters and skin tones removed, apostrophes made straight. At most
    `MAX_TEXT` characters are read.
    """
    plain = html.unescape(text[:MAX_TEXT])
    if plain.isascii():  # nothing else of all this can be in it
        return plain.replace("`", "'")[:MAX_TEXT]
    plain = unicodedata.normalize("NFKC", plain).translate(_APOSTROPHES)
    return _SKIN_TONES.sub("", _INVISIBLE.sub("", plain))[:MAX_TEXT]


def tokens(text: str) -> list[str]:
    """Return the words, emoji, question and exclamation marks of `text`, in order.

    Words are case-folded and lose their apostrophes; a letter written three times
    or more is kept once; hashtags are split at their capitals; handles vanish.
    """
    plain = clean(text)
    split = not plain.isascii() or "$" in plain
    pieces = [plain] if split and _SPLIT_MONEY.search(plain) else plain.split()
    return list(chain.from_iterable(map(_PIECES.__getitem__, pieces)))


def _found(piece: str) -> Iterator[str]:
    for match in _TOKEN.finditer(piece):
        kind, value = match.lastgroup or "", match.group()
        if kind == "word":
            yield from _words(value)
        elif kind == "hashtag":
            for part in _CAMEL.findall(value[1:]):
                yield from _words(part)
        elif kind == "number":
            yield value if len(value) == 1 else NUMBER
        elif kind in ("mark", "emoji"):
            yield value
        elif _SIMPLE[kind]:
            yield _SIMPLE[kind]


def _words(written: str) -> list[str]:
    folded = _ELONGATED.sub(r"\1", written.casefold().replace("'", ""))
    return SHORT_FORMS.get(folded, folded).split()


def _tokens_of(piece: str) -> tuple[str, ...]:
    if piece.isdecimal() and len(piece) < 5:  # no code; most come once
        return (piece if len(piece) == 1 else NUMBER,)
    return tuple(_found(piece))


_PIECES = Remembered(_tokens_of)  # of what stands between two blanks
