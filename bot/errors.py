"""Every error that Firstline raises on purpose.

FirstlineError
├── TemporaryFailure      the caller may retry
│   └── StoreUnavailable  Redis is gone, loading or out of disk; nothing was lost
├── PermanentFailure      retrying cannot help
│   ├── ConfigError       settings, policy or data: names file, line and remedy
│   ├── ModelError        the trained model is missing, altered or foreign
│   ├── InputError        what a user handed in cannot be used
│   └── UnsafeText        the public-text check stopped a text
└── CaseConflict          the case is not in the state that the agent's act needs
"""

from __future__ import annotations


class FirstlineError(Exception):
    """Base class: catch this to catch everything ours and nothing else."""


class TemporaryFailure(FirstlineError):
    """A dependency failed in a way that may pass."""


class StoreUnavailable(TemporaryFailure):
    """The store cannot be reached or refuses to write at the moment."""


class PermanentFailure(FirstlineError):
    """Retrying cannot help."""


class ConfigError(PermanentFailure):
    """A file or setting is wrong; the message names where and what to do."""


class ModelError(PermanentFailure):
    """The trained model cannot be used; the message says what to do."""


class InputError(PermanentFailure):
    """What a user handed in cannot be used; the message says what is expected."""


class CaseConflict(FirstlineError):
    """An agent's act does not fit the state of the case.

    `code` is one of: missing, held (by `holder`), not_yours, not_claimed (the act
    needs a holder), closed, too_late (the reply has begun to be sent), changed
    (somebody was faster; try again), newer (the customer wrote the messages `newer`
    since the agent looked).
    """

    def __init__(
        self, case: str, *, code: str, holder: str = "", newer: tuple[str, ...] = ()
    ) -> None:
        detail = f", it is held by {holder}" if holder else ""
        super().__init__(f"case {case}: {code}{detail}")
        self.case = case
        self.code = code
        self.holder = holder
        self.newer = newer


class UnsafeText(PermanentFailure):
    """The public-text check stopped a text. `problems` are sentences for its writer."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems
