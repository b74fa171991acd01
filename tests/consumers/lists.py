"""Lists of invented names in every shape that a real list has, and the names beside them that must still resolve."""

from collections.abc import Iterable, Sequence

from blocklist.content import Content, Gone, Line, Listed, canary_line
from casefile.hostname import Door, unicode_of
from casefile.records import Canary, Cause, Scope
from tests.consumers.documented import ORIGIN

DOOR = Door(("example", "test", "kz.example"))
SERIAL = 2026112100
CANARY = Canary(listed="listed.canary.mirrorwatch.example", free="free.canary.mirrorwatch.example", since=SERIAL)
CYRILLIC = "казино ставка слоты рулетка джекпот".split()
EXACT, SUBDOMAINS = Scope.EXACT, Scope.SUBDOMAINS


def content(names: Iterable[Listed], serial: int = SERIAL, *, before: Content | None = None) -> Content:
    """A release of these names and the canary; `before` is the one that it follows, which says what is new and what is gone."""
    older = {line.name: line.since for line in before.lines} if before else {}
    listed = [_line(one, older.get(one.name, serial)) for one in names]
    lines = [canary_line(CANARY), *listed]
    left = sorted(older.keys() - {line.name for line in lines})
    return Content(
        serial=serial, previous=before.serial if before else 0, made_at="2026-11-21T00:00:00Z", origin=ORIGIN, block_page="blocked.mirrorwatch.example",
        block_address="192.0.2.1", lines=tuple(sorted(lines, key=lambda line: line.name)),
        gone=tuple(Gone(name=name, cause=Cause.DECISION.value, reason="appeal upheld") for name in left),
    )  # fmt: skip


def _line(one: Listed, since: int) -> Line:
    return Line(
        name=one.name, unicode_name=unicode_of(one.name), scope=one.scope.value, family="f1", reason="gambling operator", legal_act="282-1",
        listed_at="2026-11-20T00:00:00Z", expires_at="2027-02-18T00:00:00Z", since=since, changed=since,
    )  # fmt: skip


def made_up(count: int = 1000) -> tuple[Listed, ...]:
    """`count` names, sorted: with and without their subdomains, hosts of a name, tenants, one under another, A-labels, long ones, two too long for a zone."""
    made: dict[str, Scope] = {}
    for number in range(20):
        made[f"over-{number}.example"] = SUBDOMAINS
        made[f"m.over-{number}.example"] = SUBDOMAINS if number % 2 else EXACT
        made[f"apart-{number}.example"] = EXACT
        made[f"www.apart-{number}.example"] = EXACT
    for length in (*range(120, 229, 9), 229, 240, 250):
        made[long_name(length, "long")] = SUBDOMAINS
        made[long_name(length, "alone")] = EXACT
    for number in range(count // 10):
        word = CYRILLIC[number % len(CYRILLIC)]
        made[DOOR.parse(f"{word}-{number}.example").name] = SUBDOMAINS if number % 3 else EXACT
        made[f"tenant-{number}.pages.test"] = EXACT
        made[f"www.bet-{number}.kz.example"] = SUBDOMAINS if number % 2 else EXACT
    number = 0
    while len(made) < count:
        number += 1
        made[f"casino-{number}.{'example' if number % 2 else 'test'}"] = EXACT if number % 4 == 0 else SUBDOMAINS
    return tuple(Listed(name, made[name]) for name in sorted(made))


def long_name(length: int, start: str) -> str:
    """A name of exactly `length` octets in text form."""
    room = length - len(f"{start}-{length}.example")
    labels = []
    while room > 0:
        size = min(63, room - 1)
        labels.append("a" * (size if room - 1 - size != 1 else size - 1))
        room -= len(labels[-1]) + 1
    return ".".join([f"{start}-{length}", *labels, "example"])


def blocked_by(view: Iterable[Listed], name: str) -> bool:
    """Whether a list that says `view` blocks `name`."""
    return _blocked({one.name: one.scope for one in view}, name)


def split(view: Iterable[Listed], names: Iterable[str]) -> tuple[set[str], set[str]]:
    """Which of `names` a list that says `view` blocks, and which it lets through."""
    known = {one.name: one.scope for one in view}
    blocked = {name for name in names if _blocked(known, name)}
    return blocked, set(names) - blocked


def _blocked(known: dict[str, Scope], name: str) -> bool:
    if name in known:
        return True
    while "." in name:
        name = name.partition(".")[2]
        if known.get(name) is SUBDOMAINS:
            return True
    return False


def beside(names: Sequence[str]) -> list[str]:
    """Names that a careless reader of the list would block too: one letter more, the parent, a sibling, the name as a label of another."""
    found = []
    for name in names:
        label, _, rest = name.partition(".")
        found += [f"x{name}", f"sibling.{rest}", f"{label}-2.{rest}"]
        if "." in rest:
            found.append(rest)
        found.append(f"{label}.example.innocent.test")
    return [name for name in dict.fromkeys(found) if len(name) <= 253 and len(name.partition(".")[0]) <= 63]


def below(names: Iterable[str]) -> list[str]:
    """A name under each, where there is room for one."""
    return [f"sub.{name}" for name in names if len(name) <= 249]
