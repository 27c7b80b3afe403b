"""What all groups of settings have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Group(BaseModel):
    """A group of settings; unknown names are refused so that a typing error cannot switch nothing off."""

    model_config = ConfigDict(extra="forbid", frozen=True)
