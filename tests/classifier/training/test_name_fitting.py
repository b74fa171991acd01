"""The name model as it is taught: words that count for all of their kind, brands never on both sides, figures beside the stock pipeline."""

import random

import numpy as np
import pytest

from casefile.errors import UsageError
from casefile.progress import Silent
from classifier.measuring.name_figures import Split, figures_of, splits_of
from classifier.measuring.telling import NAME_LISTED, NAME_RECALL, figures_of_names
from classifier.names import bucket_of, name_scores
from classifier.training.name_corpus import CorpusName, brand_of, family_of, read_names, registrable
from classifier.training.name_fitting import calibrated, fit_names, held_out, name_model
from classifier.training.name_ranking import ranking
from classifier.training.name_words import NameWord, made_guilty, made_innocent, mistaken, read_words, vetted, word_buckets

PARTS = ["shop", "news", "tech", "lab", "garden", "school", "music", "tour", "auto", "med", "print", "house", "cloud", "river", "stone"]


def named(name: str, kind: str = "benign", source: str = "benign") -> CorpusName:
    return CorpusName(name=name, family=family_of(name), brand=registrable(name), source=source, kind=kind, weight=1.0)


@pytest.fixture(scope="module")
def names() -> list[CorpusName]:
    draw = random.Random(3)
    innocent = {f"{draw.choice(PARTS)}{draw.choice(PARTS)}{number % 7 or ''}.{draw.choice(('com', 'kz'))}" for number in range(300)}
    guilty = {f"{draw.choice(('casino', 'poker', 'bingo'))}{draw.choice(PARTS)}{number % 9}.com" for number in range(120)}
    return [named(name, "gambling", "families_2025") for name in sorted(guilty)] + [named(name) for name in sorted(innocent)]


def test_a_word_that_no_name_held_counts_for_its_kind(names):
    words = [NameWord(word, "strong") for word in ("casino", "poker", "bingo", "apuesta")]
    told, untold = fit_names(names, words), fit_names(names, words[:3])
    assert told.odds(["apuestagarden.com"])[0] > told.odds(["riverhouse.com"])[0] + 1
    assert told.odds(["apuestagarden.com"])[0] > untold.odds(["apuestagarden.com"])[0] + 1


def test_a_word_that_innocent_names_hold_too_is_not_used():
    words = [NameWord("garden", "strong"), NameWord("casino", "strong"), NameWord("garden", "hard")]
    assert vetted(words, ["casino1.com", "casino2.com"], ["garden1.com", "garden2.com"]) == words[1:]


def test_a_word_between_dots_counts_as_a_whole_label_only():
    assert set(word_buckets([NameWord(".stake.", "brand")])) == {bucket_of(".stake.")}
    assert vetted([NameWord(".stake.", "brand")], ["stake.com"], ["stakeholder.com", "mistake.com"]) == [NameWord(".stake.", "brand")]
    words = [NameWord(".stake.", "brand"), NameWord("online", "filler")]
    assert not any(".." in name or name.startswith(".") for name in made_guilty(words, ["garden.kz"], 50))


def test_nothing_is_learnt_of_a_help_line_that_a_gambling_list_holds(names):
    words = [NameWord("gamblinghelp", "hard"), NameWord("winery", "hard")]
    assert mistaken(["gamblinghelp-tumar.com", "winery-casino.com"], words) == {"gamblinghelp-tumar.com"}
    wrong = [*names, named("gamblinghelp-tumar.com", "gambling", "families_2025")]
    assert (fit_names(wrong, words).table == fit_names(names, words).table).all()


def test_a_word_is_found_with_and_without_its_hyphen_and_long_ones_by_their_stretches():
    assert set(word_buckets([NameWord("pin-up", "brand")])) > set(word_buckets([NameWord("pinup", "brand")]))
    assert {round(share, 3) for _, share in word_buckets([NameWord("sportwetten", "strong")]).values()} == {0.2}
    assert word_buckets([NameWord("online", "filler")]) == {}


