"""JSON schemas of tools in few words. A parameter is required unless it is wrapped in `maybe`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True)
class Maybe:
    """An optional parameter."""

    schema: Schema


def maybe(schema: Schema) -> Maybe:
    """Mark a parameter as optional."""
    return Maybe(schema)


def text(description: str, **more: Any) -> Schema:
    """A string; `more` are further keywords such as `pattern`."""
    return {"type": "string", "description": description, **more}


def one_of(description: str, *values: str) -> Schema:
    """A string out of a closed list."""
    return {"type": "string", "enum": list(values), "description": description}


def integer(description: str, **more: Any) -> Schema:
    """A whole number."""
    return {"type": "integer", "description": description, **more}


def number(description: str, **more: Any) -> Schema:
    """A number with or without a fraction."""
    return {"type": "number", "description": description, **more}


def flag(description: str) -> Schema:
    """True or false."""
    return {"type": "boolean", "description": description}


def many(items: Schema, description: str, **more: Any) -> Schema:
    """A list."""
    return {"type": "array", "items": items, "description": description, **more}


def record(description: str, /, **parameters: Schema | Maybe) -> Schema:
    """A nested object."""
    return {**_object(parameters), "description": description}


def tool(name: str, description: str, /, **parameters: Schema | Maybe) -> Schema:
    """One function in the OpenAI tools list."""
    return {
        "type": "function",
        "function": {"name": name, "description": description, "parameters": _object(parameters)},
    }


def _object(parameters: dict[str, Schema | Maybe]) -> Schema:
    return {
        "type": "object",
        "properties": {name: p.schema if isinstance(p, Maybe) else p for name, p in parameters.items()},
        "required": [name for name, p in parameters.items() if not isinstance(p, Maybe)],
        "additionalProperties": False,
    }
