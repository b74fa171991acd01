"""A capture's page, read back from the archive: or in a word why not."""

from dataclasses import dataclass

from casefile.archive import Archive
from casefile.body import BodyUnreadable, text_of, unpacked
from casefile.errors import ArchiveError
from casefile.outcomes import OUTCOMES
from casefile.records import Capture
from classifier.page import Page, read_page

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
