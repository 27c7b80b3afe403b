"""docs/configuration.md, made from the configuration types."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, Union

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from trimtab.cli.origins import PREFIX, SEPARATOR
from trimtab.cli.output import size, span
from trimtab.config import Config, Price

_INTRO = """\
# Configuration

<!-- Made by `python -m trimtab.cli.docs` from src/trimtab/config.py. Do not edit. -->

Every setting has a default; trimtab runs without a configuration. What is set is read from, each stronger than the
one before:

1. the file `trimtab.toml` in the working directory, or the one that `--config FILE` names;
2. environment variables: `TRIMTAB_` and the setting's path in capitals, with two underscores between its parts;
   a list or a whole group is given as JSON, and one upstream given so replaces all that the file names;
3. options of the command line.

`trimtab config show` prints every value in force and where it comes from, `trimtab config check` what is wrong with
it. A name that is no setting is an error. The gateway reads the file again when it changes; where it listens and
which store it uses change with the next start only.

Secrets never stand in the file: it names the environment variables that hold them, or their hashes.

## An example

```toml
"""

EXAMPLE = """\
# trimtab.toml: what is not set here keeps its default.

[server]
port = 8787

[store]
path = "trimtab.db"
max_bytes = 1_073_741_824            # 1 GiB

[content]
retention_s = 259_200                # texts go three days after their last use

[content.tenants.legal]
answers = false                      # nothing that the model says to this tenant is kept at rest

[pipeline]
mode = "on"                          # "observe" only records what would be done

# Naming an upstream replaces the built-in ones: name all that routes lead to.
[upstreams.claude]
url = "https://api.anthropic.com"
provider = "anthropic"

[upstreams.models]
url = "https://models.internal.example/v1"
provider = "openai"                  # whose prompt cache stands behind this URL
read_timeout_s = 300

# The first route that matches wins.
[[routes]]
path = "/v1/messages"
upstream = "claude"

[[routes]]
path = "/v1/"
model = "claude-*"
upstream = "claude"

[[routes]]
path = "/v1/"
upstream = "models"

# Needed as soon as server.host is not loopback. `trimtab config hash-key --generate` makes a key and its hash.
[[auth.keys]]
sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
tenant = "support"

[prices."house-model-7b"]            # dollars per million tokens, for what the price list does not know
input = 0.2
output = 0.6
read = 0.02
"""

_ENTRY = "<name>"
_INDEX = "<n>"


@dataclass(frozen=True)
class Row:
    """One setting as the page shows it."""

    path: tuple[str, ...]
    kind: str
    default: str
    description: str

    @property
    def name(self) -> str:
        return ".".join(self.path)

    @property
    def variable(self) -> str:
        """The environment variable; entries of a list come as JSON, all of them at once."""
        if _INDEX in self.path:
            whole = PREFIX + SEPARATOR.join(self.path[: self.path.index(_INDEX)]).upper()
            return f"in `{whole}`"
        path = [step if step == _ENTRY else step.upper() for step in self.path]
        return f"`{PREFIX}{SEPARATOR.join(path)}`"


def page() -> str:
    """The whole page."""
    parts = [_INTRO, EXAMPLE, "```\n"]
    for name, field in Config.model_fields.items():
        parts.append(f"\n## {name}\n\n{_intro(field)}\n\n")
        parts.append("| name | type | default | environment | description |\n| --- | --- | --- | --- | --- |\n")
        for row in rows((name,), field):
            cells = (f"`{row.name}`", row.kind, row.default, row.variable, row.description)
            parts.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n")
    return "".join(parts)


def rows(path: tuple[str, ...], field: FieldInfo) -> Iterator[Row]:
    """The settings that a field stands for: itself, or those of the group, the entries or the items in it."""
    inner, step = _inside(field.annotation)
    if inner is None:
        yield Row(path, _kind(field), _default(path[-1], field), field.description or "")
        return
    for name, each in inner.model_fields.items():
        yield from rows((*path, *step, name), each)


def _inside(kind: Any) -> tuple[type[BaseModel] | None, tuple[str, ...]]:
    """The group that a type holds, and the step that leads to it: none, an entry's name, or an item's number."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind, ()
    arguments = typing.get_args(kind)
    step = {dict: (_ENTRY,), tuple: (_INDEX,)}.get(typing.get_origin(kind) or kind)
    for argument in arguments if step else ():
        if isinstance(argument, type) and issubclass(argument, BaseModel):
            return argument, step or ()
    return None, ()


def _intro(field: FieldInfo) -> str:
    group, step = _inside(field.annotation)
    said = (group.__doc__ if group else field.description) or ""
    first = " ".join(said.split("\n\n", maxsplit=1)[0].split())
    if step == (_ENTRY,):
        return f"{first} `{_ENTRY}` is {'the model' if group is Price else 'a name of your choice'}."
    return f"{first} A list: `{_INDEX}` counts from 0." if step else first


def _kind(field: FieldInfo) -> str:
    kind = field.annotation
    options = [each for each in typing.get_args(kind) if each is not types.NoneType]
    optional = typing.get_origin(kind) in (Union, types.UnionType) and len(options) < len(typing.get_args(kind))
    if optional:
        kind = options[0]
    if typing.get_origin(kind) is Literal:
        said = "one of " + ", ".join(f"`{each}`" for each in typing.get_args(kind))
    elif typing.get_origin(kind) is dict:
        said = "table of texts"
    else:
        names = {str: "text", int: "whole number", float: "number", bool: "true or false"}
        said = names.get(typing.cast(type, kind), str(kind))
    bounds = ", ".join(filter(None, map(_bound, field.metadata)))
    return said + (f", {bounds}" if bounds else "") + (", or absent" if optional else "")


def _bound(constraint: Any) -> str:
    for kind, sign, name in ((Ge, "at least", "ge"), (Gt, "above", "gt"), (Le, "at most", "le"), (Lt, "below", "lt")):
        if isinstance(constraint, kind):
            return f"{sign} {getattr(constraint, name)}"
    return ""


def _default(name: str, field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None:
        return "absent"
    if value in ("", (), {}):
        return "none"
    said = {True: "`true`", False: "`false`"}[value] if isinstance(value, bool) else f"`{value}`"
    if name.endswith("_bytes") and isinstance(value, int):
        return f"{said} ({size(value)})"
    if name.endswith("_s") and isinstance(value, float) and value >= 60:
        return f"`{value:.15g}` ({span(value)})"
    return f"`{value:.15g}`" if isinstance(value, float) else said
