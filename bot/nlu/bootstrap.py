"""What must be settled in a process before Rasa is imported."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import structlog

from bot.nlu import import_stub
from bot.nlu.data import load_yaml

_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",  # nothing is reported to anybody
    "RASA_MAX_CACHE_SIZE": "0",  # Rasa's cache misses changes in our modules
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",  # Rasa is pinned to SQLAlchemy 1.4
    "MPLBACKEND": "Agg",
    # One thread does the reading. OpenBLAS starts one for each core, and after a product
    # that it shared out they turn in a loop for more: a third of a worker's CPU time.
    "OPENBLAS_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",  # likewise
}


def prepare(config: Path) -> bool:
    """Make this process ready to import Rasa; harmless to call again.

    Telemetry is off, TensorFlow stays out unless a component needs it, and the
    library's debug lines, which hold customers' texts, are never printed.

    Args:
        config: the project's config.yml.

    Returns:
        Whether TensorFlow is kept out.

    Raises:
        ConfigError: the file is missing or broken.
    """
    os.environ.update(_ENVIRONMENT)
    silence()
    return import_stub.install(load_yaml(config))


def silence() -> None:
    """Let Rasa log errors only; unconfigured, it prints every text to the screen."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    logging.getLogger("rasa").setLevel(logging.ERROR)
