"""The top list: what an import takes, what it refuses, and how it is looked up."""

import gzip
import hashlib
import os
import random
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from blocklist.foreign import LONGEST_LINE
from blocklist.popular import NAME, SHOWN_BAD, Popular, PopularImport, import_popular, load, warning
from casefile.errors import StoreError, UsageError
from casefile.progress import Silent
from tests.conftest import StandingClock

MANY = 1_200
Import = Callable[..., PopularImport]


def ranked(number: int = MANY, first: int = 1) -> str:
    return "".join(f"{rank},site{rank}.com\n" for rank in range(first, first + number))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "guard"


@pytest.fixture
def imported(folder: Path, tmp_path: Path, clock: StandingClock) -> Import:
    """Writes `data` to a file and imports it."""

    def run(data: str | bytes, name: str = "top.csv", **options: int) -> PopularImport:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return import_popular(folder, path, clock=clock, progress=Silent(), **options)

    return run


def opened(folder: Path) -> Popular:
    found = load(folder)
    assert found is not None
    return found


def test_a_list_in_trancos_form(imported: Import, folder: Path, clock: StandingClock) -> None:
    done = imported(ranked())
    found = opened(folder)
    assert (done.count, done.bad, done.repeated) == (MANY, 0, 0)
    assert [found.rank(name) for name in ("site1.com", "site7.com", f"site{MANY}.com")] == [1, 7, MANY]
    assert [found.rank(name) for name in ("site0.com", "ite7.com", "site7.co", "www.site7.com", "com", "")] == [0] * 6
    assert (found.count, found.source, found.imported_at, found.sha256) == (
        MANY,
        "top.csv",
        clock(),
        hashlib.sha256(ranked().encode()).hexdigest(),
    )


@pytest.mark.parametrize(
    "data",
    [
        ranked().replace("\n", "\r\n"),
        "\ufeff" + ranked(),
        "".join(f"site{rank}.com\n" for rank in range(1, MANY + 1)),
        "# a comment\n\n" + "".join(f"SITE{rank}.com.\n" for rank in range(1, MANY + 1)),
        gzip.compress(ranked().encode()),
    ],
    ids=["CRLF", "byte order mark", "bare names", "comments, capitals, dots", "gzip, whatever its name"],
)
def test_the_same_list_in_other_forms(imported: Import, folder: Path, data: str | bytes) -> None:
    done = imported(data)
    found = opened(folder)
    assert (done.count, done.bad) == (MANY, 0)
    assert [found.rank(f"site{rank}.com") for rank in range(1, MANY + 1)] == list(range(1, MANY + 1))


