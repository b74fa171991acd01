"""What a check of a release counts and finds; every fault names its item."""

from dataclasses import dataclass, field

from casefile.plaintext import inert

LONGEST_ITEM = 255
LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with which item: a file, or a name in one. Both are plain text, whatever a folder or a file held."""

    item: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """How many checks were made, and what is wrong with any item; good where `faults` is empty.

    `notes`: what is no fault of the release and yet worth telling, such as a decision log that lost rows when a backup was restored.
    """

    checked: int
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...] = ()


@dataclass(slots=True)
class Tally:
    """The checks so far. `folder`: put before every item of another release than the one that is checked, like `2026112100/`."""

    folder: str = ""
    checked: int = 0
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)

    def expect(self, good: bool, item: str, text: str) -> bool:  # noqa: FBT001 - the one thing that is asked
        """Count a check; where it is not `good`, keep `text` as the fault of `item`. Returns `good`."""
        self.checked += 1
        if not good:
            self.faults.append(self._said(item, text))
        return good

    def fail(self, item: str, text: str) -> None:
        """A check that was not passed."""
        self.expect(False, item, text)

    def note(self, item: str, text: str) -> None:
        """Keep what is worth telling of `item` and no fault."""
        self.notes.append(self._said(item, text))

    def take(self, other: "Tally") -> None:
        """Count what another tally counted."""
        self.checked += other.checked
        self.faults += other.faults
        self.notes += other.notes

    def report(self) -> VerifyReport:
        """What came of it."""
        return VerifyReport(checked=self.checked, faults=tuple(self.faults), notes=tuple(self.notes))

    def _said(self, item: str, text: str) -> Fault:
        return Fault(item=inert(f"{self.folder}{item}")[:LONGEST_ITEM], text=inert(text)[:LONGEST_TEXT])
