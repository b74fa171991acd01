"""The few file-system steps of publishing, each durable when it returns; tests hand in one that fails at a chosen step."""

import os
import shutil
from pathlib import Path


class Disk:
    """Writes, renames and switches; every method raises `OSError` as the system says it."""

    def make_folder(self, folder: Path) -> None:
        """An empty folder, its parents too; what lay there is removed."""
        self.remove(folder)
        new = not folder.parent.exists()
        folder.mkdir(parents=True)
        if new:
            self.sync_folder(folder.parent.parent)

    def write(self, path: Path, data: bytes) -> None:
        """A file, synced."""
        with path.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())

    def sync_folder(self, folder: Path) -> None:
        """Make the names in a folder durable."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def rename(self, old: Path, new: Path) -> None:
        """One atomic rename; a file or link at `new` is replaced."""
        old.replace(new)

    def link(self, path: Path, target: str) -> None:
        """A symbolic link to `target`."""
        path.unlink(missing_ok=True)
        path.symlink_to(target)

    def remove(self, path: Path) -> None:
        """A folder with all in it, or a link; nothing where there is none."""
        if path.is_symlink():
            path.unlink()
        elif path.exists():
            shutil.rmtree(path)