def zipped(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def test_a_zip_of_one_member(folder: Path, tmp_path: Path, clock: StandingClock) -> None:
    path = zipped(tmp_path / "top-1m.csv.zip", **{"top-1m.csv": ranked()})
    assert import_popular(folder, path, clock=clock, progress=Silent()).count == MANY


def test_names_of_other_scripts_are_kept_as_a_labels(imported: Import, folder: Path) -> None:
    imported(ranked() + f"{MANY + 1},банк.қаз\n")
    assert opened(folder).rank("банк.қаз".encode("idna").decode()) == MANY + 1


def test_of_a_name_that_comes_twice_the_first_rank_counts(imported: Import, folder: Path) -> None:
    assert imported(ranked() + "9999,site3.com\n").repeated == 1
    assert opened(folder).rank("site3.com") == 3


def test_only_the_first_names_where_so_asked(imported: Import, folder: Path) -> None:
    assert imported(ranked(), top=5).count == 5
    assert [opened(folder).rank(f"site{rank}.com") for rank in (5, 6)] == [5, 0]


def test_what_lies_below_a_name_is_known_too(imported: Import, folder: Path) -> None:
    imported(ranked() + "4000,c.b.site9.com\n5000,a.b.site9.com\n")
    found = opened(folder)
    assert {name: (found.rank(name), found.below(name)) for name in ("site9.com", "b.site9.com", "a.b.site9.com", "site8.com")} == {
        "site9.com": (9, 4000),
        "b.site9.com": (0, 4000),
        "a.b.site9.com": (5000, 0),
        "site8.com": (8, 0),
    }


HOSTILE = [
    "x\x1b]52;c;x\x07.com", "a b.com", "-a.com", "a..com", "=cmd|'calc'.com", "10.0.0.1", "com", "*.com", "a\x00b.com", "\u202eevil.com",
    "a/b.com", "evil.onion", "32.1.0.0.127.rpz-client-ip",
]  # fmt: skip


def test_bad_lines_are_counted_and_the_first_are_named(imported: Import, folder: Path) -> None:
    done = imported(ranked(2_000) + "".join(f"9,{name}\n" for name in HOSTILE) + "0,rank-nought.com\n" + "a" * 9_999 + "\n1,ok.com,more\n")
    assert (done.count, done.bad, len(done.first_bad)) == (2_000, len(HOSTILE) + 3, SHOWN_BAD)
    assert done.first_bad[0] == r"line 2001: 9,x\x1b]52;c;x\x07.com: character '\x1b' cannot stand in a host name"
    assert all(line.isprintable() for line in done.first_bad)
    assert opened(folder).rank("rank-nought.com") == 0


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("", "holds 0 names"),
        (ranked(999), "holds 999 names"),
        ("1,site1.com\n" * 5_000, "holds 1 names"),
        (ranked(1_000) + "a b\n" * 11, r"11 bad lines of 1011 .*more than 1 %"),
        (random.Random(1).randbytes(100_000), "bad lines"),
        (gzip.compress(ranked().encode())[:-20], "cannot read .*fetch it again"),
        (gzip.compress(ranked().encode())[:500], "cannot read .*fetch it again"),
        (b"PK\x03\x04 and no archive", "cannot read .*fetch it again"),
        (ranked(1_100) + "1101,po", "next.csv ends within a line: it was cut"),
        (ranked().removesuffix("\n"), "ends within a line"),
        (b"a" * (LONGEST_LINE * 3_000), "holds 0 names and 1 bad lines"),
    ],
)
def test_what_is_no_top_list_is_refused_and_the_last_one_stands(imported: Import, folder: Path, data: str | bytes, says: str) -> None:
    imported(ranked())
    with pytest.raises(UsageError, match=says):
        imported(data, name="next.csv")
    assert opened(folder).source == "top.csv"
    assert [path.name for path in folder.iterdir()] == [NAME]


def test_a_list_under_half_as_long_as_the_last_one_is_refused_unless_it_was_asked_for(imported: Import, folder: Path) -> None:
    imported(ranked(3_000))
    with pytest.raises(UsageError, match=r"1,499 names, the last list \(top\.csv\) 3,000: .* say --top 1499"):
        imported(ranked(1_499), name="next.csv")
    assert opened(folder).rank("site2000.com") == 2_000
    assert imported(ranked(1_499), top=1_499).count == 1_499
    assert imported(ranked(3_000)).count == 3_000
    assert imported(ranked(1_500)).count == 1_500


def test_a_damaged_last_list_does_not_stand_in_the_way_of_a_good_one(imported: Import, folder: Path) -> None:
    imported(ranked(3_000))
    (folder / NAME).write_bytes(b"")
    assert imported(ranked(1_000)).count == 1_000


def test_an_archive_proves_its_own_end(imported: Import) -> None:
    assert imported(gzip.compress(ranked().removesuffix("\n").encode())).count == MANY


