"""The night: from seeds to a verified release, readable in one function.

Killed at any moment and called again, it goes on with the night that was begun: every step takes its work from what is still pending.
"""

import hashlib
import logging
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from blocklist.catching_up import catch_up
from blocklist.recheck import recheck_step
from blocklist.release import finish_interrupted, publish_step
from blocklist.review import import_decisions
from casefile import queries
from casefile.errors import BrowserError, CasefileError, CheckFailed, UsageError
from casefile.hostname import Hostname
from casefile.lock import night_lock, release_lock
from casefile.records import Count, Night, StepReport
from casefile.store import Case
from classifier.examine import examine
from classifier.families import families
from classifier.score import score
from cli.desk import Desk
from crawler.discover import discover
from crawler.egress.web import Web
from crawler.fetch import fetch
from crawler.render.step import render
from crawler.resolve import resolve
from crawler.sources import SourceInputs

NO_BROWSER = "no-browser"
"""What the report calls hosts that wait for a browser."""

REFUSED, ELSEWHERE = "refused", "elsewhere"
"""What the report of publish says where a release was refused by its own checks, and where another machine publishes."""


class StepBroken(CasefileError):
    """A step failed in a way nobody foresaw; what it had committed is kept."""

    exit_code = 3


class Interrupted(CasefileError):
    """The operator, or the system, stopped the work."""

    exit_code = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The steps of a night bound to one desk, one case file and one web; each returns its StepReport."""

    case: Case
    desk: Desk
    web: Web
    since: datetime
    lock: int

    def discover(self, seeds: tuple[Path, ...]) -> StepReport:
        """Sources name hosts."""
        return discover(
            self.case,
            self.desk.config.crawl,
            SourceInputs(seeds=seeds),
            self.desk.archive,
            clock=self.desk.clock,
            progress=self.desk.progress,
        )

    def resolve(self) -> StepReport:
        """DNS says which of them exist."""
        return resolve(
            self.case,
            self.desk.config.crawl,
            self.web,
            self.desk.archive,
            since=self.since,
            clock=self.desk.clock,
            progress=self.desk.progress,
        )

    def fetch(self) -> StepReport:
        """The live ones are visited."""
        desk = self.desk
        return fetch(
            self.case,
            desk.config.crawl,
            self.web,
            desk.reference,
            desk.archive,
            desk.logs,
            since=self.since,
            lock=self.lock,
            clock=self.desk.clock,
            progress=desk.progress,
        )

    def evidence(self) -> StepReport:
        """Detectors read the pages."""
        return examine(self.case, self.desk.archive, self.desk.reference, clock=self.desk.clock, progress=self.desk.progress)

    def score(self) -> StepReport:
        """The model judges."""
        return score(self.case, self.desk.archive, self.desk.judge, self.desk.reference, clock=self.desk.clock, progress=self.desk.progress)

    def render(self) -> StepReport:
        """A browser looks at those whose verdict asks for it. Without a browser they wait: what was not rendered is never clear."""
        desk = self.desk
        try:
            return render(
                self.case,
                desk.config.crawl,
                self.web,
                desk.reference,
                desk.archive,
                desk.logs,
                needs=self.needs_render,
                browser=desk.browser,
                since=self.since,
                lock=self.lock,
                clock=desk.clock,
                progress=desk.progress,
            )
        except BrowserError as error:
            waiting = sum(self.needs_render(host) for host in queries.hosts_to_render(self.case, self.since))
            if waiting:
                desk.progress.note(
                    f"a browser is wanting for {waiting} host{'s' if waiting > 1 else ''}, none of which is clear before: {error}"
                )
            return StepReport(
                step="render", done=0, skipped=(Count(outcome=NO_BROWSER, number=waiting),) if waiting else (), finished_at=desk.clock()
            )

    def needs_render(self, host: Hostname) -> bool:
        """Whether the latest verdict asks for a browser (`classifier.needs_render` says when)."""
        verdict = queries.verdict_of(self.case, host)
        return verdict is not None and bool(verdict.render_for) and self.desk.config.crawl.render.enabled

    def families(self) -> StepReport:
        """Hosts are joined by what they share."""
        return families(self.case, clock=self.desk.clock, progress=self.desk.progress)

    def recheck(self) -> StepReport:
        """What becomes of the entries that are due, after tonight's visits."""
        return recheck_step(self.case, self.desk.reference.parking, self.desk.config.policy, clock=self.desk.clock)

    def publish(self) -> StepReport:
        """What is decided and fit becomes a release, where releases are made here. One that is refused is no reason to lose the night."""
        desk = self.desk
        try:
            with release_lock(desk.state):
                if not desk.config.night.publish:  # what was brought back from there says what is listed
                    catch_up(self.case, desk.releases, desk.keys.trusted())
                    return StepReport(step="publish", done=0, skipped=(Count(outcome=ELSEWHERE, number=1),), finished_at=desk.clock())
                return publish_step(
                    self.case, desk.guard, desk.config.policy, desk.releases, keys=desk.keys, clock=desk.clock, progress=desk.progress
                )
        except (CheckFailed, UsageError) as error:
            desk.progress.note(f"publish: {error}")
            return StepReport(step="publish", done=0, failed=(Count(outcome=REFUSED, number=1),), finished_at=desk.clock())


