"""The night's report as one self-contained page: `reports/night-N.html` and `reports/latest.html` in the state folder.

Nothing in it comes from elsewhere and nothing runs: no script, a policy that forbids every request, hostile text escaped by the template and made inert.
"""

from dataclasses import fields
from pathlib import Path

from casefile.errors import StoreError
from cli.page.content import PageContent

FOLDER = Path(__file__).resolve().parent
TEMPLATE, STYLE = "night.html", "style.css"
LATEST = "latest.html"


def render_page(content: PageContent) -> str:
    """The page as HTML text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False
    )
    values = {field.name: getattr(content, field.name) for field in fields(content)}
    plots = {title: Markup(svg) for title, svg in content.plots}  # noqa: S704  (our own drawing; matplotlib escapes its words)
    style = Markup((FOLDER / STYLE).read_text(encoding="utf-8"))  # noqa: S704  (our own file)
    return environment.get_template(TEMPLATE).render(**(values | {"plots": plots, "style": style}))


def write_page(folder: Path, content: PageContent) -> Path:
    """Write the page of a night and replace `latest.html`; each appears whole or not at all. Raises `StoreError`."""
    text = render_page(content).encode("utf-8", "replace")
    path = folder / f"night-{content.number}.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for target in (path, folder / LATEST):
            partial = target.with_name(target.name + ".partial")
            partial.write_bytes(text)
            partial.replace(target)
    except OSError as error:
        raise StoreError(
            f"cannot write the report {path}: {error.strerror}; check the rights of the state folder and its free space"
        ) from None
    return path
