"""What a browser saw survives the archive, and a damaged record of it is said to be one."""

import pytest

from casefile.errors import ArchiveError
from casefile.observation import Observation, PageEvent, SeenRequest, of_json, to_json
from tests.casefile.examples import QUOTE, REF

SEEN = Observation(
    requests=(
        SeenRequest(url="https://casino-1.example/", kind="document", status=200, mime="text/html", record=REF),
        SeenRequest(
            url="wss://live.casino-1.example/socket", kind="websocket", initiator="https://casino-1.example/app.js", failure="refused"
        ),
    ),
    events=(PageEvent(kind="dialog", text=QUOTE),),
    storage=("local:token",),
    console=(QUOTE,),
    cut=True,
)


@pytest.mark.parametrize("seen", [Observation(), SEEN])
def test_it_comes_back_as_it_went_in(seen: Observation) -> None:
    assert of_json(to_json(seen)) == seen


@pytest.mark.parametrize("octets", [b"", b"{", b"[]", b'{"requests": 7}', b'{"requests": [{"url": 1}]}', b"\xff"])
def test_a_damaged_one_is_refused(octets: bytes) -> None:
    with pytest.raises(ArchiveError, match="restore the file from a copy"):
        of_json(octets)


def test_text_without_a_utf8_form_is_kept_as_replacement() -> None:
    seen = Observation(console=("a\ud800b",))
    assert of_json(to_json(seen)).console == ("a\ufffdb",)