def run_night(desk: Desk, seeds: tuple[Path, ...], replay: tuple[Path, ...]) -> Night:
    """The whole night; returns it, its step reports in the case file. Raises `CasefileError` when it cannot go on; the same call goes on later."""
    web = desk.web(replay)
    desk.judge  # noqa: B018  (a missing or altered model stops the night before it begins)
    desk.guard  # noqa: B018
    refuse_unreadable(desk.config.night.seeds + seeds)
    with at_work(desk, web) as steps:
        case, settings = steps.case, desk.config.night
        bring_in_decisions(desk, case)
        if not seeds and not settings.seeds and not queries.count_sightings(case):
            raise UsageError("nothing to look at: name a file of hosts or addresses with --seeds FILE (# comments, one a line)")
        asked = digest_of(settings.seeds + seeds, replay)
        tonight = broken_off(desk, case, asked) or begin(desk, case, asked, replay=web.replays)
        steps = replace(steps, since=tonight.due_before)
        report = reporter(desk, case, tonight)
        begun = time.monotonic()
        rounds = rounds_left(case, tonight, settings.rounds)
        for number in rounds:
            named = settings.seeds + seeds if number == rounds.start else ()  # later rounds look only at what the captures named
            found = report(number, "discover", partial(steps.discover, named))
            # the first round of this process may have work that a killed night left in any step; a later one only what was discovered
            if number > rounds.start and not found.done:
                break
            report(number, "resolve", steps.resolve)
            report(number, "fetch", steps.fetch)
            report(number, "evidence", steps.evidence)
            report(number, "score", steps.score)
            report(number, "render", steps.render)
            if queries.hosts_to_score(case, desk.judge.id):  # what a browser saw
                report(number, "evidence", steps.evidence)
                report(number, "score", steps.score)
        report(0, "families", steps.families)
        report(0, "recheck", steps.recheck)
        report(0, "publish", steps.publish)
        case.add([StepReport(night=tonight.id, step="night", done=1, seconds=time.monotonic() - begun, finished_at=desk.clock())])
        return tonight


@contextmanager
def at_work(desk: Desk, web: Web) -> Iterator[Steps]:
    """Hold the night's lock, open the case file, clear away what a killed night left behind; gives the steps, due since `recheck_hours` ago."""
    with night_lock(desk.state) as lock, interruptible(), closing_progress(desk):
        case = desk.case(create=True)
        refuse_mixing(desk, case, replays=web.replays)
        desk.remember_config(case)
        for name in desk.tidy():
            desk.progress.note(f"archive: {name} was left open by a night that was killed; discarded, its hosts are fetched again")
        with release_lock(desk.state):
            finish_interrupted(case, desk.releases)
        yield Steps(case=case, desk=desk, web=web, since=desk.clock() - timedelta(hours=desk.config.night.recheck_hours), lock=lock)


@contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C and SIGTERM (systemd, cron) end the work with one line; what was committed is kept."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted("stopped; what was committed is kept, the same command goes on from there") from None
    finally:
        signal.signal(signal.SIGTERM, before)


