"""The floors: what no change to the model may fall under, and the corpus that they were measured on. One JSON file, written by `evaluate --pin`.

The gates of the founders are floors too, whatever the file says. A floor is pinned a little under its figure (`MARGIN`), since a change that is
meant for some pages moves every figure by a page or two; a better figure raises it, and only `--allow-regression` lowers it.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from casefile.errors import UsageError
from classifier.measuring.records import Figure

MARGIN, ERROR_MARGIN = 0.02, 0.005
"""Between a figure and its floor: of shares, of calibration errors. Counts have none."""


@dataclass(frozen=True, slots=True)
class Floor:
    """A bound of a figure: at least `value`, or at most where `at_most`."""

    value: float
    at_most: bool = False

    def holds(self, value: float) -> bool:
        """Whether a figure is within it."""
        return value <= self.value if self.at_most else value >= self.value

    def stricter(self, other: "Floor") -> "Floor":
        """The stricter of two."""
        return other if self.holds(other.value) else self


GATES: dict[str, Floor] = {
    "hosts: recall at no false alarm": Floor(0.85),
    "pages: recall at 0.1 % false alarms": Floor(0.80),
    "hosts: innocent in the mirror band": Floor(0, at_most=True),
    "hosts: hard negatives in the mirror band": Floor(0, at_most=True),
    "pages: hard negatives in the mirror band": Floor(0, at_most=True),
    "hosts: calibration error": Floor(0.03, at_most=True),
    "pages: calibration error": Floor(0.03, at_most=True),
}
"""The project's own gates: no floor is ever laxer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """What is pinned. `corpus`: file -> SHA-256, empty where nothing is pinned yet; `floors`: figure -> bound, the gates among them."""

    corpus: dict[str, str]
    floors: dict[str, Floor]
    pinned_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A floor and what was measured; `value` is None where it was not measured this time."""

    name: str
    floor: Floor
    value: float | None

    @property
    def holds(self) -> bool:
        """Whether it was measured and is within the floor."""
        return self.value is not None and self.floor.holds(self.value)

    @property
    def told(self) -> str:
        """One line."""
        if self.value is None:
            return f"{self.name} was not measured"
        most = self.floor.at_most
        return f"{self.name} is {shown(self.value, cost=most)}, {'over' if most else 'under'} the floor of {shown(self.floor.value)}"


def read_floors(path: Path) -> Floors:
    """The floors of a file, the founders' gates alone where there is none yet; raises `UsageError` where it cannot be read."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        least = {str(name): Floor(float(value)) for name, value in told["at_least"].items()}
        most = {str(name): Floor(float(value), at_most=True) for name, value in told["at_most"].items()}
        corpus = {str(name): str(digest) for name, digest in told["corpus"].items()}
        pinned_on = str(told["pinned_on"])
    except FileNotFoundError:
        return Floors(corpus={}, floors=dict(GATES))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} is not a file of floors ({type(error).__name__}: {error}): restore it, or pin anew with --pin") from None
    return Floors(corpus=corpus, floors=_gated(least | most), pinned_on=pinned_on)


def write_floors(path: Path, floors: Floors) -> None:
    """Write them, sorted, so that a change reads well; raises `UsageError` where it cannot."""
    told: dict[str, Any] = {
        "about": f"Written by `mirrorwatch evaluate --pin`: the figure less {MARGIN} (calibration errors: more {ERROR_MARGIN}; counts: as they are), "
        "and never laxer than the gates that `classifier.measuring.floors` states.",
        "at_least": {name: floor.value for name, floor in floors.floors.items() if not floor.at_most},
        "at_most": {name: floor.value for name, floor in floors.floors.items() if floor.at_most},
        "corpus": floors.corpus,
        "pinned_on": floors.pinned_on,
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".partial")
        partial.write_text(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None


def checks_of(floors: Floors, figures: Sequence[Figure]) -> list[Check]:
    """Every floor against what was measured."""
    values = {figure.name: figure.value for figure in figures}
    return [Check(name=name, floor=floor, value=values.get(name)) for name, floor in floors.floors.items()]


def faults_of(floors: Floors, corpus: Mapping[str, str], figures: Sequence[Figure], *, partly: bool = False) -> list[str]:
    """Why the gate does not hold, a line each; empty where it holds. `partly`: floors of what was not measured are passed over."""
    broken = [check for check in checks_of(floors, figures) if not check.holds and not (partly and check.value is None)]
    faults = [f"floor broken: {check.told}" for check in broken]
    changed = [name for name in sorted({*floors.corpus, *corpus}) if floors.corpus.get(name) != corpus.get(name)]
    if not floors.corpus:
        faults.append("no corpus is pinned: run evaluate --pin once the figures are as they should be")
    elif changed:
        faults.append(f"the corpus is not the pinned one ({', '.join(changed)}): look at the figures, then run evaluate --pin")
    return faults


def pinned(floors: Floors, corpus: Mapping[str, str], figures: Sequence[Figure], today: date) -> Floors:
    """The floors that these figures give: a floor that holds is kept or raised, one that does not is lowered to the figure, a gate never.

    What is no longer measured is no longer pinned. `lowered` tells what of this is a step back.
    """
    new: dict[str, Floor] = {}
    for figure in figures:
        if figure.pinned:
            old, floor = floors.floors.get(figure.name), floor_of(figure)
            new[figure.name] = floor.stricter(old) if old is not None and old.holds(figure.value) else floor
    return Floors(corpus=dict(corpus), floors=dict(sorted(_gated(new).items())), pinned_on=today.isoformat())


def lowered(old: Floors, new: Floors, figures: Sequence[Figure]) -> list[str]:
    """What pinning `new` over `old` would give up, a line each."""
    values = {figure.name: figure.value for figure in figures}
    return [
        Check(name=name, floor=floor, value=values.get(name)).told
        for name, floor in old.floors.items()
        if name not in new.floors or not floor.holds(new.floors[name].value)
    ]


def floor_of(figure: Figure) -> Floor:
    """The floor of a figure: a margin under it (a cost: over it), rounded to three places to the lax side."""
    if figure.count:
        return Floor(figure.value, at_most=figure.cost)
    if figure.cost:
        return Floor(math.ceil((figure.value + ERROR_MARGIN) * 1000 - 1e-6) / 1000, at_most=True)
    return Floor(max(0.0, math.floor((figure.value - MARGIN) * 1000 + 1e-6) / 1000))


def shown(value: float, *, cost: bool = False) -> str:
    """A figure in words: a whole number as it is, a share with three places, rounded to the worse side so that none looks better than it is."""
    if value == int(value):
        return str(int(value))
    thousands = math.ceil(value * 1000 - 1e-6) if cost else math.floor(value * 1000 + 1e-6)
    return f"{thousands / 1000:.3f}"


def _gated(floors: Mapping[str, Floor]) -> dict[str, Floor]:
    """The floors, none laxer than its gate, and the gates that are not among them."""
    return {
        **{name: floor.stricter(GATES.get(name, floor)) for name, floor in floors.items()},
        **{name: gate for name, gate in GATES.items() if name not in floors},
    }
