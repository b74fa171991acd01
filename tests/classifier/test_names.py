"""Host names as character n-grams: how they are read, that fast and slow reading agree, and what the committed model knows."""

import subprocess
import sys

import numpy as np
import pytest

from casefile.errors import ModelError
from classifier.name_model import load_names
from classifier.name_spelling import MIXED, spelled
from classifier.names import BUCKETS, CHUNK, bucket_of, cut, grams, name_odds, name_scores, share_of
from tests.classifier.conftest import MODEL


@pytest.fixture(scope="module")
def table() -> np.ndarray:
    return np.random.default_rng(7).normal(size=BUCKETS).astype(np.float32)


def read(name: str) -> str:
    """The host of one name as the model reads it."""
    return cut([name]).folded.tobytes().decode("latin-1")


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("tumar.example", ".tumar."),
        ("WWW.Tumar.Example.", ".tumar."),
        ("tumar", ".tumar."),
        ("m.tumar.kz.example", ".m.tumar.kz."),
        ("c4sino.example", ".casino."),
        ("bet365.example", ".bet###."),
        ("1xbet88.example", ".#xbet##."),
        ("", ".."),
        ("...", ".."),
    ],
)
def test_a_name_stands_between_dots_without_www_and_suffix_its_digits_folded(name, host):
    assert read(name) == host


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("1хbet.example", f".{MIXED}#xbet."),
        ("xn--1bet-h4d.example", f".{MIXED}#bbet."),
        ("саѕіпо.example", f".{MIXED}casino."),
        ("казино.example", ".kazino."),
        ("xn--80aswg.example", ".sait."),
        ("bästacasino.example", ".bastacasino."),
        ("ｃａｓｉｎｏ.example", ".casino."),
    ],
)
def test_other_scripts_are_read_as_latin_and_a_mixed_label_is_marked(name, host):
    assert read(name) == host


def test_what_idna_forbids_is_read_all_the_same():
    assert spelled("xn--a.example") == b"xn--a.example" or spelled("xn--a.example").endswith(b".example")
    assert spelled("\ud800.example").endswith(b".example")


def test_the_slow_door_gives_the_very_scores_of_the_fast_one(table):
    plain = ["tumar1.example", "m.bet365.co.uk", "a.b", "casino-x12.top", "0.io", "x" * 240 + ".example", "-.-.net", "1_2.kz"]
    odd = ["www.{}", "{}.", " {} ", "{}\t"]
    alone = name_odds(plain, table, 0.5)
    for form in odd:
        assert (name_odds([form.format(name) for name in plain], table, 0.5) == alone).all(), form
    assert ([spelled(name) for name in plain]) == [name.encode() for name in plain]


