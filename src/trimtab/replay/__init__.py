"""The offline provider: recorded sessions played through the real pipeline, with a model of the provider's cache."""

from trimtab.replay.convert import Rendering
from trimtab.replay.matching import Library
from trimtab.replay.provider import Given, ReplayProvider
from trimtab.replay.recorded import Needle, Problem, Recorded, Session
from trimtab.replay.run import replay
from trimtab.replay.server import ReplayServer
from trimtab.replay.sessions import Recordings
from trimtab.replay.summary import Summary

__all__ = [
    "Given",
    "Library",
    "Needle",
    "Problem",
    "Recorded",
    "Recordings",
    "Rendering",
    "ReplayProvider",
    "ReplayServer",
    "Session",
    "Summary",
    "replay",
]
