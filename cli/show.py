"""All that is known of one host on one screen: what matters first, every part cut to its share of the lines, nothing cut without saying so.

On a terminal it is drawn by rich, long texts folded; elsewhere the same rows are plain text. Everything is made inert first.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rich.cells import cell_len, set_cell_size

from casefile.hostname import host_of_url
from casefile.plaintext import inert
from cli.output import print_text

if TYPE_CHECKING:
    from rich.console import Console

LINES = 45
"""Of a screen."""

BAR = 10
"""Cells of the longest bar."""

BANDS = {"mirror": "bold red", "unsure": "bold yellow", "clear": "bold green"}

FOLDED = 2
"""Lines of a terminal that a long text is folded to at most; what is longer than that ends in an ellipsis."""

TITLE, GAP = 11, 2
"""Cells of the column of titles, and between a row's lead and its text."""

NARROW = 100
"""Cells of a terminal under which texts need the room more than columns need to be aligned."""

REPEATED = "shown differently:"
"""How the reasons begin that repeat the verdict's differences, often cut short."""

MORE = "... and {} more (--json shows all)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A fact: `lead` in a column of its own, `text` after it; `style` is rich's; `path`: what is never cut, nor broken by us.

    `lines`: the text as it is folded for a terminal.
    """

    lead: str = ""
    text: str = ""
    style: str = ""
    path: str = ""
    lines: tuple[str, ...] = ()

    @property
    def height(self) -> int:
        """Lines it takes."""
        return max(1, len(self.lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the screen. `least` lines of it are shown before any other part has more than its own."""

    title: str
    rows: tuple[Row, ...]
    least: int


def print_dossier(found: dict[str, Any]) -> None:
    """The screen on stdout."""
    headline, parts = _headline(found), parts_of(found)
    if sys.stdout.isatty():
        _draw(headline, parts)
    else:
        _print(headline, fitted(parts, LINES - len(headline) - 2))


def parts_of(found: dict[str, Any]) -> list[Part]:
    """The parts that have something to say, the most important first."""
    parts = (
        Part(title="why", rows=tuple(_reasons(found["verdict"])), least=6),
        Part(title="differs", rows=tuple(_differences(found["verdict"])), least=4),
        Part(title="screenshot", rows=tuple(_screenshots(found)), least=4),
        Part(title="hops", rows=tuple(_hops(found["captures"])), least=4),
        Part(title="evidence", rows=tuple(_evidence(found["evidence"])), least=7),
        Part(title="browser", rows=tuple(_browser(found["browser"])), least=6),
        Part(title="family", rows=tuple(_family(found)), least=4),
        Part(title="decisions", rows=tuple(_decisions(found["decisions"])), least=2),
        Part(title="captures", rows=tuple(_captures(found["captures"])), least=2),
        Part(title="named by", rows=tuple(_sightings(found["sightings"])), least=1),
    )
    return [part for part in parts if part.rows]


def fitted(parts: Sequence[Part], lines: int) -> list[Part]:
    """The parts cut to `lines` in all: each the rows that its `least` holds, then one in turn to each that wants more. What is cut is counted in the last row."""
    given = [_rows_within(part, part.least) for part in parts]
    left = lines - sum(_height(part, most) for part, most in zip(parts, given, strict=True))
    wanting = [place for place, part in enumerate(parts) if len(part.rows) > given[place]]
    while wanting:
        place = wanting.pop(0)
        more = _height(parts[place], given[place] + 1) - _height(parts[place], given[place])
        if more > left:
            continue
        left -= more
        given[place] += 1
        if given[place] < len(parts[place].rows):
            wanting.append(place)
    return [_cut(part, most) for part, most in zip(parts, given, strict=True)]


def _rows_within(part: Part, lines: int) -> int:
    """How many rows there is room for, one at least."""
    fitting = [most for most in range(1, len(part.rows) + 1) if _height(part, most) <= lines]
    return max(fitting, default=1)


def _height(part: Part, most: int) -> int:
    """Lines of a part cut to `most` rows."""
    return sum(row.height for row in _cut(part, most).rows)


