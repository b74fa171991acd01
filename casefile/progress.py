"""How a step tells what it is doing while it works; `cli` draws it, tests keep it silent."""

from typing import Protocol


class Progress(Protocol):
    """Told of work as it is done. Implementations must be cheap: a step calls them for every host."""

    def start(self, step: str, pending: int) -> None:
        """A step begins with so many items to do."""

    def advance(self, outcome: str) -> None:
        """One more item is done, and how it came out."""

    def note(self, text: str) -> None:
        """Something an operator should read (a seed line that was skipped, a file that was discarded)."""


class Silent:
    """Says nothing."""

    def start(self, step: str, pending: int) -> None:
        """Say nothing."""

    def advance(self, outcome: str) -> None:
        """Say nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""
