"""What a process holds open: its own files and the lines that its callers hung up, not those on which it is asked."""

import os
import socket
from pathlib import Path

from onecity.drills.load.meters import open_files


def test_lines_on_which_a_process_is_asked_are_not_its_own(tmp_path: Path) -> None:
    me = str(os.getpid())
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        before = open_files(me, port)
        with socket.create_connection(("127.0.0.1", port)) as caller:
            asked, _ = door.accept()
            # The caller's own end of the line lies in this process as well, at another port.
            assert open_files(me, port) == before + 1
            caller.close()
            assert open_files(me, port) == before + 1, "a line that was hung up and kept is a leak"
        asked.close()
        assert open_files(me, port) == before
        with (tmp_path / "kept").open("w"):
            assert open_files(me, port) == before + 1
