"""What the tests of the training data have in common."""

from pathlib import Path

import pytest

from tests.corpus.projects import small_project


@pytest.fixture
def project(tmp_path) -> Path:
    """A project of few examples, which a test may change."""
    return small_project(tmp_path)
