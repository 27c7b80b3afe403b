"""What was taken out of a request, and how the model sees that it is there: markers and handles."""

from trimtab.recall.marker import handle_of, marker, read_marker

__all__ = ["handle_of", "marker", "read_marker"]
