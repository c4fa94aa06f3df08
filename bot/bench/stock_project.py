"""The files of a stock Rasa project with the same intents and answers as ours.

The configuration is what `rasa init` sets up; only the data are ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import yaml

from bot.errors import PermanentFailure
from bot.nlu.data import Example

SAMPLE = 6  # examples of each label
EPOCHS = 20  # of each network: how fast it answers does not depend on them


def stock_pipeline(epochs: int) -> list[dict[str, object]]:
    """Return the pipeline that `rasa init` sets up, each network with `epochs`."""
    return [
        {"name": "WhitespaceTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {
            "name": "CountVectorsFeaturizer",
            "analyzer": "char_wb",
            "min_ngram": 1,
            "max_ngram": 4,
        },
        {"name": "DIETClassifier", "epochs": epochs, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "ResponseSelector", "epochs": epochs, "constrain_similarities": True},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ]


CONFIG: dict[str, object] = {
    "recipe": "default.v1",
    "assistant_id": "stock",
    "language": "en",
    "pipeline": stock_pipeline(EPOCHS),
    "policies": [
        {"name": "MemoizationPolicy"},
        {"name": "RulePolicy"},
        {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": EPOCHS},
        {
            "name": "TEDPolicy",
            "max_history": 5,
            "epochs": EPOCHS,
            "constrain_similarities": True,
        },
    ],
}
HANDOFF = "Thanks for your message. A colleague will look at it and come back to you."


def sample_of(examples: Sequence[Example]) -> list[Example]:
    """Return the first `SAMPLE` examples of each label that need no marks."""
    kept: dict[str, list[Example]] = {}
    for example in examples:
        if not set(example.text) & set("[]{}\n"):
            kept.setdefault(example.label, []).append(example)
    return [example for group in kept.values() for example in group[:SAMPLE]]


def project_files(
    sample: Sequence[Example], domain: Mapping[str, object]
) -> dict[str, str]:
    """Return the files of the stock project."""
    grouped: dict[str, list[str]] = {}
    for example in sample:
        grouped.setdefault(example.label, []).append(example.text)
    intents = list(dict.fromkeys(label.partition("/")[0] for label in grouped))
    steps = {
        intent: [{"intent": intent}, {"action": _action(intent)}]
        for intent in (*intents, "nlu_fallback")
    }
    files: dict[str, dict[str, object]] = {
        "config.yml": CONFIG,
        "domain.yml": _domain(intents, domain),
        "credentials.yml": {"rest": {}},
        "data/nlu.yml": {
            "nlu": [
                {"intent": label, "examples": "".join(f"- {t}\n" for t in texts)}
                for label, texts in grouped.items()
            ]
        },
        "data/rules.yml": {
            "rules": [{"rule": name, "steps": made} for name, made in steps.items()]
        },
        "data/stories.yml": {
            "stories": [
                {"story": "greet and ask", "steps": [*steps["greet"], *steps["faq"]]},
                {"story": "ask and thank", "steps": [*steps["faq"], *steps["thanks"]]},
            ]
        },
    }
    return {
        name: yaml.safe_dump(
            content if name == "credentials.yml" else {"version": "3.1", **content},
            allow_unicode=True,
            sort_keys=False,
        )
        for name, content in files.items()
    }


def _action(intent: str) -> str:
    return "utter_faq" if intent == "faq" else "utter_handoff"


def _domain(intents: Sequence[str], ours: Mapping[str, object]) -> dict[str, object]:
    written = ours["responses"]
    if not isinstance(written, Mapping):
        raise PermanentFailure("domain.yml: expected `responses:`")
    responses = {
        str(name): [{"text": str(variant["text"])} for variant in variants]
        for name, variants in written.items()
        if str(name).startswith("utter_faq/")
    }
    return {
        "intents": list(intents),
        "responses": {**responses, "utter_handoff": [{"text": HANDOFF}]},
        "actions": ["utter_faq"],
    }
