"""The step `score`: one verdict a host; rules before the model; what was not read is never clear."""

import pytest

from casefile import queries
from casefile.outcomes import Outcome
from casefile.progress import Silent
from casefile.records import Band, Label, PageKind, Verdict
from classifier.examine import examine
from classifier.score import score
from tests.classifier.making import BAKERY, CASINO, PHONE, REFERENCE


@pytest.fixture
def verdict_on(case, captured, clock, judge, door):
    """Run evidence and score; give the latest verdict on a host."""

    def run(host: str) -> Verdict:
        examine(case, captured.archive, REFERENCE, clock=clock, progress=Silent())
        score(case, captured.archive, judge, REFERENCE, clock=clock, progress=Silent())
        found = queries.verdict_of(case, door.parse(host))
        assert found is not None
        return found

    return run


def test_a_casino_is_over_the_review_bar_with_reasons_from_its_page(captured, verdict_on, judge):
    captured.page("tumar1.example", CASINO)
    verdict = verdict_on("tumar1.example")
    assert verdict.probability > 0.9 and verdict.band is not Band.CLEAR and verdict.model == judge.id
    assert any("казино" in reason.text and reason.weight > 0 for reason in verdict.reasons)
    assert any(reason.text.startswith("payment, strong: Tenge Pay") for reason in verdict.reasons)
    assert len(verdict.captures) == 1 and verdict.through_capture == verdict.captures[0] and verdict.through_evidence > 0


def test_a_bakery_is_clear(captured, verdict_on):
    captured.page("bakery.example", BAKERY)
    assert (verdict_on("bakery.example").band, verdict_on("bakery.example").label) == (Band.CLEAR, Label.OTHER)


def test_one_word_changes_the_verdict(captured, verdict_on):
    captured.page("one.example", BAKERY)
    captured.page("two.example", BAKERY.replace("торты", "казино"))
    assert verdict_on("two.example").probability > verdict_on("one.example").probability


def test_a_licensed_operator_is_licensed_and_clear_whatever_the_model_says(captured, verdict_on):
    captured.page("www.adal-bet.example", CASINO)
    verdict = verdict_on("www.adal-bet.example")
    assert (verdict.label, verdict.band) == (Label.LICENSED, Band.CLEAR) and "Adal Bet" in verdict.reasons[0].text


def test_a_look_alike_of_a_licensed_operator_is_not_licensed(captured, verdict_on):
    captured.page("not-adal-bet.example", CASINO)
    assert verdict_on("not-adal-bet.example").label is not Label.LICENSED


def test_nothing_read_is_unsure_and_says_what_came(captured, verdict_on):
    captured.failure("wall.example", Outcome.CHALLENGE)
    captured.page("wall.example", "<p>403</p>", vantage=PHONE, status=403)
    verdict = verdict_on("wall.example")
    assert verdict.band is Band.UNSURE and verdict.reasons[0].text == "no page could be read: challenge (1), status 403 (1)"


def test_a_host_that_hides_from_one_vantage_is_not_clear(captured, verdict_on):
    captured.page("half.example", BAKERY)
    captured.failure("half.example", Outcome.CHALLENGE, vantage=PHONE)
    verdict = verdict_on("half.example")
    assert verdict.band is Band.UNSURE and "android-search: challenge" in verdict.reasons[0].text


def test_an_error_page_does_not_make_a_host_clear(captured, verdict_on):
    captured.page("broken.example", BAKERY, status=500)
    assert verdict_on("broken.example").band is Band.UNSURE


def test_little_text_is_not_clear(captured, verdict_on):
    captured.page("thin.example", "<title>Пекарня</title><p>Скоро откроемся")
    assert verdict_on("thin.example").band is Band.UNSURE


def test_a_damaged_record_is_never_clear_and_counts_as_failed(case, captured, clock, judge, door):
    captured.page("bakery.example", BAKERY)
    second = captured.page("bakery.example", BAKERY, path="/promo", kind=PageKind.PROMO)
    (captured.archive / second.records[0].file).write_bytes(b"")
    report = score(case, captured.archive, judge, REFERENCE, clock=clock, progress=Silent())
    verdict = queries.verdict_of(case, door.parse("bakery.example"))
    assert verdict is not None and verdict.band is Band.UNSURE and report.failures == 1
    assert "promo page not read from vantage desktop-ru: damaged-archive" in verdict.reasons[0].text


def test_scored_once_until_something_new_is_known(case, captured, clock, judge, verdict_on):
    captured.page("tumar1.example", CASINO)
    verdict_on("tumar1.example")
    assert score(case, captured.archive, judge, REFERENCE, clock=clock, progress=Silent()).done == 0
    captured.page("tumar1.example", CASINO, path="/deposit", kind=PageKind.DEPOSIT)
    assert len(verdict_on("tumar1.example").captures) == 2


def test_another_judge_may_be_given_for_a_host(case, captured, clock, judge, small_model, door):
    from classifier.model import load_judge

    captured.page("tumar1.example", CASINO)
    other = load_judge(small_model)
    score(case, captured.archive, judge, REFERENCE, clock=clock, progress=Silent(), judge_of=lambda host: other)
    assert queries.latest_verdicts(case)[0].model == other.id
