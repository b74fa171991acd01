"""What the authority sends on: names, signs in the order's words or plainly in ours, who decided, digests that find the evidence again."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from blocklist.catching_up import catch_up
from blocklist.notice import Notice, notice_of
from casefile import queries
from casefile.errors import UsageError
from casefile.plaintext import inert
from casefile.records import Action, Capture, EvidenceKind, Label, Strength
from casefile.reference import OrderSign, load_reference
from casefile.store import Case
from cli.notice import lines_of, render_notice
from tests.blocklist.conftest import Desk

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "reference"
DATED = {"source": "invented", "date": "2026-11-01"}
SIGNS = (
    OrderSign(of="label", value="operator", subject="", sign="A casino", term="казино", basis="quoted", **DATED),
    OrderSign(of="evidence", value="payment", subject="", sign="A payment", term="", basis="paraphrase", **DATED),
    OrderSign(of="evidence", value="identifier", subject="", sign="An identifier", term="", basis="project", **DATED),
    OrderSign(of="evidence", value="identifier", subject="invented", sign="Merchant ID", term="мерчент ID", basis="quoted", **DATED),
)


@pytest.fixture
def listed(desk: Desk) -> Desk:
    facts = ((EvidenceKind.IDENTIFIER, "shop 17", Strength.STRONG),)
    desk.found("casino.example", evidence=facts, reasons=("names casino: «казино 4111 1111 1111 1111»",))
    desk.found("xn--80aswg.example")
    desk.decided("casino.example", "xn--80aswg.example", act="ACT-1")
    assert desk.publish() is not None
    return desk


def made(
    desk: Desk,
    *names: str,
    serial: int = 0,
    number: str = "17/2026",
    act: str = "",
    mask: Callable[[str], str] = inert,
    signs: tuple[OrderSign, ...] = SIGNS,
) -> Notice:
    hosts = [desk.case.door.parse(name) for name in names]
    return notice_of(desk.case, serial, hosts, signs, desk.policy, number=number, act=act, mask=mask, clock=desk.clock)


def test_a_notice_covers_what_the_latest_release_listed_anew(listed: Desk) -> None:
    found = made(listed, act=" 5-1 ")
    latest = queries.latest_release(listed.case)
    assert latest is not None
    assert (found.number, found.act, found.serial, found.zone) == ("17/2026", "5-1", latest.serial, "Asia/Almaty")
    assert found.made_at == "2026-11-21T01:00:00+05:00", "the clock stands at 20:00 UTC"
    assert [(one.name, one.unicode_name, one.since) for one in found.resources] == [
        ("casino.example", "", latest.serial),
        ("xn--80aswg.example", "сайт.example", latest.serial),
    ]


def test_an_entry_tells_scope_ground_and_who_decided(listed: Desk) -> None:
    [one] = made(listed, "casino.example").resources
    assert one.scope == "this name and all names below it"
    assert (one.reason, one.act, one.decided_by, one.decided_at) == (
        "gambling operator",
        "ACT-1",
        "A. Analyst",
        "2026-11-21T01:00:00+05:00",
    )
    assert (one.label, one.probability) == ("operator", 0.97)
    assert (one.listed_at[:10], one.expires_at[:10]) == ("2026-11-21", "2027-02-19")


def test_signs_are_numbered_as_they_come_and_the_nearest_row_counts(listed: Desk) -> None:
    found = made(listed)
    assert [(one.number, one.sign, one.term, one.basis) for one in found.signs] == [
        (1, "A casino", "казино", "quoted"),
        (2, "A payment", "", "paraphrase"),
        (3, "Merchant ID", "мерчент ID", "quoted"),
    ]
    assert [(one.sign, one.facts) for one in found.resources[0].signs] == [
        (1, ("judged operator, probability 0.970",)),
        (2, ("payment: invented: kaspi",)),
        (3, ("identifier: invented: shop 17",)),
    ]
    assert [one.sign for one in found.resources[1].signs] == [1, 2]


def test_what_was_read_back_from_a_release_says_where_its_grounds_stand(listed: Desk, tmp_path: Path) -> None:
    last = queries.latest_release(listed.case)
    assert last is not None
    with Case(tmp_path / "empty.db", listed.case.door) as case:
        restored = Desk(case, listed.clock, listed.guard, listed.releases)
        restored.keys = listed.keys
        catch_up(case, listed.releases, listed.keys.trusted())
        found = made(restored, "casino.example")
    [one] = found.resources
    assert one.lost == f"the grounds were lost with the case file: they stand in dossier.json of release {last.serial}"
    assert (one.reason, one.act, one.since) == ("gambling operator", "ACT-1", last.serial)
    assert (one.decided_by, one.decided_at, one.label, one.judged_at, one.signs, one.proofs, one.pages) == ("", "", "", "", (), (), ())
    text = lines_of(found)
    assert f"   {one.lost}" in text and not any("judged:" in line or "decided by" in line for line in text)
    page = render_notice(found)
    assert one.lost in page and "<dt>decided</dt>" not in page and "<dt>judged</dt>" not in page and "<dt>signs</dt>" not in page


def test_what_is_whole_has_lost_nothing(listed: Desk) -> None:
    found = made(listed)
    assert [one.lost for one in found.resources] == ["", ""]
    assert "<dt>lost</dt>" not in render_notice(found) and "<dt>decided</dt>" in render_notice(found)


def test_a_table_that_is_laid_over_the_shipped_one_counts(listed: Desk) -> None:
    own = OrderSign(of="label", value="operator", subject="", sign="Read in full by a lawyer", term="казино", basis="quoted", **DATED)
    assert made(listed, signs=(*SIGNS, own)).signs[0].sign == "Read in full by a lawyer"


def test_what_the_table_has_no_sign_for_is_evidence_all_the_same(desk: Desk) -> None:
    desk.found("post.example", label=Label.PROMOTION, evidence=((EvidenceKind.PROMOTER, "БОНУС", Strength.STRONG),))
    desk.decided("post.example")
    desk.publish()
    [one] = made(desk).resources
    assert [found.sign for found in one.signs] == [1]
    assert [proof.kind for proof in one.proofs] == ["payment", "promoter"]


def test_evidence_is_found_again_by_record_and_digest(listed: Desk) -> None:
    [one] = made(listed, "casino.example").resources
    [capture] = queries.captures_of(listed.case, listed.case.door.parse("casino.example"))
    assert {(proof.record_id, proof.sha256, proof.file) for proof in one.proofs} == {("<urn:uuid:1>", "ab" * 32, "a.warc.gz")}
    [page] = one.pages
    assert (page.url, page.body_sha256, page.status) == (capture.url, "ab" * 32, 200)
    assert [(stored.kind, stored.record_id, stored.sha256) for stored in page.records] == [("response", "<urn:uuid:1>", "ab" * 32)]


def test_pages_of_the_verdict_and_of_the_evidence_are_told_once_each(listed: Desk) -> None:
    host = listed.case.door.parse("casino.example")
    [first] = queries.captures_of(listed.case, host)
    [number] = listed.case.add([replace(first, id=0, url="https://casino.example/cashier")])
    listed.judged("casino.example", captures=(first.id, number))
    verdict = queries.verdict_of(listed.case, host)
    assert verdict is not None
    entry = next(one for one in queries.listed_entries(listed.case) if one.host == host)
    listed.case.add([replace(entry, id=0, verdict=verdict.id, renews=entry.since)])
    [one] = made(listed, "casino.example").resources
    assert [page.url for page in one.pages] == ["https://casino.example/", "https://casino.example/cashier"]


def test_a_page_from_an_archive_says_so(desk: Desk) -> None:
    desk.found("old.example", replayed=True)
    desk.decided("old.example")
    desk.publish()
    [one] = made(desk).resources
    assert [page.replayed_from for page in one.pages] == ["2026-11-21T01:00:00+05:00"]


def test_words_of_pages_pass_through_the_mask_and_the_analysts_note_stays_inside(listed: Desk) -> None:
    seen: list[str] = []

    def mask(text: str) -> str:
        seen.append(text)
        return "masked"

    [one] = made(listed, "casino.example", mask=mask).resources
    assert set(one.reasons) == {"masked"}
    assert {(proof.quote, proof.value, proof.subject, proof.url) for proof in one.proofs} == {("masked",) * 4}
    assert [page.url for page in one.pages] == ["masked"]
    assert any("4111" in text for text in seen)
    assert "seen" not in repr(one), "the note of the decision"


def test_what_left_the_list_since_is_named_and_not_sent(listed: Desk) -> None:
    first = queries.latest_release(listed.case)
    assert first is not None
    listed.a_moment_later()
    listed.decided("casino.example", action=Action.REJECT)
    listed.publish()
    found = made(listed, serial=first.serial)
    assert ([one.name for one in found.resources], found.left) == (["xn--80aswg.example"], ("casino.example",))


def test_a_host_that_left_and_came_back_belongs_to_its_later_batch(listed: Desk) -> None:
    first = queries.latest_release(listed.case)
    assert first is not None
    for action in (Action.REJECT, Action.APPROVE):
        listed.a_moment_later()
        listed.found("casino.example")
        listed.decided("casino.example", action=action)
        listed.publish()
    assert made(listed, serial=first.serial).left == ("casino.example",)
    assert [one.name for one in made(listed).resources] == ["casino.example"]


def test_a_renewed_entry_is_not_new_in_the_release_that_renews_it(listed: Desk) -> None:
    first = queries.latest_release(listed.case)
    assert first is not None
    entry = queries.listed_entries(listed.case)[0]
    listed.case.add([replace(first, id=0, serial=first.serial + 1), replace(entry, id=0, serial=first.serial + 1, renews=first.serial)])
    with pytest.raises(UsageError, match=f"release {first.serial + 1} listed nothing new"):
        made(listed)
    assert len(made(listed, serial=first.serial).resources) == 2, "in its own batch it stays"


@pytest.mark.parametrize(
    ("names", "serial", "number", "said"),
    [
        (("nobody.example",), 0, "1", r"not on the list: nobody\.example"),
        (("casino.example",), 7, "1", "name hosts or a release"),
        ((), 7, "1", "there is no release 7"),
        ((), 0, " ", "a notice has a number"),
        ((), 0, "1\x1b[2J", "one plain line"),
        ((), 0, "1" * 101, "at most 100"),
    ],
)
def test_what_cannot_be_sent_is_told(listed: Desk, names: tuple[str, ...], serial: int, number: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        made(listed, *names, serial=serial, number=number)


def test_without_a_release_there_is_nothing_to_send(desk: Desk) -> None:
    with pytest.raises(UsageError, match="nothing was published yet"):
        made(desk)


def test_a_notice_changes_nothing(listed: Desk) -> None:
    before = [len(listed.case.records(kind)) for kind in (Capture,)], listed.case.db.conn.total_changes
    made(listed)
    assert ([len(listed.case.records(kind)) for kind in (Capture,)], listed.case.db.conn.total_changes) == before


def test_the_shipped_signs_say_whose_words_they_are() -> None:
    signs = load_reference([SHIPPED]).order_signs
    keys = [(one.of, one.value, one.subject) for one in signs]
    assert len(keys) == len(set(keys))
    assert {one.value for one in signs if one.of == "evidence"} == {kind.value for kind in EvidenceKind}
    assert {one.value for one in signs if one.of == "label"} == {"operator", "promotion", "hacked"}
    for one in signs:
        if one.basis == "quoted":
            assert one.term, f"{one.sign}: what is quoted is quoted in Russian"
        if one.basis == "project":
            assert not one.term and "own" in one.source
        assert "article" not in one.source.lower(), "no article number was read"
