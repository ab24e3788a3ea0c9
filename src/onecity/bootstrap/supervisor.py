"""What watches over the process, and hears how far it is: systemd, or whatever speaks as it does.

Source: sd_notify(3), the protocol: one datagram of `KEY=value` lines to the socket of NOTIFY_SOCKET.
"""

import os
import socket
from collections.abc import Mapping
from typing import Final

import structlog

_LOG: Final = structlog.get_logger("onecity.supervisor")
READY: Final = "READY=1"
STOPPING: Final = "STOPPING=1"


def tell_supervisor(state: str, environment: Mapping[str, str] = os.environ) -> None:
    """Tell whoever started the service how far it is; nobody hears it where nobody asked."""
    named = environment.get("NOTIFY_SOCKET", "")
    if not named:
        return
    # An @ stands for the zero byte with which the name of an abstract socket begins.
    where = f"\0{named[1:]}" if named.startswith("@") else named
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as found:
            found.sendto(state.encode(), where)
    except OSError as failure:
        # The city is as well as it says; who waits for the word ends it by its own patience.
        _LOG.warning("the supervisor does not hear", why=failure.strerror)
