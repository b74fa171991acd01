"""The step `evidence`: what detectors find enters the case file with its place, once, killed or not."""

import pytest

from casefile import queries
from casefile.archive import Archive
from casefile.fingerprint import canonical_lines
from casefile.observation import SeenRequest
from casefile.progress import Silent
from casefile.records import EvidenceKind, Examination
from casefile.store import Case
from classifier import examine as module
from classifier.examine import examine
from tests.classifier.making import CASINO, DESK, PHONE, REFERENCE


def run(case, captured, clock):
    return examine(case, captured.archive, REFERENCE, clock=clock, progress=Silent())


def test_a_cashier_page_leaves_evidence_with_its_place(case, captured, clock):
    capture = captured.page("tumar1.example", CASINO)
    report = run(case, captured, clock)
    found = queries.evidence_of(case, capture.host)
    assert (report.step, report.done, report.failed) == ("evidence", 1, ())
    assert [(one.kind, one.subject, one.value, one.strength.value) for one in found] == [
        (EvidenceKind.PAYMENT, "Tenge Pay", "pay.tengepay.example", "strong"),
        (EvidenceKind.PAYMENT, "Kaspi", "kaspi gold", "weak"),
        (EvidenceKind.IDENTIFIER, "yandex-metrika", "76543219", "strong"),
        (EvidenceKind.PAYMENT, "deposit form", "tumar1.example to pay.tengepay.example/in", "strong"),
    ]
    assert found[0].record == capture.body_record and found[0].url == "https://tumar1.example/"
    assert "вывод выигрыша на карту Kaspi Gold" in found[1].quote


def test_a_second_run_has_nothing_to_do(case, captured, clock):
    captured.page("tumar1.example", CASINO)
    run(case, captured, clock)
    before = canonical_lines(case)
    assert run(case, captured, clock).done == 0 and canonical_lines(case) == before


def test_one_word_changes_the_evidence(case, captured, clock):
    one = captured.page("tumar1.example", CASINO)
    other = captured.page("tumar2.example", CASINO.replace("Kaspi Gold", "любую карту"))
    run(case, captured, clock)
    assert len(queries.evidence_of(case, other.host)) == len(queries.evidence_of(case, one.host)) - 1


def test_a_damaged_record_fails_and_stays_pending_while_the_rest_goes_on(case, captured, clock):
    damaged, whole = captured.page("tumar1.example", CASINO), captured.page("tumar2.example", CASINO)
    path = captured.archive / damaged.records[0].file
    octets = bytearray(path.read_bytes())
    octets[-40] ^= 1
    path.write_bytes(octets)
    report = run(case, captured, clock)
    assert report.done == 1 and [(count.outcome, count.number) for count in report.failed] == [("damaged-archive", 1)]
    assert not queries.evidence_of(case, damaged.host) and queries.evidence_of(case, whole.host)
    assert run(case, captured, clock).failures == 1


class Killed(BaseException):
    """The process ends here."""


class DyingCase(Case):
    """A case file whose process is killed when it appends for the second time."""

    appended = 0

    def add(self, records):
        self.appended += 1
        if self.appended == 2:
            raise Killed
        return super().add(records)


def test_killed_between_batches_the_same_call_comes_to_the_same(case, captured, clock, door, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 2)
    for number in range(5):
        captured.page(f"tumar{number}.example", CASINO.replace("76543219", f"7654321{number}"))
    with DyingCase(case.path, door) as dying, pytest.raises(Killed):
        run(dying, captured, clock)
    assert len(case.records(Examination)) == 2
    run(case, captured, clock)
    lines = [line for line in canonical_lines(case) if line.startswith('["evidence"')]
    assert len(case.records(Examination)) == 5 and len(lines) == len(set(lines)) == 20


def test_a_fact_that_a_page_repeats_is_told_once(case, captured, clock):
    capture = captured.page("promo.example", "<p>Промокод TUMAR500 сегодня.</p>" * 3)
    run(case, captured, clock)
    assert [one.value for one in queries.evidence_of(case, capture.host)] == ["TUMAR500"]


def test_a_fact_of_the_browsers_requests_lies_where_the_answer_or_the_list_of_requests_is(case, captured, clock):
    lobby = SeenRequest(url="https://api.core.test/v1/7/lobby", kind="fetch", status=200)
    capture = captured.rendered("tumar1.example", CASINO, requests=[lobby], favicon=bytes(range(200)))
    run(case, captured, clock)
    found = {one.subject: one for one in queries.evidence_of(case, capture.host)}
    assert found["api"].record == capture.observed and found["yandex-metrika"].record == capture.dom
    icon = found["favicon"].record
    assert icon is not None and icon not in (capture.observed, capture.dom)
    assert Archive(captured.archive).read(icon).payload == bytes(range(200))


def test_vantages_that_were_shown_one_page_each_have_its_evidence_with_their_own_place(case, captured, clock):
    captures = [captured.page("tumar1.example", CASINO, vantage=vantage) for vantage in (DESK, PHONE)]
    run(case, captured, clock)
    found = queries.evidence_of(case, captures[0].host)
    assert [one.value for one in found[:4]] == [one.value for one in found[4:]]
    assert [one.record for one in found[::4]] == [capture.body_record for capture in captures]
