"""What the analyst uses: what waits, all that is known of one host, and the decision."""

import sys
from collections.abc import Sequence

import typer

from blocklist.review import decide
from blocklist.selection import select
from casefile import queries
from casefile.errors import HostnameRefused, UsageError
from casefile.hostname import Hostname
from casefile.records import Action, Verdict
from cli.desk import Desk
from cli.options import Act, Analyst, Host, Hosts, Json, Limit, Note
from cli.output import print_json, print_table, print_text
from cli.show import dossier_of, print_dossier


def verdicts(context: typer.Context, as_lines: Json = False) -> None:
    """The latest verdict of every host.

    Example: mirrorwatch verdicts --json
    """
    desk: Desk = context.obj
    _print_verdicts(desk, queries.latest_verdicts(desk.case()), as_lines=as_lines)


def queue(context: typer.Context, limit: Limit = 1000, as_lines: Json = False) -> None:
    """What waits for an analyst, most probable first; deferred hosts at the end.

    Example: mirrorwatch queue --limit 20
    """
    desk: Desk = context.obj
    waiting = queries.verdicts_to_review(desk.case())
    _print_verdicts(desk, waiting[:limit], as_lines=as_lines)
    if not as_lines and len(waiting) > limit:
        print_text(f"... and {len(waiting) - limit} more (--limit)")


def show(context: typer.Context, host: Host, as_lines: Json = False) -> None:
    """All that is known of one host: verdict with reasons, visits, evidence with quotes, family, decisions.

    Example: mirrorwatch show gamacasino5379.example
    """
    desk: Desk = context.obj
    found = dossier_of(desk.case(), desk.host(host), desk.guard)
    if as_lines:
        print_json(found)
    else:
        print_dossier(found)


def approve(context: typer.Context, hosts: Hosts, analyst: Analyst, note: Note, act: Act = "", as_lines: Json = False) -> None:
    """Approve hosts for the blocklist. All or none of those named.

    Example: mirrorwatch approve gamacasino5379.example --as "A. Analyst" --note "casino, deposit page seen"
    """
    _decide(context, hosts, Action.APPROVE, analyst, note, act, as_lines=as_lines)


def reject(context: typer.Context, hosts: Hosts, analyst: Analyst, note: Note, act: Act = "", as_lines: Json = False) -> None:
    """Reject hosts: not gambling, or not illegal. They leave the list and the queue.

    Example: mirrorwatch reject library.example --as "A. Analyst" --note "a library"
    """
    _decide(context, hosts, Action.REJECT, analyst, note, act, as_lines=as_lines)


def defer(context: typer.Context, hosts: Hosts, analyst: Analyst, note: Note, act: Act = "", as_lines: Json = False) -> None:
    """Put hosts at the end of the queue.

    Example: mirrorwatch defer shop.example --as "A. Analyst" --note "ask for a test purchase"
    """
    _decide(context, hosts, Action.DEFER, analyst, note, act, as_lines=as_lines)


def _decide(context: typer.Context, hosts: Sequence[str], action: Action, analyst: str, note: str, act: str, *, as_lines: bool) -> None:
    desk: Desk = context.obj
    named = read_hosts(desk, hosts)
    made = decide(desk.case(), named, action, analyst=analyst, note=note, act=act, guard=desk.guard, clock=desk.clock)
    for one in made:
        if as_lines:
            print_json(
                {"host": one.host.name, "action": one.action.value, "analyst": one.analyst, "note": one.note, "act": one.act, "id": one.id}
            )
        else:
            print_text(f"{one.action.value} {one.host} by {one.analyst}: {one.note}")
    if not as_lines:
        _say_what_follows(desk, named, action)


def _say_what_follows(desk: Desk, hosts: Sequence[Hostname], action: Action) -> None:
    """What the analyst should know on top: an approved host that is not fit to be listed yet, a rejected one that ISPs still have."""
    if action is Action.APPROVE:
        for left in select(desk.case(), desk.guard, desk.config.policy, clock=desk.clock).left_out:
            if left.host in hosts:
                print_text(f"  not listed yet, {left.rule}: {left.text}")
    if action is Action.REJECT:
        for entry in queries.listed_entries(desk.case()):
            if entry.host in hosts:
                print_text(f"  {entry.host} is in release {entry.serial} until the next is published: mirrorwatch unlist takes it off now")


def read_hosts(desk: Desk, given: Sequence[str]) -> list[Hostname]:
    """Host names of the command line, `-` replaced by the lines of standard input (# comments); raises `UsageError` naming every bad one."""
    texts: list[tuple[str, str]] = []
    for text in given:
        if text != "-":
            texts.append(("", text))
            continue
        lines = ((number, line.partition("#")[0].strip()) for number, line in enumerate(sys.stdin, 1))
        texts.extend((f"standard input:{number}: ", line) for number, line in lines if line)
    hosts: dict[Hostname, None] = {}
    bad: list[str] = []
    for where, text in texts:
        try:
            hosts[desk.host(text)] = None
        except HostnameRefused as error:
            bad.append(f"{where}{error}")
    if bad:
        raise UsageError(
            "; ".join(bad[:5])
            + (f"; and {len(bad) - 5} more" if len(bad) > 5 else "")
            + ". Nothing was decided: correct them and run it again"
        )
    if not hosts:
        raise UsageError("no host named: give host names, or - with lines on standard input")
    return list(hosts)


def _print_verdicts(desk: Desk, found: Sequence[Verdict], *, as_lines: bool) -> None:
    family_of = {member.name: family.family for family in queries.families_now(desk.case()) for member in family.members}
    if as_lines:
        for one in found:
            print_json(
                {
                    "host": one.host.name,
                    "label": one.label.value,
                    "probability": round(one.probability, 4),
                    "band": one.band.value,
                    "family": family_of.get(one.host.name, ""),
                    "reasons": [reason.text for reason in one.reasons],
                }
            )
        return
    rows = [
        (
            one.host,
            one.label.value,
            f"{one.probability:.3f}",
            one.band.value,
            family_of.get(one.host.name, ""),
            "; ".join(r.text for r in one.reasons[:3]),
        )
        for one in found
    ]
    print_table(("host", "label", "probability", "band", "family", "reasons"), rows, right=("probability",))
