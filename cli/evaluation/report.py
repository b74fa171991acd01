"""What the verb tells of an evaluation: what was measured, against which floors, and why the gate does not hold."""

from dataclasses import asdict, dataclass
from typing import Any

from classifier.measuring.floors import Check
from classifier.measuring.records import Evaluation


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An evaluation, its floors, and `faults`: why a gate would not hold, a line each. `made_on`: the day, ISO; `pinned_on`: that of the floors, or empty."""

    evaluation: Evaluation
    checks: tuple[Check, ...]
    faults: tuple[str, ...]
    made_on: str
    pinned_on: str

    def as_json(self) -> dict[str, Any]:
        """One object, for `--json`."""
        floors = [
            {"name": check.name, "floor": check.floor.value, "at_most": check.floor.at_most, "value": check.value, "holds": check.holds}
            for check in self.checks
        ]
        told = {
            "made_on": self.made_on,
            "pinned_on": self.pinned_on,
            "holds": not self.faults,
            "faults": list(self.faults),
            "floors": floors,
        }
        return told | asdict(self.evaluation)
