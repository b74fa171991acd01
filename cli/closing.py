"""After the night: its page, its metrics, its notices. None of them can become the night's failure; what could not be made is a warning."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from blocklist.orders import review_queue
from casefile import tallies
from casefile.errors import CasefileError
from casefile.records import Night, StepReport
from casefile.store import Case
from cli.desk import Desk
from cli.drift import Drift, drift_of
from cli.figures import NightFigures, nights_until
from cli.metrics import FILE, standing_of, write_metrics
from cli.model_drift import model_drift_of
from cli.night import run_step
from cli.notices import DONE, DRIFT, FAILURE, Notice, tell
from cli.page import LATEST, write_page
from cli.page.cases import counts_text
from cli.page.content import content_of, duration

T = TypeVar("T")

NO_MODEL = "none"


def close_night(desk: Desk, night: Night, *, exit_code: int) -> Path | None:
    """Write the page and the metrics of a night that went to its end, tell who wants to know; returns the page, None where it could not be written."""
    case = desk.case()
    drift = desk.config.notice.drift
    most = max(desk.config.page.nights, drift.nights + 1)
    nights = _attempt(desk, "figures", lambda: nights_until(case, night, most, desk.clock))
    if nights is None:
        return None
    from_nights = drift_of(nights, drift)
    from_model = _attempt(desk, "model drift", lambda: model_drift_of(desk, nights[-1])) or []
    drifts = [*from_nights, *from_model]
    for one in drifts:
        desk.progress.note(f"drift: {one.text}")
    _attempt(desk, "metrics", lambda: _keep_metrics(desk, case, nights[-1], exit_code, drifts))
    alerts = [
        *(f"Unlike the last nights: {one.text}" for one in from_nights),
        *(f"Unlike what the model was measured on: {one.text}" for one in from_model),
    ]
    page = _attempt(desk, "page", lambda: _keep_page(desk, case, nights, alerts, exit_code))
    _tell(desk, notice_of(nights[-1], drifts, exit_code, page=page))
    return page


@contextmanager
def attended(desk: Desk) -> Iterator[None]:
    """Tell who wants to know when what is done inside breaks off; the error goes on."""
    try:
        yield
    except CasefileError as error:
        tell_failure(desk, str(error), error.exit_code)
        raise
    except BaseException as error:
        tell_failure(desk, f"{type(error).__name__}: {error}", 1)
        raise


def tell_failure(desk: Desk, why: str, exit_code: int) -> None:
    """A night broke off: metrics and page say so where there is a case file, and a notice says why."""
    try:
        options = desk.config.notice
        if (desk.state / "casefile.db").exists():
            _attempt(desk, "failure", lambda: _keep_failure(desk, why, exit_code))
        if FAILURE in options.on:
            title = f"mirrorwatch: the night broke off (exit {exit_code})"
            _tell(desk, Notice(occasion=FAILURE, title=title, text=f"{why}\nstate folder: {desk.state}"))
    except CasefileError:
        return  # no configuration or no log, which is what broke the night: there is nobody to tell, and its own error is the one to read


def notice_of(tonight: NightFigures, drifts: Sequence[Drift], exit_code: int, *, page: Path | None) -> Notice:
    """What there is to tell of a night that went to its end: one notice, of the gravest occasion, with all that is worth reading in it."""
    tally = tonight.tally
    lines = [
        f"found {tally.found}, listed {tally.listed}, waiting {tally.waiting}; {tally.read} of {tally.captures} pages read; {duration(tonight.seconds)}",
        *([f"could not be had: {counts_text(tonight.failed)}"] if tonight.failed else []),
        *(f"drift: {one.text}" for one in drifts),
        *([f"report: {page}"] if page else []),
    ]
    occasion = FAILURE if exit_code else DRIFT if drifts else DONE
    failed = "done, its release was refused" if exit_code == 1 else f"done in part (exit {exit_code})"
    said = {FAILURE: failed, DRIFT: "unlike the last nights", DONE: "done"}[occasion]
    return Notice(occasion=occasion, title=f"mirrorwatch: night {tonight.night.id} {said}", text="\n".join(lines))


def metrics_file(desk: Desk) -> Path:
    """Where the metrics go."""
    return desk.config.metrics.file or desk.state / FILE


def _keep_metrics(desk: Desk, case: Case, figures: NightFigures, exit_code: int, drifts: Sequence[Drift] = ()) -> Path:
    rules = tuple(one.rule for one in drifts)
    return write_metrics(metrics_file(desk), figures, standing_of(case, _model(desk)), exit_code=exit_code, drifts=rules)


def _keep_failure(desk: Desk, why: str, exit_code: int) -> None:
    """The figures of the last night begun, with the exit code of the one that broke off; its page, where it came so far as to begin."""
    case = desk.case()
    night = tallies.newest_night(case)
    if night is None:
        return
    nights = nights_until(case, night, desk.config.page.nights, desk.clock)
    _attempt(desk, "metrics", lambda: _keep_metrics(desk, case, nights[-1], exit_code))
    if not nights[-1].over:
        _attempt(desk, "page", lambda: _keep_page(desk, case, nights, [f"The night broke off: {why}"], exit_code))


def _keep_page(desk: Desk, case: Case, nights: Sequence[NightFigures], alerts: Sequence[str], exit_code: int) -> Path:
    content = content_of(
        case,
        desk.archive,
        nights,
        review_queue(case, desk.guard),
        standing_of(case, _model(desk)),
        alerts,
        desk.config.page,
        zone=desk.config.policy.timezone,
        exit_code=exit_code,
    )
    write_page(desk.state / "reports", content)
    return desk.state / "reports" / LATEST


def _model(desk: Desk) -> str:
    try:
        return desk.judge.id
    except CasefileError:
        return NO_MODEL


def _tell(desk: Desk, notice: Notice) -> None:
    """Send a notice; a channel that does not take it is a warning."""

    def send() -> None:
        for one in tell(notice, desk.config.notice):
            if one.fault:
                desk.progress.note(f"notice {one.channel} was not sent: {one.fault}")

    _attempt(desk, "notices", send)


def _attempt(desk: Desk, name: str, work: Callable[[], T]) -> T | None:
    """Do it; what breaks is a warning, with its trace in the log."""
    made: list[T] = []

    def step() -> StepReport:
        made.append(work())
        return StepReport(step=name, done=1, finished_at=desk.clock())

    try:
        run_step(name, step)
    except CasefileError as error:
        desk.progress.note(f"{name}: {error}")
    return made[0] if made else None
