"""How much is looked at: what config.yml says of the classifier, without Rasa."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.errors import ConfigError
from bot.nlu.component import setting
from bot.nlu.data import load_yaml
from bot.nlu.encoder.weights import identity_of

LEXICAL, ACCURATE, CASCADE = "lexical", "accurate", "cascade"
PROFILES = (LEXICAL, ACCURATE, CASCADE)
COMPONENT = "bot.nlu.classifier.IntentModel"


def profile_of(config: Mapping[str, object]) -> str:
    """Return the component's profile.

    Raises:
        ConfigError: there is none of that name.
    """
    profile = setting(config, "profile", CASCADE)
    if profile not in PROFILES:
        raise ConfigError(
            f"config.yml: profile must be {', '.join(PROFILES[:-1])} or "
            f"{PROFILES[-1]}, not {profile}"
        )
    return profile


def encoder_identity(config: Path) -> str:
    """Return what names the encoder that config.yml asks for; empty if it needs none.

    Raises:
        ConfigError: config.yml is broken, or the user's encoder is not there.
    """
    pipeline = load_yaml(config).get("pipeline") or []
    for component in pipeline:
        if isinstance(component, Mapping) and component.get("name") == COMPONENT:
            said = {str(key): value for key, value in component.items()}
            if profile_of(said) != LEXICAL:
                return identity_of(setting(said, "encoder", "minilm"))
    return ""
