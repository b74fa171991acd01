"""What each host of the sample web answers: every file of its site's folder at its own address, filled in for the host.

`index.html` answers at `/`, `NAME.html` at `/NAME`, `NAME.phone.html` only to the phone vantage; any other file answers at its path in the folder with the
content type of its suffix.
"""

import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sample_filling import filled
from sample_host import Host, Served
from sample_icon import icon_png

SITES = Path(__file__).resolve().parent / "sites"

HTML = "text/html; charset=utf-8"
SERVED_BY = ("Server", "nginx")

TEXT_TYPES = {
    ".html": HTML,
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
    ".webmanifest": "application/manifest+json",
}
"""Files whose `{{values}}` are filled in."""

BINARY_TYPES = {
    ".ico": "image/x-icon",
    ".png": "image/png",
    ".gif": "image/gif",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""Files that are served as they lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a host answers at one address; `vantage` is empty where every visitor gets the same."""

    url: str
    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    vantage: str = ""


def answers_of(host: Host) -> Iterator[Answer]:
    """Everything that `host` answers, in the order of its sources; nothing for a dead one."""
    if host.served is Served.DEAD:
        return
    if host.served is Served.REDIRECT:
        yield _sent_on(host, "/", f"https://{host.leads_to}/")
        return
    for here, there in host.sends:
        yield _sent_on(host, here, there)
    for path in _pages_first(SITES / host.site) if host.site else ():
        yield from _pages(host, path) if path.suffix == ".html" else (_file(host, path),)
    if host.icon:
        yield _answer(host, "/favicon.ico", icon_png(host.icon), content_type="image/png")


def _pages_first(folder: Path) -> list[Path]:
    """The files of a site, pages before all else, each in the order of their names."""
    if not folder.is_dir():
        raise SystemExit(f"{folder} is not there: write the page sources, or correct the host's `site`")
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(files, key=lambda path: (path.suffix != ".html", path.relative_to(folder).as_posix()))


def _pages(host: Host, path: Path) -> Iterator[Answer]:
    name, _, vantage = path.stem.partition(".")
    twin = path.with_name(f"{name}.phone.html").exists()
    place = path.relative_to(SITES / host.site).with_name(name).as_posix()
    text = filled(path.read_text(encoding="utf-8"), host, place)
    addresses = ("/", *host.also) if place == "index" else (f"/{place.removesuffix('index')}",)
    for address in addresses:
        yield _page(host, address, text, vantage or ("desktop" if twin else ""))


def _page(host: Host, address: str, text: str, vantage: str) -> Answer:
    if host.served is Served.WINDOWS_1251:
        return _answer(host, address, text.encode("cp1251"), vantage=vantage)
    if host.served is Served.GZIP:
        return _answer(host, address, packed(text.encode()), extra=(("Content-Encoding", "gzip"),), vantage=vantage)
    status = "404 Not Found" if host.served is Served.NOT_FOUND else host.status
    return _answer(host, address, text.encode(), status=status, vantage=vantage)


def _file(host: Host, path: Path) -> Answer:
    place = path.relative_to(SITES / host.site).as_posix()
    if path.suffix in TEXT_TYPES:
        body = filled(path.read_text(encoding="utf-8"), host, place).encode()
        return _answer(host, f"/{place}", body, content_type=TEXT_TYPES[path.suffix])
    if path.suffix not in BINARY_TYPES:
        raise SystemExit(f"{path}: no content type for {path.suffix or 'a file without suffix'}: add one to sample_answers.py")
    return _answer(host, f"/{place}", path.read_bytes(), content_type=BINARY_TYPES[path.suffix])


def _sent_on(host: Host, path: str, address: str) -> Answer:
    return _answer(host, path, b"", status="302 Found", extra=(("Location", address),))


def _answer(
    host: Host,
    address: str,
    body: bytes,
    *,
    status: str = "200 OK",
    content_type: str = HTML,
    extra: tuple[tuple[str, str], ...] = (),
    vantage: str = "",
) -> Answer:
    own = {name for name, _ in host.headers}
    headers = (
        *((SERVED_BY,) if "Server" not in own else ()),
        ("Content-Type", content_type),
        *host.headers,
        *extra,
        ("Content-Length", str(len(body))),
    )
    return Answer(url=f"https://{host.host}{address}", status=status, headers=headers, body=body, vantage=vantage)


def packed(body: bytes) -> bytes:
    """`body` in gzip without name or time."""
    stream = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as file:
        file.write(body)
    return stream.getvalue()
