"""Seeds: files that an operator hands in, one host or web address a line, `#` begins a comment."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from casefile.errors import HostnameRefused, UsageError
from casefile.hostname import Door, Hostname
from casefile.plaintext import inert
from casefile.progress import Progress
from casefile.records import Clock, Sighting
from casefile.store import Case
from crawler.sources.source import BAD_LINE, SourceInputs

LONGEST_LINE = 8_192
"""Octets of a line that are read; a longer one names no host that we store."""

COMMENT = re.compile(r"(?:^|\s)#.*")
"""A `#` inside an address is its fragment, not a comment."""

UTF8_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class Seeds:
    """Reads the seed files; a line that names no host is noted with file and line, and skipped."""

    name = "seeds"

    def sightings(self, case: Case, inputs: SourceInputs, clock: Clock, progress: Progress) -> Iterator[Sighting]:
        """One sighting a usable line. Raises `UsageError` for a file that cannot be read, is not text, or has no usable line."""
        for path in inputs.seeds:
            usable = 0
            for number, line in _lines(path):
                try:
                    host, url = host_and_url(case.door, line)
                except HostnameRefused as refused:
                    progress.note(f"{inert(path.name)}:{number}: skipped, {refused}")
                    progress.advance(BAD_LINE)
                    continue
                usable += 1
                yield Sighting(host=host, source=self.name, reason="seed", where=f"{inert(path.name)}:{number}", url=url, seen_at=clock())
            if not usable:
                raise UsageError(f"{path} names no host: put one host or web address on a line")


def host_and_url(door: Door, text: str) -> tuple[Hostname, str]:
    """The host that `text` (a host, or a web address with or without its scheme) names, and the address without fragment; raises `HostnameRefused`."""
    if "/" not in text:
        return door.parse(text), ""
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        name, port = parts.hostname or "", parts.port
    except ValueError:
        raise HostnameRefused(text, "not a web address") from None
    if parts.scheme not in ("http", "https"):
        raise HostnameRefused(text, "not an http: or https: address")
    if "@" in parts.netloc:
        raise HostnameRefused(text, "an address with a user name in it")
    if not text.isprintable() or any(character.isspace() for character in text):
        raise HostnameRefused(text, "an address with a blank or a control character in it")
    host = door.parse(name)
    place = host.name if port is None else f"{host.name}:{port}"
    return host, parts._replace(netloc=place, fragment="").geturl()


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that hold something beside a comment, with their numbers; raises `UsageError`."""
    try:
        with path.open("rb") as stream:
            number = 0
            while line := stream.readline(LONGEST_LINE):
                number += 1
                rest = line
                while len(rest) == LONGEST_LINE and not rest.endswith(b"\n"):
                    rest = stream.readline(LONGEST_LINE)
                _refuse_binary(path, line, first=number == 1)
                text = COMMENT.sub("", line.removeprefix(UTF8_MARK).decode("utf-8", "replace")).strip()
                if text:
                    yield number, text
    except OSError as error:
        raise UsageError(f"cannot read the seeds {path}: {error.strerror}; name a file that exists and may be read") from None


def _refuse_binary(path: Path, line: bytes, *, first: bool) -> None:
    if first and line.startswith(UTF16_MARKS):
        raise UsageError(f"{path} is UTF-16: save it as UTF-8")
    if b"\0" in line:
        raise UsageError(f"{path} is not a text file: name a file with one host or web address on a line")
