"""Files that others read while they are written: whoever opens one sees the old or the new content, never a half."""

import os
from pathlib import Path


def put_whole(target: Path, content: bytes, *, durable: bool = True) -> None:
    """Put a whole file in its place at once. `durable`: it is on disk when this returns, whatever happens then."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.new")
    with fresh.open("wb") as file:
        file.write(content)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    fresh.replace(target)
