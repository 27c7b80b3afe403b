"""Smart tool selection: which tools a request offers, and in which words."""

from trimtab.tool_selection.stage import ToolSelection

__all__ = ["ToolSelection"]
