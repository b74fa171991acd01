"""HTTP/1.1 message heads as the proxy needs them: parsed, stripped of what belongs to one hop, and how long the body is. Pure.

Header values pass through as octets; nothing here decodes what a site sent.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

Header = tuple[bytes, bytes]

HOP_BY_HOP = frozenset(
    (b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te", b"trailer", b"upgrade")
)
"""Headers for one hop only (RFC 9110 section 7.6.1); transfer-encoding is handled with the body."""

TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
STATUS = re.compile(rb"HTTP/1\.[01] +([1-9][0-9]{2})(?: ([^\r\n]*))?")
REQUEST = re.compile(rb"([A-Z]{3,10}) (\S+) HTTP/1\.([01])")


class BadMessage(ValueError):
    """Octets that are not an HTTP/1.1 message head; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request head. `target` is as the client wrote it (absolute form, `host:port` for CONNECT, or a path inside a tunnel)."""

    method: str
    target: str
    headers: tuple[Header, ...]
    keep_alive: bool

    def header(self, name: bytes) -> bytes:
        """The first header of that lower-case name, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name), b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A response head. `length`: octets of the body; None for a chunked body, -1 for one that ends with the connection."""

    status: int
    line: bytes
    headers: tuple[Header, ...]
    length: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a request goes: host and port as written, `path` with query, `url` whole, without fragment."""

    host: str
    port: int
    path: str
    url: str


def parse_request(head: bytes) -> Request:
    """The request of a head that ends in an empty line; raises `BadMessage`."""
    first, headers = _parts(head)
    found = REQUEST.fullmatch(first)
    if found is None:
        raise BadMessage("not an HTTP/1.1 request line")
    request = Request(method=found[1].decode(), target=found[2].decode("latin-1"), headers=headers, keep_alive=False)
    length = request.header(b"content-length") or b"0"
    if not length.isdigit() or len(length) > 18:
        raise BadMessage("broken Content-Length")
    wish = b",".join((request.header(b"connection"), request.header(b"proxy-connection"))).lower()
    keep = b"close" not in wish and (found[3] == b"1" or b"keep-alive" in wish)
    return Request(method=request.method, target=request.target, headers=headers, keep_alive=keep)


def parse_response(head: bytes, method: str) -> Response:
    """The response of a head that ends in an empty line, and how its body is framed for that method; raises `BadMessage`."""
    first, headers = _parts(head)
    found = STATUS.fullmatch(first)
    if found is None:
        raise BadMessage("the answer is not HTTP")
    status = int(found[1])
    line = found[1] + b" " + (found[2] or b"").lstrip(b" ")
    return Response(status=status, line=line, headers=headers, length=_body_length(method, status, headers))


def target_of(target: str) -> Target:
    """Where an absolute `http:` address goes; raises `BadMessage`."""
    try:
        parts = urlsplit(target)
        port = parts.port
    except ValueError:
        raise BadMessage("not a web address") from None
    if parts.scheme != "http" or not parts.netloc:
        raise BadMessage("not an absolute http: address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(
        host=parts.hostname or "", port=80 if port is None else port, path=path, url=f"http://{parts.netloc.rpartition('@')[2]}{path}"
    )


def tunnel_target(target: str) -> tuple[str, int]:
    """Host and port of a CONNECT; raises `BadMessage`."""
    host, _, port = target.rpartition(":")
    if not host or not port.isascii() or not port.isdecimal() or len(port) > 5 or int(port) > 65535:
        raise BadMessage("CONNECT wants HOST:PORT")
    return host, int(port)


def basic_credentials(value: bytes) -> tuple[str, str]:
    """User and password of a `Basic` authorisation, both empty when it is none."""
    scheme, _, code = value.strip().partition(b" ")
    if scheme.lower() != b"basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(code, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password


def end_to_end(headers: Iterable[Header], *, without: Sequence[bytes] = ()) -> list[Header]:
    """The headers that go on to the other side: none for this hop, none that `Connection` names, none of `without` (lower case)."""
    kept = list(headers)
    named = {name.strip().lower() for key, value in kept if key.lower() == b"connection" for name in value.split(b",")}
    refused = HOP_BY_HOP | named | set(without)
    return [(key, value) for key, value in kept if key.lower() not in refused]


def head_of(first: bytes, headers: Iterable[Header]) -> bytes:
    """A message head, its empty line included."""
    return first + b"\r\n" + b"".join(key + b": " + value + b"\r\n" for key, value in headers) + b"\r\n"


def _parts(head: bytes) -> tuple[bytes, tuple[Header, ...]]:
    first, *lines = head.rstrip(b"\r\n").split(b"\r\n")
    headers: list[Header] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and headers:
            key, value = headers[-1]
            headers[-1] = (key, value + b" " + line.strip())
            continue
        key, colon, value = line.partition(b":")
        key = key.rstrip()
        if colon and TOKEN.fullmatch(key):
            headers.append((key, value.strip().replace(b"\r", b" ").replace(b"\n", b" ").replace(b"\0", b" ")))
    return first, tuple(headers)


def _body_length(method: str, status: int, headers: tuple[Header, ...]) -> int | None:
    if method == "HEAD" or status in (204, 304) or status < 200:
        return 0
    codings = [value.lower() for key, value in headers if key.lower() == b"transfer-encoding"]
    if codings:
        return None if codings[-1].rstrip().endswith(b"chunked") else -1
    lengths = {value for key, value in headers if key.lower() == b"content-length"}
    if not lengths:
        return -1
    if len(lengths) > 1 or not all(value.isdigit() and len(value) < 19 for value in lengths):
        raise BadMessage("contradictory Content-Length")
    return int(lengths.pop())
