"""The figures of poisoning: every class is measured on the same pages, by a judge that never saw the owner, and the table says what the numbers say."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from casefile.progress import Silent
from classifier.measuring.cloaks import CLOAKS
from classifier.measuring.flipped import FLOOD, flipped, flood, training_figures
from classifier.measuring.poison import POISONS
from classifier.measuring.poisoned import Bands, ClassFigures, PoisonedFigures, changed, poisoned_figures, table_of, taken_pages
from classifier.model import Judge
from classifier.training.corpus import CorpusPage, read_pages
from classifier.training.folds import FoldJudges, fold_judges
from tests.classifier.making import REFERENCE, write_lines

BENIGN_TEXT = (
    "bread cake recipe flour oven butter family kitchen ",
    "школа урок учитель расписание родители класс ",
    "football match report team league season fans stadium ",
)
GUILTY_TEXT = (
    "casino slots roulette jackpot free spins bonus deposit real money ",
    "казино слоты рулетка джекпот бонус депозит ставки на спорт ",
    "online casino live dealer blackjack slots sportsbook betting ",
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty pages of ten owners with enough text to take some of."""
    folder = tmp_path_factory.mktemp("poisoned")
    (folder / "pages").mkdir()
    rows = []
    for owner in range(10):
        guilty = owner % 2 == 0
        for number in range(3):
            words = (GUILTY_TEXT if guilty else BENIGN_TEXT)[(owner // 2 + number) % 3]
            rows.append({
                "id": f"{owner}-{number}", "source": f"{chr(97 + owner) * 3}/site:page{number}.html", "label": "gambling" if guilty else "benign",
                "subtype": "operator_clone" if guilty else "school_ru", "hard_negative": owner == 1, "lang": "ru" if words[0] > "z" else "en", "url": None,
                "html": f"<html><head><title>{words[:20]}</title></head><body class='c{owner}'><p>{words * 40}{owner} {number}</p></body></html>",
            })  # fmt: skip
    write_lines(folder / "pages" / "pages.jsonl.gz", (json.dumps(row, ensure_ascii=False) for row in rows))
    return folder


@pytest.fixture(scope="module")
def judges(corpus: Path) -> FoldJudges:
    return fold_judges(corpus)


@pytest.fixture(scope="module")
def figures(corpus: Path, judges: FoldJudges) -> PoisonedFigures:
    return poisoned_figures(corpus, judges.judge_for, guilty=6, benign=6, reference=REFERENCE, progress=Silent())


def test_every_class_is_measured_on_all_pages_of_its_side(figures: PoisonedFigures) -> None:
    assert [one.name for one in figures.poisons] == [poison.name for poison in POISONS]
    assert [one.name for one in figures.cloaks] == [cloak.name for cloak in CLOAKS]
    for one in (*figures.poisons, *figures.cloaks):
        assert one.pages == 6
        for bands in (one.before, one.after):
            assert bands.mirror + bands.unsure + bands.clear == 6
            assert 0 <= bands.unasked <= bands.clear


def test_what_changes_nothing_that_is_read_changes_no_band(figures: PoisonedFigures) -> None:
    same = {one.name: one for one in figures.poisons}
    for name in ("padded comments", "as entities", "hacked comment"):
        assert same[name].after == same[name].before


def test_pages_without_text_are_unsure(figures: PoisonedFigures) -> None:
    found = {one.name: one.after for one in figures.poisons}
    for name in ("pictures", "four pictures", "text in script"):
        assert found[name] == Bands(mirror=0, unsure=6, clear=0)


def test_the_owner_of_a_page_names_the_judge_and_no_text_comes_from_it(corpus: Path, judges: FoldJudges) -> None:
    asked: list[str] = []

    def judge_of(owner: str) -> Judge:
        asked.append(owner)
        return judges.judge_for(owner)

    poisoned_figures(corpus, judge_of, guilty=2, benign=2, reference=REFERENCE, progress=Silent())
    guilty, benign, _ = taken_pages(corpus, guilty=2, benign=2)
    assert set(asked) == {page.owner for page in (*guilty, *benign)}
    *_, donors = taken_pages(corpus, guilty=15, benign=15)
    page = guilty[0]
    twin = next(donor for donor in donors if donor.owner == page.owner)
    others = [donor for donor in donors if donor.owner != page.owner]
    padding = next(poison for poison in POISONS if poison.name == "padded after")
    assert changed(page, padding, donors) == changed(page, padding, [twin, twin, *others])


def test_the_pages_are_the_same_every_time_and_spread_over_owners(corpus: Path) -> None:
    one, other = taken_pages(corpus, guilty=9, benign=6), taken_pages(corpus, guilty=9, benign=6)
    assert one == other
    assert [len(part) for part in one[:2]] == [9, 6]
    assert sum(page.hard for page in one[1]) == 3


def test_a_corpus_of_one_page_is_measured_too(corpus: Path, judges: FoldJudges) -> None:
    figures = poisoned_figures(corpus, judges.judge_for, guilty=1, benign=0, reference=REFERENCE, progress=Silent())
    assert (figures.guilty, figures.benign) == (1, 0)
    assert table_of(figures)


def test_figures_and_table_are_plain(figures: PoisonedFigures) -> None:
    assert json.loads(json.dumps(figures.rows()))[0]["name"] == POISONS[0].name
    figure = ClassFigures(
        name="a class",
        side="guilty",
        says="What it does.",
        pages=4,
        before=Bands(mirror=4, unsure=0, clear=0),
        after=Bands(mirror=1, unsure=2, clear=1),
    )
    lines = table_of(PoisonedFigures(guilty=4, benign=0, poisons=(figure,), cloaks=(figure,)))
    assert next(line for line in lines if "a class" in line).split()[:6] == ["a", "class", "25.0", "50.0", "25.0", "0.0"]


def pages_of(corpus: Path) -> list[CorpusPage]:
    return read_pages(corpus, Silent())


def turned(before: list[CorpusPage], after: list[CorpusPage]) -> Iterator[str]:
    return (one.id for one, other in zip(before, after, strict=False) if one.guilty is not other.guilty)


def test_flips_are_the_same_pages_every_time_and_about_as_many_as_stated(corpus: Path) -> None:
    pages = pages_of(corpus)
    assert not list(turned(pages, flipped(pages, 0.0)))
    assert list(turned(pages, flipped(pages, 0.3))) == list(turned(pages, flipped(pages, 0.3)))
    assert 3 <= len(list(turned(pages, flipped(pages, 0.3)))) <= 15
    assert len(list(turned(pages, flipped(pages, 1.0)))) == len(pages)


def test_a_flood_is_of_one_owner_that_weighs_no_more_than_others(corpus: Path) -> None:
    pages = pages_of(corpus)
    copies = flood(pages)
    assert len(copies) == FLOOD
    assert {(page.owner, page.guilty) for page in copies} == {("flood", False)}
    assert sum(page.weight for page in copies) == pytest.approx(15.0)


def test_poisoned_training_is_told_against_the_true_labels(corpus: Path) -> None:
    first, *others = training_figures(pages_of(corpus), Silent())
    assert first.name == "true labels"
    assert first.at_none > 0.5
    assert len(others) == 3
    assert set(first.as_dict()) == {"name", "at_none", "at_one_per_cent", "mirror", "clear", "alarms"}
