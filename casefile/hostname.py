"""`Hostname` and its door: the only way host text enters the case file.

Text becomes a lower-case A-label name with its registrable name (eTLD+1) and suffix, or is refused with a reason. IDNA 2008 with UTS 46
mapping by `idna`; the Public Suffix List with its private section by tldextract's bundled copy, never fetched. Suffixes that the public list
does not know come from configuration.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from urllib.parse import urlsplit

import idna
import tldextract

from casefile.errors import HostnameRefused

LONGEST_NAME = 253
"""Octets of a name in text form without the trailing dot (RFC 1035)."""

PLAIN_ADDRESS = re.compile(r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::\d{1,5})?(?=[/?#]|\Z)")
"""An ordinary address as far as its host."""

LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
NOT_LDH = re.compile(r"[^a-z0-9.-]")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
DOTS = re.compile("[\u3002\uff0e\uff61]")

SPECIAL_USE = frozenset({"localhost", "local", "onion", "arpa", "internal", "alt", "invalid"})
"""Last labels that never name a public web site (RFC 6761, RFC 7686, RFC 9476, RFC 8375, ICANN 2024 for internal)."""

RESERVED = frozenset({"example", "test"})
"""Last labels for documentation and tests (RFC 6761): stored, so that samples and tests can use them, never listed."""

RPZ_TRIGGERS = ("rpz-ip", "rpz-client-ip", "rpz-nsip", "rpz-nsdname")
"""Last labels that turn a name into an address trigger inside a response policy zone."""


PLAIN_NAME = re.compile(
    rf"(?=.{{1,{LONGEST_NAME}}}\Z)(?:(?!xn--)[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.)+(?!(?:{'|'.join(sorted(SPECIAL_USE))})\Z)[a-z]{{1,63}}"
)
"""Ordinary names, which are their own normal form and need not be taken apart to see it; what does not match may still be a name."""


class SuffixKind(Enum):
    """Where the suffix of a host name comes from."""

    ICANN = "icann"
    PRIVATE = "private"
    EXTRA = "extra"
    RESERVED = "reserved"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Hostname:
    """A valid host name of two labels or more; made by `Door.parse`, cannot hold an invalid name.

    `name` is lower-case ASCII (A-labels) without a trailing dot; `registrable` is the eTLD+1 (the name itself where `is_suffix`);
    `suffix` is the public suffix.
    """

    name: str
    registrable: str
    suffix: str
    kind: SuffixKind

    def __post_init__(self) -> None:
        if normalise(self.name) != self.name:
            raise HostnameRefused(self.name, "not a lower-case A-label name")
        if not _ends_with(self.name, self.registrable) or not _ends_with(self.registrable, self.suffix):
            raise HostnameRefused(self.name, "registrable name or suffix does not belong to it")

    def __str__(self) -> str:
        return self.name

    @property
    def is_suffix(self) -> bool:
        """The name is itself a public suffix (`com.kz`, `github.io`)."""
        return self.name == self.suffix

    @property
    def on_shared_suffix(self) -> bool:
        """The name lies under a suffix that a private host lets its users have (`*.github.io`)."""
        return self.kind is SuffixKind.PRIVATE

    @property
    def unicode_name(self) -> str:
        """The name in U-labels for people, the A-label kept where it cannot be decoded."""
        return unicode_of(self.name)


def unicode_of(name: str) -> str:
    """A name in U-labels for people, the A-label kept where it cannot be decoded."""
    return ".".join(_u_label(label) for label in name.split(".")) if "xn--" in name else name


class Door:
    """Parses host text. One door per configuration, since the suffix list is part of it.

    `extra_suffixes`: suffixes beside the public list (the sample web's `example`, `test`, `kz.example`); raises `HostnameRefused` for one that is none.
    """

    def __init__(self, extra_suffixes: Iterable[str] = ()) -> None:
        self.extra_suffixes = tuple(sorted({_suffix(suffix) for suffix in extra_suffixes}))
        self._extra = frozenset(self.extra_suffixes)
        self._extract = _extractor(self.extra_suffixes)
        self.parse: Callable[[str], Hostname] = lru_cache(maxsize=200_000)(self._parse)
        """`parse(text) -> Hostname`, remembered; raises `HostnameRefused`."""

    def suffixes(self) -> frozenset[str]:
        """Every suffix rule this door knows, private and configured ones too, in A-labels, as the list has them: `*.kobe.jp`, `!city.kobe.jp`."""
        return _rules(self.extra_suffixes)

    def _parse(self, text: str) -> Hostname:
        name = normalise(text)
        found = self._extract.extract_str(name)
        if not found.suffix:
            last = name.rpartition(".")[2]
            kind = SuffixKind.RESERVED if last in RESERVED else SuffixKind.UNKNOWN
            return Hostname(name=name, registrable=".".join(name.split(".")[-2:]), suffix=last, kind=kind)
        kind = SuffixKind.EXTRA if found.suffix in self._extra else SuffixKind.PRIVATE if found.is_private else SuffixKind.ICANN
        return Hostname(name=name, registrable=found.top_domain_under_public_suffix or name, suffix=found.suffix, kind=kind)


@lru_cache(maxsize=8)
def _extractor(extra_suffixes: tuple[str, ...]) -> tldextract.TLDExtract:
    """The suffix list, read once for all doors of a configuration: that takes a tenth of a second."""
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True, extra_suffixes=extra_suffixes)


@lru_cache(maxsize=8)
def _rules(extra_suffixes: tuple[str, ...]) -> frozenset[str]:
    return frozenset(rule if rule.isascii() else _rule_to_ascii(rule) for rule in _extractor(extra_suffixes).tlds)


def normalise(text: str) -> str:
    """The lower-case A-label form of `text` without a trailing dot; raises `HostnameRefused` with the reason."""
    return text if PLAIN_NAME.fullmatch(text) else taken_apart(text)


def taken_apart(text: str) -> str:
    """What `normalise` says, found label by label; raises `HostnameRefused` with the reason."""
    if not text:
        raise HostnameRefused(text, "empty")
    if len(text) > 4 * LONGEST_NAME:
        raise HostnameRefused(text, "longer than any host name")
    name = DOTS.sub(".", text).lower()
    if not name.isascii():
        name = _to_ascii(text, name)
    name = name.removesuffix(".")
    labels = name.split(".")
    if not all(labels):
        raise HostnameRefused(text, "empty label (leading, trailing or double dot)")
    if bad := NOT_LDH.search(name):
        raise HostnameRefused(text, f"character {bad.group()!a} cannot stand in a host name")
    for label in labels:
        _check_label(text, label)
    if len(name) > LONGEST_NAME:
        raise HostnameRefused(text, f"longer than {LONGEST_NAME} octets")
    _check_last_label(text, labels)
    return name


def _to_ascii(text: str, name: str) -> str:
    # idna takes an empty label for an error of its own kind; the reason is the same for ASCII and the rest
    if not all(name.removesuffix(".").split(".")):
        raise HostnameRefused(text, "empty label (leading, trailing or double dot)")
    try:
        return idna.encode(name, uts46=True, std3_rules=True, transitional=False).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise HostnameRefused(text, f"IDNA 2008: {_printable(error)}") from None


def _check_label(text: str, label: str) -> None:
    if len(label) > 63:
        raise HostnameRefused(text, "a label is longer than 63 octets")
    if not LABEL.fullmatch(label):
        raise HostnameRefused(text, "a label begins or ends with a hyphen")
    if label.startswith("xn--") and (fault := _a_label_fault(label)):
        raise HostnameRefused(text, fault)


@lru_cache(maxsize=65_536)
def _a_label_fault(label: str) -> str:
    """What is wrong with an A-label, empty where nothing is; remembered, since it takes a hundred times longer than all else, and a release says each many times."""
    try:
        again = idna.encode(idna.decode(label)).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        return f"broken A-label: {_printable(error)}"
    return "" if again == label else "A-label that is not its own normal form"


def _printable(error: Exception) -> str:
    """What `idna` says, which quotes the hostile label, in ASCII."""
    return str(error).encode("ascii", "backslashreplace").decode("ascii")[:80]


def _rule_to_ascii(rule: str) -> str:
    """A suffix rule in A-labels; a label that cannot be read (none in the bundled list) is kept as it is, and matches no name."""
    try:
        return ".".join(label if label.isascii() else idna.encode(label, uts46=True).decode("ascii") for label in rule.split("."))
    except (idna.IDNAError, UnicodeError):
        return rule


def _suffix(text: str) -> str:
    """A configured suffix in the form names have; one label is enough."""
    return normalise("a." + text.strip(".")).removeprefix("a.")


def _check_last_label(text: str, labels: list[str]) -> None:
    last = labels[-1]
    if NUMBER.fullmatch(last):
        raise HostnameRefused(text, "an IP address, not a name")
    if len(labels) == 1:
        raise HostnameRefused(text, "a single label")
    if last in SPECIAL_USE:
        raise HostnameRefused(text, f".{last} is not a public name (special use)")
    if last in RPZ_TRIGGERS:
        raise HostnameRefused(text, f"ends in {last}, an RPZ address trigger")


def _ends_with(name: str, tail: str) -> bool:
    return name == tail or name.endswith("." + tail)


def _u_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        return label


def host_of_url(url: str) -> str:
    """The lower-case host of an address as it stands there, empty where it has none; not checked, so no `Hostname`."""
    if found := PLAIN_ADDRESS.match(url):
        return found[1]
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""
