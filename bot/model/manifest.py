"""A trained model's manifest as JSON: beside the model file, and in the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from bot.model.trained import Judgement, ModelName, Origin, Sealed, TrainedModel

VERSION: Final = 1  # of this layout


def pack(model: TrainedModel) -> str:
    """Return the manifest as JSON; `unpack` gives the same model."""
    facts = asdict(model)
    facts["made_at"] = model.made_at.isoformat()
    if model.judgement is not None:
        facts["judgement"]["at"] = model.judgement.at.isoformat()
    return json.dumps({"v": VERSION, **facts}, indent=1, sort_keys=True)


def unpack(packed: str) -> TrainedModel:
    """Return what `pack` made.

    Raises:
        ValueError: another version or something else made it.
    """
    try:
        facts = json.loads(packed)
        if facts["v"] != VERSION:
            raise ValueError(f"a manifest of version {facts['v']}")
        return _model(facts)
    except (KeyError, TypeError) as error:
        raise ValueError("not a manifest") from error


def _model(facts: Mapping[str, Any]) -> TrainedModel:
    judged = facts["judgement"]
    return TrainedModel(
        name=ModelName(facts["name"]),
        made_at=datetime.fromisoformat(facts["made_at"]),
        by=facts["by"],
        why=facts["why"],
        origin=Origin(**facts["origin"]),
        archive=Sealed(**facts["archive"]),
        snapshot=Sealed(**facts["snapshot"]),
        examples=facts["examples"],
        labels=facts["labels"],
        judgement=_judgement(judged) if judged else None,
    )


def _judgement(facts: Mapping[str, Any]) -> Judgement:
    page, figures = facts.get("page"), facts.get("figures")  # not of earlier versions
    return Judgement(
        passed=facts["passed"],
        at=datetime.fromisoformat(facts["at"]),
        summary=facts["summary"],
        reasons=tuple(facts["reasons"]),
        report=facts["report"],
        page=Sealed(**page) if page else None,
        figures=Sealed(**figures) if figures else None,
        against=facts.get("against", ""),  # those of earlier versions do not have it
    )