def is_of_archives(desk: Desk) -> bool:
    """Whether this case file holds pages of archives alone: its releases are for nobody's resolver."""
    if not (desk.state / "casefile.db").exists():
        return False
    return queries.has_replayed_captures(desk.case()) and not queries.has_live_captures(desk.case())


def refuse_mixing(desk: Desk, case: Case, *, replays: bool) -> None:
    """A case file is of the live web or of archives: a replay would call living hosts dead, a live night would look for the sample's."""
    live, replayed = queries.has_live_captures(case), queries.has_replayed_captures(case)
    if (replays and live) or (not replays and replayed):
        is_of, would = ("the live web", "a replay") if replays else ("archives (--replay)", "a live night")
        raise UsageError(f"the case file in {desk.state} is of {is_of}: {would} would mix the two; name another folder with --state")


def refuse_unreadable(seeds: tuple[Path, ...]) -> None:
    """A seed file that cannot be read stops a night before it begins."""
    for path in seeds:
        try:
            path.open("rb").close()
        except OSError as error:
            raise UsageError(f"cannot read the seeds {path}: {error.strerror}; name a file that exists and may be read") from None


@contextmanager
def closing_progress(desk: Desk) -> Iterator[None]:
    """Leave the terminal as it was, however the work ends."""
    try:
        yield
    finally:
        desk.progress.stop()


def bring_in_decisions(desk: Desk, case: Case) -> None:
    """Decisions made before this case file began, once."""
    path = desk.config.night.decisions
    if path is not None and (brought := import_decisions(case, path, desk.clock)):
        desk.progress.say(f"decisions: {brought} brought in from {path}")


def digest_of(seeds: tuple[Path, ...], replay: tuple[Path, ...]) -> str:
    """What a night was asked for: SHA-256 (hex) over the seed files' octets and the archives' names."""
    digest = hashlib.sha256()
    for path in seeds:
        digest.update(path.read_bytes())
    for path in replay:
        digest.update(b"\0" + bytes(path.absolute()))
    return digest.hexdigest()


def broken_off(desk: Desk, case: Case, asked: str) -> Night | None:
    """The last night where it was broken off, was asked for the same, and is so young that what it looked at is not due again; else a new one begins.

    Nothing is lost by that: what another night left undone is pending in every later one.
    """
    night = queries.unfinished_night(case)
    if night is None or night.asked != asked or desk.clock() - night.started_at >= timedelta(hours=desk.config.night.recheck_hours):
        return None
    return night


def begin(desk: Desk, case: Case, asked: str, *, replay: bool) -> Night:
    """A new night."""
    started = desk.clock()
    night = Night(replay=replay, asked=asked, started_at=started, due_before=started - timedelta(hours=desk.config.night.recheck_hours))
    [number] = case.add([night])
    return replace(night, id=number)


def rounds_left(case: Case, night: Night, rounds: int) -> range:
    """The rounds to do: all of a new night, from the one that was broken off in a resumed one; the last at least, for what a kill left pending."""
    ended = [report.round for report in queries.reports_of(case, night) if report.step == "render"]
    return range(min(max(ended, default=0) + 1, rounds), rounds + 1)


def reporter(desk: Desk, case: Case, night: Night) -> Callable[[int, str, Callable[[], StepReport]], StepReport]:
    """A function that runs a step, times it and keeps its report."""

    def report(number: int, name: str, step: Callable[[], StepReport]) -> StepReport:
        begun = time.monotonic()
        done = replace(run_step(name, step), night=night.id, round=number, seconds=time.monotonic() - begun, finished_at=desk.clock())
        case.add([done])
        return done

    return report


def run_step(name: str, step: Callable[[], StepReport]) -> StepReport:
    """Run one step; what nobody foresaw is logged with its trace and becomes one line."""
    try:
        return step()
    except CasefileError:
        raise
    except Exception as error:
        logging.getLogger("mirrorwatch").exception("step %s broke", name)
        raise StepBroken(
            f"step {name} broke: {type(error).__name__}: {error}; the trace is in logs/night.log of the state folder. What was committed is kept: run the same command again"
        ) from error