@pytest.mark.parametrize(
    ("octet", "times", "says"),
    [(b"a", 250_000_000, "unpacks to more than 200,000,000 octets"), (b"\n", 6_000_000, "has more than 5,000,000 lines")],
)
def test_a_bomb_is_refused(imported: Import, folder: Path, octet: bytes, times: int, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        imported(gzip.compress(octet * times, 1))
    assert load(folder) is None


def test_a_zip_of_two_members_and_a_file_that_is_none(folder: Path, tmp_path: Path, clock: StandingClock) -> None:
    two = zipped(tmp_path / "two.zip", a=ranked(), b=ranked())
    for path, says in ((two, "holds 2 files"), (tmp_path, "no file at"), (tmp_path / "none\x1b.csv", r"none\\x1b.csv")):
        with pytest.raises(UsageError, match=says):
            import_popular(folder, path, clock=clock, progress=Silent())


def test_there_is_none_before_the_first_import(folder: Path) -> None:
    assert load(folder) is None


@pytest.mark.parametrize("part", ["nothing", "cut", "flipped", "other"])
def test_a_damaged_file_is_an_error_and_not_a_hole(imported: Import, folder: Path, part: str) -> None:
    imported(ranked())
    path = folder / NAME
    data = bytearray(path.read_bytes())
    data[-40] ^= 1
    path.write_bytes({"nothing": b"", "cut": path.read_bytes()[:-10], "flipped": bytes(data), "other": b"{}" * 500}[part])
    with pytest.raises(UsageError, match=r"damaged .*guard update FILE"):
        load(folder)


def test_a_list_that_is_replaced_still_answers_whoever_has_it_open(imported: Import, folder: Path) -> None:
    imported(ranked())
    before = opened(folder)
    imported(ranked(first=5_000), name="next.csv")
    assert (before.rank("site7.com"), opened(folder).rank("site7.com"), opened(folder).rank("site5000.com")) == (7, 0, 5_000)


def test_a_folder_that_cannot_be_written(tmp_path: Path, clock: StandingClock) -> None:
    (tmp_path / "top.csv").write_text(ranked())
    (tmp_path / "taken").write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="the last list stands"):
        import_popular(tmp_path / "taken", tmp_path / "top.csv", clock=clock, progress=Silent())


def test_what_a_killed_import_left_behind_does_no_harm(imported: Import, folder: Path) -> None:
    imported(ranked())
    (folder / f"{NAME}.partial").write_bytes(b"begun")
    assert opened(folder).rank("site7.com") == 7
    imported(ranked(first=5_000))
    assert [path.name for path in folder.iterdir()] == [NAME]


def test_equal_lists_give_equal_files(imported: Import, folder: Path) -> None:
    imported(ranked())
    first = (folder / NAME).read_bytes()
    imported(ranked())
    assert (folder / NAME).read_bytes() == first


def test_it_is_fresh_for_thirty_days(imported: Import, folder: Path, clock: StandingClock) -> None:
    imported(ranked())
    found = opened(folder)
    now = clock()
    fresh = [found.is_fresh(now + delta) for delta in (timedelta(0), timedelta(days=30), timedelta(days=30, seconds=1), timedelta(days=-1))]
    assert fresh == [True, True, False, False]


def test_the_warning_says_what_to_do(imported: Import, folder: Path, clock: StandingClock) -> None:
    assert "no top list was imported" in warning(None, clock())
    imported(ranked())
    assert warning(load(folder), clock()) == ""
    late = warning(load(folder), clock() + timedelta(days=31))
    assert "imported on 2026-11-20" in late and "guard update FILE" in late and "only propose" in late


def test_every_name_is_found_whatever_its_bucket(imported: Import, folder: Path) -> None:
    names = [f"{os.urandom(6).hex()}.{suffix}" for suffix in ("com", "kz", "co.uk") for _ in range(2_000)]
    imported("".join(f"{name}\n" for name in names))
    found = opened(folder)
    assert [found.rank(name) for name in names] == list(range(1, len(names) + 1))
    assert not any(found.rank(f"x{name}") or found.rank(name[1:]) or found.rank(name[:-1]) for name in names)
