"""What changed after a decision, and what hosts showed when last visited, as questions (`casefile.queries` has the rest)."""

from casefile.outcomes import READ, marks
from casefile.records import Decision, Evidence
from casefile.store import Case

GRAVITY = "CASE {}.band WHEN 'mirror' THEN 2 WHEN 'unsure' THEN 1 ELSE 0 END"

CHANGED_SINCE = f"""
    FROM latest_decisions d JOIN latest_verdicts v ON v.host = d.host
    WHERE d.action IN ('reject', 'unlist') AND v.judged_at > d.decided_at AND (
        {GRAVITY.format("v")} > (
            SELECT {GRAVITY.format("b")} FROM verdicts b WHERE b.host = d.host AND b.judged_at <= d.decided_at ORDER BY b.id DESC LIMIT 1
        ) OR v.band = 'mirror' AND EXISTS (
            SELECT 1 FROM evidence e WHERE e.host = d.host AND e.strength = 'strong' AND e.found_at > d.decided_at AND NOT EXISTS (
                SELECT 1 FROM evidence o
                WHERE o.host = e.host AND o.kind = e.kind AND o.subject = e.subject AND o.value = e.value AND o.found_at <= d.decided_at
            )
        )
    )"""
"""Decisions against a host that later verdicts speak against: a band graver than the analyst saw, or a mirror with strong evidence that was not known then."""


def changed_since(case: Case) -> dict[str, Decision]:
    """The decision that rejected or unlisted a host and after which it changed so that it is to be looked at again, by host."""
    return {one.host.name: one for one in case.records(Decision, f"id IN (SELECT d.id {CHANGED_SINCE})")}


def identifiers_of_last_visits(case: Case) -> list[Evidence]:
    """The identifiers that every host showed at its last visit of which a page was read (`latest_captures_of`: 20 h wide), oldest first."""
    last_visits = f"""
        WITH seen AS (SELECT id, host, url, json_extract(vantage, '$.name') AS vantage, how, taken_at FROM captures WHERE outcome IN ({marks(READ)})),
        newest AS (SELECT host, julianday(max(taken_at)) AS at FROM seen GROUP BY host)
        SELECT max(seen.id) FROM seen JOIN newest ON newest.host = seen.host
        WHERE newest.at - julianday(seen.taken_at) < 20.0 / 24 GROUP BY seen.host, seen.url, seen.vantage, seen.how"""
    return case.records(Evidence, f"kind = 'identifier' AND capture_id IN ({last_visits})")
