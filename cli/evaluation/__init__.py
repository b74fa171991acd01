"""The evaluation as one self-contained page, and as tables on a terminal.

Nothing in the page comes from elsewhere and nothing runs: no script, a policy that forbids every request, hostile text escaped by the template and made inert.
"""

from pathlib import Path
from typing import Any

from casefile.errors import UsageError
from cli.evaluation.content import content_of
from cli.evaluation.report import Report
from cli.page import FOLDER as PAGE_FOLDER
from cli.page import STYLE

FOLDER = Path(__file__).resolve().parent
TEMPLATE, OWN_STYLE = "evaluation.html", "evaluation.css"


def render_evaluation(report: Report) -> str:
    """The page as HTML text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False
    )
    values: dict[str, Any] = content_of(report)
    styles = "\n".join(path.read_text(encoding="utf-8") for path in (PAGE_FOLDER / STYLE, FOLDER / OWN_STYLE))
    plots = {name: Markup(svg) for name, svg in values["plots"].items()}  # noqa: S704  (our own drawing; matplotlib escapes its words)
    return environment.get_template(TEMPLATE).render(**(values | {"plots": plots, "style": Markup(styles)}))  # noqa: S704  (our own files)


def write_evaluation(path: Path, report: Report) -> None:
    """Write the page, whole or not at all; raises `UsageError` where it cannot be written."""
    text = render_evaluation(report).encode("utf-8", "replace")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".partial")
        partial.write_bytes(text)
        partial.replace(path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}; name another file with --out") from None
