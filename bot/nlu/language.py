"""Which language a text is in, told only where that is safe to tell.

Identifiers take slang, typos and names for far-away languages. So whoever uses the
common words of the training data ("the", "my", "is") writes its language; short texts
are not guessed at all; another language needs both a clear verdict and few of those
words. Rare words tell nothing: people mix in "Datenschutz" and "bonjour".
"""

from __future__ import annotations

import re
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bot.model.language import UNDETERMINED

MIN_LETTERS = 20  # below this even "ok cool" has been called Swedish
MAX_LETTERS = 400  # more text makes the verdict slower, not better
HOME_SHARE = 0.25  # share of common words that settles the matter
CERTAINTY = 0.95

# Languages of people who may write to a shop; fewer candidates, fewer mistakes.
CANDIDATES = (
    "ar bg cs cy da de el en es et fi fr ga he hi hr hu id it ja ko lt lv nl no pl pt "
    "ro ru sk sl sq sr sv ta th tr uk ur vi zh"
)

_NOISE = re.compile(r"https?://\S+|[@#]\w+|[\d_]")
_LETTERS = re.compile(r"[^\W\d_]")


def language_of(text: str, *, home: str, common_words: float) -> str:
    """Return an ISO 639-1 code, or "und".

    Args:
        text: what was written.
        home: the language of the training data.
        common_words: share of the text's words that are common in the training data.
    """
    if len(text) < MIN_LETTERS:
        return UNDETERMINED
    if common_words >= HOME_SHARE:  # as in nearly all: no more is looked at
        return home
    plain = _NOISE.sub(" ", text)[:MAX_LETTERS]
    if len(_LETTERS.findall(plain)) < MIN_LETTERS:
        return UNDETERMINED
    language, certainty = _classify(plain.lower())
    if language == home:
        return home
    return language if certainty >= CERTAINTY else UNDETERMINED


def _classify(text: str) -> tuple[str, float]:
    """Do what the identifier's own method does, for the few features of `text`.

    That multiplies with all that there are: ten times the time.
    """
    identifier = _identifier()
    counts = identifier.instance2fv(text)
    (seen,) = counts.nonzero()
    scores = counts[seen] @ identifier.nb_ptc[seen] + identifier.nb_pc
    likely = identifier.norm_probs(scores)
    best = int(likely.argmax())
    return str(identifier.nb_classes[best]), float(likely[best])


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
    identifier.set_languages(CANDIDATES.split())
    return identifier
