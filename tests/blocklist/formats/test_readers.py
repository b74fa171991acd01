"""Readers take what the writers write and nothing else: what a resolver would stumble over, or obey, is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocklist.formats import Format, misp_manifest, rpz
from casefile.records import Scope
from tests.blocklist.formats import hostile
from tests.blocklist.formats.samples import PURE, SERIAL, SMALL, content, gone, line

FULL = content(
    line("a.example", since=SERIAL),
    line("b.example", Scope.SUBDOMAINS, since=SERIAL),
    line("c.example", changed=SERIAL),
    left=(gone("d.example"), gone("e.example")),
)


@pytest.mark.parametrize("form", PURE, ids=lambda form: form.NAME)
def test_a_reader_refuses_what_would_break_a_resolver(form: Format) -> None:
    data = form.write(FULL)
    broken = {
        "byte order mark": b"\xef\xbb\xbf" + data,
        "CRLF": data.replace(b"\n", b"\r\n"),
        "cut in its last line": data[:-1],
        "twice": data + data,
        "a blank line at the end": data + b"\n",
        "a blank line at the start": b"\n" + data,
        "a byte that is not UTF-8": data[:-1] + b"\xff\n",
        "NUL": data[:-1] + b"\0\n",
        "a character that does not print at the end": data[:-1] + b"\x1b\n",
        "UTF-16": data.decode().encode("utf-16"),
    }
    for what, bad in broken.items():
        with pytest.raises(ValueError, match=r"\w"):
            print(what, form.read(bad))


@pytest.mark.parametrize("form", [one for one in PURE if one is not misp_manifest], ids=lambda form: form.NAME)
def test_a_file_cut_anywhere_is_refused_or_seen_to_hold_less(form: Format) -> None:
    data, whole = form.write(FULL), form.view(FULL)
    for end in range(len(data)):
        try:
            found = form.read(data[:end])
        except ValueError:
            continue
        assert found != whole, end


@pytest.mark.parametrize("form", [one for one in PURE if one is not misp_manifest], ids=lambda form: form.NAME)
def test_lines_in_another_order_or_twice_are_refused(form: Format) -> None:
    lines = form.write(FULL).decode().splitlines(keepends=True)
    for number in range(len(lines) - 1):
        for changed in ([*lines[:number], lines[number + 1], lines[number], *lines[number + 2 :]], [*lines[: number + 1], *lines[number:]]):
            if changed != lines:
                with pytest.raises(ValueError, match=r"\w"):
                    form.read("".join(changed).encode())


STRAY = [
    "# comment", "; comment", "! comment", "// comment", "", " ", "x", "$INCLUDE /etc/passwd", "$GENERATE 1-9 h$ CNAME .", "$ORIGIN com.", "$TTL 1",
    "* CNAME .", "*.com CNAME .", "*.zz.example CNAME .", "zz.example. CNAME .", "zz.example A 192.0.2.1", "zz.example CNAME rpz-passthru.",
    "zz.example CNAME rpz-passthru", "zz.example CNAME *.", "zz.example CNAME . ; x", "zz.example\tCNAME\t.", "zz.example 300 CNAME .",
    "32.1.0.0.127.rpz-client-ip CNAME rpz-drop.", "24.0.2.0.192.rpz-ip CNAME .", "zz.example CNAME .zz.example", "com CNAME .", "zz.example IN CNAME .",
    'local-zone: "zz.example." redirect', 'local-zone: "zz.example" always_nxdomain', 'local-data: "zz.example. A 192.0.2.1"', 'include: "/etc/passwd"',
    "forward-zone:", "local-data: 'zz.example. 300 IN TXT blocked'", 'local-zone: "zz.example." transparent', 'local-zone: "com." always_nxdomain',
    "conf-file=/etc/passwd", "server=192.0.2.53", "server=/zz.example/192.0.2.53", "address=/zz.example/192.0.2.1", "address=/zz.example/#", "address=/#/192.0.2.1",
    "local=/yy.example/zz.example/", "server=/yy.example/zz.example/", "local=//", "local=/com/", "server=/*.zz.example/#", "local=/zz.example", "dhcp-script=/bin/sh",
    "127.0.0.1 zz.example", "0.0.0.0 zz.example", ":: zz.example", "0.0.0.0 zz.example yy.example", "0.0.0.0 localhost",
    ".com", "..zz.example", ".zz.example.", "zz.example yy.example", "*", "*.zz.example", "192.0.2.1", "192.0.2.0/24", "2001:db8::/32", "/regex/",
    "~^zz 1;", "zz.example 0;", "*.zz.example 1;", "include /etc/passwd;", "default 1;", ".zz.example 1; 1;", "zz.example 1", "hostnames;",
    "||zz.example^$important", "@@||zz.example^", "||com^", "|http://zz.example^", "||zz.example", "zz.example##.ad", "/zz/",
    "enouZXhhbXBsZQ", "enouZXhhbXBsZQ==\n", "Y29t", "!!!!", "=", "zz.example\tdecision", "zz.example\twhim\tx", "zz.example\tdecision\t", "zz.example\tdecision\tx\ty",
    "<!DOCTYPE register>", "<entry/>", "<!-- x -->", "<?xml-stylesheet href='x'?>", "{}", "[]", "null", "{},", "zz.example,zz.example,exact",
]  # fmt: skip
"""Lines that are in no file of ours; `zz.example` would stand last, in its place."""


@pytest.mark.parametrize("stray", [*STRAY, *hostile.INJECTIONS], ids=ascii)
def test_a_stray_line_is_refused_wherever_it_stands(stray: str) -> None:
    for form in PURE:
        lines = form.write(FULL).decode().splitlines()
        for number in range(len(lines) + 1):
            bad = "".join(f"{one}\n" for one in [*lines[:number], stray, *lines[number:]]).encode()
            with pytest.raises(ValueError, match=r"\w"):
                print(form.NAME, number, form.read(bad))


@settings(max_examples=300, deadline=None)
@given(stray=st.text(alphabet=st.characters(exclude_characters="\n"), max_size=30), place=st.floats(0, 1))
def test_any_stray_line_is_refused_or_is_a_name_more(stray: str, place: float) -> None:
    for form in PURE:
        lines = form.write(FULL).decode().splitlines()
        number = round(place * len(lines))
        try:
            found = form.read("".join(f"{one}\n" for one in [*lines[:number], stray, *lines[number:]]).encode())
        except (ValueError, UnicodeEncodeError):
            continue
        assert set(form.view(FULL)) < set(found), (form.NAME, stray)


@pytest.mark.parametrize("missing", [1, 2, 3])
def test_a_policy_zone_wants_its_head(missing: int) -> None:
    lines = rpz.write(SMALL).split(b"\n")
    del lines[missing]
    with pytest.raises(ValueError, match="begin"):
        rpz.read(b"\n".join(lines))


def test_a_torn_pair_is_refused_or_seen_to_say_something_else() -> None:
    """One line without the other would leak the true address, or block what lies under an exact name."""
    said = content(line("a.example"), line("b.example", Scope.SUBDOMAINS))
    torn = 0
    for form in PURE:
        lines = form.write(said).decode().splitlines(keepends=True)
        for name in ("a.example", "b.example"):
            pair = [number for number, text in enumerate(lines) if name in text]
            for number in pair if len(pair) > 1 else ():
                torn += 1
                try:
                    found = form.read("".join([*lines[:number], *lines[number + 1 :]]).encode())
                except ValueError:
                    continue
                assert found != form.view(said), form.NAME
    assert torn >= 20
