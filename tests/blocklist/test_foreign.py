"""Files that others made: how they are cut into lines, and that the short way to a name is the long one's."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blocklist.foreign import CHUNK, LONGEST_LINE, name_of, opened
from casefile.errors import HostnameRefused, UsageError
from casefile.hostname import normalise

LABELS = st.text("ab-x0nz9_Aя.", min_size=1, max_size=12) | st.sampled_from(["xn--80ak", "onion", "rpz-ip", "a" * 63, "a" * 64, "127"])


def outcome(read: object, text: str) -> str:
    try:
        return str(read(text))  # type: ignore[operator]
    except HostnameRefused as error:
        return f"refused: {error.reason}"


@given(st.lists(LABELS, min_size=1, max_size=6).map(".".join))
@example("a.com\n")
@example("a.rpz-client-ip")
@example(".".join(["a" * 49] * 5) + ".com")
@example(".".join(["a" * 49] * 5) + ".come")
def test_the_short_way_to_a_name_says_what_the_door_says(text: str) -> None:
    assert outcome(name_of, text) == outcome(normalise, text)


@given(st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\n", b"").rstrip(b"\r")), min_size=1, max_size=20), st.booleans())
def test_lines_come_as_they_stand_whatever_ends_them(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], dos: bool) -> None:
    path = tmp_path_factory.mktemp("lines") / "list"
    path.write_bytes(b"x" + b"".join(line + (b"\r\n" if dos else b"\n") for line in lines))
    with opened(path) as foreign:
        found = list(foreign.lines())
    assert found == [b"x" + lines[0], *lines[1:]]


@pytest.mark.parametrize("before", [CHUNK - 2, CHUNK - 1, CHUNK, CHUNK + 1])
def test_a_line_that_is_too_long_is_cut_and_the_next_is_whole(tmp_path: Path, before: int) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"a" * before + b"\nnext.example\r\nlast.example")
    with opened(path) as foreign:
        first, *rest = foreign.lines()
    assert len(first) == LONGEST_LINE + 1
    assert rest == [b"next.example", b"last.example"]


def test_what_was_looked_at_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"a.example\n")
    with opened(path) as foreign:
        assert (foreign.peek(), foreign.peek(), foreign.read(), foreign.read()) == (b"a.example\n", b"a.example\n", b"a.example\n", b"")


def test_what_is_read_is_counted_across_pieces(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"a" * (CHUNK + 10))
    with opened(path, CHUNK + 9) as foreign, pytest.raises(UsageError, match="unpacks to more than"):
        list(foreign.lines())