def test_a_name_has_the_same_score_alone_and_among_others(table):
    names = [f"name{number}-{'x' * (number % 9)}.{suffix}" for number in range(CHUNK // 2) for suffix in ("com", "kz", "online")]
    names[5:5] = ["1хbet.com", "", "two\nlines.example", "\x00\x1b[2J.example", "a" * 10_000, "\ud800"]
    among = name_odds(names, table, 0.0)
    for place in (0, 4, 5, 6, 7, 8, 9, 10, 11, CHUNK - 1, CHUNK, len(names) - 1):
        assert among[place] == name_odds([names[place]], table, 0.0)[0], names[place][:20]


def test_scores_are_the_sum_of_the_grams_that_training_sees(table):
    names = ["casino-777.example", "bet365.com", "a.b", "..", "", "almaty.kz", "1хbet.com", "12345.net"]
    rows, buckets, suffixes = grams(names)
    counts = np.bincount(rows, minlength=len(names))
    wanted = np.bincount(rows, table[buckets], len(names)) * share_of(counts) + table[suffixes] + 0.25
    assert np.allclose(name_odds(names, table, 0.25), wanted, atol=1e-4)


def test_a_word_weighs_nearly_the_same_in_a_long_name_as_in_a_short_one():
    short, long = share_of(np.array([16, 256]))
    assert (short, long) == (0.5, 0.25) and share_of(np.array([0]))[0] == 1.0


def test_grams_never_cross_names():
    rows, buckets, _ = grams(["ab1.net", "cd2.net"])
    for row, name in enumerate(("ab1.net", "cd2.net")):
        assert sorted(buckets[rows == row]) == sorted(grams([name])[1])


def test_a_gram_is_found_where_training_puts_its_word():
    assert {bucket_of("bet"), bucket_of(".bet."), bucket_of("365")} <= set(grams(["bet.net"])[1]) | {bucket_of("365")}
    assert bucket_of(".88") in grams(["88bet.net"])[1]
    assert bucket_of("longerthanany") is None


def test_two_letter_suffixes_say_no_country_but_others_are_told_apart():
    suffixes = dict(zip(("de", "fr", "kz", "io", "com", "bet"), grams(["x.de", "x.fr", "x.kz", "x.io", "x.com", "x.bet"])[2], strict=True))
    assert suffixes["de"] == suffixes["fr"] == suffixes["kz"]
    assert len({suffixes[one] for one in ("de", "io", "com", "bet")}) == 4


def test_scores_are_probabilities_whatever_the_names():
    scores = name_scores(["casino", "", "\ud800", "a" * 10_000, "\n", "\x00", "..", "☃.☃", "xn--", "www."], np.ones(BUCKETS), -2.0)
    assert scores.shape == (10,) and np.isfinite(scores).all() and ((scores > 0) & (scores < 1)).all()
    assert name_scores([], np.zeros(BUCKETS), 0.0).shape == (0,)


def test_scoring_imports_no_scikit_learn_and_nothing_of_pages():
    program = (
        "import sys; from pathlib import Path; from classifier.name_model import load_names;"
        f"load_names(Path({str(MODEL)!r})).judge_names(['casino.example', '1хbet.example']);"
        "print(*[name for name in ('sklearn', 'scipy', 'selectolax', 'classifier.page', 'sqlite3') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=MODEL.parents[1])
    assert ran.stdout == "\n"


def test_a_folder_that_is_not_what_its_card_says_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"cannot read .*card.json"):
        load_names(tmp_path)
    (tmp_path / "card.json").write_text("[]")
    with pytest.raises(ModelError, match="is not a model card"):
        load_names(tmp_path)
    (tmp_path / "card.json").write_text((MODEL / "card.json").read_text())
    (tmp_path / "names.npz").write_bytes((MODEL / "names.npz").read_bytes() + b"x")
    with pytest.raises(ModelError, match="SHA-256 differs"):
        load_names(tmp_path)


LOOKALIKES = [
    "casinopiernj.com",
    "alphabet.com",
    "betterhelp.com",
    "winery.com",
    "xbetservices.com",
    "windows.com",
    "winter.org",
    "slotcar.com",
    "timeslot.io",
    "royalmail.com",
    "spinach.com",
    "elizabeth.org",
    "diabetes.org",
    "betterment.com",
    "pokemon.com",
    "tibet.net",
    "leonardo.it",
    "kingdom.com",
    "judiciary.gov",
    "gamblingtherapy.org",
    "lasvegasnm.gov",
]
CASINOS = [
    "tumar-casino777.com",
    "luckyspin-casino.net",
    "onlinekasino24.com",
    "bet365.example",
    "1xbet-giris.com",
    "nhacaiuytin88.com",
    "slotgacor77.com",
    "apuestas-bet.es",
]


@pytest.mark.parametrize("name", LOOKALIKES)
def test_the_committed_model_passes_over_what_only_looks_like_gambling(name):
    assert load_names(MODEL).judge_names([name])[0] < 0.5


@pytest.mark.parametrize("name", CASINOS)
def test_the_committed_model_knows_gambling_names(name):
    assert load_names(MODEL).judge_names([name])[0] > 0.8


@pytest.mark.parametrize(
    "name", ["1хbet.com", "xn--1bet-56d.com", "c4sino-online.com", "саsino-royal.com", "cas1no-bonus.com", "казино-онлайн.com"]
)
def test_the_committed_model_knows_them_in_other_spellings(name):
    assert load_names(MODEL).judge_names([name])[0] > 0.8
