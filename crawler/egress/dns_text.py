"""DNS records as text for the archive (`text/dns`, zone file form, RFC 4027), and back for the replay.

    ;; outcome: ok
    www.casino.example. 300 IN CNAME casino.example.
    casino.example. 300 IN A 93.184.216.34
    casino.example. 300 IN NS ns1.casino.example.

dnspython escapes whatever a hostile server put into a record, so that no line holds a control character.
"""

from collections.abc import Iterable

import dns.exception
import dns.name
import dns.rrset
import dns.zonefile

from casefile.errors import ArchiveError
from casefile.outcomes import Outcome

OUTCOME = ";; outcome: "
MOST_LINES = 64
"""Records that are kept of one answer."""


def text_of(outcome: Outcome, records: Iterable[dns.rrset.RRset], detail: str = "") -> str:
    """The text of an answer: its outcome, a comment with `detail`, then every record on a line, each once."""
    words = " ".join(detail.split()).encode("ascii", "backslashreplace").decode()
    lines = list(dict.fromkeys(line for rrset in records for line in rrset.to_text().splitlines()))
    return "".join(f"{line}\n" for line in [f"{OUTCOME}{outcome.value}", *([f";; {words}"] if words else []), *lines[:MOST_LINES]])


def records_of(text: str) -> tuple[Outcome, list[dns.rrset.RRset]]:
    """The outcome and records that `text_of` wrote; raises `ArchiveError` when the text is something else."""
    first = text.split("\n", 1)[0].strip()
    try:
        outcome = Outcome(first.removeprefix(OUTCOME))
        return outcome, dns.zonefile.read_rrsets(text, rdclass=None, default_ttl=0)
    except (ValueError, dns.exception.DNSException) as error:
        raise ArchiveError(f"not a DNS answer that mirrorwatch wrote: {str(error)[:120]}") from None
