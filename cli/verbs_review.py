"""What the analyst uses: what waits, all that is known of one host, and the decision."""

import sys
from collections.abc import Sequence

import typer

from blocklist.bulk import latest_by_host, refusal_as_shown, seen_of
from blocklist.orders import FamilyDecision, approve_family, end_order, families_to_review, family_of, look_at_family
from blocklist.review import decide
from blocklist.selection import select
from casefile import queries
from casefile.errors import HostnameRefused, UsageError
from casefile.hostname import Hostname
from casefile.plaintext import inert
from casefile.records import Action, Band, Decision
from casefile.rows import as_json
from cli.desk import Desk
from cli.dossier import dossier_of
from cli.options import Act, Analyst, Everything, Expect, Families, Host, Json, Limit, MaybeHosts, Note, OfFamily, OnFamily
from cli.output import print_json, print_text
from cli.show import print_dossier
from cli.waiting import Row, print_families, print_looked_at, print_rows, rows_of_queue


def verdicts(context: typer.Context, as_lines: Json = False) -> None:
    """The latest verdict of every host.

    Example: mirrorwatch verdicts --json
    """
    desk: Desk = context.obj
    rows = [Row(host=one.host, verdict=one) for one in queries.latest_verdicts(desk.case())]
    print_rows(desk, rows, as_lines=as_lines, queue=False)


def queue(context: typer.Context, families: Families = False, family: OfFamily = "", limit: Limit = 1000, as_lines: Json = False) -> None:
    """What waits for an analyst: mirrors that a standing order proposes, then the most probable; deferred hosts and approved ones that cannot be listed last.

    Example: mirrorwatch queue --limit 20

    Families, with what ties their members: mirrorwatch queue --families

    One family, with what an approval of it would do to every member: mirrorwatch queue --family gamacasino5379.example
    """
    desk: Desk = context.obj
    if family:
        print_looked_at(look_at_family(desk.case(), family, desk.guard), as_lines=as_lines)
        return
    if families:
        found = families_to_review(desk.case(), desk.guard)
        print_families(found[:limit], as_lines=as_lines)
        all_of_them = len(found)
    else:
        rows = rows_of_queue(desk)
        print_rows(desk, rows[:limit], as_lines=as_lines, queue=True)
        all_of_them = len(rows)
    if not as_lines and all_of_them > limit:
        print_text(f"... and {all_of_them - limit} more (--limit)")


def show(context: typer.Context, host: Host, as_lines: Json = False) -> None:
    """All that is known of one host: verdict with reasons, visits, evidence with quotes, family, decisions.

    Example: mirrorwatch show gamacasino5379.example
    """
    desk: Desk = context.obj
    found = dossier_of(desk.case(), desk.host(host), desk.guard, desk.state)
    if as_lines:
        print_json(found)
    else:
        print_dossier(found)


def approve(
    context: typer.Context,
    analyst: Analyst,
    note: Note,
    hosts: MaybeHosts = None,
    family: OnFamily = "",
    expect: Expect = "",
    act: Act = "",
    as_lines: Json = False,
) -> None:
    """Approve hosts for the blocklist, all or none of those named; or the mirrors of a family, which begins a standing order on it.

    Example: mirrorwatch approve gamacasino5379.example --as "A. Analyst" --note "casino, deposit page seen"

    A family, after queue --family: mirrorwatch approve --family gamacasino5379.example --expect DIGEST --as "A. Analyst" --note "one operator" --act 12-34

    On a terminal --expect may be left out: it shows the members and asks. Of a family what is guarded, unsure, deferred, shown differently to visitors or leads
    to another site stays in review. While the order stands, later mirrors of the family wait in review, marked; none is listed without a decision. To end it,
    reject or defer the family.
    """
    if family:
        _alone(hosts)
        _approve_family(context.obj, family, expect, analyst, note, act, as_lines=as_lines)
    else:
        _decide(context.obj, hosts, Action.APPROVE, analyst, note, act, as_lines=as_lines)


def reject(
    context: typer.Context,
    analyst: Analyst,
    note: Note,
    hosts: MaybeHosts = None,
    family: OnFamily = "",
    everything: Everything = False,
    act: Act = "",
    as_lines: Json = False,
) -> None:
    """Reject hosts: not gambling, or not illegal. They leave the list and the queue. Of a family those that wait and are no mirrors, and its order ends.

    Example: mirrorwatch reject library.example --as "A. Analyst" --note "a library"

    A family: mirrorwatch reject --family library.example --as "A. Analyst" --note "a chain of libraries, one counter"

    Members in the mirror band are left in review unless --all says so. A rejected host comes back into the queue when it changes for the worse.
    """
    if family:
        _alone(hosts)
        _end_order(context.obj, family, Action.REJECT, analyst, note, act, everything=everything, as_lines=as_lines)
    else:
        _decide(context.obj, hosts, Action.REJECT, analyst, note, act, as_lines=as_lines)