def _cut(part: Part, most: int) -> Part:
    left = len(part.rows) - most
    return replace(part, rows=(*part.rows[: most - 1], Row(text=MORE.format(left + 1), style="dim"))) if left > 0 else part


def _headline(found: dict[str, Any]) -> list[Row]:
    """Name, state, whether it is listed, the last decision, whether it ever can be listed; then the verdict."""
    name = found["host"] if found["host"] == found["unicode_name"] else f"{found['host']} ({found['unicode_name']})"
    entry, decisions, verdict = found["entry"], found["decisions"], found["verdict"]
    parts = [
        found["state"]["state"],
        f"listed since {entry['listed_at'][:10]}, scope {entry['scope']}" if entry else "not listed",
        f"{decisions[-1]['action']} by {decisions[-1]['analyst']}" if decisions else "no decision",
        *([f"can never be listed ({found['guarded']})"] if found["guarded"] else []),
    ]
    rows = [Row(text=f"{name}: {'; '.join(parts)}", style="bold")]
    if verdict is None:
        return [*rows, Row(text="no verdict: nothing of it was captured", style="dim")]
    alone = f"name alone {verdict['name_probability']:.3f}, model {verdict['model']}, {verdict['judged_at'][:16]}"
    said = f"{verdict['label']}, probability {verdict['probability']:.3f}, band {verdict['band']} ({alone})"
    return [*rows, Row(text=said, style=BANDS[verdict["band"]])]


def _reasons(verdict: dict[str, Any] | None) -> Iterable[Row]:
    """Each with a bar as long as its weight is, against the heaviest, and the page's words around it; what only repeats a difference is left to that."""
    if verdict is None:
        return
    reasons = [one for one in verdict["reasons"] if not (verdict["differences"] and one["text"].startswith(REPEATED))]
    heaviest = max((abs(reason["weight"]) for reason in reasons), default=0) or 1.0
    for reason in reasons:
        weight = reason["weight"]
        bar = "█" * max(1, round(BAR * abs(weight) / heaviest)) if weight else ""
        yield Row(
            lead=f"{weight:+6.2f} {bar:<{BAR}}" if weight else f"  fact {'':<{BAR}}",
            text=f"{reason['text']}: “{reason['quote']}”" if reason["quote"] else reason["text"],
            style="red" if weight > 0 else "blue" if weight else "",
        )
    for why in verdict["render_for"]:
        yield Row(lead=f"  look {'':<{BAR}}", text=f"a browser should look: {why}", style="yellow")


def _differences(verdict: dict[str, Any] | None) -> Iterable[Row]:
    """What holds between several pairs of visitors alike (on the desk and on the telephone) is told once."""
    same: dict[str, list[dict[str, Any]]] = {}
    for one in verdict["differences"] if verdict else ():
        same.setdefault(one["text"].replace(one["first"], "1").replace(one["second"], "2"), []).append(one)
    for found in same.values():
        who = "; ".join(f"{one['first']} against {one['second']}" for one in found)
        yield Row(lead=f"{found[0]['similarity']:.0%} alike", text=f"{found[0]['text']} ({who})", style="yellow")


def _screenshots(found: dict[str, Any]) -> Iterable[Row]:
    for one in found["screenshots"]:
        if one["path"]:
            yield Row(lead=one["vantage"], path=_from_here(one["path"]), style="cyan")
        else:
            yield Row(lead=one["vantage"], text=f"cannot be shown: {one['fault']}", style="yellow")


def _hops(captures: Sequence[dict[str, Any]]) -> Iterable[Row]:
    """The longest chain among the newest captures of the landing page, one address a row."""
    chains = [one for one in captures if one["hops"]]
    if not chains:
        return
    last = max(one["taken_at"][:10] for one in chains)
    chain = max((one for one in chains if one["taken_at"][:10] == last), key=lambda one: len(one["hops"]))
    for hop in chain["hops"]:
        yield Row(lead=f"{hop['how']} {hop['status'] or ''}".strip(), text=hop["url"])
    yield Row(lead=f"{chain['vantage']['name']} {chain['status']}", text=chain["final_url"])


