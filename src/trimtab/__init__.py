"""trimtab: the layer between an agent and its model provider. The same answers for a fraction of the bill."""

from importlib import import_module
from typing import TYPE_CHECKING

from trimtab.errors import TrimtabError

if TYPE_CHECKING:
    from trimtab.config import Config, load
    from trimtab.optimizer import Optimizer
    from trimtab.pipeline import Incoming, Prepared

__version__ = "0.1.0"

__all__ = ["Config", "Incoming", "Optimizer", "Prepared", "TrimtabError", "__version__", "load"]

_HOMES = {
    "Config": "trimtab.config",
    "Incoming": "trimtab.pipeline",
    "Optimizer": "trimtab.optimizer",
    "Prepared": "trimtab.pipeline",
    "load": "trimtab.config",
}

if not TYPE_CHECKING:  # a type checker would take any name for one that `__getattr__` has

    def __getattr__(name: str) -> object:
        """Import a public name when it is first used: the command line starts without the pipeline."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_HOMES[name]), name)
        return value
