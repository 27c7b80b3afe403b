"""The wire formats: OpenAI Chat Completions, OpenAI Responses, Anthropic Messages."""

from __future__ import annotations

from trimtab.request import Format
from trimtab.wire.anthropic_messages import AnthropicMessages
from trimtab.wire.codec import Codec, StreamEnd, StreamFilter, ToolResult
from trimtab.wire.openai_chat import OpenAIChat
from trimtab.wire.openai_responses import OpenAIResponses

CODECS: dict[Format, Codec] = {
    "openai_chat": OpenAIChat(),
    "openai_responses": OpenAIResponses(),
    "anthropic_messages": AnthropicMessages(),
}
PATHS: dict[str, Format] = {
    "/v1/chat/completions": "openai_chat",
    "/v1/responses": "openai_responses",
    "/v1/messages": "anthropic_messages",
}

__all__ = ["CODECS", "PATHS", "Codec", "StreamEnd", "StreamFilter", "ToolResult"]