def defer(
    context: typer.Context,
    analyst: Analyst,
    note: Note,
    hosts: MaybeHosts = None,
    family: OnFamily = "",
    act: Act = "",
    as_lines: Json = False,
) -> None:
    """Put hosts at the end of the queue. Of a family those that wait, and its standing order ends.

    Example: mirrorwatch defer shop.example --as "A. Analyst" --note "ask for a test purchase"

    A family: mirrorwatch defer --family shop.example --as "A. Analyst" --note "the shared counter may be the web designer's"
    """
    if family:
        _alone(hosts)
        _end_order(context.obj, family, Action.DEFER, analyst, note, act, everything=True, as_lines=as_lines)
    else:
        _decide(context.obj, hosts, Action.DEFER, analyst, note, act, as_lines=as_lines)


def _alone(hosts: Sequence[str] | None) -> None:
    if hosts:
        raise UsageError("name hosts or a family with --family, not both. Nothing was decided")


def _decide(desk: Desk, hosts: Sequence[str] | None, action: Action, analyst: str, note: str, act: str, *, as_lines: bool) -> None:
    named = read_hosts(desk, hosts or ())
    made = decide(desk.case(), named, action, analyst=analyst, note=note, act=act, guard=desk.guard, clock=desk.clock)
    _print_decisions(made, as_lines=as_lines)
    if not as_lines:
        if action is Action.APPROVE:
            _warn(desk, named)
        _say_what_follows(desk, named, action)


def _warn(desk: Desk, hosts: Sequence[Hostname]) -> None:
    """What speaks for a second look at a host that was just approved by name."""
    case = desk.case()
    decisions = latest_by_host(case)
    for host in hosts:
        if (verdict := queries.verdict_of(case, host)) is None:
            continue
        if verdict.band is not Band.MIRROR:
            print_text(f"  warning: {host} is {verdict.band.value}, probability {verdict.probability:.3f}")
        if shown := refusal_as_shown(seen_of(case, verdict, decisions)):
            print_text(inert(f"  warning, {shown.rule}: {shown.text}"))


def _approve_family(desk: Desk, family: str, expect: str, analyst: str, note: str, act: str, *, as_lines: bool) -> None:
    """Approve what was looked at: the digest says what that was, or the terminal shows it and asks."""
    if not expect:
        if as_lines or not (sys.stdin.isatty() and sys.stdout.isatty()):
            family_of(desk.case(), family)
            raise UsageError(
                f"say what you looked at: mirrorwatch queue --family {family} lists the members and their digest, "
                "then approve --family with --expect DIGEST. Nothing was decided"
            )
        looked = look_at_family(desk.case(), family, desk.guard)
        print_looked_at(looked, as_lines=False)
        number = sum(one.outcome == "approve" for one in looked.members)
        if not typer.confirm(f"Approve {number} hosts of the family {looked.family.family}?"):
            print_text("Nothing was decided")
            raise typer.Exit(1)
        expect = looked.digest
    done = approve_family(desk.case(), family, analyst=analyst, note=note, act=act, expect=expect, guard=desk.guard, clock=desk.clock)
    _print_family_decision(desk, done, Action.APPROVE, as_lines=as_lines)
    if not as_lines:
        print_text("  its later mirrors wait in review, marked; to end it, mirrorwatch reject or defer --family " + done.family.family)


def _end_order(desk: Desk, family: str, action: Action, analyst: str, note: str, act: str, *, everything: bool, as_lines: bool) -> None:
    done = end_order(desk.case(), family, action, analyst=analyst, note=note, act=act, everything=everything, clock=desk.clock)
    _print_family_decision(desk, done, action, as_lines=as_lines)


def _print_family_decision(desk: Desk, done: FamilyDecision, action: Action, *, as_lines: bool) -> None:
    """Say of every member that waited, is left out or was decided before what became of it."""
    if as_lines:
        print_json(
            {
                "family": done.family.family,
                "action": action.value,
                "members": len(done.family.members),
                "decided": as_json(done.decisions),
                "left": as_json(done.left),
                "untouched": as_json(done.untouched),
                "orders": as_json(done.orders),
            }
        )
        return
    _print_decisions(done.decisions, as_lines=False)
    for left in done.left:
        print_text(inert(f"{'left in review' if left.waits else 'not approved'} {left.host}, {left.rule}: {left.text}"))
    for one in done.untouched:
        print_text(f"stays {one.state} {one.host}: to take it back, {one.command} --as NAME --note TEXT")
    _say_what_follows(desk, [one.host for one in done.decisions], action)
    for order in done.orders:
        print_text(
            f"standing order {'begins' if order.stands else 'ends'} on the family {done.family.family} ({len(done.family.members)} hosts)"
        )


def _print_decisions(made: Sequence[Decision], *, as_lines: bool) -> None:
    for one in made:
        if as_lines:
            print_json(
                {"host": one.host.name, "action": one.action.value, "analyst": one.analyst, "note": one.note, "act": one.act, "id": one.id}
            )
        else:
            print_text(f"{one.action.value} {one.host} by {one.analyst}: {one.note}")


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
        raise UsageError("no host named: give host names, or - with lines on standard input, or a family with --family")
    return list(hosts)
