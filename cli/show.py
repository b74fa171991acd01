"""All that is known of one host, as plain values and as a screen of text."""

from typing import Any

from blocklist.guard import Guard
from casefile import queries
from casefile.errors import UsageError
from casefile.hostname import Hostname
from casefile.outcomes import OUTCOMES
from casefile.records import Capture
from casefile.rows import as_json
from casefile.store import Case
from cli.output import print_text

MOST = 12
"""Rows of one kind on a screen."""


def dossier_of(case: Case, host: Hostname, guard: Guard) -> dict[str, Any]:
    """Everything on a host as plain values; raises `UsageError` where nothing is known of it."""
    sightings = queries.sightings_of(case, host)
    decisions = queries.decisions_of(case, host)
    if not sightings and not decisions:
        raise UsageError(
            f"nothing is known of {host}: name it in a seed file and run a night, or check the spelling (mirrorwatch verdicts)"
        )
    verdict = queries.verdict_of(case, host)
    family = next((one for one in queries.families_now(case) if host in one.members), None)
    entry = next((one for one in queries.listed_entries(case) if one.host == host), None)
    refusal = guard.refusal(host, guard.scope_for(host))
    return {
        "host": host.name,
        "unicode_name": host.unicode_name,
        "registrable": host.registrable,
        "guarded": refusal.rule if refusal else "",
        "state": as_json(queries.state_of(case, host)),
        "verdict": as_json(verdict) if verdict else None,
        "family": as_json(family) if family else None,
        "entry": as_json(entry) if entry else None,
        "decisions": as_json(tuple(decisions)),
        "evidence": as_json(tuple(queries.evidence_of(case, host))),
        "captures": [_capture(capture) for capture in queries.captures_of(case, host)],
        "resolutions": as_json(tuple(queries.resolutions_of(case, host))),
        "sightings": as_json(tuple(sightings)),
    }


def _capture(capture: Capture) -> dict[str, Any]:
    return {**as_json(capture), "meaning": OUTCOMES[capture.outcome].meaning}


def print_dossier(found: dict[str, Any]) -> None:
    """One screen: who and what was decided, verdict and why, family, decisions, evidence with quotes, visits, who named it."""
    print_text(_headline(found))
    _print_verdict(found["verdict"])
    if found["family"]:
        members = found["family"]["members"]
        more = " ..." if len(members) > MOST else ""
        print_text(f"\nfamily {found['family']['family']}: {len(members)} hosts: {', '.join(members[:MOST])}{more}")
    _print_rows(
        "decisions",
        [f"{one['decided_at'][:16]} {one['action']} by {one['analyst']}: {one['note']}{_act(one)}" for one in found["decisions"]],
    )
    evidence = [
        f"{one['kind']:<10} {one['subject']}: {one['value']} ({one['strength']})\n    “{one['quote']}” on {one['url']}"
        for one in found["evidence"]
    ]
    _print_rows("evidence", list(dict.fromkeys(evidence)))
    _print_rows("captures", [_capture_line(one) for one in found["captures"]])
    _print_rows("named by", [f"{one['seen_at'][:16]} {one['source']}: {one['reason']} {one['where']}" for one in found["sightings"]])


def _headline(found: dict[str, Any]) -> str:
    """Name, state, whether it is listed, the last decision, and whether it ever can be listed."""
    name = found["host"] if found["host"] == found["unicode_name"] else f"{found['host']} ({found['unicode_name']})"
    entry, decisions = found["entry"], found["decisions"]
    parts = [
        f"{name}: {found['state']['state']}",
        f"listed since {entry['listed_at'][:10]}, scope {entry['scope']}" if entry else "not listed",
        f"{decisions[-1]['action']} by {decisions[-1]['analyst']}" if decisions else "no decision",
    ]
    if found["guarded"]:
        parts.append(f"can never be listed ({found['guarded']})")
    return "; ".join(parts)


def _print_verdict(verdict: dict[str, Any] | None) -> None:
    if verdict is None:
        print_text("no verdict: nothing of it was captured")
        return
    alone = f"name alone {verdict['name_probability']:.3f}, model {verdict['model']}"
    print_text(f"{verdict['label']}, probability {verdict['probability']:.3f}, band {verdict['band']} ({alone})")
    for reason in verdict["reasons"]:
        weight = f"{reason['weight']:+7.2f}" if reason["weight"] else "   fact"
        print_text(f"  {weight}  {reason['text']}")


def _print_rows(title: str, rows: list[str]) -> None:
    if rows:
        print_text(f"\n{title}")
        for row in rows[:MOST]:
            print_text(f"  {row}")
        if len(rows) > MOST:
            print_text(f"  ... and {len(rows) - MOST} more (--json shows all)")


def _capture_line(one: dict[str, Any]) -> str:
    count = len(one["hops"])
    hops = f", {count} redirect{'s' if count > 1 else ''} to {one['final_url']}" if count else ""
    why = f" ({one['reason'] or one['meaning']})" if one["outcome"] != "ok" else ""
    replayed = f" [archived {one['replayed_from'][:10]}]" if one["replayed_from"] else ""
    return f"{one['taken_at'][:16]} {one['vantage']['name']:<8} {one['page']:<8} {one['status']} {one['outcome']}{why} {one['url']}{hops}{replayed}"


def _act(one: dict[str, Any]) -> str:
    return f", act {one['act']}" if one["act"] else ""
