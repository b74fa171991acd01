"""The decision log: every decision, order and step of an appeal as rows that are never changed, and a head that proves it.

Each part is chained: h(0) is empty, h(n) = SHA-256(h(n-1) + row n as JSON). The head is the digest of the parts' last links. A manifest that states it pins what was
decided when it was signed: who later changes, drops or inserts one row cannot come to the same head. A row is said without its empty columns, so that a
column that a later version adds, empty in rows that are older, changes no head that was ever stated.
"""

import hashlib
import json

from casefile.migrations import TABLES
from casefile.records import Appeal, Decision, LogHead, Order
from casefile.rows import columns_of
from casefile.store import Case

PARTS = (Decision, Order, Appeal)
"""In the order of the counts in `LogHead`."""


def log_head(case: Case) -> LogHead:
    """The head of the whole log as it is now."""
    return head_at(case, *(_count(case, part) for part in PARTS))


def head_at(case: Case, decisions: int, orders: int, appeals: int) -> LogHead:
    """The head of a log of the first so many rows of each part."""
    links = [_last_link(case, part, number) for part, number in zip(PARTS, (decisions, orders, appeals), strict=True)]
    digest = hashlib.sha256("".join(f"{link}\n" for link in links).encode()).hexdigest()
    return LogHead(decisions=decisions, orders=orders, appeals=appeals, sha256=digest)


def still_holds(case: Case, head: LogHead) -> bool:
    """Whether the log still begins with the rows that had this head: none of them lost, changed, or with another put between."""
    return head_at(case, head.decisions, head.orders, head.appeals) == head


def _count(case: Case, part: type) -> int:
    return int(case.rows(f'SELECT count(*) AS n FROM "{TABLES[part]}"')[0]["n"])


def _last_link(case: Case, part: type, number: int) -> str:
    names = list(columns_of(part))
    columns = ", ".join(f'"{name}"' for name in names)
    encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
    link = ""
    for row in case.rows(f'SELECT {columns} FROM "{TABLES[part]}" ORDER BY id LIMIT ?', [number]):
        filled = {name: value for name, value in zip(names, row, strict=True) if value not in ("", "[]", 0, None)}
        link = hashlib.sha256(f"{link}{encode(filled)}".encode()).hexdigest()
    return link
