"""Which links of a page are followed, and in which order."""

import time

import pytest

from casefile.hostname import Door
from casefile.records import PageKind
from casefile.reference import load_reference
from crawler.pages import absolute, choose_pages, same_site_links, skeleton
from crawler.sources.outlinks import links_of
from tests.conftest import LINEAR_SECONDS
from tests.crawler.crawling import REFERENCE

WORDS = load_reference([REFERENCE]).link_words
DOOR = Door(("example", "test"))
BASE = "http://casino.test/"


def chosen(html: str, limit: int = 4, base: str = BASE) -> list[tuple[str, str]]:
    links = same_site_links(skeleton(html), base, DOOR)
    return [(choice.kind.value, choice.url.removeprefix("http://casino.test")) for choice in choose_pages(links, WORDS, limit)]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Пополнить счёт", "deposit"),
        ("Касса", "deposit"),
        ("Шотты толтыру", "deposit"),
        ("Deposit now", "deposit"),
        ("Para Yatır", "deposit"),
        ("Hisobni to'ldirish", "deposit"),
        ("Hisobni toʻldirish", "deposit"),
        ("Правила и условия", "rules"),
        ("Ережелер", "rules"),
        ("Terms & Conditions", "rules"),
        ("Kurallar", "rules"),
        ("Qoidalar", "rules"),
        ("Контакты", "contacts"),
        ("Байланыс", "contacts"),
        ("Contact us", "contacts"),
        ("İletişim", "contacts"),
        ("Aloqa", "contacts"),
        ("Промокоды", "promo"),
        ("Бонустар", "promo"),
        ("Bonuses", "promo"),
        ("Kampanyalar", "promo"),
        ("Aksiyalar", "promo"),
    ],
)
def test_a_word_of_each_language_leads_to_its_kind_of_page(words: str, kind: str) -> None:
    assert chosen(f'<a href="/x1">{words}</a>') == [(kind, "/x1")]


def test_every_kind_has_its_best_link_before_any_has_a_second() -> None:
    html = '<a href="/b1">Бонус</a><a href="/b2">Промо</a><a href="/d1">Депозит</a><a href="/c">Контакты</a><a href="/b3">Акции</a>'
    assert chosen(html, 4) == [("deposit", "/d1"), ("contacts", "/c"), ("promo", "/b1"), ("promo", "/b2")]
    assert chosen(html, 2) == [("deposit", "/d1"), ("contacts", "/c")]
    assert chosen(html, 0) == []


def test_words_of_the_link_count_more_than_its_address() -> None:
    assert chosen('<a href="/deposit-info">Подробнее</a><a href="/x">Пополнить</a>', 1) == [("deposit", "/x")]
    assert chosen('<a href="/%D0%BA%D0%B0%D1%81%D1%81%D0%B0"><img src=i.png></a>') == [("deposit", "/%D0%BA%D0%B0%D1%81%D1%81%D0%B0")]
    assert chosen('<a href="/x" title="Payment methods"></a>') == [("deposit", "/x")]
    assert chosen('<a href="/x"><img alt="Бонус дня"></a>') == [("promo", "/x")]


def test_a_word_is_looked_for_at_the_beginning_of_words() -> None:
    assert chosen('<a href="/x">Администрация</a><a href="/y">VIPs and faqir</a>') == []


@pytest.mark.parametrize(
    "address",
    [
        "http://other.test/deposit",
        "http://casino.test.evil.example/deposit",
        "javascript:deposit()",
        "mailto:deposit@casino.test",
        "tel:+77001234567",
        "http://127.0.0.1/deposit",
        "http://casino.test:99999/deposit",
        "http://[broken/deposit",
        "/deposit.pdf",
        "/app/deposit.apk",
        "/deposit/logout",
        "#deposit",
        "/" + "d" * 9000,
    ],
)
def test_what_is_no_page_of_this_site_is_not_followed(address: str) -> None:
    assert chosen(f'<a href="{address}">Депозит</a>') == []


