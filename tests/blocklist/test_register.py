"""The national register: which files are read, what of them counts, and which hosts are covered."""

import gzip
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from blocklist.formats import domains, register_xml
from blocklist.register import RegisterReport, import_register, known_names, withdraw_register
from blocklist.register_entries import OURS
from casefile import queries
from casefile.errors import UsageError
from casefile.hostname import Door
from casefile.progress import Silent
from casefile.records import RegisterImport
from casefile.store import Case
from tests.blocklist.conftest import Desk
from tests.conftest import StandingClock

Import = Callable[..., RegisterReport]

POLAND = """<?xml version="1.0" encoding="UTF-8"?>
<Rejestr xmlns="http://www.hazard.mf.gov.pl/2017/03/21/">
  <PozycjaRejestru Lp="1"><AdresDomeny>kasyno.example</AdresDomeny><DataWpisu>2017-07-01T10:00:00</DataWpisu></PozycjaRejestru>
  <PozycjaRejestru Lp="2"><AdresDomeny>żółw-kasyno.example</AdresDomeny><DataWpisu>2017-07-01T10:00:00</DataWpisu></PozycjaRejestru>
  <PozycjaRejestru Lp="3"><AdresDomeny>gone.example</AdresDomeny><DataWpisu>2017-07-01T10:00:00</DataWpisu>
    <DataWykreslenia>2018-01-01T10:00:00</DataWykreslenia></PozycjaRejestru>
  <PozycjaRejestru Lp="4"><AdresDomeny> KASYNO2.example. </AdresDomeny><DataWpisu>2017-07-01T10:00:00</DataWpisu></PozycjaRejestru>
</Rejestr>
"""

RUSSIA = """<?xml version="1.0" encoding="windows-1251"?>
<reg:register xmlns:reg="http://rsoc.ru" updateTime="2026-11-20T10:00:00+03:00" formatVersion="2.4">
<content id="1" blockType="domain"><decision org="ФНС" number="1"/><domain><![CDATA[casino.example]]></domain><ip>192.0.2.1</ip></content>
<content id="2" blockType="domain-mask"><decision org="ФНС" number="2"/><domain><![CDATA[*.mirror.example]]></domain></content>
<content id="3"><decision org="ФНС" number="3"/><url><![CDATA[http://paper.example/page?x=1&y=2]]></url><domain><![CDATA[paper.example]]></domain></content>
<content id="4" blockType="ip"><decision org="ФНС" number="4"/><ip>192.0.2.2</ip></content>
<content id="5" blockType="domain"><decision org="ФНС" number="5"/><domain><![CDATA[казино.test]]></domain></content>
</reg:register>
"""


@pytest.fixture
def imported(case: Case, tmp_path: Path, clock: StandingClock) -> Import:
    """Writes `data` to a file and imports it."""

    def run(data: str | bytes, source: str = "national", name: str = "register.bin") -> RegisterReport:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return import_register(case, path, source, clock=clock, progress=Silent())

    return run


def test_a_plain_list(imported: Import, case: Case, clock: StandingClock) -> None:
    text = "# the register\n\na.example\nB.Example. # a comment\n*.c.example\n.d.example\nказино.test\r\na.example\n"
    done = imported(text)
    assert (done.form, done.bad, done.unchanged) == ("list", 0, False)
    assert done.record.names == ("*.c.example", "*.d.example", "a.example", "b.example", "казино.test".encode("idna").decode())
    assert queries.latest_register_imports(case) == [done.record]
    assert (done.record.source, done.record.file, done.record.imported_at) == ("national", "register.bin", clock())


def test_a_hosts_file(imported: Import) -> None:
    done = imported(
        "127.0.0.1 localhost\n::1 ip6-localhost ip6-loopback\n255.255.255.255\tbroadcasthost\n0.0.0.0 0.0.0.0\n0.0.0.0 a.example b.example # x\n:: c.example\n"
    )
    assert (done.record.names, done.bad) == (("a.example", "b.example", "c.example"), 0)


def test_a_name_that_is_named_with_and_without_its_subdomains_is_kept_with_them(imported: Import) -> None:
    assert imported("a.example\n*.a.example\na.example\n").record.names == ("*.a.example",)


