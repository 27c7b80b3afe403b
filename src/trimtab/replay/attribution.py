"""Which stage saved how many tokens of a request, edits that stand from earlier requests of the thread included."""

from __future__ import annotations

from collections import Counter, OrderedDict

from trimtab.pipeline import Prepared
from trimtab.request import AddTool, Edit, RemoveTool, ReplaceTool

OTHER = "other"
"""What the sections lost or gained beyond the edits' own figures: separators, references, messages put in."""


class Attribution:
    """Remembers edits by the chain hash of their message: they are made once and stand in all later requests."""

    def __init__(self, entries: int = 500_000) -> None:
        self._entries = entries
        self._standing: OrderedDict[bytes, Counter[str]] = OrderedDict()

    def of(self, prepared: Prepared) -> Counter[str]:
        """Input tokens saved by stage in one request."""
        client, sent, thread = prepared.client, prepared.sent, prepared.thread
        if client is None or sent is None or thread is None:
            return Counter()
        if prepared.answer is not None:
            return Counter({prepared.answer.stage: client.tokens})
        if sent is client:
            return Counter()
        self._remember(prepared.report.edits, sent.origins, thread.chain)
        saved: Counter[str] = Counter()
        for link in thread.chain:
            saved.update(self._standing.get(link, {}))
        for edit in prepared.report.edits:
            if isinstance(edit.op, ReplaceTool | RemoveTool | AddTool):
                saved[edit.stage] += edit.tokens_before - edit.tokens_after
        rest = client.tokens - sent.tokens - saved.total()
        if rest:
            saved[OTHER] += rest
        return saved

    def _remember(self, edits: list[Edit], origins: tuple[int, ...], chain: list[bytes]) -> None:
        new: dict[bytes, Counter[str]] = {}
        for edit in edits:
            message = getattr(edit.op, "message", None)
            saved = edit.tokens_before - edit.tokens_after
            if saved and isinstance(message, int) and message < len(origins):
                new.setdefault(chain[origins[message]], Counter())[edit.stage] += saved
        for link, by_stage in new.items():
            self._standing[link] = by_stage
            self._standing.move_to_end(link)
        while len(self._standing) > self._entries:
            self._standing.popitem(last=False)
