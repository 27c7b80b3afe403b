"""The builders of the example sessions: one module a session, `python -m examples.builders` writes them all."""
