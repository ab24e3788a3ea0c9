"""PostgreSQL: found or brought along, started, reached, and moved to the newest schema."""

from onecity.machinery.postgres.backups import archive_to, archived, copy_base, forget_log_before, restore_base
from onecity.machinery.postgres.binaries import Binaries, find_binaries
from onecity.machinery.postgres.connections import (
    MALFORMED,
    alone,
    check_database,
    connect,
    is_address,
    is_down,
    join,
    make_database,
    open_lane,
    open_pool,
    sentence_of,
    still_there,
)
from onecity.machinery.postgres.doubts import Doubts
from onecity.machinery.postgres.launcher import Cluster, check_place, start_cluster, stop_cluster
from onecity.machinery.postgres.levels import older_connections
from onecity.machinery.postgres.migrations import Migration, migrate, read_migrations, waiting
from onecity.machinery.postgres.moving import move_to
from onecity.machinery.postgres.reaching import Address, hosts_of
from onecity.machinery.postgres.scopes import columns_of, covered, covers, reaches, scopes
from onecity.machinery.postgres.standbys import Readers, Standby, standbys_of

__all__ = [
    "MALFORMED",
    "Address",
    "Binaries",
    "Cluster",
    "Doubts",
    "Migration",
    "Readers",
    "Standby",
    "alone",
    "archive_to",
    "archived",
    "check_database",
    "check_place",
    "columns_of",
    "connect",
    "copy_base",
    "covered",
    "covers",
    "find_binaries",
    "forget_log_before",
    "hosts_of",
    "is_address",
    "is_down",
    "join",
    "make_database",
    "migrate",
    "move_to",
    "older_connections",
    "open_lane",
    "open_pool",
    "reaches",
    "read_migrations",
    "restore_base",
    "scopes",
    "sentence_of",
    "standbys_of",
    "start_cluster",
    "still_there",
    "stop_cluster",
    "waiting",
]
