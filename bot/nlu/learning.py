"""From examples to a classifier: words and meaning are learned side by side.

Both take most of the time of a training, and both spend it in libraries that let other
threads run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.nlu.cascade import Cascade, SecondSettings, fit_meaning, fit_second
from bot.nlu.component import setting
from bot.nlu.embeddings import embed, vectors_file
from bot.nlu.encoder.opening import open_encoder
from bot.nlu.features import BlockSettings
from bot.nlu.head import HeadSettings
from bot.nlu.hold_out import FOLDS, Lesson
from bot.nlu.label_names import named
from bot.nlu.lexical import LexicalModel
from bot.nlu.profile import ACCURATE, LEXICAL, profile_of
from bot.nlu.unseen_readings import save_unseen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bot.nlu.encoder.port import SentenceEncoder
    from bot.nlu.head import Unseen

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Learned:
    """A classifier, and how it reads the `texts` that its folds held out."""

    model: Cascade
    texts: Sequence[str]
    wanted: NDArray[np.int64]
    likely: NDArray[np.float64]

    def save(self, folder: Path) -> None:
        """Write the classifier and the readings into `folder`."""
        lexical, second = self.model.lexical, self.model.second
        lexical.save(folder)
        if second:
            second.save(folder)
        if self.texts:
            labels = lexical.head.labels
            save_unseen(folder, self.texts, self.wanted, self.likely, labels=labels)


def learn(
    texts: Sequence[str], labels: Sequence[str], config: Mapping[str, object]
) -> Learned:
    """Learn from `texts` and their `labels` as config.yml says. Deterministic.

    What labels are called is learned, too, as an example of each.

    Raises:
        ValueError: fewer than two labels, or no words at all.
        ConfigError: a setting is wrong, or the encoder is missing or altered.
    """
    head = HeadSettings(
        strength=setting(config, "strength", 0.3), seed=setting(config, "seed", 7)
    )
    folds = setting(config, "folds", FOLDS)
    lesson = Lesson.of(texts, labels, folds=folds, seed=head.seed)
    names, columns = named(lesson.labels)
    texts, lesson = [*texts, *names], lesson.joined(names, columns, seed=head.seed)

    def words() -> tuple[LexicalModel, Unseen]:
        blocks = _blocks(config)
        return LexicalModel.train_and_hold_out(texts, lesson, blocks=blocks, head=head)

    if profile_of(config) == LEXICAL:
        lexical, unseen = words()
        likely = lexical.head.believed(unseen.margins)
        model = Cascade(lexical)
    else:
        encoder = open_encoder(setting(config, "encoder", "minilm"))
        model, unseen, likely = _with_meaning(words, texts, lesson, encoder, config)
    held_out = [texts[row] for row in lesson.unseen]
    return Learned(model, held_out, unseen.wanted, likely)


def _with_meaning(
    words: Callable[[], tuple[LexicalModel, Unseen]],
    texts: Sequence[str],
    lesson: Lesson,
    encoder: SentenceEncoder,
    config: Mapping[str, object],
) -> tuple[Cascade, Unseen, NDArray[np.float64]]:
    with _beside(words) as learned:
        meaning = fit_meaning(embed(encoder, texts, file=vectors_file()), lesson)
        lexical, unseen = learned.result()
    second, likely = fit_second(
        lexical.head,
        unseen,
        meaning,
        encoder_identity=encoder.identity,
        settings=SecondSettings(
            price=setting(config, "cascade_price", 0.02),
            everything=profile_of(config) == ACCURATE,
        ),
    )
    return Cascade(lexical, second, encoder), unseen, likely


@contextmanager
def _beside(work: Callable[[], T]) -> Iterator[Future[T]]:
    """Do `work` in a thread of its own, heard by whoever listens to this one."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="words") as thread:
        yield thread.submit(copy_context().run, work)


def _blocks(config: Mapping[str, object]) -> tuple[BlockSettings, BlockSettings]:
    words = BlockSettings(
        analyzer="word",
        shortest=1,
        longest=setting(config, "word_longest", 2),
        min_count_joined=setting(config, "word_min_count_joined", 2),
    )
    characters = BlockSettings(
        analyzer="char_wb",
        shortest=setting(config, "char_shortest", 2),
        longest=setting(config, "char_longest", 4),
        min_count=setting(config, "char_min_count", 2),
        weight=setting(config, "char_weight", 1.0),
    )
    return words, characters
