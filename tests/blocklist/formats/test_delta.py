"""A delta applied to the last list gives this one, to the byte, over any chain of releases."""

from dataclasses import dataclass, replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocklist.content import CANARY, Content, Gone, Line
from blocklist.formats import delta, entries_json, removed
from blocklist.formats.delta import apply_to, read_delta
from casefile.records import Cause, Scope
from tests.blocklist.formats.samples import SERIAL, SMALL, content, line

POOL = [f"{label}.example" for label in ("a", "b", "c", "d", "e", "f", "g", "h", "xn--80aswg", "a.b", "b.b")]
CANARIES = ["canary-1.test", "canary-2.test"]


@dataclass(frozen=True)
class Night:
    """What happens to the list in one night: places in `POOL` that are listed, renewed, given the other scope, taken off; which canary; the texts."""

    listed: frozenset[int]
    renewed: frozenset[int]
    turned: frozenset[int]
    taken: frozenset[int]
    relisted: frozenset[int]
    canary: int
    text: str


def night_of(chance: Random) -> Night:
    """Any night. Drawn from a seed: fifty of them piece by piece would take the property tests minutes."""

    def places() -> frozenset[int]:
        return frozenset(chance.sample(range(len(POOL)), chance.randint(0, 5)))

    text = "".join(chance.choice('ab"\\\n\x1b\u202eя😀\ud800') for _ in range(chance.randint(0, 6)))
    return Night(
        listed=places(), renewed=places(), turned=places(), taken=places(), relisted=places(), canary=chance.randint(0, 1), text=text
    )


SEEDS = st.integers(0, 1 << 32)


def after(lines: tuple[Line, ...], night: Night, serial: int) -> Content:
    """The release that a night makes of the last list."""
    now = {one.name: one for one in lines}
    left: dict[str, Gone] = {}
    for name in {POOL[place] for place in night.taken} & set(now):
        del now[name]
        left[name] = Gone(name=name, cause=Cause.EXPIRY.value, reason=night.text or "expired")
    for name in {POOL[place] for place in night.renewed} & set(now):
        now[name] = replace(now[name], expires_at=f"3{serial % 1000:03}-01-01T00:00:00Z", changed=serial)
    for name in {POOL[place] for place in night.turned} & set(now):
        scope = Scope.EXACT if now[name].scope == Scope.SUBDOMAINS.value else Scope.SUBDOMAINS
        now[name] = replace(now[name], scope=scope.value, changed=serial)
    for name in {POOL[place] for place in night.listed} - set(now) - set(left):
        now[name] = replace(line(name, since=serial), family=night.text, reason=night.text, legal_act=night.text)
    for name in {POOL[place] for place in night.relisted} & set(now):  # left and listed again on one night
        now[name] = replace(line(name, since=serial), family=night.text)
    canary = CANARIES[night.canary]
    for name in set(CANARIES) & set(now) - {canary}:
        del now[name]
        left[name] = Gone(name=name, cause=CANARY, reason="the canary has another name")
    if canary not in now:
        now[canary] = replace(line(canary, Scope.SUBDOMAINS, since=serial), kind=CANARY)
    said = content(*now.values(), left=tuple(left[name] for name in sorted(left)))
    return replace(said, previous=serial - 1, serial=serial)


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_a_chain_of_50_releases(seed: int) -> None:
    chance = Random(seed)
    nights = [night_of(chance) for _ in range(50)]
    first = ours = ()  # type: tuple[Line, ...]
    deltas = []
    for serial, night in enumerate(nights, 1):
        said = after(first, night, serial)
        data = delta.write(said)
        assert delta.read(data) == delta.view(said)
        deltas.append(read_delta(data))
        ours = apply_to(ours, deltas[-1])
        assert entries_json.write_lines(ours) == entries_json.write(said)
        first = entries_json.read_lines(entries_json.write(said))
    assert [(one.old, one.new) for one in deltas] == [(number, number + 1) for number in range(len(nights))]


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS)
def test_only_what_changed_is_in_it(seed: int) -> None:
    chance = Random(seed)
    old = after((), night_of(chance), 1)
    new = after(old.lines, night_of(chance), 2)
    found = read_delta(delta.write(new))
    was, now = {one.name: one for one in old.lines}, {one.name: one for one in new.lines}
    assert {one.name for one in found.removed} == set(was) - set(now)
    assert {one.name for one in (*found.added, *found.changed)} >= {name for name in now if now[name] != was.get(name)}
    assert {one.name for one in found.changed} <= set(was)


def test_it_says_cause_and_reason_of_what_left() -> None:
    assert read_delta(delta.write(SMALL)).removed == SMALL.gone == removed.read_gone(removed.write(SMALL))


def test_a_delta_of_another_list_is_not_applied() -> None:
    found = read_delta(delta.write(SMALL))
    with pytest.raises(ValueError, match=r"old\.example leaves"):
        apply_to(SMALL.lines, found)
    with pytest.raises(ValueError, match=r"xn--80aswg\.example changes"):
        apply_to([line("old.example")], found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"old":2026112100', '"old":2026112101'),
        ('"old":2026112100', '"old":-1'),
        ('"old":2026112100', '"old":"2026112100"'),
        ('"old":2026112100', '"old":true'),
        ('"new":2026112101', '"new":4294967296'),
        ("delta-1", "delta-2"),
        ('"made_at":"2026-11-20T20:00:00Z"', '"made_at":"today"'),
        ('"made_at":"2026-11-20T20:00:00Z"', '"made_at":1'),
        ('"since":2026112101', '"since":2026112099'),
        ('"changed":2026112101', '"changed":2026112100'),
        ('"since":2026112100', '"since":2026112101'),
        ('"cause":"expiry"', '"cause":"whim"'),
        ("expired on 2026-11-20", ""),
        ("expired on 2026-11-20", "\\u001b[2J"),
        ("old.example", "www.casino-2.example"),
        ("old.example", "OLD.example"),
        ('{"name":"old.example","cause":"expiry"', '{"cause":"expiry","name":"old.example"'),
        ("www.casino-2.example", "xn--80aswg.example"),
        ('"removed":[', '"removed":{"a":['),
        ('"added":[', '"added": ['),
        ('"changed":[', '"changed":[[],'),
    ],
)
def test_a_delta_is_read_strictly(old: str, new: str) -> None:
    text = delta.write(SMALL).decode()
    assert old in text
    with pytest.raises(ValueError, match=r"\w"):
        delta.read(text.replace(old, new).encode())


def test_the_first_delta_begins_at_the_empty_list() -> None:
    said = replace(content(line("a.example", since=SERIAL), line("b.example", since=SERIAL)), previous=0)
    found = read_delta(delta.write(said))
    assert found.old == 0
    assert apply_to((), found) == said.lines