def test_names_are_made_the_same_every_time_of_words_and_innocent_pieces():
    words, innocent = read_words(), ["garden-music.kz", "riverhouse.com"]
    made = made_guilty(words, innocent, 300)
    assert made == made_guilty(words, innocent, 300) and len(set(made)) > 200
    assert {name.rpartition(".")[2] for name in made} == {"kz", "com"}
    assert any(not name.isascii() for name in made), "some are disguised"
    hard = [word.word.replace("-", "") for word in words if word.kind == "hard"]
    assert all(any(word in name.replace("-", "") for word in hard) for name in made_innocent(words, innocent, 50))
    assert made_guilty(words, [], 5) == made_innocent(words, [], 5) == []


def test_the_table_of_words_has_kind_source_and_no_word_twice(tmp_path):
    words = read_words()
    assert len({(word.word, word.kind) for word in words}) == len(words) > 1000
    assert all(word.word == word.word.lower() and word.word.isascii() for word in words)
    (tmp_path / "words.csv").write_text("word,kind,language,source,date\ncasino,odd,en,x,2026-11-21\n")
    with pytest.raises(UsageError, match=r"words.csv:2"):
        read_words(tmp_path / "words.csv")
    with pytest.raises(UsageError, match="cannot read"):
        read_words(tmp_path / "none.csv")


def test_a_brand_is_known_by_its_first_own_word_and_a_family_by_its_digits():
    assert brand_of("online-casino-tumar12.com", []) == brand_of("tumarcasino.net", []) == "tumar"
    assert family_of("tumar12.co.uk") == "tumar#.co"
    assert registrable("a.b.co.uk") == "b.co.uk" and registrable("m.tumar.kz") == "tumar.kz"


def test_nothing_tested_was_fitted_and_no_brand_is_on_both_sides(names):
    splits = splits_of(names)
    assert any(split.name.startswith("brands") for split in splits)
    for split in splits:
        assert not {one.name for one in split.fitted} & {one.name for one in split.tested}
        if split.name.startswith("brands"):
            assert not {one.brand for one in split.fitted if one.guilty} & {one.brand for one in split.tested if one.guilty}
            assert not split.told
    assert sum(held_out(one) for one in names) not in (0, len(names))


def test_a_split_is_told_among_all_innocent_names_and_among_the_benign_list_alone(names):
    popular = [named(f"slots{number}.com", "benign", "popular") for number in range(5)]
    split = Split("brands, one", names, [named("slots77.com", "gambling", "families_2025"), *names[120:150], *popular], told=False)
    scores = np.array([2.0, *[0.0] * 30, *[3.0] * 5])
    told = figures_of(split, [], scores)
    assert (told["innocent"], told[NAME_LISTED]["innocent"]) == (35, 30)
    assert (told["stock"][NAME_RECALL], told[NAME_LISTED]["stock"][NAME_RECALL]) == (0.0, 1.0)
    assert [figure.name for figure in figures_of_names({split.name: told}) if "recall" in figure.name] == [
        "names, brands, one: recall at 0.1 % false alarms",
        "names, brands, one, among the benign list: recall at 0.1 % false alarms",
    ]


def test_hard_negatives_over_the_bar_are_named():
    tested = [named("casino1.com", "gambling"), named("winery.com", "hard"), *(named(f"shop{number}.com") for number in range(2000))]
    others = [4.5] * 3 + [0.0] * 1997
    under, over = (ranking(np.array([5.0, hard, *others]), tested) for hard in (4.0, 9.0))
    assert under["recall at 0.1% false alarms"] == over["recall at 0.1% false alarms"] == 1.0
    assert (under["hard negatives over the bar"], over["hard negatives over the bar"]) == ([], ["winery.com"])


def test_calibration_stretches_and_shifts_every_score(names):
    model = fit_names(names, [])
    texts = [one.name for one in names[:20]]
    assert abs(calibrated(model, 0.5, 1.0).odds(texts) - (model.odds(texts) * 0.5 + 1.0)).max() < 0.2


def test_a_made_up_corpus_gives_a_model_and_figures(made_up):
    arrays, figures = name_model(made_up, Silent())
    assert set(arrays) == {"weights", "intercept"} and figures["guilty"] > 0
    slot, garden = name_scores(["winslot999.net", "gardenhouse.org"], arrays["weights"], float(arrays["intercept"]))
    assert slot > garden
    assert {one.kind for one in read_names(made_up)} >= {"gambling", "benign"}
