"""The configuration: one file of the keys that `bootstrap.settings` declares; all its faults are found, with places."""

from onecity.bootstrap.configuration.checking import secrets_faults
from onecity.bootstrap.configuration.declaring import Key, keys, limits_of, tables
from onecity.bootstrap.configuration.reading import Configuration, read_configuration
from onecity.bootstrap.configuration.settling import Origin, Settled, settle
from onecity.bootstrap.configuration.writing import default_of, example_file, written

__all__ = [
    "Configuration",
    "Key",
    "Origin",
    "Settled",
    "default_of",
    "example_file",
    "keys",
    "limits_of",
    "read_configuration",
    "secrets_faults",
    "settle",
    "tables",
    "written",
]