def _evidence(found: Sequence[dict[str, Any]]) -> Iterable[Row]:
    """One row a fact, strong ones first; the same fact on several pages is one."""
    first: dict[tuple[str, str, str], dict[str, Any]] = {}
    for one in sorted(found, key=lambda one: one["strength"] != "strong"):
        first.setdefault((one["kind"], one["subject"], one["value"]), one)
    for one in first.values():
        strong = one["strength"] == "strong"
        yield Row(
            lead=one["kind"],
            text=f"{one['subject']}: {one['value']} ({one['strength']}) “{one['quote']}” on {one['url']}",
            style="" if strong else "dim",
        )


def _browser(seen: Sequence[dict[str, Any]]) -> Iterable[Row]:
    """What pages did in the browser, the vantages together: hosts that were called, WebSockets, frames, what was tried, what was kept."""
    for one in seen:
        if one["fault"]:
            yield Row(lead=one["vantage"], text=f"cannot be shown: {one['fault']}", style="yellow")
    whole = [one for one in seen if not one["fault"]]
    requests = [(one, request) for one in whole for request in one["requests"]]
    calls = [f"{each['method']} {_short(each['url'])}" for _, each in requests if each["kind"] in ("xhr", "fetch")]
    frames = [
        _short(each["url"]) for one, each in requests if each["kind"] == "document" and host_of_url(each["url"]) != host_of_url(one["url"])
    ]
    rows = {
        "title": [one["title"] for one in whole if one["title"]],
        "calls": calls,
        "websocket": [_short(each["url"]) for _, each in requests if each["kind"] == "websocket"],
        "frames": frames,
        "tried": [f"{event['kind']}: {event['text']}" for one in whole for event in one["events"]],
        "keeps": [key for one in whole for key in one["storage"]],
        "console": [line for one in whole for line in one["console"]],
    }
    for lead, texts in rows.items():
        if texts:
            yield Row(lead=lead, text="  ".join(dict.fromkeys(texts)))


def _family(found: dict[str, Any]) -> Iterable[Row]:
    """Its name and members, a row a tie with how many share it, the standing orders on it."""
    family = found["family"]
    if family is None:
        return
    others = [name for name in family["members"] if name not in (found["host"], family["family"])]
    yield Row(lead=f"{len(family['members'])} hosts", text=", ".join([family["family"], *others]))
    for one in found["orders"]:
        yield Row(
            lead="order", text=f"standing since {one['decided_at'][:10]}, by {one['analyst']}: {one['note']}{_act(one)}", style="magenta"
        )
    for (kind, fact), tie in {(one["kind"], one["fact"]): one for one in found["ties"]}.items():
        yield Row(lead="tie", text=f"{kind} {fact}, shared by {tie['population']} hosts, weight {tie['weight']:.2f}")


def _decisions(found: Sequence[dict[str, Any]]) -> Iterable[Row]:
    for one in reversed(found):
        yield Row(lead=one["decided_at"][:16], text=f"{one['action']} by {one['analyst']}: {one['note']}{_act(one)}")


def _captures(found: Sequence[dict[str, Any]]) -> Iterable[Row]:
    """Newest first."""
    for one in reversed(found):
        why = f" ({one['reason'] or one['meaning']})" if one["outcome"] != "ok" else ""
        replayed = f" [archived {one['replayed_from'][:10]}]" if one["replayed_from"] else ""
        how = f"{one['how']:<8} {one['vantage']['name']:<8} {one['page']:<8}"
        yield Row(
            lead=one["taken_at"][:16],
            text=f"{how} {one['status'] or '---'} {one['outcome']}{why} {one['url']}{replayed}",
            style="" if one["outcome"] == "ok" else "yellow",
        )


def _sightings(found: Sequence[dict[str, Any]]) -> Iterable[Row]:
    for one in found:
        yield Row(lead=one["seen_at"][:16], text=f"{one['source']}: {one['reason']} {one['where']}".rstrip())


def _act(one: dict[str, Any]) -> str:
    return f", act {one['act']}" if one["act"] else ""


