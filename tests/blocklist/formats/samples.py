"""Contents of releases for the tests of the formats."""

from dataclasses import replace

from hypothesis import strategies as st

from blocklist.content import CANARY, ENTRY, Content, Gone, Line
from blocklist.formats import FORMATS, dossier
from casefile.hostname import Door
from casefile.records import Scope

DOOR = Door(("example", "test"))
SERIAL = 2026112101
BEFORE = 2026112100
PURE = tuple(one for one in FORMATS if one is not dossier)
"""The formats that need no case file."""


def line(name: str, scope: Scope = Scope.EXACT, since: int = BEFORE, changed: int = 0, family: str = "f1") -> Line:
    return Line(
        name=name, unicode_name=DOOR.parse(name).unicode_name, scope=scope.value, family=family, reason="gambling operator", legal_act="7/2026",
        listed_at="2026-11-20T20:00:00Z", expires_at="2027-02-18T20:00:00Z", since=since, changed=changed or since,
    )  # fmt: skip


def gone(name: str, reason: str = "expired on 2026-11-20", cause: str = "expiry") -> Gone:
    return Gone(name=name, cause=cause, reason=reason)


def content(*lines: Line, left: tuple[Gone, ...] = (), origin: str = "rpz.mirrorwatch.example") -> Content:
    return Content(
        serial=SERIAL, previous=BEFORE, made_at="2026-11-20T20:00:00Z", origin=origin, block_page="blocked.mirrorwatch.example",
        block_address="192.0.2.1", lines=tuple(sorted(lines, key=lambda one: one.name)), gone=left,
    )  # fmt: skip


SMALL = content(
    line("casino-1.example", Scope.SUBDOMAINS),
    line("m.casino-1.example"),
    line("www.casino-2.example", since=SERIAL),
    line("xn--80aswg.example", Scope.SUBDOMAINS, changed=SERIAL, family="=1+1"),
    left=(gone("old.example"),),
)
"""A name with its subdomains, an exact name under it, a new one, a changed one in another script, and one that left."""


LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True).filter(lambda label: label[2:4] != "--")
NAMES = (
    st.lists(st.one_of(st.sampled_from("ab"), LABELS), min_size=1, max_size=9)
    .map(lambda labels: ".".join([*labels, "example"]))
    .filter(lambda name: len(name) <= 253)
)
TEXT = st.text(max_size=30)


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """Any small list, its names often one under another, with any text where texts stand."""
    names = draw(st.sets(NAMES, max_size=12))
    left = draw(st.sets(NAMES, max_size=5)) - names
    lines = []
    for name in sorted(names):
        since, changed = draw(st.sampled_from([(BEFORE, BEFORE), (BEFORE, SERIAL), (SERIAL, SERIAL)]))
        made = line(name, draw(st.sampled_from(Scope)), since, changed, draw(TEXT))
        lines.append(replace(made, legal_act=draw(TEXT), reason=draw(TEXT), kind=draw(st.sampled_from([ENTRY, CANARY]))))
    return content(*lines, left=tuple(gone(name, draw(TEXT.filter(bool))) for name in sorted(left)))
