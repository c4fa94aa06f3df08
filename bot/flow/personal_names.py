"""Names of people, taken out of a text. Pure, and without a model of names.

A name is told by what stands around it, or by what its author calls themselves. Where
that is plain, such as after "my name is", it may be written in lower case; elsewhere it
needs its capital, or every other word would be a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache
from typing import Final

from bot.flow.everyday_words import EVERYDAY_WORDS, FUNCTION_WORDS, NAMES_TOO
from bot.flow.plain_text import folded

MASK: Final = "<name>"
_FLAGS: Final = re.IGNORECASE
_WORD: Final = r"[^\W\d_][\w'’-]+"
_DIGIT: Final = re.compile(r"\d")
_ONE: Final = re.compile(_WORD)
_FURTHER: Final = re.compile(rf"\s{{1,2}}({_WORD})")
_MOST_WORDS: Final = 3  # of a name: first, middle and last
_OWNING: Final = ("'s", "’s")  # what follows is no name any more

# After these a name stands in any case.
_PLAIN: Final = re.compile(
    r"(?:\b(?:sur|user\s?|(?:first|last|full|family|maiden|middle)\s)?names?"
    r"(?:['’]s|\s?[:=]|(?:\son\s(?:it|the\s\w+))?\s(?:is|was|are)(?:\s(?:now|actually|really|still))?)"
    r"|(?:^|[.,;:!?\n]\s*|\bmy\s)(?:sur|(?:first|last|full|family|maiden|middle)\s)?names?(?!\s(?:on|is|was|are)\b)"
    r"|\b(?:in|under)\sthe\snames?(?:\sof)?"
    r"|\b(?:i['’ ]?a?m|(?:he|she|they)(?:['’]s|\sis|\sare)?|some(?:one|body)|person|lady"
    r"|wom[ae]n|girl|m[ae]n|guy|chap|lad|bloke)\scalled|\bcall\sme)\s{1,2}",
    _FLAGS,
)
_TITLE: Final = re.compile(
    r"\b(?:mr|mrs|ms|mx|dr|prof)\b\.?\s{1,2}(?:[a-z]\b\.?\s?){0,2}", _FLAGS
)
# The same after a greeting, and where a place follows: "hi, it's tara.", "im tara from Leeds"
_GREETED: Final = re.compile(
    r"^\W*(?:(?:hi|hello|hey|hiya|good\s\w+)\b[\s,.!]*)(?:(?:there|all|team|guys)\b[\s,.!]*)?"
    r"(?:<handle>[\s,.!]*)?(?:this\sis|its|it['’ ]s|i['’ ]?a?m)\s",
    _FLAGS,
)
_AFTER_GREETED: Final = re.compile(r"\s(?:from|here|again)\b|\s?[,.!;]|\s*$", _FLAGS)
_FROM: Final = re.compile(
    r"(?:^|[.,;!?\n]\s?)(?:this\sis|its|it['’ ]s|i['’ ]?a?m)\s", _FLAGS
)
_AFTER_FROM: Final = re.compile(r"\s(?:from|speaking)\b", _FLAGS)
# After these with a capital only.
_LIKELY: Final = re.compile(
    r"\b(?:i['’ ]?a?m|it['’ ]?i?s|this\sis|here\sis|called|ordered\sby|sent\sto"
    r"|addressed\sto|under|names?(?:\sof)?|surname|miss|sir|madam)\s{1,2}",
    _FLAGS,
)
# After these, too, if it is no word of every day, as in "spoke to Customer Services".
_SPOKEN_OF: Final = re.compile(
    r"\b(?:ask\sfor|(?:spoke|talked|chatted)\s(?:to|with)|(?:served|helped|advised)\sby"
    r"|colleague|driver|agent|advis[eo]r)\s{1,2}",
    _FLAGS,
)
# The same in any case where no more is said: "ring the bell and ask for tara."
_ASK_FOR: Final = re.compile(r"\bask\sfor\s", _FLAGS)
# "Tara here", "Where is it? tara wells here again"
_HERE: Final = re.compile(
    rf"(?:^|(?<=[.,!?;–—\n-])\s?|\b(?:hi|hello|hey|its|it's)[\s,]{{1,2}})"
    rf"({_WORD}(?:\s{_WORD})?)(?=[ ,]{{1,2}}here\b(\s?(?:[,.!;:–—-]|$|again\b|from\b))?)",
    _FLAGS,
)
# Whatever stands last after one of these: "kind regards tara wells", "- Tara"
_SIGNED: Final = re.compile(
    rf"(?:(?:\b(?:regards|thanks|thank\syou|thx|cheers|sincerely|faithfully)[,.!\s]+"
    rf"|\b(?:love|best|wishes|yours|truly|xx?)[,.!\n]\s*|\s[-–—~]\s?|\n\s*\n))"
    rf"({_WORD}(?:\s{_WORD}){{0,2}})(?:[\W_]|x)*$",
    _FLAGS,
)
_OWN_PART: Final = re.compile(r"[^\W\d_]{2,}(?:['’-][^\W\d_]{2,})*")
_HANDLE: Final = re.compile(r"^@?(\w+)$")
_INNER_CAPITAL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SHORTEST: Final = 3  # letters of a part that counts without a capital


def without_names(text: str, *, own: Iterable[str] = ()) -> str:
    """Return a folded text with "<name>" in place of people's names.

    `own` is what the author calls themselves: the name and the handle they show.
    """
    text = _after(text, _PLAIN, _may_be_name)
    text = _after(text, _TITLE, _is_rare)
    text = _after(text, _LIKELY, _has_capital)
    text = _after(text, _SPOKEN_OF, _is_plainly_a_name)
    text = _after(text, _ASK_FOR, _is_rare, ends=_AFTER_GREETED)
    text = _after(text, _GREETED, _may_be_name, ends=_AFTER_GREETED)
    text = _after(text, _FROM, _may_be_name, ends=_AFTER_FROM)
    text = _HERE.sub(_who_is_here, text)
    text = _SIGNED.sub(_who_signed, text)
    for pattern in _own_patterns(tuple(own)):
        text = pattern.sub(MASK, text)
    return text


def _may_be_name(word: str) -> bool:
    """Tell whether a word may be a name where one is due."""
    if word[0].isupper() and not word.isupper():
        return not _is_of(word, FUNCTION_WORDS)
    return _is_rare(word)


def _has_capital(word: str) -> bool:
    return word[0].isupper() and not _DIGIT.search(word) and _may_be_name(word)


def _is_plainly_a_name(word: str) -> bool:
    return _has_capital(word) and not word.isupper() and _is_rare(word)


def _is_rare(word: str) -> bool:
    return not _is_of(word, EVERYDAY_WORDS)


def _is_of(word: str, words: Collection[str]) -> bool:
    """Tell whether `words` hold a word; "you'd" and "parcel's" are as "you", "parcel"."""
    plain = word.casefold().replace("’", "'").replace("-", "")
    return plain.replace("'", "") in words or plain.partition("'")[0] in words


def _after(
    text: str,
    introduced: re.Pattern[str],
    fits: Callable[[str], bool],
    *,
    ends: re.Pattern[str] | None = None,
) -> str:
    """Mask the names that stand right behind `introduced`, and before `ends`."""
    pieces, done = [], 0
    for found in introduced.finditer(text):
        end = _end_of_name(text, found.end(), fits)
        if end is None or (ends is not None and not ends.match(text, end)):
            continue
        if found.end() >= done:
            pieces += [text[done : found.end()], MASK]
            done = end
    return "".join([*pieces, text[done:]])


def _end_of_name(text: str, at: int, fits: Callable[[str], bool]) -> int | None:
    """Return where the name ends that begins at `at`; None if there is none.

    Who writes their first name with a capital does so with the others.
    """
    first = _ONE.match(text, at)
    if first is None or not fits(first[0]):
        return None
    end, capital = first.end(), first[0][0].isupper()
    for _ in range(_MOST_WORDS - 1):
        more = _FURTHER.match(text, end)
        if (
            text.endswith(_OWNING, at, end)
            or more is None
            or more[1][0].isupper() < capital
            or not _may_be_name(more[1])
        ):
            break
        end = more.end()
    return end


def _who_is_here(match: re.Match[str]) -> str:
    """Mask who says that they are here; in lower case only if no more is said."""
    words = match[1].split()
    sure = match[2] is not None or all(word[0].isupper() for word in words)
    return _with_mask(match) if sure and all(map(_is_rare, words)) else match[0]


def _who_signed(match: re.Match[str]) -> str:
    return _with_mask(match) if all(map(_may_be_name, match[1].split())) else match[0]


def _with_mask(match: re.Match[str]) -> str:
    before = match[0][: match.start(1) - match.start()]
    return f"{before}{MASK}{match[0][match.end(1) - match.start() :]}"


@lru_cache(maxsize=256)  # an author's messages come together
def _own_patterns(own: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Return what finds an author's own names; longer ones come first."""
    parts = dict.fromkeys(part for name in own for part in _parts_of(folded(name)))
    ordered = sorted(parts, key=lambda part: (-len(part), part))
    return tuple(_own_pattern(part) for part in ordered)


def _parts_of(name: str) -> Iterator[str]:
    """Yield what may tell who it is: a handle, the words of a name, "NellCarter" apart."""
    for whole in (*_OWN_PART.findall(name), *_HANDLE.findall(name)):
        parts = (whole, *_INNER_CAPITAL.split(whole))
        yield from (part for part in parts if _tells(part))


def _tells(part: str) -> bool:
    return len(part) > 1 and not _is_of(part, FUNCTION_WORDS)


def _own_pattern(part: str) -> re.Pattern[str]:
    """Return what finds a part of a name: with a capital only if it is a word, too."""
    any_case = len(part) >= _SHORTEST and _is_rare(part) and not _is_of(part, NAMES_TOO)
    forms = (part,) if any_case else (part.capitalize(), part.upper())
    spelled = "|".join(map(re.escape, forms))
    # "_" is no part of a word here: "nell" stands in "nell_c"
    return re.compile(
        rf"(?<![^\W_])(?<!<)(?:{spelled})(?![^\W_])", _FLAGS if any_case else 0
    )
