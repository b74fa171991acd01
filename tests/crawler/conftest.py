"""What was said on the side: asyncio's complaints, log lines and standard error, as the strictest supported Python would have them."""

import asyncio.sslproto
import gc
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Everything that was logged as a warning or worse, or written to standard error, so far; lost exceptions too.

    Python 3.11.2 (Debian 12) raises when a TLS transport that let go of its connection is aborted; later ones pass over it. Here all raise.
    """

    def abort(transport: Any) -> None:
        transport._closed = True
        transport._ssl_protocol._abort()

    monkeypatch.setattr(asyncio.sslproto._SSLProtocolTransport, "abort", abort)

    def everything() -> str:
        gc.collect()
        return caplog.text + capfd.readouterr().err

    return everything
