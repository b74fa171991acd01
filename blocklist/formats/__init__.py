"""The files of a release: a module a format, a line in `FORMATS`, a golden file in tests/golden.

A format is a module with NAME (the file; `{serial}`, `{previous}` and `{feed}` in it are filled in by `file_name`), `write(content) -> bytes`,
`read(data) -> tuple[Listed, ...]` (raises `ValueError` naming the line) and `view(content) -> tuple[Listed, ...]`, what of the content this format can say, so that
`read(write(content)) == view(content)` always holds, and `left_out(content)`, the names it cannot hold. All but the dossier are pure functions of what the
manifest, `entries.json` and `removed.txt` say. Names come through the door (`casefile.hostname`), which is why
no writer needs to quote them; every reader checks again.
"""

from typing import Protocol
from uuid import NAMESPACE_DNS, uuid5

from blocklist.content import Content, Listed
from blocklist.formats import (
    adblock,
    added,
    delta,
    dnsmasq,
    dnsmasq_redirect,
    dnsmasq_servers,
    domains,
    dossier,
    entries_csv,
    entries_json,
    haproxy_exact,
    haproxy_suffix,
    hosts,
    misp_event,
    misp_manifest,
    nginx,
    register_xml,
    removed,
    rpz,
    rpz_redirect,
    squid,
    stix,
    suricata,
    unbound,
    wildcards,
)


class Format(Protocol):
    """What every format module offers."""

    NAME: str

    def write(self, content: Content) -> bytes:
        """The file."""

    def read(self, data: bytes) -> tuple[Listed, ...]:
        """The names in the file, sorted; raises `ValueError`."""

    def view(self, content: Content) -> tuple[Listed, ...]:
        """What the file must say of `content`."""

    def left_out(self, content: Content) -> tuple[str, ...]:
        """The listed names that this format cannot hold, sorted; not those that another line of it covers."""


FORMATS: tuple[Format, ...] = (
    entries_json,
    domains,
    wildcards,
    hosts,
    rpz,
    rpz_redirect,
    unbound,
    dnsmasq,
    dnsmasq_redirect,
    dnsmasq_servers,
    squid,
    haproxy_exact,
    haproxy_suffix,
    nginx,
    adblock,
    entries_csv,
    register_xml,
    suricata,
    stix,
    misp_manifest,
    misp_event,
    dossier,
    added,
    removed,
    delta,
)


def file_name(form: Format, content: Content) -> str:
    """What the file of a format is called in this release; `feed` is a UUID of the list, the same in every release (version 5, of its origin)."""
    return form.NAME.format(serial=content.serial, previous=content.previous, feed=uuid5(NAMESPACE_DNS, content.origin))
