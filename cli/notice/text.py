"""A notice as lines of text: what fits a terminal, a mail or a printer without a browser."""

from collections.abc import Iterator

from blocklist.notice import Notice, Page, Proof, Resource, Sign
from casefile.plaintext import inert

TITLE = "Notice on Internet resources with signs of an Internet casino, a foreign bookmaker or a totalizator without a licence"

BASIS = {
    "quoted": "the words of the order",
    "paraphrase": "our paraphrase of the order",
    "project": "not a sign that the order was seen to name: our own words",
}
"""What a reader must know of the words of a sign."""


def moment(text: str) -> str:
    """A time of the notice as people read it: `2026-11-21 23:21:03 +05:00`."""
    return f"{text[:10]} {text[11:19]} {text[19:]}"


def lines_of(notice: Notice) -> list[str]:
    """The notice line by line, each inert."""
    return [inert(line) for line in _lines(notice)]


def _lines(notice: Notice) -> Iterator[str]:
    yield f"NOTICE No. {notice.number}" + (f", act {notice.act}" if notice.act else "")
    yield TITLE
    yield f"Made {moment(notice.made_at)} ({notice.zone}); {len(notice.resources)} resources" + (
        f", new in release {notice.serial}" if notice.serial else ""
    )
    if notice.left:
        yield f"Left out, off the list since: {', '.join(notice.left)}"
    for number, one in enumerate(notice.resources, 1):
        yield ""
        yield from _resource(number, one)
    yield ""
    yield "SIGNS"
    for sign in notice.signs:
        yield from _sign(sign)
    yield ""
    yield "Digests are SHA-256 in hex: of a record, of its payload in the WARC archive (ISO 28500); of a body, of the page as archived."
    yield "Numbers of cards, telephones and persons, and mail addresses, are masked."


def _resource(number: int, one: Resource) -> Iterator[str]:
    yield f"{number}. {one.name}" + (f" ({one.unicode_name})" if one.unicode_name else "")
    yield f"   blocked: {one.scope}; listed {moment(one.listed_at)} in release {one.since}, until {moment(one.expires_at)}"
    decided = f"; decided by {one.decided_by}, {moment(one.decided_at)}" if one.decided_at else ""
    family = f"; family {one.family}" if one.family else ""
    yield f"   ground: {one.reason}" + (f", act {one.act}" if one.act else "") + decided + ("" if one.judged_at else family)
    if one.judged_at:
        yield f"   judged: {one.label}, probability {one.probability:.3f}, {moment(one.judged_at)}{family}"
    if one.lost:
        yield f"   {one.lost}"
    for reason in one.reasons:
        yield f"   - {reason}"
    for found in one.signs:
        yield f"   sign [{found.sign}]: {'; '.join(found.facts)}"
    for proof in one.proofs:
        yield from _proof(proof)
    for page in one.pages:
        yield from _page(page)


def _proof(one: Proof) -> Iterator[str]:
    yield f"   evidence: {one.kind}, {one.strength}: {one.subject}: {one.value}: “{one.quote}”"
    yield f"     at {one.url}, {moment(one.found_at)}"
    if one.record_id:
        yield f"     record {one.record_id} sha256 {one.sha256}"


def _page(one: Page) -> Iterator[str]:
    replayed = f", from an archive of {moment(one.replayed_from)}" if one.replayed_from else ""
    yield f"   page: {one.url}, {moment(one.taken_at)}, {one.how}, vantage {one.vantage}, status {one.status}{replayed}"
    if one.body_sha256:
        yield f"     body sha256 {one.body_sha256}"
    for record in one.records:
        yield f"     {record.kind} {record.record_id} sha256 {record.sha256}"


def _sign(sign: Sign) -> Iterator[str]:
    told = f" ({BASIS[sign.basis]})"
    quoted = sign.basis == "quoted"
    yield f"[{sign.number}] {sign.sign}" + ("" if quoted else told)
    if sign.term:
        yield f"    {sign.term}" + (told if quoted else "")
    yield f"    source, {sign.date}: {sign.source}"
