"""Put together what trainers read and change: the corpus, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.corpus.admission import Admission
from bot.corpus.checks import ExampleChecks
from bot.corpus.feedback import CorpusFeedback
from bot.corpus.files import FileCorpus
from bot.corpus.personal import PersonalData
from bot.corpus.words import WordsOf
from bot.knowledge.drafts import AnswerDrafts
from bot.model.policy import Policy
from bot.nlu.normalise import tokens
from bot.ports.corpus import AnswerFeedback, Corpus, ExampleFeedback
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class OpenCorpus:
    """The corpus, and what is said about examples and answers before they are saved."""

    corpus: Corpus
    examples: ExampleFeedback
    answers: AnswerFeedback
    forget: Callable[[], None]  # gives memory back, once nobody edits any more


def open_corpus(settings: Settings, policy: Callable[[], Policy]) -> OpenCorpus:
    """Open the corpus of the project. Reads nothing yet, and needs no model.

    `policy` gives the policy as it is at the moment.
    """
    checks = ExampleChecks(PersonalData(policy().public))
    words, answers = WordsOf(tokens), AnswerDrafts(policy)
    corpus = FileCorpus(
        settings.project,
        policy=settings.policy,
        admission=Admission(checks, words, answers.on_answer),
    )
    examples = CorpusFeedback(corpus, checks, words)

    def forget() -> None:
        corpus.forget()
        examples.forget()

    return OpenCorpus(corpus, examples, answers, forget)
