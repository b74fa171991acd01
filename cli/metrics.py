"""The night's figures for Prometheus: `metrics.prom`, replaced whole, in the form node_exporter's textfile collector reads."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from casefile import queries, tallies
from casefile.errors import StoreError
from casefile.store import Case
from classifier.drift import RULES as MODEL_RULES
from cli.drift import RULES
from cli.figures import NightFigures

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

FILE = "metrics.prom"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsOptions:
    """Where the figures go. `file`: a name that ends in `.prom`; none means `metrics.prom` in the state folder."""

    file: Path | None = None

    def __post_init__(self) -> None:
        if self.file is not None and self.file.suffix != ".prom":
            raise ValueError(f"file must end in .prom, which node_exporter looks for, not {self.file.name!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands at the end of a night, whatever that night did. `oldest` is when the case that waits longest began to wait."""

    listed: int
    waiting: int
    dead: int
    oldest: datetime | None
    model: str


def standing_of(case: Case, model: str) -> Standing:
    """Read what stands now; `model` is the id of the model that judges."""
    since = tallies.waiting_since(case)
    return Standing(
        listed=len(queries.listed_entries(case)),
        waiting=len(queries.verdicts_to_review(case)),
        dead=queries.dead_hosts(case),
        oldest=min(since.values(), default=None),
        model=model,
    )


def write_metrics(path: Path, figures: NightFigures, standing: Standing, *, exit_code: int, drifts: Sequence[str] = ()) -> Path:
    """Replace the file `path` with the figures of a night that ended with `exit_code`; `drifts`: the rules of drift that spoke. Raises `StoreError` where it
    cannot be written.
    """
    from prometheus_client import write_to_textfile

    registry = registry_of(figures, standing, exit_code=exit_code, drifts=drifts)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_to_textfile(str(path), registry)
        path.chmod(0o644)  # node_exporter runs as another user
    except OSError as error:
        raise StoreError(
            f"cannot write the metrics {path}: {error.strerror}; change its rights, or name another under [metrics] file"
        ) from None
    return path


def registry_of(figures: NightFigures, standing: Standing, *, exit_code: int, drifts: Sequence[str] = ()) -> "CollectorRegistry":
    """The figures as gauges of a registry of their own: each is a fact about the last night, and falls as well as rises."""
    from prometheus_client import CollectorRegistry, Gauge, Info

    registry = CollectorRegistry()

    def gauge(name: str, says: str, value: float) -> None:
        Gauge(f"mirrorwatch_{name}", says, registry=registry).set(value)

    tally = figures.tally
    gauge("night", "Number of the last night.", figures.night.id)
    gauge("night_start_timestamp_seconds", "When the last night began.", figures.night.started_at.timestamp())
    gauge("night_end_timestamp_seconds", "When the last night ended, well or not.", figures.ended_at.timestamp())
    gauge("night_seconds", "How long the last night took.", figures.seconds)
    gauge("night_success", "1 when the last night was done, or done in part (exit code 0 or 3).", float(exit_code in (0, 3)))
    gauge("night_exit_code", "Exit code of the last night: 0 done, 1 a check said no, 2 usage, 3 done in part.", exit_code)
    gauge("found_hosts", "Hosts named for the first time in the last night.", tally.found)
    gauge("captures", "Pages asked for in the last night.", tally.captures)
    gauge("captures_read_ratio", "Pages that came back and could be judged, of all asked for.", figures.read_share)
    gauge("captures_challenged_ratio", "Pages that were a challenge, of all asked for.", figures.challenge_share)
    gauge("visited_hosts", "Hosts of which a page was asked for in the last night.", tally.visited)
    gauge("rendered_hosts_ratio", "Hosts that a browser looked at, of all visited.", figures.rendered_share)
    gauge("mirror_hosts_ratio", "Hosts judged a mirror, of all judged in the last night.", figures.mirror_share)
    gauge("listed_hosts", "Entries on the blocklist now.", standing.listed)
    gauge("listed_new_hosts", "Entries new in the last night.", tally.listed)
    gauge("waiting_hosts", "Cases that wait for an analyst now.", standing.waiting)
    oldest = (figures.ended_at - standing.oldest).total_seconds() if standing.oldest else 0.0
    gauge("waiting_oldest_seconds", "How long the oldest of them has waited.", max(0.0, oldest))
    gauge("dead_hosts", "Hosts whose last look-up found no such name or no address.", standing.dead)
    Info("mirrorwatch_model", "The model that judged.", registry=registry).info({"id": standing.model})
    unlike = Gauge(
        "mirrorwatch_drift",
        "1 where this rule finds the night unlike the last ones, or unlike the model's card.",
        ("rule",),
        registry=registry,
    )
    for rule in (*RULES, *MODEL_RULES):
        unlike.labels(rule).set(float(rule in drifts))
    _add_captures(registry, figures)
    _add_steps(registry, figures)
    return registry


def _add_captures(registry: "CollectorRegistry", figures: NightFigures) -> None:
    """How the captures came out, and of how many hosts: a step counts a host once, whatever became of its other pages."""
    from prometheus_client import Gauge

    labels = ("how", "outcome")
    captures = Gauge(
        "mirrorwatch_captures_by_outcome", "Pages asked for in the last night by how they came out.", labels, registry=registry
    )
    hosts = Gauge("mirrorwatch_capture_hosts_by_outcome", "Hosts with at least one page that came out so.", labels, registry=registry)
    for one in figures.tally.came_out:
        captures.labels(one.how, one.outcome).set(one.captures)
        hosts.labels(one.how, one.outcome).set(one.hosts)


def _add_steps(registry: "CollectorRegistry", figures: NightFigures) -> None:
    """What each step did in all rounds: items by result and outcome, and seconds."""
    from prometheus_client import Gauge

    items: Counter[tuple[str, str, str]] = Counter()
    seconds: dict[str, float] = {}
    for step in figures.steps:
        items[step.step, "done", "done"] += step.done
        for result, counts in (("failed", step.failed), ("skipped", step.skipped)):
            items.update({(step.step, result, count.outcome): count.number for count in counts})
        seconds[step.step] = seconds.get(step.step, 0.0) + step.seconds
    of_step = Gauge("mirrorwatch_step_items", "Items of a step by result and outcome.", ("step", "result", "outcome"), registry=registry)
    for labels, number in items.items():
        of_step.labels(*labels).set(number)
    took = Gauge("mirrorwatch_step_seconds", "How long a step took, all rounds.", ("step",), registry=registry)
    for name, elapsed in seconds.items():
        took.labels(name).set(elapsed)
