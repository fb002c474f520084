"""The weights of this machine."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

from reelwright.config import Config

if TYPE_CHECKING:
    from reelwright.zoo.zoo import Zoo


def zoo(config: Config) -> "Zoo":
    """The weights of this machine; a model hub is asked only where its package is installed."""
    from reelwright.zoo.zoo import Zoo

    if find_spec("huggingface_hub") is None:
        return Zoo(config.zoo.path)
    from reelwright.zoo.hub import hub

    return Zoo(config.zoo.path, from_hub=hub())
