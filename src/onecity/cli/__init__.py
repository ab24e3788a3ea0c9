"""`onecity <noun> <verb>`: results on stdout, talk on stderr, and an exit code that says what happened."""

from onecity.cli.main import main

__all__ = ["main"]
