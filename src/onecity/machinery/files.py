"""Files that others read while they are written: whoever opens one sees the old or the new content, never a half."""

import os
from pathlib import Path


def put_whole(target: Path, content: bytes, *, durable: bool = True, named: bool = True, private: bool = False) -> None:
    """Put a whole file in its place at once. `durable`: it is on disk when this returns, whatever happens then.

    Without `named` a power cut may bring back what stood there before, or nothing: for what can be made anew.
    `private`: nobody but its owner may read it, at no moment.
    """
    if durable and named:
        folder_on_disk(target.parent)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.new")
    if private:
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
    with fresh.open("wb") as file:
        file.write(content)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    fresh.replace(target)
    if durable and named:
        names_on_disk(target.parent)


def folder_on_disk(folder: Path, *, mode: int = 0o777) -> None:
    """A folder that is there when this returns, whatever happens then, with all that had to be made above it."""
    if folder.is_dir():
        return
    folder_on_disk(folder.parent, mode=mode)
    folder.mkdir(mode=mode, exist_ok=True)
    names_on_disk(folder.parent)


def names_on_disk(folder: Path) -> None:
    """Which files a folder has is on disk when this returns: without it a power cut may bring a replaced file back."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
