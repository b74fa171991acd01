"""`latest` is a link, and where it is none nothing is committed that could not be shown."""

import shutil
from pathlib import Path

import pytest

from blocklist import staging
from blocklist.disk import Disk
from blocklist.release import finish_interrupted
from casefile import queries
from casefile.errors import CasefileError, UsageError
from tests.blocklist.conftest import Desk

SAID = r"releases/latest is no link: remove it and run the same command again.*rsync -a or cp -a"


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_first_publish_is_refused_before_anything_is_kept(desk: Desk, kind: str) -> None:
    desk.approved("a.example")
    latest = desk.releases / "latest"
    desk.releases.mkdir()
    latest.mkdir() if kind == "folder" else latest.write_text("2026112000\n")
    with pytest.raises(UsageError, match=SAID):
        desk.publish()
    assert queries.latest_release(desk.case) is None
    assert [path.name for path in desk.releases.iterdir()] == ["latest"]
    latest.rmdir() if kind == "folder" else latest.unlink()
    assert desk.publish() is not None and desk.names() == ["a.example"]


def test_a_copy_that_followed_the_link_is_named_and_never_removed_by_us(desk: Desk) -> None:
    desk.approved("a.example")
    desk.publish()
    latest = desk.releases / "latest"
    there = latest.resolve()
    latest.unlink()
    shutil.copytree(there, latest)
    desk.a_moment_later()
    desk.approved("b.example")
    for step in (desk.publish, lambda: finish_interrupted(desk.case, desk.releases)):
        with pytest.raises(UsageError, match=SAID):
            step()
    assert desk.names() == ["a.example"]
    assert [one.host.name for one in queries.listed_entries(desk.case)] == ["a.example"]
    Disk().remove(latest)
    desk.publish()
    assert desk.names() == ["a.example", "b.example"]


def test_trying_a_link_leaves_nothing(tmp_path: Path) -> None:
    staging.try_link(tmp_path)
    (tmp_path / staging.NEW_LATEST).symlink_to("2026112000")  # what a kill left
    staging.try_link(tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "latest").symlink_to("2026112000")
    staging.try_link(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["latest"]


def test_a_disk_without_links_is_told_before_anything_is_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """As FAT and exFAT answer."""

    def no_links(path: Path, target: object) -> None:
        raise PermissionError(1, "Operation not permitted", str(path), None, str(target))

    desk.keys.make()
    desk.approved("a.example")
    with monkeypatch.context() as fat:
        fat.setattr(Path, "symlink_to", no_links)
        with pytest.raises(CasefileError, match=r"cannot write a release in .*: Operation not permitted"):
            desk.publish()
    assert queries.latest_release(desk.case) is None and list(desk.releases.iterdir()) == []
    assert desk.publish() is not None
