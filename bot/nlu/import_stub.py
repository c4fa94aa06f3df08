"""Keeps libraries out of a process that Rasa imports and this program never uses.

Rasa imports TensorFlow at start whatever the pipeline is: 370 MB of memory and
three seconds for nothing if no component computes with it. The clients of networks,
brokers and databases that its server may talk to cost another 50 MB and 0.8 s, its
web server, its plots and what prepares data for TensorFlow 30 MB and 0.4 s.
`install` answers those imports with modules in which every name is an empty class:
enough for annotations, base classes and decorators, which is all that happens at
import.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

COMPUTING = frozenset(
    {
        "jax",
        "keras",
        "sklearn_crfsuite",
        "tensorflow",
        "tensorflow_addons",
        "tensorflow_hub",
        "tensorflow_probability",
        "tensorflow_text",
    }
)
# Rasa's own channels, event brokers, tracker stores and shell.
CONNECTING = frozenset(
    {
        "aio_pika",
        "aiogram",
        "aiormq",
        "apscheduler",
        "boto3",
        "botocore",
        "confluent_kafka",
        "engineio",
        "fbmessenger",
        "google",
        "jwt",
        "kafka",
        "mattermostwrapper",
        "prompt_toolkit",
        "pymongo",
        "questionary",
        "rocketchat_API",
        "sanic",
        "sanic_cors",
        "socketio",
        "sqlalchemy",
        "twilio",
        "webexteamssdk",
    }
)
# Rasa's own modules, for what they import: matplotlib and scikit-learn.
OF_RASA = frozenset(
    {
        "rasa.utils.plotting",
        "rasa.utils.tensorflow.data_generator",
        "rasa.utils.tensorflow.model_data",
    }
)
STUBBED = COMPUTING | CONNECTING
COMPUTES_WITH_IT = frozenset(
    {
        "CRFEntityExtractor",
        "ConveRTFeaturizer",
        "DIETClassifier",
        "LanguageModelFeaturizer",
        "ResponseSelector",
        "TEDPolicy",
        "UnexpecTEDIntentPolicy",
    }
)


def components_in_need(config: Mapping[str, object]) -> list[str]:
    """Return what in a config.yml needs TensorFlow; empty if nothing does.

    An absent or empty pipeline or list of policies counts: Rasa fills it in with
    components that do.
    """
    found: list[str] = []
    for part in ("pipeline", "policies"):
        entries = config.get(part)
        if not isinstance(entries, list) or not entries:
            found.append(f"{part} chosen by Rasa")
            continue
        for entry in entries:
            name = str(entry.get("name") if isinstance(entry, Mapping) else entry)
            if name.rpartition(".")[2] in COMPUTES_WITH_IT:
                found.append(name)
    return found


def install(config: Mapping[str, object]) -> bool:
    """Keep what is not used out of this process, if `config` names no component that
    computes with TensorFlow.

    Must run before Rasa is imported. Installing twice does nothing.

    Returns:
        Whether the stub stands in; False if a component needs the real library
        or it is loaded already.
    """
    if is_installed():
        return True
    if components_in_need(config) or "tensorflow" in sys.modules:
        return False
    sys.meta_path.insert(0, _StubFinder())
    return True


def is_installed() -> bool:
    """Tell whether the stub stands in."""
    return any(isinstance(finder, _StubFinder) for finder in sys.meta_path)


class _Anything(type):
    """The type of stubbed names: any attribute of one is another such class."""

    def __getattr__(cls, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _Anything(name, (), {})
        setattr(cls, name, made)
        return made

    def __call__(cls, *arguments: object, **_named: object) -> object:
        """Act as a decorator, bare or with arguments."""
        if len(arguments) == 1 and callable(arguments[0]):
            return arguments[0]
        return cls


class _StubModule(ModuleType):
    __version__ = "0.0.0"

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _Anything(name, (), {})
        setattr(self, name, made)
        return made


class _StubFinder(MetaPathFinder, Loader):
    """Finds the stubbed packages and all that is imported from inside them."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - importlib's signature
        target: ModuleType | None = None,  # noqa: ARG002 - importlib's
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in STUBBED and fullname not in OF_RASA:
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StubModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""
