"""Where candidate models lie that were learnt from decisions: one folder each, named by its model, in the folder of candidates."""

from pathlib import Path

PARTIAL = "candidate.partial"
"""Where a candidate is written until it is whole; what a killed run left there is written over."""

TOLD = "learned.json"
"""What was learnt and what the gate said, beside the candidate's arrays and card."""


def folder_of(models: Path, model: str) -> Path:
    """Where the candidate of this id is kept."""
    return models / f"candidate-{model}"
