"""The keys of a city on many machines: two hosts of their own keep them, and whoever makes one waits for both.

A key host holds keys as they lie wrapped under the city's master key, which it never sees: who takes its disk opens
nothing. See `docs/adr/0055-lose-a-machine-at-noon.md`.
"""

from onecity.machinery.key_hosts.lines import Papers
from onecity.machinery.key_hosts.looking import Seen, hosts_seen
from onecity.machinery.key_hosts.serving import serve_keys
from onecity.machinery.key_hosts.shared import FIXED, HOSTS, SharedKeys
from onecity.machinery.key_hosts.store import FILE, Shelf

__all__ = ["FILE", "FIXED", "HOSTS", "Papers", "Seen", "SharedKeys", "Shelf", "hosts_seen", "serve_keys"]
