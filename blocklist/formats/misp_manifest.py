"""misp/manifest.json: what a MISP that is pointed at the folder misp/ reads first: the one event of the feed and when it last changed."""

import json
import re

from blocklist.content import Content, Listed
from blocklist.formats.jsonrows import UUID5
from blocklist.formats.misp_event import feed_of, organisation_of, seconds, title
from blocklist.formats.plain import lines_of, nothing

NAME = "misp/manifest.json"
left_out = nothing

WHOLE = re.compile(
    rf'\{{"{UUID5}":\{{"Orgc":\{{"name":"(?P<origin>[a-z0-9.-]+)","uuid":"{UUID5}"\}},"Tag":\[\],"info":"Illegal gambling sites, list [0-9]{{1,10}} of (?P=origin)",'
    r'"date":"[0-9]{4}-[0-9]{2}-[0-9]{2}","analysis":2,"threat_level_id":4,"timestamp":[0-9]{1,11}\}\}'
)


def write(content: Content) -> bytes:
    """One line of JSON, in the order that pymisp writes."""
    event = {
        "Orgc": {"name": content.origin, "uuid": str(organisation_of(content))},
        "Tag": [],
        "info": title(content),
        "date": content.made_at[:10],
        "analysis": 2,
        "threat_level_id": 4,
        "timestamp": seconds(content),
    }
    return (json.dumps({str(feed_of(content)): event}, separators=(",", ":")) + "\n").encode("ascii")


def read(data: bytes) -> tuple[Listed, ...]:
    """Nothing, since it names no name; raises `ValueError` for anything but such a manifest."""
    lines = lines_of(data)
    if len(lines) != 1 or not WHOLE.fullmatch(lines[0]):
        raise ValueError("not the manifest of a feed with one event")
    return ()


def view(content: Content) -> tuple[Listed, ...]:  # noqa: ARG001 - the shape that every format has
    """Nothing."""
    return ()
