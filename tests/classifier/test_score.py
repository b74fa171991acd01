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
    assert any("casino" in reason.text and reason.weight > 0 for reason in verdict.reasons)
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


def test_a_casino_with_a_cashier_is_an_operator_whatever_the_models_word(captured, verdict_on):
    captured.page("tumar1.example", CASINO)
    captured.page("tumar2.example", CASINO.replace("<form", "<div").replace("form>", "div>"))
    assert [(one.band, one.label) for one in map(verdict_on, ("tumar1.example", "tumar2.example"))] == [
        (Band.MIRROR, Label.OPERATOR),
        (Band.MIRROR, Label.PROMOTION),
    ]


def test_a_redirect_says_first_where_it_leads(case, captured, verdict_on):
    captured.page("tumar1.example", CASINO, final_url="https://tumar2.example/x\x1b[1m")
    captured.page("bakery.example", BAKERY, final_url="https://www.bakery.example/")
    assert verdict_on("tumar1.example").reasons[0].text == "redirects to https://tumar2.example/x [1m"
    assert not any("redirects" in reason.text for reason in verdict_on("bakery.example").reasons)


def test_an_open_redirect_says_nothing_of_the_site(case, captured, verdict_on, door):
    captured.page("library.example", BAKERY)
    captured.page("library.example", CASINO, path="/go?url=tumar", final_url="https://tumar2.example/")
    verdict = verdict_on("library.example")
    assert verdict.band is Band.CLEAR
    assert not queries.evidence_of(case, door.parse("library.example"))


def test_an_open_redirect_alone_is_nothing_read(captured, verdict_on):
    captured.page("library.example", CASINO, path="/go?url=tumar", final_url="https://tumar2.example/")
    verdict = verdict_on("library.example")
    assert verdict.band is Band.UNSURE
    assert "no page could be read: led to another site (1)" in [reason.text for reason in verdict.reasons]


def test_a_front_page_that_leads_to_a_casino_is_held_against_the_site(case, captured, verdict_on, door):
    captured.page("tumar1.example", CASINO, final_url="https://tumar2.example/")
    assert verdict_on("tumar1.example").probability > 0.5
    assert queries.evidence_of(case, door.parse("tumar1.example"))


def test_a_fact_of_another_page_names_the_page_and_stands_before_the_terms(captured, verdict_on):
    captured.page("bakery.example", BAKERY)
    captured.page("bakery.example", CASINO, path="/kassa?x=1", kind=PageKind.DEPOSIT)
    reasons = verdict_on("bakery.example").reasons
    assert "payment, strong: Tenge Pay: «form: https://pay.tengepay.example/in» on /kassa" in [reason.text for reason in reasons]
    assert [reason.weight == 0 for reason in reasons] == sorted((reason.weight == 0 for reason in reasons), reverse=True)


def test_a_look_alike_says_whose_licence_it_quotes(captured, verdict_on):
    captured.page("not-adal-bet.example", CASINO + "<p>Лицензия № 21000001")
    assert verdict_on("not-adal-bet.example").reasons[0].text.startswith("quotes licence 21000001, which belongs to adal-bet.example: «")