def _from_here(path: str) -> str:
    """From where the analyst stands, when that is shorter."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return path


def _short(url: str) -> str:
    """Host and path of an address; of one that cannot be parted, the address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url[:100]
    return f"{parts.netloc}{parts.path}"[:100]


def _print(headline: Sequence[Row], parts: Sequence[Part]) -> None:
    for row in headline:
        print_text(row.text)
    for part in parts:
        width = max(len(row.lead) for row in part.rows)
        for number, row in enumerate(part.rows):
            print_text(f"{part.title if number == 0 else '':<10} {row.lead:<{width}}  {row.path or row.text}".rstrip())


def _draw(headline: Sequence[Row], found: Sequence[Part]) -> None:
    """A panel with the verdict, then the rows, their texts folded to the terminal. Blank lines part the parts where there is room."""
    from rich.console import Console, Group
    from rich.panel import Panel
    from rich.text import Text

    console = Console(highlight=False)
    top = [Text(line, style=row.style) for row in headline for line in _folded(console, row.text, console.width - 4)]
    console.print(Panel(Group(*top), border_style=headline[-1].style.removeprefix("bold "), padding=(0, 1)))
    lines = LINES - len(top) - 2
    parts = fitted([_laid_out(console, part, width) for part, width in zip(found, _lead_widths(console, found), strict=True)], lines)
    airy = sum(_height(part, len(part.rows)) + 1 for part in parts) <= lines
    for part, width in zip(parts, _lead_widths(console, found), strict=True):
        if airy:
            console.print()
        for number, row in enumerate(part.rows):
            _draw_row(console, row, part.title if number == 0 else "", width, weighs=part.title == "why")


def _lead_widths(console: "Console", parts: Sequence[Part]) -> list[int]:
    """Cells of the column of leads of each part: one column through all of them, but on a narrow terminal each its own."""
    widths = [max(cell_len(inert(row.lead)) for row in part.rows) for part in parts]
    return widths if console.width < NARROW else [max(widths, default=0)] * len(widths)


def _draw_row(console: "Console", row: Row, title: str, width: int, *, weighs: bool) -> None:
    """The lines of a row. A path that has no room beside its lead has a line of its own, from the edge: the terminal wraps it, so that it can be copied whole."""
    from rich.text import Text

    texts = row.lines or (row.text,)
    lead = set_cell_size(inert(row.lead), width)
    for number, text in enumerate(texts):
        if row.path and number == 1:
            console.print(Text(text, style=row.style), soft_wrap=True)
        elif number < 1 or not row.path:
            line = Text.assemble(
                (f"{title if number == 0 else '':<{TITLE}}", "bold"),
                (lead if number == 0 else " " * width, row.style if weighs else "cyan"),
                " " * GAP,
                (text, "" if weighs else row.style),
            )
            console.print(line, no_wrap=True, overflow="ellipsis")


def _laid_out(console: "Console", part: Part, width: int) -> Part:
    """The rows of a part with their lines: what is beside the lead, below it the rest; of a path that does not fit, as many as the terminal takes for it."""
    room = max(20, console.width - TITLE - width - GAP)
    rows = []
    for row in part.rows:
        path = inert(row.path)
        if not path:
            lines = _folded(console, row.text, room)
        elif cell_len(path) <= room:
            lines = (path,)
        else:
            lines = ("", path, *[""] * ((cell_len(path) - 1) // console.width))
        rows.append(replace(row, lines=lines))
    return replace(part, rows=tuple(rows))


def _folded(console: "Console", text: str, width: int) -> tuple[str, ...]:
    """The text on `FOLDED` lines of `width` cells at most, an ellipsis where that is not all of it."""
    from rich.text import Text

    lines = [line.plain.rstrip() for line in Text(inert(text)).wrap(console, width)]
    if len(lines) <= FOLDED:
        return tuple(lines) or ("",)
    last = Text(" ".join(lines[FOLDED - 1 :]))
    last.truncate(width, overflow="ellipsis")
    return (*lines[: FOLDED - 1], last.plain)
