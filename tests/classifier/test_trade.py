"""Operator or promoter: facts on the pages first, then the model's word; and never for a host that is not in the mirror band."""

import pytest

from casefile.records import Band, Evidence, EvidenceKind, Label, Strength
from classifier.judging import HostJudgement, SeenPage
from classifier.model import PageScore
from classifier.page import read_page
from classifier.trade import label_of_host

CASHIER = "<form action='https://pay.test/x'><input name=amount></form>"
ENTRANCE = "<form action='/in'><input name=login><input type=password></form>"
SEARCH = "<form action='/find'><input name=q></form>"


@pytest.fixture
def fact(door, clock):
    def make(kind: EvidenceKind, subject: str, strength: Strength = Strength.STRONG) -> Evidence:
        return Evidence(
            host=door.parse("h1.example"), capture_id=1, url="https://h1.example/", kind=kind, subject=subject, value="v",
            strength=strength, quote="q", record=None, detector="d", found_at=clock(),
        )  # fmt: skip

    return make


def found(label: Label, band: Band = Band.MIRROR) -> HostJudgement:
    return HostJudgement(label=label, probability=0.99, band=band)


def page(html: str, log_odds: float = 3.0) -> SeenPage:
    score = PageScore(label=Label.PROMOTION, probability=0.9, log_odds=log_odds, operator=-1, about=0, reasons=(), whole=True)
    return SeenPage(page=read_page("https://h1.example/", html), score=score, vantage="desk", landing=True)


def test_strong_payment_makes_an_operator_and_weak_does_not(fact):
    told = found(Label.PROMOTION)
    assert label_of_host(told, [page("")], [fact(EvidenceKind.PAYMENT, "P")]) is Label.OPERATOR
    assert label_of_host(told, [page("")], [fact(EvidenceKind.PAYMENT, "P", Strength.WEAK)]) is Label.PROMOTION


@pytest.mark.parametrize(
    ("html", "label"),
    [
        (CASHIER, Label.OPERATOR),
        (ENTRANCE, Label.OPERATOR),
        (SEARCH, Label.PROMOTION),
        (ENTRANCE.replace("/in", "https://x.test/"), Label.PROMOTION),
    ],
)
def test_a_cashier_or_an_entrance_of_its_own_makes_an_operator(html, label):
    assert label_of_host(found(Label.PROMOTION), [page(html)], []) is label


def test_a_form_on_a_page_that_is_not_gambling_says_nothing():
    assert label_of_host(found(Label.PROMOTION), [page(CASHIER, log_odds=-1.0)], []) is Label.PROMOTION


def test_partner_links_without_a_cashier_make_a_promoter(fact):
    link, code = fact(EvidenceKind.PROMOTER, "partner parameter btag"), fact(EvidenceKind.PROMOTER, "promo code X1000")
    assert label_of_host(found(Label.OPERATOR), [page("")], [link]) is Label.PROMOTION
    assert label_of_host(found(Label.OPERATOR), [page("")], [code]) is Label.OPERATOR
    assert label_of_host(found(Label.OPERATOR), [page(CASHIER)], [link]) is Label.OPERATOR


@pytest.mark.parametrize("told", [found(Label.PROMOTION, Band.UNSURE), found(Label.ABOUT, Band.UNSURE), found(Label.OTHER, Band.CLEAR)])
def test_a_host_that_is_not_in_the_mirror_band_keeps_the_models_word(told, fact):
    assert label_of_host(told, [page(CASHIER)], [fact(EvidenceKind.PAYMENT, "P")]) is told.label
