"""The command line. What a command needs is imported when it runs, so that `trimtab --help` comes at once."""

from trimtab.cli.app import app, main

__all__ = ["app", "main"]
