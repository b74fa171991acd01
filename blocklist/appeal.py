"""Appeals against a listing: opened with a clock, decided once, and an upheld one is sticky.

An owner, or anybody in its name, appeals; the authority decides within `policy.appeal_days`. An upheld appeal unlists the host, at once (`blocklist.uphold`), and
bars it: whatever is approved later, it is not listed while that is the last word. Only a later refusal that names a legal act, as of a court, ends that; listed
it is then only with an approval of after that. Any other refused appeal leaves the entry as it is, and another may be opened later. Every step is a row of its
own; where an appeal stands is asked, never stored.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from blocklist.policy import Policy
from casefile import queries
from casefile.errors import UsageError
from casefile.hostname import Hostname
from casefile.plaintext import is_plain_line
from casefile.records import Action, Appeal, AppealState, Clock, Decision, Scope
from casefile.store import Case

UPHELD = "an appeal was upheld"
"""How the reason of a removal begins that an upheld appeal is the cause of: by these words the appeal is known again where only the release still tells of it."""

MOST_NAMED = 5
"""Entries that an error names beside the host that is none."""


def open_appeal(case: Case, host: Hostname, *, by: str, note: str, policy: Policy, clock: Clock) -> Appeal:
    """Append the opening of an appeal by `by` against the entry of `host`; due `policy.appeal_days` from now.

    Raises `UsageError` where words are missing, the host has no entry of its own, or an appeal on it is open.
    """
    _check_words(by, note, "", "who appeals")
    last = last_word(case, host)
    if last and last.state is AppealState.OPENED:
        raise UsageError(
            f"an appeal for {host} is open since {last.said_at:%Y-%m-%d}, due {last.due_at:%Y-%m-%d}: "
            "decide it first with mirrorwatch appeal decide. Nothing was opened"
        )
    if fault := _not_an_entry(case, host, last):
        raise UsageError(f"{fault}. Nothing was opened")
    now = clock()
    return _kept(
        case,
        Appeal(
            host=host,
            state=AppealState.OPENED,
            person=by.strip(),
            note=note.strip(),
            due_at=now + timedelta(days=policy.appeal_days),
            said_at=now,
        ),
    )


def decide_appeal(case: Case, host: Hostname, outcome: AppealState, *, analyst: str, note: str, act: str = "", clock: Clock) -> Appeal:
    """Append the decision of the appeal on `host` that is open: UPHELD, and with it that the host is unlisted, or REFUSED. UPHELD publishes nothing: that is `blocklist.uphold`'s.

    An upheld appeal is refused afterwards only with a legal act. Raises `UsageError` where none is open, or words are missing.
    """
    _check_words(analyst, note, act, "the analyst")
    last = last_word(case, host)
    if last is None or not _may_follow(last, outcome):
        told = f"the last was {last.state.value} on {last.said_at:%Y-%m-%d}" if last else "there never was one"
        raise UsageError(f"no appeal for {host} is open, {told}: mirrorwatch appeal list shows those that are. Nothing was decided")
    if last.state is AppealState.UPHELD and not act.strip():
        raise UsageError(
            f"an appeal for {host} was upheld on {last.said_at:%Y-%m-%d} and stands: only a legal act ends that, name it with --act. Nothing was decided"
        )
    made = replace(last, id=0, state=outcome, person=analyst.strip(), note=note.strip(), act=act.strip(), said_at=clock())
    if outcome is AppealState.UPHELD:
        return _kept(case, made, _unlisted(made, f"appeal upheld: {made.note}"))
    if last.state is AppealState.UPHELD and any(one.host == host for one in queries.approved_hosts(case)):
        return _kept(case, made, _unlisted(made, "approved while an appeal barred it, which is no approval of after that"))
    return _kept(case, made)


def _unlisted(appeal: Appeal, note: str) -> Decision:
    return Decision(
        host=appeal.host,
        action=Action.UNLIST,
        analyst=appeal.person,
        note=note[:1000],
        act=appeal.act,
        decided_at=appeal.said_at,
    )


def _may_follow(last: Appeal, outcome: AppealState) -> bool:
    """An open appeal is decided either way; an upheld one can be refused afterwards."""
    return last.state is AppealState.OPENED or (last.state is AppealState.UPHELD and outcome is AppealState.REFUSED)


def last_word(case: Case, host: Hostname) -> Appeal | None:
    """The latest step of an appeal on a host, None where nobody ever appealed."""
    return next(iter(queries.appeals_of(case, host)[-1:]), None)


def barred(case: Case) -> dict[str, Appeal]:
    """The upheld appeals that stand, by host name: these hosts may be neither approved nor listed."""
    return {one.host.name: one for one in queries.latest_appeals(case) if one.state is AppealState.UPHELD}


def open_appeals(case: Case) -> list[Appeal]:
    """The appeals that wait for a decision, the first due first."""
    found = [one for one in queries.latest_appeals(case) if one.state is AppealState.OPENED]
    return sorted(found, key=lambda one: (one.due_at, one.host.name))


def overdue_appeals(case: Case, now: datetime) -> list[Appeal]:
    """The open appeals whose day has passed, the longest overdue first: what `doctor` and the night's notice tell."""
    return [one for one in open_appeals(case) if one.due_at < now]


def overdue_in_words(overdue: list[Appeal]) -> str:
    """One line on overdue appeals, empty where there are none."""
    if not overdue:
        return ""
    names = ", ".join(f"{one.host} (due {one.due_at:%Y-%m-%d})" for one in overdue[:MOST_NAMED])
    more = f" and {len(overdue) - MOST_NAMED} more" if len(overdue) > MOST_NAMED else ""
    return f"{len(overdue)} appeal{'s' if len(overdue) > 1 else ''} overdue: {names}{more}"


def _not_an_entry(case: Case, host: Hostname, last: Appeal | None) -> str:
    """Why a host cannot be appealed for, empty where it has an entry; names the entry that is meant where there is one."""
    entries = queries.entries_around(case, host)
    if any(entry.host == host for entry in entries):
        return ""
    if over := [one.host.name for one in entries if one.scope is Scope.SUBDOMAINS and host.name.endswith(f".{one.host}")]:
        return f"{host} is blocked by the entry {over[0]}: appeal for that name"
    if below := [one.host.name for one in entries if one.host.name.endswith(f".{host}")]:
        more = f" and {len(below) - MOST_NAMED} more" if len(below) > MOST_NAMED else ""
        return f"{host} itself is not on the list, hosts below it are: appeal for the tenant that is meant ({', '.join(below[:MOST_NAMED])}{more})"
    if last and last.state is AppealState.UPHELD:
        return f"{host} is not on the list: an appeal for it was upheld on {last.said_at:%Y-%m-%d}"
    return f"{host} is not on the list, so that there is nothing to appeal against: mirrorwatch show {host} says what is known of it"


def _check_words(person: str, note: str, act: str, who: str) -> None:
    """Raises `UsageError` for words that are missing, too long or not plain: they are printed in acts and sent to ISPs."""
    for name, text, most in ((who, person, 100), ("the note", note, 1000), ("the act", act, 100)):
        if not text.strip() and name != "the act":
            raise UsageError(f"an appeal needs {name}: it is empty. Nothing was kept")
        if len(text) > most:
            raise UsageError(f"{name} is longer than {most} characters. Nothing was kept")
        if not is_plain_line(text):
            raise UsageError(f"{name} holds control characters; give one line of plain text. Nothing was kept")


def _kept(case: Case, appeal: Appeal, *decisions: Decision) -> Appeal:
    number, *_ = case.add([appeal, *decisions])
    return replace(appeal, id=number)
