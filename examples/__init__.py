"""Runnable examples and the recorded sessions that ship with trimtab."""
