"""What the analyst uses: what waits, all that is known of one host, and the decision."""

import sys
from collections.abc import Sequence

import typer

from blocklist.orders import WaitingFamily, approve_family, end_order, families_to_review, review_queue
from blocklist.review import decide
from blocklist.selection import select
from casefile import queries
from casefile.errors import HostnameRefused, UsageError
from casefile.hostname import Hostname
from casefile.records import Action, Decision, Order, Tie, Verdict
from casefile.rows import as_json
from cli.desk import Desk
from cli.dossier import dossier_of
from cli.options import Act, Analyst, Families, Host, Json, Limit, MaybeHosts, Note, OnFamily
from cli.output import print_json, print_table, print_text
from cli.show import print_dossier

MOST_TIES = 4
LONGEST_FACT = 60
"""Ties of a family, and characters of a fact, that a line of text shows."""


def verdicts(context: typer.Context, as_lines: Json = False) -> None:
    """The latest verdict of every host.

    Example: mirrorwatch verdicts --json
    """
    desk: Desk = context.obj
    _print_verdicts(desk, queries.latest_verdicts(desk.case()), as_lines=as_lines)


def queue(context: typer.Context, families: Families = False, limit: Limit = 1000, as_lines: Json = False) -> None:
    """What waits for an analyst: mirrors that a standing order proposes, then the most probable; deferred hosts at the end.

    Example: mirrorwatch queue --limit 20

    Families, with what ties their members: mirrorwatch queue --families
    """
    desk: Desk = context.obj
    if families:
        found = families_to_review(desk.case(), desk.guard)
        _print_families(found[:limit], as_lines=as_lines)
    else:
        waiting = review_queue(desk.case(), desk.guard)
        _print_verdicts(
            desk, [verdict for verdict, _ in waiting[:limit]], as_lines=as_lines, orders=[order for _, order in waiting[:limit]]
        )
    all_of_them = len(found if families else waiting)
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
    act: Act = "",
    as_lines: Json = False,
) -> None:
    """Approve hosts for the blocklist, all or none of those named; or the mirrors of a family, which begins a standing order on it.

    Example: mirrorwatch approve gamacasino5379.example --as "A. Analyst" --note "casino, deposit page seen"

    A family: mirrorwatch approve --family gamacasino5379.example --as "A. Analyst" --note "one operator, one cashier" --act 12-34

    Of a family what is guarded or unsure stays in review. While the order stands, later mirrors of the family wait in review, marked; none is listed without a
    decision. To end it, reject or defer the family.
    """
    _decide(context, hosts, family, Action.APPROVE, analyst, note, act, as_lines=as_lines)


def reject(
    context: typer.Context,
    analyst: Analyst,
    note: Note,
    hosts: MaybeHosts = None,
    family: OnFamily = "",
    act: Act = "",
    as_lines: Json = False,
) -> None:
    """Reject hosts: not gambling, or not illegal. They leave the list and the queue. Of a family those that wait, and its standing order ends.

    Example: mirrorwatch reject library.example --as "A. Analyst" --note "a library"

    A family: mirrorwatch reject --family library.example --as "A. Analyst" --note "a chain of libraries, one counter"
    """
    _decide(context, hosts, family, Action.REJECT, analyst, note, act, as_lines=as_lines)


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
    _decide(context, hosts, family, Action.DEFER, analyst, note, act, as_lines=as_lines)


def _decide(
    context: typer.Context,
    hosts: Sequence[str] | None,
    family: str,
    action: Action,
    analyst: str,
    note: str,
    act: str,
    *,
    as_lines: bool,
) -> None:
    desk: Desk = context.obj
    if family:
        if hosts:
            raise UsageError("name hosts or a family with --family, not both. Nothing was decided")
        _decide_family(desk, family, action, analyst, note, act, as_lines=as_lines)
        return
    named = read_hosts(desk, hosts or ())
    made = decide(desk.case(), named, action, analyst=analyst, note=note, act=act, guard=desk.guard, clock=desk.clock)
    _print_decisions(made, as_lines=as_lines)
    if not as_lines:
        _say_what_follows(desk, named, action)