def test_subdomains_base_and_fragments_are_of_the_site() -> None:
    assert chosen('<a href="http://pay.casino.test/in#top">Депозит</a>') == [("deposit", "http://pay.casino.test/in")]
    assert chosen('<base href="/ru/"><a href="pay">Депозит</a>') == [("deposit", "/ru/pay")]
    assert chosen('<a href="/pay#a">Депозит</a><a href="/pay#b">Бонус</a>') == [("deposit", "/pay")]


def test_the_choice_is_the_same_every_time() -> None:
    html = "".join(f'<a href="/p{number}">Бонус {number}</a>' for number in range(50))
    assert chosen(html) == [("promo", f"/p{number}") for number in range(4)] == chosen(html)


def test_a_link_farm_is_cut() -> None:
    html = "".join(f'<a href="/p{number}">x</a>' for number in range(5000)) + '<a href="/in">Депозит</a>'
    assert chosen(html) == []


def numbered(tag: str, attributes: int) -> str:
    return tag + " ".join(f"x{number}=1" for number in range(attributes)) + ">"


@pytest.mark.parametrize(
    "html",
    [
        *(
            tag * 300_000
            for tag in ("<div>", "<table>", "<b><i>", "<p><a href=/y>", "<noscript>", "<x", "<!--", '<div class="', "<div x=<>", "<")
        ),
        "<a-x>" * 200_000 + "</a-y>" * 200_000,
        "<noscript><a href=/y>" * 200_000,
        "<template><a href=/y>" * 200_000,
        numbered("<a ", 300_000),
        numbered('<a y=">" ', 300_000),
        numbered('<a b=c="d e=">" ', 300_000),
        numbered("<!-- <a x=' --> <a y=' > ", 300_000),
        "<a b" + " = " * 1_000_000,
        "<script>" * 500_000,
    ],
    ids=lambda html: html[:24],
)
def test_a_hostile_page_costs_no_time(html: str) -> None:
    began = time.process_time()
    same_site_links(skeleton(html + "<a href=/in>Депозит</a>"), BASE, DOOR)
    links_of(html, BASE)
    assert time.process_time() - began < LINEAR_SECONDS


def test_only_what_a_page_shows_is_a_link() -> None:
    assert chosen(
        '<!-- <a href="/x">Депозит</a> --><script>"<a href=\'/y\'>Депозит</a>"</script><a class="b>c" href=\'/in\'>Депозит</a>'
    ) == [("deposit", "/in")]
    assert chosen("<A\nHREF = /in?a=1&amp;b=2 title='\"'><b>Депозит</b></A>") == [("deposit", "/in?a=1&b=2")]
    assert chosen("<a-x href=/no>Депозит</a-x><div title=<a>Депозит</div><a href=/in>Депозит</a>") == [("deposit", "/in")]


@pytest.mark.parametrize("href", ["http://[x", "javascript:void(0)", "http://:99999/", "//[", "", "data:,"])
def test_a_base_that_is_no_address_hides_no_link(href: str) -> None:
    html = f'<base href="{href}"><a href="/in">Депозит</a>'
    assert chosen(html) == [("deposit", "/in")]
    assert links_of(html, BASE) == ["http://casino.test/in"]


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("/депозит?а=1#б", "http://casino.test/%D0%B4%D0%B5%D0%BF%D0%BE%D0%B7%D0%B8%D1%82?%D0%B0=1"),
        ("http://казино.test/", "http://xn--80aodfsg.test/"),
        ("https://casino.test./in", "https://casino.test/in"),
        ("https://casino.test.:8443/in", "https://casino.test:8443/in"),
        ("https://./", ""),
        ("/" + "щ" * 7000, ""),
        ("http://a／b.test/", ""),
    ],
)
def test_an_address_is_read_as_it_is_sent(reference: str, url: str) -> None:
    assert absolute(BASE, reference) == url


def test_every_row_of_the_table_names_a_kind_we_ask_for() -> None:
    kinds = {kind.value for kind in PageKind} - {"landing"}
    assert {word.page for word in WORDS} == kinds
    assert {word.language for word in WORDS} == {"ru", "kk", "en", "tr", "uz"}
    assert len({(word.page, word.word) for word in WORDS}) == len(WORDS)
