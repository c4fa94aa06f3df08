"""Signs by rules over words and intents, so that an agent who asks why gets an answer.

Each kind has words that tell it by themselves, hints of which it takes two, and
words that look like it and mean something else ("legal pads", "no rush"). The
intent, which is learned, tells what no list foresaw. Mockery is friendly words
about a problem, and turns what looked like pleasure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.model.sign import SHOWS, Cue, Sign, SignKind
from bot.nlu.phrases import Phrases
from bot.nlu.ranking import Ranking

PLAIN, VERY_PLAIN = 0.9, 0.97  # one telling phrase, several
HINTED, ONE_HINT = 0.6, 0.3  # two hints or more, one
DENIED = 0.4  # at most, where something says that it is not meant so
WORTH_TELLING = 0.2  # a lower score is left out
HARDLY_WORTH_TELLING = WORTH_TELLING - 1e-6  # even when it is rounded
SHOUTED_LETTERS = 12  # fewer capitals are an abbreviation, not a shout
SHOUTED_SHARE = 0.6
PROBLEM, LIKELY_PROBLEM = 0.15, 0.4  # how likely one must be for mockery of it
HONEST = 0.4  # likely praise is no mockery on weak hints
DIGITS = 6  # of a probability that mean something
_Found = tuple[float, Cue]
_PLEASED = f"{SignKind.PLEASURE.value} words"

_TWO_CAPITALS = re.compile(r"[A-Z][A-Z]")
_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")
_LETTERS = re.compile(r"[^\W\d_]")
_BURST = re.compile(r"[!?]{2,}[!?]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignWords:
    """What tells one kind of sign, in plain lower case.

    `intents` and `unless` are labels: likely as those are, so is the sign; where one
    of `unless` is what the text is about, words mean nothing.
    """

    words: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    intents: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()


class SignReader:
    """Reads all signs of a text at once.

    `problems` are the labels about which a customer who is friendly mocks.
    """

    def __init__(
        self, lists: Mapping[SignKind, SignWords], *, problems: frozenset[str]
    ) -> None:
        self._lists = lists
        self._problems = problems
        self._praise = lists.get(SignKind.PLEASURE, SignWords()).intents
        self._by_intent = [
            (k, each.intents) for k, each in lists.items() if each.intents
        ]
        self._intents = frozenset(chain.from_iterable(i for _, i in self._by_intent))
        named: dict[str, tuple[str, ...]] = {}
        for kind, each in lists.items():
            named[f"{kind.value} words"] = each.words
            named[f"{kind.value} hints"] = each.hints
            named[f"{kind.value} never"] = each.never
        self._phrases = Phrases(named)
        self._names = {
            kind: tuple(f"{kind.value} {part}" for part in ("words", "hints", "never"))
            for kind in lists
        }

    def read(
        self, text: str, tokenised: Sequence[str], ranking: Ranking, intent: str
    ) -> tuple[Sign, ...]:
        """Return the signs of at least `WORTH_TELLING`, in the order of `SignKind`.

        Args:
            text: as it was written.
            tokenised: as `normalise.tokens` split it.
            ranking: how likely each label is.
            intent: what the text is about; "" if that is not sure.
        """
        found = self._phrases.find(tokenised)
        noise = loud(text)
        if not found and not noise:  # as in most
            return tuple(self._meant(ranking))
        signs: list[Sign] = []
        for kind, lists in self._lists.items():
            words, hints, never = map(found.get, self._names[kind])
            if kind is SignKind.ANGER:
                hints = (hints or 0) + noise
            score, cue = 0.0, Cue.NONE
            if (words or hints) and intent not in lists.unless:
                score, cue = _of_words(words or 0, hints or 0)
                if kind is SignKind.SARCASM:
                    pleased = bool(found.get(_PLEASED))
                    score, cue = self._mockery(cue, ranking, pleased=pleased)
            if lists.intents:
                likely = ranking.total(lists.intents)
                if likely > score:
                    score, cue = round(min(likely, 1.0), DIGITS), Cue.INTENT
            if never:
                score = min(score, DENIED)
            if score >= WORTH_TELLING:
                signs.append(Sign(kind, score, cue))
        return _turned(signs)

    def _meant(self, ranking: Ranking) -> Iterator[Sign]:
        """Yield what the intents tell where no words do."""
        if ranking.total(self._intents) < HARDLY_WORTH_TELLING:
            return
        for kind, intents in self._by_intent:
            score = round(min(ranking.total(intents), 1.0), DIGITS)
            if score >= WORTH_TELLING:
                yield Sign(kind, score, Cue.INTENT)

    def _mockery(self, cue: Cue, ranking: Ranking, *, pleased: bool) -> _Found:
        """Return how likely friendly words are mockery: without a problem, hardly."""
        trouble = ranking.total(self._problems)
        if cue is Cue.WORDS and trouble >= PROBLEM:
            return PLAIN, cue
        honest = pleased or ranking.total(self._praise) > HONEST
        if trouble >= LIKELY_PROBLEM and not honest:
            return HINTED, Cue.CONTRAST
        return ONE_HINT, cue


def _of_words(words: int, hints: int) -> _Found:
    if words:
        return PLAIN if words == 1 else VERY_PLAIN, Cue.WORDS
    return HINTED if hints >= 2 else ONE_HINT, Cue.HINTS


def _turned(signs: list[Sign]) -> tuple[Sign, ...]:
    """Take back the pleasure of somebody who mocks."""
    mocked = any(s.kind is SignKind.SARCASM and s.score >= SHOWS for s in signs)
    if not mocked:
        return tuple(signs)
    return tuple(sign for sign in signs if sign.kind is not SignKind.PLEASURE)


def loud(text: str) -> int:
    """Count the ways in which `text` is loud: capitals, a burst of marks."""
    shouted = _TWO_CAPITALS.search(text) is not None and shouts(text)
    marked = "!" in text or "?" in text
    return shouted + (marked and _BURST.search(text) is not None)


def shouts(text: str) -> bool:
    """Tell whether most of `text` is in capitals."""
    pieces = [piece for piece in text.split() if piece.isupper()]
    if sum(map(len, pieces)) < SHOUTED_LETTERS:  # as in nearly all
        return False
    capitals = sum([len(word) for word in _CAPITALS.findall(text)])
    enough = SHOUTED_SHARE * len(_LETTERS.findall(text))
    return capitals >= SHOUTED_LETTERS and capitals >= enough
