"""What a visitor sees of a page that its own HTML does not hold: the frames that cover it, and its closed shadow roots, as sections to stand at its end.

A casino can be another site's page in a frame over the whole window, or be drawn in a shadow root that no script can open; both are in the picture, and so
must be in what is judged. Frames of other sites are in the page's own process (Chromium runs without site isolation here), and answer as it does. Frames of advertisers and
of widgets are small, and are left. All of it is bounded, and what does not answer in time is left out.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any, Protocol, TypeVar

from playwright.async_api import CDPSession

from crawler.render.scripts import COVERED, FRAME, WITHIN

MOST_FRAMES = 20
"""Frames of a page that are looked at."""

LARGE = 0.25
"""Share of the window from which a frame is a part of what the page shows."""

MOST_WALKED = 20_000
"""Elements of a page whose shadow roots are looked for: the whole tree is told for it."""

MOST_CLOSED = 50
MOST_ELEMENTS = 20_000
LONGEST = 1_000_000
"""Closed shadow roots, elements of one frame, and characters of all sections together."""

WORLD = "mirrorwatch"

Part = TypeVar("Part")


class Limited(Protocol):
    """A question with an end: None where no answer came before it (`crawler.render.tab.Tab`)."""

    def __call__(self, question: Awaitable[dict[str, Any]], end: float) -> Awaitable[dict[str, Any] | None]:
        """Ask."""


@dataclass(slots=True, kw_only=True)
class Inside:
    """Looks into one page. `main`: its frame; `window`: square pixels that it is shown in; `until`: the end of its time (`time.monotonic`)."""

    session: CDPSession
    limited: Limited
    main: str
    window: int
    until: float
    taken: list[str] = field(default_factory=list)

    async def sections(self, elements: int) -> str:
        """The sections as HTML, empty where there is nothing; `elements`: of the page itself."""
        frames = await self._frames()
        walked = elements <= MOST_WALKED
        if not frames and not walked:
            return ""
        await self._ask("DOM.enable")
        told = [part async for part in _all(self._frame, frames)]
        if walked:
            told += [part async for part in _all(self._closed, await self._closed_roots())]
        await self._ask("DOM.disable")
        return "".join(told)[:LONGEST]

    async def _frames(self) -> list[tuple[str, str, str]]:
        """The frames below the main one, outer ones first: (frame, its parent, address)."""
        tree = await self._ask("Page.getFrameTree")
        return list(_below(tree["frameTree"]))[:MOST_FRAMES] if tree else []

    async def _frame(self, one: tuple[str, str, str]) -> str:
        """The section of a frame, empty where it is small, hidden, or within one that is."""
        frame, parent, url = one
        if parent != self.main and parent not in self.taken:
            return ""
        owner = await self._ask("DOM.getFrameOwner", frameId=frame)
        covered = await self._called(COVERED, int(owner["backendNodeId"]), parent) if owner else None
        if not isinstance(covered, int | float) or covered < LARGE * self.window:
            return ""
        self.taken.append(frame)
        world = await self._world(frame)
        found = await self._ask(
            "Runtime.evaluate", expression=FRAME % (MOST_ELEMENTS, LONGEST), contextId=world, returnByValue=True
        ) if world else None  # fmt: skip
        value = found.get("result", {}).get("value") if found else None
        if not isinstance(value, dict):
            return ""
        return f'<section data-mirrorwatch-frame="{escape(str(value.get("url") or url))}">{value["html"]}</section>'

    async def _closed_roots(self) -> list[tuple[int, str]]:
        """The closed shadow roots of the page and of the frames that were taken: (node, frame)."""
        tree = await self._ask("DOM.getDocument", depth=-1, pierce=True)
        return list(closed_roots(tree["root"], self.main, frozenset(self.taken)))[:MOST_CLOSED] if tree else []

    async def _closed(self, one: tuple[int, str]) -> str:
        value = await self._called(WITHIN, *one)
        return f'<section data-mirrorwatch-shadow="closed">{value}</section>' if isinstance(value, str) and value else ""

    async def _called(self, function: str, node: int, frame: str) -> Any:
        """What `function` gives for the node, called in a world of its own in `frame`; None where it gives nothing."""
        world = await self._world(frame)
        found = await self._ask("DOM.resolveNode", backendNodeId=node, executionContextId=world) if world else None
        if not found:
            return None
        answer = await self._ask(
            "Runtime.callFunctionOn", functionDeclaration=function, objectId=found["object"]["objectId"], returnByValue=True
        )
        return answer.get("result", {}).get("value") if answer else None

    async def _world(self, frame: str) -> int:
        made = await self._ask("Page.createIsolatedWorld", frameId=frame, worldName=WORLD)
        return int(made["executionContextId"]) if made else 0

    async def _ask(self, method: str, **params: Any) -> dict[str, Any] | None:
        return await self.limited(self.session.send(method, params), self.until)


async def _all(look: Callable[[Part], Awaitable[str]], parts: list[Part]) -> AsyncIterator[str]:
    for part in parts:
        yield await look(part)


def closed_roots(root: dict[str, Any], frame: str, frames: frozenset[str]) -> Iterator[tuple[int, str]]:
    """The closed shadow roots below a node of CDP's `DOM.getDocument`, with the frame of each; of other frames only where they are in `frames`."""
    waiting = [(root, frame)]
    while waiting:
        node, own = waiting.pop()
        for shadow in node.get("shadowRoots", ()):
            if shadow.get("shadowRootType") == "closed":
                yield int(shadow["backendNodeId"]), own
            if shadow.get("shadowRootType") != "user-agent":
                waiting.append((shadow, own))
        waiting += [(child, own) for child in reversed(node.get("children", ()))]
        inner = node.get("contentDocument")
        if inner is not None and node.get("frameId") in frames:
            waiting.append((inner, str(node["frameId"])))


def _below(tree: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The frames of CDP's `Page.getFrameTree` below its first, each after its parent."""
    waiting = [tree]
    while waiting:
        one = waiting.pop(0)
        for child in one.get("childFrames", ()):
            yield str(child["frame"]["id"]), str(one["frame"]["id"]), str(child["frame"].get("url", ""))
            waiting.append(child)


def with_sections(html: str, sections: str) -> str:
    """A page's HTML with the sections at the end of its body."""
    if not sections:
        return html
    before, end, after = html.rpartition("</body>")
    return f"{before}{sections}{end}{after}" if end else html + sections
