"""What `select` says: the new entries with their ranking, what leaves or is renewed, and for everything left out the rule."""

from blocklist.popular import warning
from blocklist.selection import Selection
from casefile.rows import as_json
from cli.desk import Desk
from cli.night import is_of_archives
from cli.output import print_json, print_table, print_text

RANKING = ("family", "payment", "complaints", "reach", "probability")
"""What comes first, in this order."""


def print_selection(desk: Desk, chosen: Selection, *, as_lines: bool) -> None:
    """As text or as JSON lines; a warning goes to stderr where popular names are guarded only in part."""
    if not is_of_archives(desk) and (told := warning(desk.popular, desk.clock())):
        desk.progress.note(f"warning: {told}")
    if as_lines:
        _print_lines(chosen)
    else:
        _print_tables(chosen)


def _print_lines(chosen: Selection) -> None:
    for entry, rank in zip(chosen.entries, chosen.ranks, strict=True):
        said = {
            "host": entry.host.name,
            "selected": True,
            "scope": entry.scope.value,
            "rank": as_json(rank),
            "evidence": list(entry.evidence),
        }
        print_json(said | {"decision": entry.decision, "act": entry.act})
    for left in chosen.left_out:
        print_json({"host": left.host.name, "selected": False, "rule": left.rule, "why": left.text})
    for one in chosen.leaving:
        print_json({"host": one.entry.host.name, "leaves": True, "cause": one.cause.value, "why": one.reason})
    for renewed in chosen.renewed:
        print_json({"host": renewed.host.name, "renewed_until": as_json(renewed.expires_at)})


def _print_tables(chosen: Selection) -> None:
    print_text(
        f"{chosen.day}: {len(chosen.entries)} new, room for {chosen.room} today; {len(chosen.kept)} stay, {len(chosen.renewed)} are renewed, "
        f"{len(chosen.leaving)} leave; {len(chosen.left_out)} approved and left out"
    )
    if chosen.entries:
        rows = [
            (
                number,
                rank.family,
                "yes" if rank.payment else "no",
                rank.complaints,
                rank.reach,
                f"{rank.probability:.3f}",
                entry.scope.value,
                entry.host,
            )
            for number, (entry, rank) in enumerate(zip(chosen.entries, chosen.ranks, strict=True), 1)
        ]
        print_text()
        print_table(("rank", *RANKING, "scope", "host"), rows, right=("rank", "family", "complaints", "reach", "probability"))
    if chosen.left_out:
        print_text()
        print_table(("left out", "rule", "why"), [(left.host, left.rule, left.text) for left in chosen.left_out])
    if chosen.leaving:
        print_text()
        print_table(("leaves", "cause", "why"), [(one.entry.host, one.cause.value, one.reason) for one in chosen.leaving])
