"""The national register: what is blocked already, so that "new" means new.

`import_register` reads a register's file whole or not at all and keeps its names; `known_names` answers whether a host is covered by the latest import of
any source. A register covers a host that it names, and those below a name that it blocks with subdomains; an entry that blocks only an address of a
page covers none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from blocklist.foreign import name_of, opened, shown
from blocklist.register_entries import Entries, Said, Says
from casefile import queries
from casefile.errors import HostnameRefused, UsageError
from casefile.hostname import Door
from casefile.plaintext import inert, is_plain_line
from casefile.progress import Progress
from casefile.records import Clock, RegisterImport
from casefile.store import Case

SHOWN_BAD = 5
ENTRIES_A_TICK = 10_000
MOST_BAD_PERCENT = 10
"""More bad entries than that, and the file is something else than a register."""

MOST_NAMES = 2_000_000
"""Names of one register; half a million take about 160 MB while they are imported."""

LONGEST_SOURCE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterReport:
    """What an import came to.

    `form`: of the file (list, poland, russia, ours); `bad` entries held no name, `first_bad` says which with their lines; `addresses` block a page and no name; `ended` are in the file as
    taken off; `unchanged`: the last import of this source holds the same names, so nothing was added and `record` is that one.
    """

    record: RegisterImport
    form: str
    bad: int
    first_bad: tuple[str, ...]
    addresses: int
    ended: int
    unchanged: bool


class Register:
    """The names that registers block. Made by `known_names`."""

    def __init__(self, imports: Mapping[str, RegisterImport] | None = None) -> None:
        self._exact: dict[str, RegisterImport] = {}
        self._trees: dict[str, RegisterImport] = {}
        for one in (imports or {}).values():
            for name in one.names:
                if name.startswith("*."):
                    self._trees[name[2:]] = one
                else:
                    self._exact[name] = one

    def __len__(self) -> int:
        return len(self._exact) + len(self._trees)

    def why_registered(self, name: str) -> str:
        """Where a lower-case A-label name is blocked already, in words; empty where it is not."""
        if one := self._exact.get(name):
            return f"{name} {_stands_in(one)}"
        above = name
        while above:
            if one := self._trees.get(above):
                covered = name if above == name else f"{name} is covered by {above}, which"
                return f"{covered} {_stands_in(one)} with its subdomains"
            above = above.partition(".")[2]
        return ""


def _stands_in(one: RegisterImport) -> str:
    return f"stands in the register {one.source} ({one.file}, imported on {one.imported_at:%Y-%m-%d})"


def known_names(case: Case) -> Register:
    """What the latest import of every source blocks."""
    return Register({one.source: one for one in queries.latest_register_imports(case)})


def import_register(case: Case, path: Path, source: str, *, clock: Clock, progress: Progress, most: int = MOST_NAMES) -> RegisterReport:
    """Keep the names of a register's file as the latest of `source`; an older import of the same source counts no more.

    Raises `UsageError` where the file is no register, is cut or damaged, names nothing or more than `most` hosts, or has over `MOST_BAD_PERCENT` % bad
    entries; nothing is kept then.
    """
    if not 0 < len(source) <= LONGEST_SOURCE or not is_plain_line(source):
        raise UsageError(
            f"a register is named by 1 to {LONGEST_SOURCE} plain characters, not {source[:LONGEST_SOURCE]!a}: correct --source"
        )
    found = _Found(case.door)
    with opened(path) as foreign:
        progress.start("register", 0)
        entries = Entries(foreign)
        for number, one in enumerate(entries, 1):
            found.take(one)
            if len(found.names) > most:
                raise UsageError(f"{shown(path)} names more than {most:,} hosts: it is no register; nothing was imported")
            if not number % ENTRIES_A_TICK:
                progress.advance(f"{ENTRIES_A_TICK:,} entries")
        _check(path, found)
        record = RegisterImport(
            source=source, file=inert(path.name)[:200], sha256=foreign.digest, names=found.sorted_names(), imported_at=clock()
        )
    last = next((one for one in queries.latest_register_imports(case) if one.source == source), None)
    unchanged = last is not None and last.names == record.names
    kept = last if last is not None and unchanged else replace(record, id=case.add([record])[0])
    return RegisterReport(
        record=kept, form=entries.form, bad=found.bad, first_bad=tuple(found.first_bad), addresses=found.addresses, ended=found.ended,
        unchanged=unchanged,
    )  # fmt: skip


def withdraw_register(case: Case, source: str, *, clock: Clock) -> RegisterImport:
    """Let a register count no more: an import without names. Raises `UsageError` where none of that name counts."""
    counted = [one.source for one in queries.latest_register_imports(case) if one.names]
    if source not in counted:
        raise UsageError(f"no register {source[:LONGEST_SOURCE]!a} counts; there are: {', '.join(counted) or 'none'}")
    record = RegisterImport(source=source, file="", sha256="", names=(), imported_at=clock())
    return replace(record, id=case.add([record])[0])


@dataclass
class _Found:
    """The entries so far. `names`: whether each covers its subdomains; a suffix with its subdomains would make everybody's names there "registered"."""

    door: Door
    names: dict[str, bool] = field(default_factory=dict)
    bad: int = 0
    first_bad: list[str] = field(default_factory=list)
    addresses: int = 0
    ended: int = 0

    def take(self, said: Said) -> None:
        """One entry."""
        if said.says is Says.ADDRESS:
            self.addresses += 1
            return
        if said.says is Says.ENDED:
            self.ended += 1
            return
        try:
            name = _name(said, self.door)
        except HostnameRefused as error:
            self.bad += 1
            if len(self.first_bad) < SHOWN_BAD:
                self.first_bad.append(inert(f"line {said.line}: {said.text[:60]}: {error.reason}"))
            return
        self.names[name] = said.says is Says.TREE or self.names.get(name, False)

    def sorted_names(self) -> tuple[str, ...]:
        """As a `RegisterImport` holds them."""
        return tuple(sorted(f"*.{name}" if tree else name for name, tree in self.names.items()))


def _name(said: Said, door: Door) -> str:
    """The host name of an entry; raises `HostnameRefused`."""
    if said.says is Says.BAD:
        raise HostnameRefused(said.text, "not one name")
    name = name_of(said.text)
    if said.says is Says.TREE and door.parse(name).is_suffix:
        raise HostnameRefused(name, "a suffix under which others register names, with all of them")
    return name


def _check(path: Path, found: _Found) -> None:
    """Refuse what is no register."""
    bad = f"{found.bad} bad entries" + (f" ({'; '.join(found.first_bad)})" if found.first_bad else "")
    if not found.names:
        raise UsageError(f"{shown(path)} names no host, and has {bad}: it is no register, or an empty one; nothing was imported")
    if found.bad * 100 > (found.bad + len(found.names)) * MOST_BAD_PERCENT:
        raise UsageError(
            f"{shown(path)} holds {len(found.names)} names and {bad}: over {MOST_BAD_PERCENT} % is no register; nothing was imported"
        )
