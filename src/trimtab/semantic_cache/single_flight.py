"""One upstream call for all that ask the same at the same time, in the same words or in others."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from trimtab.semantic_cache.question import Question
from trimtab.stage import Answer


@dataclass
class Asking:
    """What a leader asks by meaning: where its answer will lie, the question and, once there is one, its vector."""

    ns: str
    key: str
    question: Question
    vector: npt.NDArray[np.float32] | None = None


@dataclass
class Leadership:
    """The fact that this request is the one that asks the provider on behalf of all like it."""

    exact: str
    answer: asyncio.Future[Answer | None]
    asking: Asking | None
    number: int
    """Leaders wait for earlier ones only, so that no two wait for each other."""

    def end(self, answer: Answer | None) -> None:
        """Give the answer to all that wait; None lets each of them go on alone."""
        if not self.answer.done():
            self.answer.set_result(answer)


class NearLeader(NamedTuple):
    """A leader that asks something near, and how near."""

    leader: Leadership
    question: Question
    cosine: float


class SingleFlight:
    """Knows who is asking what right now. A leader that is forgotten lets go of those that wait for it."""

    def __init__(self) -> None:
        self._exact: weakref.WeakValueDictionary[str, Leadership] = weakref.WeakValueDictionary()
        self._scopes: dict[str, weakref.WeakValueDictionary[str, Leadership]] = {}
        self._led = 0

    def lead(self, exact: str, asking: Asking | None = None) -> Leadership:
        """Take the lead for a request. Keep the result alive as long as the request is under way."""
        loop = asyncio.get_running_loop()
        self._led += 1
        leading = Leadership(exact, loop.create_future(), asking, self._led)
        self._exact[exact] = leading
        if asking is not None:
            self._scopes.setdefault(asking.ns, weakref.WeakValueDictionary())[asking.key] = leading
        weakref.finalize(leading, _abandoned, leading.answer, loop)
        return leading

    def same(self, exact: str) -> Leadership | None:
        """Who asks the same whole request right now."""
        return _open(self._exact.get(exact))

    def alike(self, ns: str, key: str) -> Leadership | None:
        """Who asks the same question, but for what carries no meaning."""
        scope = self._scopes.get(ns)
        return None if scope is None else _open(scope.get(key))

    def near(self, mine: Leadership, least: float, most: int) -> list[NearLeader]:
        """Up to ``most`` earlier leaders that ask something with a cosine of at least ``least``, nearest first."""
        if mine.asking is None or mine.asking.vector is None:
            return []
        found = []
        for each in self._of(mine.asking.ns):
            theirs = None if each.asking is None else each.asking.vector
            if each.number < mine.number and theirs is not None and theirs.shape == mine.asking.vector.shape:
                found.append((float(theirs @ mine.asking.vector), each))
        nearest = sorted((each for each in found if each[0] >= least), key=lambda each: -each[0])[:most]
        return [NearLeader(each, each.asking.question, cosine) for cosine, each in nearest if each.asking is not None]

    def follow(self, mine: Leadership, other: Leadership) -> None:
        """Whoever waits for ``mine`` gets the answer of ``other``, or goes on alone where that has none."""
        self._forget(mine)

        def pass_on(answer: asyncio.Future[Answer | None]) -> None:
            mine.end(None if answer.cancelled() else answer.result())

        other.answer.add_done_callback(pass_on)

    def finish(self, leading: Leadership, answer: Answer | None) -> None:
        """The leader's request has ended."""
        self._forget(leading)
        leading.end(answer)

    def _forget(self, leading: Leadership) -> None:
        if self._exact.get(leading.exact) is leading:
            del self._exact[leading.exact]
        asking = leading.asking
        if asking is not None and (scope := self._scopes.get(asking.ns)) is not None:
            if scope.get(asking.key) is leading:
                del scope[asking.key]
            if not scope:
                del self._scopes[asking.ns]

    def _of(self, ns: str) -> Iterator[Leadership]:
        for leading in list(self._scopes.get(ns, {}).values()):
            if not leading.answer.done():
                yield leading


def _open(leading: Leadership | None) -> Leadership | None:
    return None if leading is None or leading.answer.done() else leading


def _abandoned(answer: asyncio.Future[Answer | None], loop: asyncio.AbstractEventLoop) -> None:
    """A request that was prepared and never sent lets those go on that wait for it."""
    if not answer.done() and not loop.is_closed():
        loop.call_soon_threadsafe(_give_up, answer)


def _give_up(answer: asyncio.Future[Answer | None]) -> None:
    if not answer.done():
        answer.set_result(None)
