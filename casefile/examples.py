"""What analysts decided on hosts that had been judged before, asked of the case file: what `learn` may learn from, and how often analysts say no."""

from dataclasses import dataclass

from casefile.queries import by_id
from casefile.records import Decision, Verdict
from casefile.store import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The latest word on a host, an approval or a rejection, and the verdict that stood when it was given: what the analyst saw."""

    decision: Decision
    verdict: Verdict


def decided_hosts(case: Case) -> list[Decided]:
    """Every host whose latest decision approves or rejects it and that was judged before, oldest decision first.

    Left out are hosts that were put off or taken off, hosts decided before this case file knew them, and mirrors that a standing order only proposes: nobody
    has decided on those.
    """
    found = case.rows(
        "SELECT d.id AS decision, max(v.id) AS verdict FROM latest_decisions d JOIN verdicts v ON v.host = d.host AND v.judged_at <= d.decided_at "
        "WHERE d.action IN ('approve', 'reject') GROUP BY d.id ORDER BY d.decided_at, d.id"
    )
    decisions = by_id(case, Decision, (row["decision"] for row in found))
    verdicts = by_id(case, Verdict, (row["verdict"] for row in found))
    return [Decided(decision=decisions[row["decision"]], verdict=verdicts[row["verdict"]]) for row in found]