def test_a_suffix_with_all_below_it_is_a_bad_entry(imported: Import, case: Case) -> None:
    done = imported("".join(f"site{number}.com\n" for number in range(20)) + "*.com.kz\n.github.io\n")
    assert done.bad == 2 and done.first_bad[0] == "line 21: com.kz: a suffix under which others register names, with all of them"
    assert known_names(case).why_registered("casino777.com.kz") == ""
    assert imported("com.kz\n*.shop.com.kz\n").record.names == ("*.shop.com.kz", "com.kz")


def test_the_polish_register(imported: Import) -> None:
    done = imported(POLAND)
    assert (done.form, done.ended, done.addresses, done.bad) == ("poland", 1, 0, 0)
    assert done.record.names == tuple(sorted(["kasyno.example", "kasyno2.example", "żółw-kasyno.example".encode("idna").decode()]))


def test_roskomnadzors_dump_counts_what_is_blocked_by_name(imported: Import) -> None:
    done = imported(RUSSIA.encode("windows-1251"))
    assert (done.form, done.ended, done.addresses, done.bad) == ("russia", 0, 2, 0)
    assert done.record.names == ("*.mirror.example", "casino.example", "казино.test".encode("idna").decode())


def test_our_own_files(imported: Import, desk: Desk) -> None:
    desk.approved("a.example", "www.b.example")
    desk.publish()
    latest = desk.releases / "latest"
    done = imported((latest / register_xml.NAME).read_bytes())
    assert (done.form, done.record.names, done.bad) == ("ours", ("*.a.example", "www.b.example"), 0)
    names = imported((latest / domains.NAME).read_bytes()).record.names
    assert {"a.example", "www.b.example"} <= set(names)
    assert register_xml.NAMESPACE == OURS


def test_packed_files(imported: Import, tmp_path: Path) -> None:
    assert imported(gzip.compress(POLAND.encode())).form == "poland"
    with zipfile.ZipFile(tmp_path / "dump.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("dump.xml", RUSSIA.encode("windows-1251"))
        archive.writestr("dump.xml.sig", b"\x30\x82")
    assert imported((tmp_path / "dump.zip").read_bytes()).form == "russia"


def test_bad_entries_are_counted_and_the_first_are_named(imported: Import) -> None:
    good = "".join(f"site{number}.example\n" for number in range(100))
    done = imported(
        good + "a b c\nx\x1b]52;c;x\x07.com\n10.0.0.1\n" + "a" * 5_000 + "\n*\ncom\n\udcff.com\n".encode("utf-8", "replace").decode()
    )
    assert (len(done.record.names), done.bad, len(done.first_bad)) == (100, 7, 5)
    assert done.first_bad[0] == "line 101: a b c: not one name"
    assert all(line.isprintable() for line in done.first_bad)


def test_a_bad_name_in_xml_is_named_with_its_line(imported: Import) -> None:
    names = "".join(f"<PozycjaRejestru><AdresDomeny>s{number}.example</AdresDomeny></PozycjaRejestru>\n" for number in range(20))
    root = '<Rejestr xmlns="http://www.hazard.mf.gov.pl/2017/03/21/">\n'
    done = imported(
        f"{root}{names}<PozycjaRejestru><AdresDomeny>www.x.example/path</AdresDomeny></PozycjaRejestru>\n<PozycjaRejestru/></Rejestr>"
    )
    assert (done.bad, done.first_bad) == (
        2,
        ("line 22: www.x.example/path: character '/' cannot stand in a host name", "line 23: : empty"),
    )


ENTITY = '<!DOCTYPE Rejestr [<!ENTITY a "kasyno.example">]>'
OUTSIDE = '<!DOCTYPE Rejestr [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("", "names no host"),
        ("# nothing\n", "names no host"),
        (POLAND.replace("<Rejestr", ENTITY + "<Rejestr").replace("kasyno.example", "&a;"), "document type"),
        (POLAND.replace("<Rejestr", OUTSIDE + "<Rejestr").replace("kasyno.example", "&a;"), "document type"),
        (POLAND.replace("kasyno.example", "&a;"), "not whole XML: undefined entity"),
        (POLAND[:400], "not whole XML"),
        (POLAND.replace("2017/03/21", "2030/01/01"), "belongs to no register"),
        ("<html><body>not found</body></html>", "belongs to no register"),
        (POLAND.replace("UTF-8", "utf-9"), "its encoding cannot be read"),
        (POLAND.replace("UTF-8", "shift_jis"), "its encoding cannot be read"),
        ("<Rejestr xmlns='http://www.hazard.mf.gov.pl/2017/03/21/'>" + "<a>" * 40, "more than 32 elements"),
        ("<Rejestr xmlns='http://www.hazard.mf.gov.pl/2017/03/21/'><a b='" + "x" * 6_000_000, "a tag of more than"),
        (bytes(range(256)) * 100, "no register"),
        ("a.example\n" * 3 + "not a name\n" * 3, "over 10 % is no register"),
    ],
)
def test_what_is_no_register_is_refused_and_nothing_is_kept(imported: Import, case: Case, data: str | bytes, says: str) -> None:
    kept = imported("a.example\n").record
    with pytest.raises(UsageError, match=says):
        imported(data)
    assert queries.latest_register_imports(case) == [kept]


