"""misp/{feed}.json: the list as the one event of a MISP feed, an attribute for each name. Goes with misp/manifest.json.

A name that covers its subdomains is a `domain`, an exact one a `hostname`. All ids are UUIDs of version 5 within the feed's, the same in every release, and every
attribute carries the release's time: so a MISP that pulls the feed changes what it has instead of adding to it. Names that left with this release are in it once more,
as deleted attributes.
"""

import re
from uuid import NAMESPACE_DNS, UUID, uuid5

from blocklist.content import Content, Line, Listed, moment_of
from blocklist.formats.jsonrows import NAME as HOST
from blocklist.formats.jsonrows import TEXT, UUID5, check_inert, fullmatch, inert_text, rows_file, rows_of, uuid5_in
from blocklist.formats.plain import checked, everything, in_order, listed, nothing
from casefile.records import Scope

NAME = "misp/{feed}.json"
left_out = nothing
view = everything
TAIL = "]}}"
TYPES = {Scope.SUBDOMAINS.value: "domain", Scope.EXACT.value: "hostname"}
SCOPES = {kind: Scope(scope) for scope, kind in TYPES.items()}

HEAD = re.compile(
    r'\{"Event":\{"analysis":"2","date":"[0-9]{4}-[0-9]{2}-[0-9]{2}","extends_uuid":"","info":"Illegal gambling sites, list [0-9]{1,10} of (?P<origin>[a-z0-9.-]+)",'
    r'"protected":false,"publish_timestamp":"(?P<moment>[0-9]{1,11})","published":true,"threat_level_id":"4","timestamp":"(?P=moment)",'
    rf'"uuid":"{UUID5}","Orgc":\{{"name":"(?P=origin)","uuid":"{UUID5}"\}},"Tag":\[\],"Attribute":\['
)
ATTRIBUTE = re.compile(
    rf'\{{"category":"Network activity","comment":"(?P<text>{TEXT})","deleted":(?P<deleted>false|true),"disable_correlation":false,"timestamp":"[0-9]{{1,11}}",'
    rf'"to_ids":true,"type":"(?P<type>domain|hostname)","uuid":"{UUID5}","value":"(?P<name>{HOST})"\}}'
)


def write(content: Content) -> bytes:
    """The event: its head, then an attribute a line."""
    feed, moment = feed_of(content), seconds(content)
    head = (
        f'{{"Event":{{"analysis":"2","date":"{content.made_at[:10]}","extends_uuid":"","info":{inert_text(title(content))},'
        f'"protected":false,"publish_timestamp":"{moment}","published":true,"threat_level_id":"4","timestamp":"{moment}",'
        f'"uuid":"{feed}","Orgc":{{"name":{inert_text(content.origin)},"uuid":"{organisation_of(content)}"}},"Tag":[],"Attribute":['
    )
    rows = [_row(feed, moment, line.name, _comment(line), TYPES[line.scope], "false") for line in content.lines]
    rows += [_row(feed, moment, one.name, f"left, {one.cause}: {one.reason}", "hostname", "true") for one in content.gone]
    return rows_file(head, rows, TAIL)


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes, without the deleted ones; raises `ValueError` for anything but such an event."""
    rows = rows_of(data, TAIL)
    head = HEAD.fullmatch(next(rows))
    if head is None:
        raise ValueError("the file must begin with the event of a list")
    checked(head["origin"], 1)
    found = [_attribute(row, number) for number, row in enumerate(rows, 2)]
    kept = sum(1 for _, deleted in found if not deleted)
    if any(deleted for _, deleted in found[:kept]):
        raise ValueError("deleted attributes must stand last")
    in_order([one for one, _ in found[kept:]])
    return in_order([one for one, _ in found[:kept]])


def feed_of(content: Content) -> UUID:
    """The UUID of the event, the same in every release of a list."""
    return uuid5(NAMESPACE_DNS, content.origin)


def organisation_of(content: Content) -> UUID:
    """The UUID of who lists."""
    return uuid5(feed_of(content), "organisation")


def title(content: Content) -> str:
    """What the event is called."""
    return f"Illegal gambling sites, list {content.serial} of {content.origin}"


def seconds(content: Content) -> int:
    """When the release was made, in seconds since 1970 as MISP counts."""
    return int(moment_of(content.made_at).timestamp())


def _comment(line: Line) -> str:
    act = f", act {line.legal_act}" if line.legal_act else ""
    return f"{line.kind}: {line.reason}{act}; listed {line.listed_at}, expires {line.expires_at}"


def _row(feed: UUID, moment: int, name: str, comment: str, kind: str, deleted: str) -> str:
    return (
        f'{{"category":"Network activity","comment":{inert_text(comment)},"deleted":{deleted},"disable_correlation":false,"timestamp":"{moment}",'
        f'"to_ids":true,"type":"{kind}","uuid":"{uuid5_in(feed, name)}","value":{inert_text(name)}}}'
    )


def _attribute(row: str, number: int) -> tuple[Listed, bool]:
    """The name and whether it is deleted."""
    text, deleted, kind, name = fullmatch(ATTRIBUTE, row, number, "an attribute").groups()
    check_inert(text, number)
    return listed(name, SCOPES[kind], number), deleted == "true"
