"""stix.json: the list as a STIX 2.1 bundle, an indicator for each name.

The bundle is the whole list: an indicator that it no longer holds has left, and `removed.txt` says why. Every indicator says `modified` with the release, so that the
newest bundle wins wherever they are merged. Ids are UUIDs of version 5 within the list's own (`file_name` calls it `feed`), never in the namespace that STIX keeps for itself: the same name listed again
later is another indicator.
"""

import re
from uuid import NAMESPACE_DNS, UUID, uuid5

from blocklist.content import CANARY, CANARY_TIMES, ENTRY, Content, Line, Listed
from blocklist.formats.jsonrows import NAME as HOST
from blocklist.formats.jsonrows import TEXT, TIME, UUID5, check_inert, fullmatch, inert_text, rows_file, rows_of, uuid5_in
from blocklist.formats.plain import everything, in_order, listed, nothing
from casefile.records import Scope

NAME = "stix.json"
left_out = nothing
view = everything
TAIL = "]}"
LABELS = {ENTRY: "illegal-gambling", CANARY: "canary"}

HEAD = re.compile(rf'\{{"type":"bundle","id":"bundle--{UUID5}","objects":\[')
OWNER = re.compile(
    rf'\{{"type":"identity","spec_version":"2\.1","id":"identity--{UUID5}","created":"{TIME}\.000Z","modified":"{TIME}\.000Z",'
    rf'"name":"(?P<name>{HOST})","identity_class":"organization"\}}'
)
INDICATOR = re.compile(
    rf'\{{"type":"indicator","spec_version":"2\.1","id":"indicator--{UUID5}","created_by_ref":"identity--{UUID5}",'
    rf'"created":"(?P<created>{TIME})\.000Z","modified":"(?P<modified>{TIME})\.000Z","name":"(?P<name>{HOST})","description":"(?P<text>{TEXT})",'
    rf"\"pattern\":\"\[domain-name:value = '(?P=name)'(?P<below> OR domain-name:value LIKE '%\.(?P=name)')?\]\","
    rf'"pattern_type":"stix","pattern_version":"2\.1","valid_from":"(?P=created)Z","valid_until":"(?P<until>{TIME})Z","labels":\["(?:{"|".join(LABELS.values())})"\]\}}'
)


def write(content: Content) -> bytes:
    """The bundle: who lists, then an indicator a line."""
    feed = uuid5(NAMESPACE_DNS, content.origin)
    since = f"{CANARY_TIMES[0][:-1]}.000Z"
    owner = (
        f'{{"type":"identity","spec_version":"2.1","id":"identity--{feed}","created":"{since}","modified":"{since}",'
        f'"name":{inert_text(content.origin)},"identity_class":"organization"}}'
    )
    head = f'{{"type":"bundle","id":"bundle--{uuid5(feed, str(content.serial))}","objects":['
    return rows_file(head, [owner, *(_indicator(line, content, feed) for line in content.lines)], TAIL)


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes; raises `ValueError` for anything but such a bundle."""
    rows = rows_of(data, TAIL)
    if not HEAD.fullmatch(next(rows)) or not OWNER.fullmatch(next(rows, "")):
        raise ValueError("the bundle must begin with its id and the identity of who lists")
    return in_order([_listed(row, number) for number, row in enumerate(rows, 3)])


def quoted(name: str) -> str:
    """A name within the quotes of a STIX pattern, and that within a JSON string."""
    return inert_text(name.replace("\\", "\\\\").replace("'", "\\'"))[1:-1]


def _indicator(line: Line, content: Content, feed: UUID) -> str:
    name, created = quoted(line.name), line.listed_at[:-1]
    modified = max(created, content.made_at[:-1])  # STIX forbids a change before the creation, which a clock set back would bring
    below = f" OR domain-name:value LIKE '%.{name}'" if line.scope == Scope.SUBDOMAINS.value else ""
    said = inert_text(f"{line.reason}, act {line.legal_act}" if line.legal_act else line.reason)
    return (
        f'{{"type":"indicator","spec_version":"2.1","id":"indicator--{uuid5_in(feed, f"{line.name} {created}")}","created_by_ref":"identity--{feed}",'
        f'"created":"{created}.000Z","modified":"{modified}.000Z","name":{inert_text(line.name)},"description":{said},'
        f'"pattern":"[domain-name:value = \'{name}\'{below}]",'
        f'"pattern_type":"stix","pattern_version":"2.1","valid_from":"{created}Z","valid_until":"{line.expires_at}","labels":["{LABELS[line.kind]}"]}}'
    )


def _listed(row: str, number: int) -> Listed:
    found = fullmatch(INDICATOR, row, number, "an indicator")
    created, modified, name, text, below, until = found.groups()
    if not created <= modified or not created < until:
        raise ValueError(f"line {number}: times in the wrong order")
    check_inert(text, number)
    return listed(name, Scope.SUBDOMAINS if below else Scope.EXACT, number)