def test_a_register_has_an_end(case: Case, tmp_path: Path, clock: StandingClock) -> None:
    (tmp_path / "list.txt").write_text("".join(f"site{number}.example\n" for number in range(11)))
    with pytest.raises(UsageError, match="names more than 10 hosts"):
        import_register(case, tmp_path / "list.txt", "national", clock=clock, progress=Silent(), most=10)
    assert len(import_register(case, tmp_path / "list.txt", "national", clock=clock, progress=Silent(), most=11).record.names) == 11


def test_a_source_has_a_plain_name(imported: Import) -> None:
    for source in ("", "x" * 81, "a\x1b[2J", "a\nb"):
        with pytest.raises(UsageError, match="correct --source"):
            imported("a.example\n", source=source)


def test_the_latest_import_of_every_source_counts(imported: Import, case: Case, clock: StandingClock) -> None:
    imported("old.example\n")
    imported("other.example\n", source="other")
    clock.forward(days=1)
    imported("new.example\n")
    found = known_names(case)
    assert len(found) == 2
    assert [bool(found.why_registered(name)) for name in ("old.example", "new.example", "other.example")] == [False, True, True]


def test_the_same_names_again_add_nothing(imported: Import, case: Case, clock: StandingClock) -> None:
    first = imported("b.example\na.example\n")
    clock.forward(days=1)
    again = imported("a.example\nb.example\n", name="next.txt")
    assert again.unchanged and again.record == first.record
    assert len(case.records(RegisterImport)) == 1


def test_a_withdrawn_register_counts_no_more(imported: Import, case: Case, clock: StandingClock) -> None:
    imported("a.example\n", source="poland")
    withdraw_register(case, "poland", clock=clock)
    assert known_names(case).why_registered("a.example") == ""
    with pytest.raises(UsageError, match=r"no register 'poland' counts; there are: none"):
        withdraw_register(case, "poland", clock=clock)


def test_a_register_covers_subdomains_where_it_says_so(imported: Import, case: Case, door: Door) -> None:
    imported("exact.example\n*.tree.example\n", name="list.txt")
    found = known_names(case)
    why = {
        name: found.why_registered(name)
        for name in ("exact.example", "www.exact.example", "tree.example", "a.b.tree.example", "ree.example")
    }
    assert why == {
        "exact.example": "exact.example stands in the register national (list.txt, imported on 2026-11-20)",
        "www.exact.example": "",
        "tree.example": "tree.example stands in the register national (list.txt, imported on 2026-11-20) with its subdomains",
        "a.b.tree.example": "a.b.tree.example is covered by tree.example, which stands in the register national (list.txt, imported on 2026-11-20) "
        "with its subdomains",
        "ree.example": "",
    }


def test_without_an_import_nothing_is_registered(case: Case) -> None:
    assert known_names(case).why_registered("a.example") == ""
    assert queries.latest_register_imports(case) == []


@pytest.mark.parametrize("good", [POLAND.encode(), RUSSIA.encode("windows-1251"), b"a.example\n*.b.example\n0.0.0.0 c.example\n"])
def test_a_mangled_file_is_read_or_refused_and_never_anything_else(imported: Import, good: bytes) -> None:
    dice = random.Random(5)
    read = refused = 0
    for _ in range(60):
        mangled = bytearray(good)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(mangled))
            mangled[at : at + dice.randint(0, 3)] = dice.randbytes(dice.randint(0, 3))
        try:
            done = imported(bytes(mangled), source=f"mangled {read + refused}")
        except UsageError as error:
            assert str(error).isprintable()
            refused += 1
        else:
            assert all(Door().parse(name.removeprefix("*.")).name == name.removeprefix("*.") for name in done.record.names)
            read += 1
    assert read and refused
