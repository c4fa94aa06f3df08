"""Which language a text is in, told only where that is safe to tell.

Identifiers take slang, typos and names for far-away languages. So whoever writes
mostly words that the training data knows writes its language; short texts are not
guessed at all; another language needs both a clear verdict and unknown words.
"""

from __future__ import annotations

import re
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

UNDETERMINED = "und"
MIN_LETTERS = 20  # below this even "ok cool" has been called Swedish
MAX_LETTERS = 400  # more text makes the verdict slower, not better
HOME_SHARE = 0.6  # share of known words that settles the matter
FOREIGN_SHARE = 0.5  # above this share of known words nothing else is believed
CERTAINTY = 0.95

# Languages of people who may write to a shop; fewer candidates, fewer mistakes.
CANDIDATES = (
    "ar bg cs cy da de el en es et fi fr ga he hi hr hu id it ja ko lt lv nl no pl pt "
    "ro ru sk sl sq sr sv ta th tr uk ur vi zh"
)

_NOISE = re.compile(r"https?://\S+|[@#]\w+|[\d_]")
_LETTERS = re.compile(r"[^\W\d_]")


def language_of(text: str, *, home: str, known_words: float) -> str:
    """Return an ISO 639-1 code, or "und".

    Args:
        text: what was written.
        home: the language of the training data.
        known_words: share of the text's words that the training data has.
    """
    plain = _NOISE.sub(" ", text)[:MAX_LETTERS]
    if len(_LETTERS.findall(plain)) < MIN_LETTERS:
        return UNDETERMINED
    if known_words >= HOME_SHARE:
        return home
    language, certainty = _identifier().classify(plain.lower())
    if language == home:
        return home
    certain = certainty >= CERTAINTY and known_words < FOREIGN_SHARE
    return str(language) if certain else UNDETERMINED


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
    identifier.set_languages(CANDIDATES.split())
    return identifier
