"""Decisions repeat: the real clock is read in one module, and chance has no part in what the city decides."""

import ast
from collections.abc import Iterator, Mapping
from typing import Final

from tests.architecture.house import Module, modules

CLOCK: Final[Mapping[str, str]] = {"onecity.bootstrap.moment": "the only reader of the real clock"}

DICE: Final[Mapping[str, str]] = {
    "onecity.analytics.spark": "the secret of a cluster that lives as long as a command",
    "onecity.bootstrap.founding": "draws the passwords and second factors of the simulated city",
    "onecity.casework.web.pages": "the idempotency key that a form carries",
    "onecity.governance.web.releasing": "the idempotency key that a form carries",
    "onecity.machinery.sealed": "nonces of sealed files",
    "onecity.governance.web.supervising": "the idempotency key that a form carries",
    "onecity.cli.case": "a command without an idempotency key is a new one",
    "onecity.cli.hall": "a command without an idempotency key is a new one",
    "onecity.cli.project": "the same",
    "onecity.cli.licence": "a command without an idempotency key is a new one",
    "onecity.cli.service": "a command without an idempotency key is a new one",
    "onecity.ledger.writer": "names of batches in the log",
    "onecity.ledger.facts": "nonces of locked fields",
    "onecity.licences.web.desk": "the idempotency key that a form carries",
    "onecity.licences.web.wallet": "the idempotency key that a form carries",
    "onecity.machinery.master_key": "the master key and nonces",
    "onecity.ledger.checkpoint": "keys that sign checkpoints",
    "onecity.machinery.key_hosts.shared": "keys, wrapped before they leave the machine",
    "onecity.machinery.key_hosts.store": "the name of a life of a disk",
    "onecity.machinery.keystore": "keys, and the nonces under which they lie",
    "onecity.machinery.web.api": "a request without an idempotency key is a new command",
    "onecity.machinery.web.entrance": "names of requests in the log",
    "onecity.machinery.web.forms": "a form without an idempotency key is a new command",
    "onecity.notices.post.simulated": "names of the files of the simulated post",
    "onecity.notices.web.post": "the idempotency key that a form carries",
    "onecity.payments.port.simulated": "references in the book of the simulated port",
    "onecity.payments.web.cashier": "the idempotency key that a form carries",
    "onecity.payments.web.finance": "the idempotency key that a form carries",
    "onecity.people.invitations": "secrets of new second factors",
    "onecity.people.reads": "the id of a look, and of the batch in which it enters the tree",
    "onecity.people.recovery": "codes to telephones, and the key of the fact that tells of a new password",
    "onecity.people.roll": "the id of somebody whom a register knows and the city meets for the first time",
    "onecity.people.signin": "tokens of sessions",
    "onecity.people.web.absence": "the idempotency key that a form carries",
    "onecity.people.web.account": "the idempotency key that a form carries",
    "onecity.people.web.door": "the idempotency key that a form carries",
    "onecity.people.web.lost": "the idempotency key that a form carries",
    "onecity.people.web.mandates": "the idempotency key that a form carries",
    "onecity.people.web.officers": "the idempotency key that a form carries",
    "onecity.people.web.reads": "the idempotency key that a form carries",
    "onecity.people.web.setup": "the idempotency key that a form carries",
    "onecity.registers.registers": "nonces of sealed rows",
    "onecity.governance.web.desk": "idempotency keys of forms",
    "onecity.governance.web.hotline": "idempotency keys of forms",
    "onecity.governance.web.patrol": "idempotency keys of forms",
    "onecity.governance.web.patrol_reporting": "idempotency keys of forms",
    "onecity.governance.web.reporting": "idempotency keys of forms",
    "onecity.governance.usecases.keys": "keys of programs",
    "onecity.governance.usecases.hooks": "ids of hooks, from which their secrets follow",
    "onecity.governance.web.hooks": "idempotency keys of forms",
    "onecity.cli.parcel": "the idempotency key of a command",
    "onecity.cli.parts": "the idempotency key of a command",
    "onecity.services.drafts": "the idempotency key of an application that is begun, and nonces",
    "onecity.services.web.adding": "the idempotency key that a form carries",
    "onecity.services.web.amending": "the idempotency key that a form carries",
    "onecity.services.web.composing": "the idempotency key that a form carries",
    "onecity.services.web.preparing": "the idempotency key that a form carries",
    "onecity.services.web.calling": "the idempotency key that a form carries",
    "onecity.services.web.overseeing": "the idempotency key that a form carries",
    "onecity.services.web.projects": "the idempotency key that a form carries",
    "onecity.services.web.queueing": "the idempotency key that a form carries",
    "onecity.services.web.confirming": "the idempotency key that a form carries",
    "onecity.services.web.desk": "the idempotency key that a form carries",
    "onecity.services.web.feedback": "the idempotency key that a form carries",
    "onecity.services.web.ratings": "the idempotency key that a form carries",
    "onecity.services.web.timing": "the idempotency key that a form carries",
    "onecity.services.web.posting": "the idempotency key that a form carries",
    "onecity.services.web.post_room": "the idempotency key that a form carries",
    "onecity.services.web.hands": "the idempotency key that a form carries",
    "onecity.services.web.window": "the idempotency key that a form carries",
    "onecity.services.web.joint": "the idempotency key that a form carries",
    "onecity.licences.web.renewals": "the idempotency key that a form carries",
}

ROOMS: Final[Mapping[str, str]] = {"onecity.drills.": "chance chooses where a drill hurts, and who comes when"}
"""Rooms in which nothing is decided about anybody."""

_CLOCKS: Final = {"datetime", "date", "time"}
_READS: Final = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime"}
_ROLLS: Final = {"uuid1", "uuid4", "urandom", "getrandom", "random_base32", "generate_key"}
_DICE_MODULES: Final = {"random", "secrets"}


def clock_reads(module: Module) -> Iterator[str]:
    """Where a module asks what time it is. How long something takes (`monotonic`, `perf_counter`) is no such question."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in _READS:
            of = node.value
            # `TOTP(secret).now()` reads the clock as well; `site.now()` is the clock that the city was given.
            if (isinstance(of, ast.Name) and of.id in _CLOCKS) or isinstance(of, ast.Call):
                yield module.at(node)
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (module.at(node) for name in node.names if name.name in _READS)


def rolls(module: Module) -> Iterator[str]:
    """Where a module rolls dice."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (module.at(node) for name in node.names if name.name in _DICE_MODULES)
        elif isinstance(node, ast.ImportFrom):
            if node.module in _DICE_MODULES or any(name.name in _ROLLS for name in node.names):
                yield module.at(node)
        elif isinstance(node, ast.Attribute) and node.attr in _ROLLS:
            yield module.at(node)


def test_only_one_module_reads_the_clock() -> None:
    found = {module.name: list(clock_reads(module)) for module in modules()}
    assert [at for name, places in found.items() if name not in CLOCK for at in places] == []
    assert [name for name in CLOCK if not found[name]] == []


def test_dice_are_rolled_only_for_keys_nonces_and_names() -> None:
    found = {module.name: list(rolls(module)) for module in modules()}
    own = {name for name in found if name in DICE or name.startswith(tuple(ROOMS))}
    assert [at for name, places in found.items() if name not in own for at in places] == []
    assert [name for name in DICE if not found[name]] == []
