"""What a national register's file says, entry by entry, whatever its form; the form is told by content, never by the file's name.

    list      one name a line: `# comments`, `*.name` and `.name` with subdomains, lines of a hosts file; also our own domains.txt
    poland    the XML of hazard.mf.gov.pl: PozycjaRejestru with AdresDomeny (Unicode) and, where an entry has ended, DataWykreslenia
    russia    dump.xml: content with blockType `domain` (the name) or `domain-mask` (with subdomains); all others block an address of a page or a host's number
    ours      register.xml of a release

XML is read as a stream, without a DTD, entities or network: expat is told to stop at the first of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import ip_address
from xml.parsers import expat

from blocklist.foreign import LONGEST_LINE, Foreign, shown
from casefile.errors import UsageError
from casefile.plaintext import inert

LONGEST_TEXT = 4_096
"""Characters of a field; what is longer is no name."""

LONGEST_TAG = 4 << 20
"""Octets between two things that expat can tell us of; a tag longer than that is an attack on memory."""

DEEPEST = 32

POLAND = "http://www.hazard.mf.gov.pl/2017/03/21/"
RUSSIA = "http://rsoc.ru"
OURS = "urn:mirrorwatch:register:1"

HOSTS_OWN = frozenset({
    "localhost", "localhost.localdomain", "local", "broadcasthost", "ip6-localhost", "ip6-loopback", "ip6-localnet", "ip6-mcastprefix",
    "ip6-allnodes", "ip6-allrouters", "ip6-allhosts",
})  # fmt: skip
"""Names that every hosts file has for itself."""


class Says(Enum):
    """What an entry of a register is."""

    NAME = "name"
    TREE = "tree"
    ADDRESS = "address"
    ENDED = "ended"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Said:
    """One entry: its line in the file, its text as it stands there, and what it is (`TREE`: the name and all below it)."""

    line: int
    text: str
    says: Says


class Entries:
    """The entries of a file, to be gone through once; raises `UsageError` while that is done where the file is no register.

    `form`: which of the forms above it is; of XML only known once the first entry was read.
    """

    def __init__(self, foreign: Foreign) -> None:
        begin = foreign.peek()
        self.is_xml = begin.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") or begin.startswith((b"\xff\xfe", b"\xfe\xff"))
        self.form = "" if self.is_xml else "list"
        self._foreign = foreign

    def __iter__(self) -> Iterator[Said]:
        if not self.is_xml:
            yield from _list(self._foreign)
            return
        reader = _Reader(self._foreign)
        for said in reader.entries():
            self.form = reader.form.name if reader.form is not None else ""
            yield said


def _list(foreign: Foreign) -> Iterator[Said]:
    for number, octets in enumerate(foreign.lines(), 1):
        line = octets.removeprefix(b"\xef\xbb\xbf") if number == 1 else octets
        if len(line) > LONGEST_LINE:
            yield Said(number, line[:60].decode("utf-8", "replace"), Says.BAD)
            continue
        # what is not UTF-8 is no name and is refused as one, whatever stands in place of its octets
        words = line.decode("utf-8", "replace").partition("#")[0].split()
        if len(words) > 1 and _is_address(words[0]):
            yield from (_listed(number, word) for word in words[1:] if word not in HOSTS_OWN and not _is_address(word))
        elif len(words) > 1:
            yield Said(number, " ".join(words), Says.BAD)
        elif words:
            yield _listed(number, words[0])


def _listed(number: int, word: str) -> Said:
    if word.startswith(("*.", ".")):
        return Said(number, word.removeprefix("*").removeprefix("."), Says.TREE)
    return Said(number, word, Says.NAME)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


@dataclass
class _Open:
    """An entry that is being read: its attributes and the text of its fields so far."""

    attributes: dict[str, str]
    line: int
    fields: list[tuple[str, str]] = field(default_factory=list)

    def of(self, name: str) -> list[str]:
        """The texts of all fields of that name."""
        return [text.strip() for found, text in self.fields if found == name]


class _Reader:
    """What expat calls. `said` gathers the entries that are whole."""

    def __init__(self, foreign: Foreign) -> None:
        self.foreign = foreign
        self.said: list[Said] = []
        self.form: _Form | None = None
        self.entry: _Open | None = None
        self.field = ""
        self.text: list[str] = []
        self.size = 0
        self.depth = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def entries(self) -> Iterator[Said]:
        """All entries in order."""
        fed = 0
        try:
            while chunk := self.foreign.read():
                self.parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - self.parser.CurrentByteIndex > LONGEST_TAG:
                    raise self.refuse(f"a tag of more than {LONGEST_TAG:,} octets")
                yield from self.said
                self.said.clear()
            self.parser.Parse(b"", True)
            yield from self.said
        except expat.ExpatError as error:
            raise self.refuse(f"not whole XML: {expat.ErrorString(error.code)}; fetch it again") from None
        except (LookupError, ValueError) as error:  # what pyexpat raises for an encoding that it does not know or cannot use
            raise self.refuse(f"its encoding cannot be read: {inert(str(error))[:80]}") from None

    def refuse(self, why: str) -> UsageError:
        """The error that ends the reading."""
        return UsageError(f"{shown(self.foreign.path)}, line {self.parser.CurrentLineNumber}: {why}; nothing was imported")

    def _doctype(self, *_: object) -> None:
        raise self.refuse("a document type: no register has one, and none is read")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.refuse(f"more than {DEEPEST} elements one in another")
        if self.depth == 1:
            self.form = FORMS.get(name)
            if self.form is None:
                raise self.refuse(f"the root {inert(name)[:80]!a} belongs to no register that is known here")
        elif self.form is not None and self.entry is None and name == self.form.entry:
            self.entry = _Open(attributes, self.parser.CurrentLineNumber)
        elif self.entry is not None:
            self.field, self.size = name, 0
            self.text.clear()

    def _characters(self, text: str) -> None:
        if self.entry is not None and self.size <= LONGEST_TEXT:
            self.size += len(text)
            self.text.append(text)

    def _end(self, name: str) -> None:
        self.depth -= 1
        if self.entry is None or self.form is None:
            return
        if name == self.form.entry:
            self.said.extend(self.form.read(self.entry))
            self.entry = None
        elif name == self.field:
            self.entry.fields.append((name, "".join(self.text)[: LONGEST_TEXT + 1]))
            self.field = ""


@dataclass(frozen=True)
class _Form:
    """A form of XML: its name, the element of an entry, and how an entry is read."""

    name: str
    entry: str

    def read(self, entry: _Open) -> Iterator[Said]:
        """What an entry says."""
        raise NotImplementedError


class _Poland(_Form):
    def read(self, entry: _Open) -> Iterator[Said]:
        ended = any(entry.of(f"{POLAND} DataWykreslenia"))
        for text in entry.of(f"{POLAND} AdresDomeny") or [""]:
            yield Said(entry.line, text, Says.ENDED if ended else Says.NAME)


class _Russia(_Form):
    def read(self, entry: _Open) -> Iterator[Said]:
        how = {"domain": Says.NAME, "domain-mask": Says.TREE}.get(entry.attributes.get("blockType", ""))
        if how is None:
            yield Said(entry.line, "", Says.ADDRESS)
            return
        for text in entry.of("domain") or [""]:
            yield Said(entry.line, text.removeprefix("*."), Says.TREE if text.startswith("*.") else how)


class _Ours(_Form):
    def read(self, entry: _Open) -> Iterator[Said]:
        if entry.attributes.get("kind") == "canary":
            return
        tree = entry.of(f"{OURS} scope") == ["subdomains"]
        for text in entry.of(f"{OURS} name") or [""]:
            yield Said(entry.line, text, Says.TREE if tree else Says.NAME)


FORMS: dict[str, _Form] = {
    f"{POLAND} Rejestr": _Poland("poland", f"{POLAND} PozycjaRejestru"),
    f"{RUSSIA} register": _Russia("russia", "content"),
    f"{OURS} register": _Ours("ours", f"{OURS} entry"),
}
"""By the name of the root element."""
