"""A capture's page, read back from the archive: or in a word why not."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from casefile.archive import Archive
from casefile.body import BodyUnreadable, text_of, unpacked
from casefile.errors import ArchiveError
from casefile.outcomes import OUTCOMES
from casefile.records import Capture
from classifier.page import Page, host_of, read_page

DAMAGED = "damaged-archive"
UNREADABLE = "unreadable"
NO_BODY = "no-body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """`page` where it could be read, else None with `outcome` (one word) and `reason` (a sentence)."""

    page: Page | None
    outcome: str
    reason: str = ""


def read_capture(archive: Archive, capture: Capture) -> Reading:
    """Read the page of a capture; a damaged record or an unreadable body is data."""
    if not OUTCOMES[capture.outcome].read:
        return Reading(page=None, outcome=capture.outcome.value, reason=OUTCOMES[capture.outcome].meaning)
    if capture.body_record is None:
        return Reading(page=None, outcome=NO_BODY, reason="no body was archived")
    try:
        record = archive.read(capture.body_record)
        html = text_of(unpacked(record.payload, record.header("Content-Encoding")), capture.content_type)
    except ArchiveError as error:
        return Reading(page=None, outcome=DAMAGED, reason=str(error))
    except BodyUnreadable as error:
        return Reading(page=None, outcome=UNREADABLE, reason=str(error))
    return Reading(page=read_page(capture.final_url or capture.url, html), outcome=capture.outcome.value)


def stands_for_its_site(capture: Capture) -> bool:
    """Whether what the page says may be held against the host that was asked.

    It may where the visit ended on the site itself, or began at its front page, which leads where its owner wants. An address below that which leads to
    another site (an open redirect, a hacked page) says nothing of the site: any library's `/go?url=` would make it a casino.
    """
    if f".{host_of(capture.final_url or capture.url)}".endswith(f".{capture.host.registrable}"):
        return True
    asked = urlsplit(capture.url)
    return asked.path in ("", "/") and not asked.query
