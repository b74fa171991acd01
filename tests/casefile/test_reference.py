"""The tables of facts: laid one over another, and every wrong row named with its file and line."""

from pathlib import Path

import pytest

from casefile.errors import UsageError
from casefile.reference import load_reference

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "reference"


def folder(path: Path, **tables: str | bytes) -> Path:
    path.mkdir(exist_ok=True)
    for name, text in tables.items():
        (path / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_rows_of_all_folders_add_up_in_order(tmp_path: Path) -> None:
    first = folder(tmp_path / "a", brands="brand,pattern,source,date\nOne,one,s,2026-11-20\n")
    second = folder(tmp_path / "b", brands="brand,pattern,source,date\nTwo,two[0-9]*,s,2026-11\n", guarded="name,kind,source,date\n")
    assert [brand.brand for brand in load_reference([first, second]).brands] == ["One", "Two"]
    assert load_reference([first, second]).guarded == ()


def test_a_table_saved_by_a_spreadsheet_is_read(tmp_path: Path) -> None:
    text = '\ufeffbrand,pattern,source,date\r\n"Ойын, ""Казино""",x,s,2026-11-20\r\n'
    assert load_reference([folder(tmp_path, brands=text)]).brands[0].brand == 'Ойын, "Казино"'


@pytest.mark.parametrize(
    ("table", "text", "said"),
    [
        ("brands", "brand,source,date\n", "brands.csv: the first line must be brand,pattern,source,date"),
        ("brands", "", "brands.csv: the first line must be"),
        ("brands", "brand,pattern,source,date\nOne,one,s\n", "brands.csv:2: wants 4 fields"),
        ("brands", "brand,pattern,source,date\nOne,one,s,2026-11-20,more\n", "brands.csv:2: wants 4 fields"),
        (
            "brands",
            "brand,pattern,source,date\nOne,one,s,2026-11-20\nTwo,two,,2026-11-20\n",
            "brands.csv:3: every fact needs a source and a date",
        ),
        ("brands", "brand,pattern,source,date\nOne,one,s,yesterday\n", "brands.csv:2: date 'yesterday' is not of the form"),
        ("brands", "brand,pattern,source,date\nOne,on(e,s,2026-11-20\n", "brands.csv:2: pattern 'on(e' is not a regular expression"),
        ("brands", b"brand,pattern,source,date\n\xff\xfe,one,s,2026-11-20\n", "must be CSV in UTF-8"),
        ("brands", 'brand,pattern,source,date\n"One,one,s,2026-11-20\n', "must be CSV in UTF-8"),
        ("providers", "name,how,pattern,country,source,date\nPay,guess,x,KZ,s,2026-11-20\n", "how 'guess' must be one of host, words"),
        ("link_words", "page,language,word,source,date\nhome,en,home,s,2026-11-20\n", "page 'home' must be one of deposit"),
    ],
)
def test_a_wrong_table_is_named_with_its_line(tmp_path: Path, table: str, text: str | bytes, said: str) -> None:
    with pytest.raises(UsageError) as refusal:
        load_reference([folder(tmp_path, **{table: text})])
    assert said in str(refusal.value)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no reference folder at"):
        load_reference([tmp_path / "none"])


def test_the_shipped_tables_load() -> None:
    shipped = load_reference([SHIPPED])
    assert shipped.providers and shipped.guarded and shipped.shared_hosts and shipped.brands
