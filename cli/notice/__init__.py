"""A notice as text for a terminal or a mail, and as one page to print.

The page holds everything itself: no script, a policy that forbids every request, hostile text escaped by the template and made inert before.
"""

from dataclasses import fields
from pathlib import Path

from blocklist.notice import Notice
from cli.notice.text import BASIS, TITLE, lines_of, moment

__all__ = ["lines_of", "render_notice"]

FOLDER = Path(__file__).resolve().parent
TEMPLATE, STYLE = "notice.html", "notice.css"


def render_notice(notice: Notice) -> str:
    """The notice as HTML text, to be opened or printed without a network."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False
    )
    environment.filters["moment"] = moment
    values = {field.name: getattr(notice, field.name) for field in fields(notice)}
    style = Markup((FOLDER / STYLE).read_text(encoding="utf-8"))  # noqa: S704  (our own file)
    names = {"style": style, "title": TITLE, "basis": BASIS}
    return environment.get_template(TEMPLATE).render(**values, **names)
