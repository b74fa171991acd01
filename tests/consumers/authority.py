"""The authority's side of a fetch: a web server on this machine with releases that are signed, whatever they say."""

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from blocklist import manifest as manifests
from blocklist import signing
from blocklist.content import Listed, second
from blocklist.formats import nginx, rpz, squid
from blocklist.keyring import Keyring
from blocklist.manifest import Manifest
from casefile.records import LogHead
from tests.consumers.documented import ORIGIN
from tests.consumers.lists import CANARY, content


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Nothing: the test asks what the script says."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a web server on this machine that has `folder`."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Authority:
    """Publishes releases into `folder` and signs them."""

    folder: Path
    keys: Keyring

    def publishes(
        self,
        serial: int,
        names: tuple[Listed, ...],
        *,
        previous: int = 0,
        age: timedelta = timedelta(),
        change: Callable[[Manifest], Manifest] = lambda manifest: manifest,
        **counts: int,
    ) -> Path:
        """A signed release that `latest` leads to; `change` is made before it is signed."""
        place = self.folder / str(serial)
        place.mkdir()
        made, said = datetime.now(UTC) - age, content(names, serial)
        files = {form.NAME: form.write(said) for form in (rpz, squid, nginx)}
        for name, data in files.items():
            (place / name).write_bytes(data)
        manifest = change(
            Manifest(
                format=manifests.FORMAT, serial=serial, previous=previous, previous_sha256="", made_at=second(made),
                valid_until=second(made + timedelta(hours=72)), replayed=False, origin=ORIGIN, block_page=said.block_page,
                block_address=said.block_address, extra_suffixes=(), canary=CANARY, entries=len(names), added=counts.get("added", 0), changed=0,
                removed=counts.get("removed", 0), usual=50, override=None, log=LogHead(decisions=0, orders=0, appeals=0, sha256="0" * 64), left_out={},
                files=tuple(manifests.described(name, data) for name, data in files.items()),
            )
        )  # fmt: skip
        self.signs(place, manifests.write(manifest), serial)
        spare = self.folder / "new"
        spare.symlink_to(place.name)
        spare.rename(self.folder / "latest")
        return place

    def signs(self, place: Path, manifest: bytes, serial: int) -> None:
        (place / manifests.NAME).write_bytes(manifest)
        (place / manifests.SIGNATURE).write_text(signing.sign(manifest, serial, self.keys.open_current()))
