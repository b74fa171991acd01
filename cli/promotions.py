"""Which model judges here: the last one that was promoted, as the case file has it. Promoting and going back are appended, so that both can be audited.

The setting `model` holds JSON: `model` (the id of a candidate in `models/`, empty for the model of the configuration), `before` (what judged until then) and
`by`. One appended row is the whole switch: it is there or it is not.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from casefile import queries
from casefile.errors import ModelError, UsageError
from casefile.records import Clock, Setting
from casefile.store import Case
from classifier.candidates import folder_of
from classifier.model import Judge, load_judge

PROMOTED = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """A model that took another's place. Empty ids stand for the model of the configuration."""

    model: str
    before: str
    by: str


def model_of(setting: str) -> str:
    """The id of the model that the setting's value names, empty where the configuration's judges; raises `ModelError` where it is garbled."""
    return _of_json(setting).model if setting else ""


def promoted_judge(models: Path, model: str) -> Judge:
    """The model of this id that was promoted; raises `ModelError` where it is gone, or is another."""
    judge = load_judge(folder_of(models, model))
    if judge.id != model:
        raise ModelError(
            f"{folder_of(models, model)} is not the model that was promoted but {judge.id}: go back with `mirrorwatch learn --rollback`"
        )
    return judge


def promote(case: Case, model: str, *, by: str, clock: Clock) -> Promotion:
    """Let a candidate judge from now on; what judged before is kept in its folder."""
    return _append(case, Promotion(model=model, before=standing(case), by=by), clock)


def roll_back(case: Case, *, by: str, clock: Clock) -> Promotion:
    """Let the model judge that the standing one took the place of; raises `UsageError` where none was promoted."""
    history = [_of_json(one.value) for one in queries.settings_of(case, PROMOTED)]
    if not history or not history[-1].model:
        raise UsageError("no model was promoted here: the one of the configuration judges, there is nothing to go back to")
    back = history[-1].before
    earlier = next((one.before for one in reversed(history) if one.model == back), "")
    return _append(case, Promotion(model=back, before=earlier, by=by), clock)


def standing(case: Case) -> str:
    """The id of the model that was promoted last, empty where the configuration's judges."""
    return model_of(queries.setting(case, PROMOTED))


def _append(case: Case, made: Promotion, clock: Clock) -> Promotion:
    value = json.dumps({"model": made.model, "before": made.before, "by": made.by}, ensure_ascii=False)
    case.add([Setting(key=PROMOTED, value=value, set_at=clock())])
    return made


def _of_json(setting: str) -> Promotion:
    try:
        told = json.loads(setting)
        return Promotion(model=str(told["model"]), before=str(told["before"]), by=str(told["by"]))
    except (ValueError, KeyError, TypeError):
        raise ModelError(f"the case file's setting {PROMOTED!r} is garbled: {setting[:80]!a}; restore a copy of the case file") from None
