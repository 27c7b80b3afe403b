"""The real SDKs of OpenAI and Anthropic, asking what was recorded and reading the answers as agents do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anthropic
import openai
import orjson
from anthropic.types import Message
from openai.types.chat import ChatCompletion
from openai.types.responses import Response

from examples.demo_sessions import DemoError, Exchange
from trimtab.replay import Recorded

ID_HEADER = "x-trimtab-id"
_TIMEOUT_S = 60.0

Call = tuple[str, str, Any]
"""A tool call: id, name, arguments (the text as written; from Anthropic the object)."""


@dataclass(frozen=True)
class Said:
    """What an answer says, in whatever way it came."""

    text: str
    calls: tuple[Call, ...]
    finish: str | None

    def differences(self, recorded: Said) -> list[str]:
        """In which points this is not the recorded answer."""
        return [
            f"{name}\n    recorded {getattr(recorded, name)!r}\n    received {getattr(self, name)!r}"
            for name in ("text", "calls", "finish")
            if getattr(self, name) != getattr(recorded, name)
        ]


def recorded_answer(recorded: Recorded) -> Said:
    """What the recorded answer says, read by the SDK's own types."""
    body = orjson.loads(recorded.response)
    if recorded.format == "anthropic_messages":
        return _from_message(Message.construct(**body))
    if recorded.format == "openai_responses":
        return _from_response(Response.construct(**body))
    return _from_completion(ChatCompletion.construct(**body))


class Clients:
    """Both SDKs with one dummy key, pointed at the gateway."""

    def __init__(self, url: str, key: str) -> None:
        self._ids: list[str] = []
        hooks: Any = {"response": [self._note]}
        self._openai = openai.AsyncOpenAI(
            base_url=f"{url}/v1",
            api_key=key,
            max_retries=0,
            timeout=_TIMEOUT_S,
            http_client=openai.DefaultAsyncHttpxClient(trust_env=False, event_hooks=hooks),
        )
        self._anthropic = anthropic.AsyncAnthropic(
            base_url=url,
            api_key=key,
            max_retries=0,
            timeout=_TIMEOUT_S,
            http_client=anthropic.DefaultAsyncHttpxClient(trust_env=False, event_hooks=hooks),
        )

    async def _note(self, response: Any) -> None:
        """Keep the ledger id of an answer."""
        self._ids.append(response.headers.get(ID_HEADER, ""))

    async def close(self) -> None:
        await self._openai.close()
        await self._anthropic.close()

    async def ask(self, exchange: Exchange) -> tuple[str, Said]:
        """Send a request; the ledger id of the answer, and what it says. Raises DemoError where there is none."""
        ask = {
            "openai_chat": self._completion,
            "openai_responses": self._response,
            "anthropic_messages": self._message,
        }[exchange.recorded.format]
        self._ids.clear()
        try:
            said = await ask(exchange.body, exchange.stream)
        except (openai.OpenAIError, anthropic.AnthropicError) as error:
            raise DemoError(f"the SDK raised {type(error).__name__}: {error}") from error
        if len(self._ids) != 1 or not self._ids[0]:
            raise DemoError(f"one answer with the header {ID_HEADER} was expected, there were {self._ids}")
        return self._ids[0], said

    async def _completion(self, body: Mapping[str, Any], stream: bool) -> Said:
        create = self._openai.chat.completions.create
        if not stream:
            return _from_completion(await create(**body))
        text, finish = "", None
        calls: dict[int, Call] = {}
        async for chunk in await create(**body, stream=True, stream_options={"include_usage": True}):
            for choice in chunk.choices:
                text += choice.delta.content or ""
                finish = choice.finish_reason or finish
                for part in choice.delta.tool_calls or ():
                    call_id, name, arguments = calls.get(part.index, ("", "", ""))
                    new = part.function
                    name += (new and new.name) or ""
                    arguments += (new and new.arguments) or ""
                    calls[part.index] = (call_id or part.id or "", name, arguments)
        return Said(text, tuple(calls[index] for index in sorted(calls)), finish)

    async def _response(self, body: Mapping[str, Any], stream: bool) -> Said:
        create = self._openai.responses.create
        if not stream:
            return _from_response(await create(**body))
        text, final = "", None
        async for event in await create(**body, stream=True):
            if event.type == "response.output_text.delta":
                text += event.delta
            elif event.type == "response.completed":
                final = event.response
        if final is None:
            raise DemoError("the stream ended without response.completed")
        said = _from_response(final)
        if said.text != text:
            raise DemoError(f"the deltas of a stream say {text!r}, its end says {said.text!r}")
        return said

    async def _message(self, body: Mapping[str, Any], stream: bool) -> Said:
        if not stream:
            return _from_message(await self._anthropic.messages.create(**body))
        async with self._anthropic.messages.stream(**body) as events:
            return _from_message(await events.get_final_message())


@asynccontextmanager
async def clients(url: str) -> AsyncIterator[Mapping[str, Clients]]:
    """One pair of SDKs a tenant, made when first asked for: a key of its own makes a tenant."""
    made = _PerTenant(url)
    try:
        yield made
    finally:
        for each in made.values():
            await each.close()


class _PerTenant(dict[str, Clients]):
    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def __missing__(self, tenant: str) -> Clients:
        made = self[tenant] = Clients(self._url, f"demo-key-of-{tenant}")
        return made


def _from_completion(answer: ChatCompletion) -> Said:
    choice = answer.choices[0]
    calls = [
        (call.id, call.function.name, call.function.arguments)
        for call in choice.message.tool_calls or ()
        if call.type == "function"
    ]
    return Said(choice.message.content or "", tuple(calls), choice.finish_reason)


def _from_response(answer: Response) -> Said:
    calls = [(item.call_id, item.name, item.arguments) for item in answer.output if item.type == "function_call"]
    return Said(answer.output_text, tuple(calls), answer.status)


def _from_message(answer: Message) -> Said:
    text = "".join(block.text for block in answer.content if block.type == "text")
    calls = [(block.id, block.name, block.input) for block in answer.content if block.type == "tool_use"]
    return Said(text, tuple(calls), answer.stop_reason)
