"""Servers of models that others run: how they are asked, and whether they answer."""

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from reelwright.config import CaptionerConfig, StudioConfig
from reelwright.errors import ReelwrightError

if TYPE_CHECKING:
    from reelwright.features.endpoint import Endpoint

EXAMINED_S = 5.0  # that an endpoint may take to answer an examination

Asked = CaptionerConfig | StudioConfig


def endpoint(asked: Asked, section: str) -> "Endpoint":
    """Who answers for a section of the settings, with the key that the surroundings hold."""
    from reelwright.features.endpoint import Endpoint

    return Endpoint(asked, key=os.environ.get(asked.key_env, ""), section=section)


def endpoint_words(asked: Asked, section: str) -> str:
    """Which model answers where, after a question to the server; raises where it cannot."""
    patient = replace(asked, timeout_s=min(asked.timeout_s, EXAMINED_S))
    models = endpoint(patient, section).models()
    if models and asked.model not in models:
        raise ReelwrightError(
            f"{asked.base_url} has no model {asked.model}.",
            hint=f"Set {section}.model to one of: {', '.join(models[:5])}.",
        )
    key = "with a key" if os.environ.get(asked.key_env) else "without a key"
    return f"{asked.model} at {asked.base_url}, {key}"