def _decide_family(desk: Desk, family: str, action: Action, analyst: str, note: str, act: str, *, as_lines: bool) -> None:
    """Decide on a family and say of every member that waited or was decided before what became of it."""
    if action is Action.APPROVE:
        done = approve_family(desk.case(), family, analyst=analyst, note=note, act=act, guard=desk.guard, clock=desk.clock)
    else:
        done = end_order(desk.case(), family, action, analyst=analyst, note=note, act=act, clock=desk.clock)
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
        print_text(f"left in review {left.host}, {left.rule}: {left.text}")
    for one in done.untouched:
        print_text(f"stays {one.state} {one.host}: to take it back, {one.command} --as NAME --note TEXT")
    _say_what_follows(desk, [one.host for one in done.decisions], action)
    for order in done.orders:
        print_text(
            f"standing order {'begins' if order.stands else 'ends'} on the family {done.family.family} ({len(done.family.members)} hosts)"
        )
    if action is Action.APPROVE:
        print_text("  its later mirrors wait in review, marked; to end it, mirrorwatch reject or defer --family " + done.family.family)


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


def _print_verdicts(desk: Desk, found: Sequence[Verdict], *, as_lines: bool, orders: Sequence[Order | None] | None = None) -> None:
    """Verdicts; in the queue each with the standing order that proposes it, `orders` in the order of `found`."""
    family_of = {member.name: family.family for family in queries.families_now(desk.case()) for member in family.members}
    proposed = orders or [None] * len(found)
    if as_lines:
        for one, order in zip(found, proposed, strict=True):
            print_json(
                {
                    "host": one.host.name,
                    "label": one.label.value,
                    "probability": round(one.probability, 4),
                    "band": one.band.value,
                    "family": family_of.get(one.host.name, ""),
                    "reasons": [reason.text for reason in one.reasons],
                    **({"proposed": as_json(order) if order else None} if orders is not None else {}),
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
            "; ".join([*([f"proposed: {_in_words(order)}"] if order else []), *(r.text for r in one.reasons[:3])]),
        )
        for one, order in zip(found, proposed, strict=True)
    ]
    print_table(("host", "label", "probability", "band", "family", "reasons"), rows, right=("probability",))


def _print_families(found: Sequence[WaitingFamily], *, as_lines: bool) -> None:
    if as_lines:
        for one in found:
            print_json(
                {
                    "family": one.family.family,
                    "members": as_json(one.family.members),
                    "waiting": as_json(one.waiting),
                    "proposed": as_json(one.proposed),
                    "listed": as_json(one.listed),
                    "ties": [{"kind": tie.kind, "fact": tie.fact, "population": tie.population} for tie in one.ties],
                    "evidence": list(one.evidence),
                    "order": as_json(one.order) if one.order else None,
                }
            )
        return
    rows = [
        (
            one.family.family,
            len(one.family.members),
            len(one.waiting),
            len(one.listed),
            ", ".join(one.evidence),
            _in_words(one.order) if one.order else "none",
            _ties_in_words(one.ties),
        )
        for one in found
    ]
    print_table(("family", "members", "waiting", "listed", "evidence", "order", "ties"), rows, right=("members", "waiting", "listed"))


def _in_words(order: Order) -> str:
    return f"standing order of {order.analyst}, {order.decided_at:%Y-%m-%d}"


def _ties_in_words(ties: Sequence[Tie]) -> str:
    told = [f"{tie.kind}: {tie.fact[:LONGEST_FACT]}, shared by {tie.population}" for tie in ties[:MOST_TIES]]
    return "; ".join([*told, *([f"and {len(ties) - MOST_TIES} more (--json)"] if len(ties) > MOST_TIES else [])])
