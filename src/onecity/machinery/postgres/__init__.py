"""PostgreSQL: found or brought along, started, reached, and moved to the newest schema."""

from onecity.machinery.postgres.binaries import Binaries, find_binaries
from onecity.machinery.postgres.connections import Address, connect, is_down, open_lane, open_pool
from onecity.machinery.postgres.launcher import Cluster, start_cluster, stop_cluster
from onecity.machinery.postgres.migrations import Migration, migrate, read_migrations

__all__ = [
    "Address",
    "Binaries",
    "Cluster",
    "Migration",
    "connect",
    "find_binaries",
    "is_down",
    "migrate",
    "open_lane",
    "open_pool",
    "read_migrations",
    "start_cluster",
    "stop_cluster",
]
