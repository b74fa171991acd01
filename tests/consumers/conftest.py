"""What stands ready for every consumer: an internet of its own, a folder of its own, and a skip where the program is missing."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import require
from tests.consumers.bind import Bind, BindRedirect
from tests.consumers.dnsmasq import Dnsmasq, DnsmasqHosts, DnsmasqRedirect, DnsmasqServers
from tests.consumers.harness import an_empty_folder, program, upstream
from tests.consumers.knot import Knot
from tests.consumers.powerdns import PowerDns, PowerDnsRedirect
from tests.consumers.resolver import Resolver
from tests.consumers.unbound import UnboundLocalZone, UnboundRedirect, UnboundRpz

RESOLVERS: tuple[type[Resolver], ...] = (
    Bind, BindRedirect, UnboundRpz, UnboundRedirect, UnboundLocalZone, PowerDns, PowerDnsRedirect, Knot, Dnsmasq, DnsmasqRedirect, DnsmasqServers,
    DnsmasqHosts,
)  # fmt: skip
"""Every resolver with every file that it is to load."""

Make = Callable[[type[Resolver]], Resolver]


@pytest.fixture(scope="session")
def internet() -> Iterator[int]:
    """The port of the upstream that knows every name."""
    with upstream() as port:
        yield port


@pytest.fixture
def make(internet: int) -> Iterator[Make]:
    """A resolver of a kind in a folder of its own, not started; skips where the program is missing."""
    with ExitStack() as folders:
        yield lambda kind: made(kind, folders.enter_context(an_empty_folder()), internet)


def made(kind: type[Resolver], empty: Path, internet: int) -> Resolver:
    """A resolver that is not started yet; skips where the program is missing."""
    require(program(kind.PROGRAM), f"no {kind.PROGRAM}: apt-get install {kind.INSTALL}")
    return kind(empty, internet)
