"""register.xml: the list in the manner of the Polish register of gambling domains, with what that one lacks.

As there, one element an entry with its name and when it was listed. Beyond it: names in A-labels (and in Unicode beside them), what an entry covers, times with their zone, the act and the
reason, when the entry expires, and the names that left with this release with cause and reason. One element a line; no document type, which the reader refuses.
"""

import re
from html import escape

from blocklist.content import CANARY, ENTRY, Content, Gone, Line, Listed
from blocklist.formats.entries_json import check_times
from blocklist.formats.jsonrows import NAME as HOST
from blocklist.formats.jsonrows import SERIAL, TIME, fullmatch
from blocklist.formats.plain import everything, in_order, joined, lines_of, listed, nothing
from blocklist.formats.removed import CAUSES
from casefile.plaintext import inert
from casefile.records import Scope

NAME = "register.xml"
left_out = nothing
view = everything
NAMESPACE = "urn:mirrorwatch:register:1"
SCOPES = {scope.value: scope for scope in Scope}
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'

TEXT = r"""[^<>&"']*(?:&(?:amp|lt|gt|quot|#x27);[^<>&"']*)*"""
ROOT = re.compile(rf'<register xmlns="{re.escape(NAMESPACE)}" serial="{SERIAL}" previous="{SERIAL}" made="{TIME}Z">')
ROW = re.compile(
    rf'<entry kind="(?:{ENTRY}|{CANARY})" since="{SERIAL}" changed="{SERIAL}"><name>(?P<name>{HOST})</name><unicode>{TEXT}</unicode>'
    rf"<scope>(?P<scope>{'|'.join(scope.value for scope in Scope)})</scope><listed>(?P<listed>{TIME}Z)</listed><expires>(?P<expires>{TIME}Z)</expires>"
    rf"<act>{TEXT}</act><reason>{TEXT}</reason></entry>"
)
LEFT = re.compile(rf"<removal><name>(?P<name>{HOST})</name><cause>(?:{'|'.join(CAUSES)})</cause><reason>{TEXT}</reason></removal>")


def write(content: Content) -> bytes:
    """Entries, then removals."""
    root = f'<register xmlns="{NAMESPACE}" serial="{content.serial}" previous="{content.previous}" made="{content.made_at}">'
    entries, removals = map(_entry, content.lines), map(_removal, content.gone)
    return joined([DECLARATION, root, "<entries>", *entries, "</entries>", "<removals>", *removals, "</removals>", "</register>"])


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes of the entries, the removals checked too; raises `ValueError` naming the line."""
    lines = lines_of(data)
    if lines[:1] != [DECLARATION] or not ROOT.fullmatch("".join(lines[1:2])) or lines[2:3] != ["<entries>"]:
        raise ValueError("the register must begin with the XML declaration, its root element and <entries>, and without a document type")
    if lines[-2:] != ["</removals>", "</register>"] or lines.count("</entries>") != 1:
        raise ValueError("the register must have the end of its entries, and end with </removals> and </register>")
    turn = lines.index("</entries>")
    if lines[turn + 1] != "<removals>":
        raise ValueError(f"line {turn + 2}: wants <removals>")
    in_order([_left(line, number) for number, line in enumerate(lines[turn + 2 : -2], turn + 3)])
    return in_order([_listed(line, number) for number, line in enumerate(lines[3:turn], 4)])


def _text(said: str) -> str:
    return escape(inert(said))


def _entry(line: Line) -> str:
    return (
        f'<entry kind="{_text(line.kind)}" since="{line.since}" changed="{line.changed}"><name>{_text(line.name)}</name><unicode>{_text(line.unicode_name)}</unicode>'
        f"<scope>{_text(line.scope)}</scope><listed>{line.listed_at}</listed><expires>{line.expires_at}</expires>"
        f"<act>{_text(line.legal_act)}</act><reason>{_text(line.reason)}</reason></entry>"
    )


def _removal(one: Gone) -> str:
    return f"<removal><name>{_text(one.name)}</name><cause>{_text(one.cause)}</cause><reason>{_text(one.reason)}</reason></removal>"


def _listed(line: str, number: int) -> Listed:
    name, scope, listed_at, expires_at = _parts(ROW, line, number)
    check_times(listed_at, expires_at, number)
    return listed(name, SCOPES[scope], number)


def _left(line: str, number: int) -> Listed:
    (name,) = _parts(LEFT, line, number)
    return listed(name, Scope.EXACT, number)


def _parts(pattern: re.Pattern[str], line: str, number: int) -> tuple[str, ...]:
    """The parts of a line; none of the five escapes that the pattern lets through stands for what does not print, so the line is enough to look at."""
    if not line.isprintable():
        raise ValueError(f"line {number}: {line[:80]!a} holds what does not print")
    return fullmatch(pattern, line, number, "an entry or a removal").groups()
