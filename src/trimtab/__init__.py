"""trimtab: the layer between an agent and its model provider. The same answers for a fraction of the bill."""

from trimtab.config import Config, load
from trimtab.errors import TrimtabError
from trimtab.optimizer import Optimizer
from trimtab.pipeline import Incoming, Prepared

__version__ = "0.1.0"

__all__ = ["Config", "Incoming", "Optimizer", "Prepared", "TrimtabError", "__version__", "load"]
