"""The night and its single steps."""

from collections.abc import Callable, Sequence
from pathlib import Path

import typer

from casefile import queries
from casefile.records import StepReport
from casefile.rows import as_json
from cli.closing import attended, close_night
from cli.desk import Desk
from cli.night import NO_BROWSER, REFUSED, Steps, at_work, run_night, run_step
from cli.options import Json, MaybeHost, Replay, Seeds
from cli.output import print_json, print_table, print_text
from cli.report import print_report, report_of

OURS = ("broken-off", "not-started", NO_BROWSER)
"""What the reports of fetch and render call a host that we failed."""

evidence_app = typer.Typer(
    no_args_is_help=False, help="Read captures for facts (without a verb below), or list what was found.", rich_markup_mode=None
)


def night(context: typer.Context, seeds: Seeds = None, replay: Replay = None, as_lines: Json = False) -> None:
    """Run the whole night: discover, resolve, fetch, evidence, score, render, families, publish. Killed and run again, it goes on.

    Example: mirrorwatch night --seeds complaints.txt
    """
    desk: Desk = context.obj
    with attended(desk):
        tonight = run_night(desk, tuple(seeds or ()), tuple(replay or ()))
    report = report_of(desk.case(), desk, tonight)
    code = exit_code_of(report.steps)
    page = close_night(desk, tonight, exit_code=code)
    print_report(report, page, as_lines=as_lines)
    if code:
        raise typer.Exit(code)


def discover(context: typer.Context, seeds: Seeds = None, as_lines: Json = False) -> None:
    """Ask the sources for hosts: seed files, redirects and promoters' links in what was captured.

    Example: mirrorwatch discover --seeds complaints.txt
    """
    _one_step(
        context, "discover", lambda steps: steps.discover(context.obj.config.night.seeds + tuple(seeds or ())), None, as_lines=as_lines
    )


def resolve(context: typer.Context, replay: Replay = None, as_lines: Json = False) -> None:
    """Look up the hosts that are due: addresses, CNAME chain, name servers; dead and resurrected are states.

    Example: mirrorwatch resolve
    """
    _one_step(context, "resolve", Steps.resolve, replay, as_lines=as_lines)


def fetch(context: typer.Context, replay: Replay = None, as_lines: Json = False) -> None:
    """Visit the live hosts that are due: landing page and up to four pages that matter, from every vantage.

    Example: mirrorwatch fetch --replay archive.warc.gz
    """
    _one_step(context, "fetch", Steps.fetch, replay, as_lines=as_lines)


def render(context: typer.Context, replay: Replay = None, as_lines: Json = False) -> None:
    """Look with a real browser at the hosts whose verdict asks for it, from every vantage.

    Example: mirrorwatch render --replay archive.warc.gz
    """
    _one_step(context, "render", Steps.render, replay, as_lines=as_lines)


def score(context: typer.Context, as_lines: Json = False) -> None:
    """Judge every host that has captures or evidence the model has not seen.

    Example: mirrorwatch score --json
    """
    _one_step(context, "score", Steps.score, None, as_lines=as_lines)


def families(context: typer.Context, as_lines: Json = False) -> None:
    """Join hosts that share rare facts.

    Example: mirrorwatch families
    """
    _one_step(context, "families", Steps.families, None, as_lines=as_lines)


@evidence_app.callback(invoke_without_command=True)
def evidence(context: typer.Context, as_lines: Json = False) -> None:
    """Read the captures that no detector has read.

    Example: mirrorwatch evidence
    """
    if context.invoked_subcommand is None:
        _one_step(context, "evidence", Steps.evidence, None, as_lines=as_lines)


@evidence_app.command("list")
def evidence_list(context: typer.Context, host: MaybeHost = "", as_lines: Json = False) -> None:
    """All evidence, or that of one host.

    Example: mirrorwatch evidence list --json
    """
    desk: Desk = context.obj
    found = queries.evidence_of(desk.case(), desk.host(host)) if host else queries.all_evidence(desk.case())
    if as_lines:
        for one in found:
            print_json(
                {
                    "host": one.host.name,
                    "url": one.url,
                    "kind": one.kind.value,
                    "subject": one.subject,
                    "value": one.value,
                    "strength": one.strength.value,
                }
            )
        return
    print_table(
        ("host", "kind", "subject", "value", "strength", "quote"),
        [(e.host, e.kind.value, e.subject, e.value, e.strength.value, e.quote) for e in found],
    )


def _one_step(context: typer.Context, name: str, step: Callable[[Steps], StepReport], replay: list[Path] | None, *, as_lines: bool) -> None:
    """Run one step under the night's lock and print its report."""
    desk: Desk = context.obj
    with at_work(desk, desk.web(tuple(replay or ()))) as steps:
        report = run_step(name, lambda: step(steps))
    if as_lines:
        print_json(as_json(report))
    else:
        _print_step(name, report)
    if was_done_in_part(report):
        raise typer.Exit(3)


def exit_code_of(steps: Sequence[StepReport]) -> int:
    """1 where the release was refused by its own checks (the last one stands), 3 where something of ours failed, 0 where all was done."""
    if any(step.step == "publish" and any(count.outcome == REFUSED for count in step.failed) for step in steps):
        return 1
    return 3 if any(was_done_in_part(step) for step in steps) else 0


def was_done_in_part(report: StepReport) -> bool:
    """Whether something of ours failed (the far end failing is data): a damaged archive record, a visit that broke off, hosts nobody visited, no browser."""
    if report.step in ("evidence", "score"):
        return bool(report.failed)
    return report.step in ("fetch", "render") and any(count.outcome in OURS for count in (*report.failed, *report.skipped))


def _print_step(name: str, report: StepReport) -> None:
    counts = [f"{count.outcome} {count.number}" for count in (*report.failed, *report.skipped)]
    print_text(f"{name}: {report.done} done" + (f"; {', '.join(counts)}" if counts else ""))
