"""What becomes of entries before their end, and what the authority sends on."""

import json
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from blocklist.notice import Notice, notice_of
from blocklist.recheck import Fate
from blocklist.recheck import recheck as recheck_entries
from casefile.errors import UsageError
from casefile.rows import as_json
from cli.desk import Desk
from cli.dossier import write_whole
from cli.notice import lines_of, render_notice
from cli.options import Json, MaybeHosts
from cli.output import print_json, print_table, print_text
from cli.page.masking import shown


class Form(Enum):
    """How a notice is written."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


OfRelease = Annotated[
    int, typer.Option("--release", min=0, metavar="SERIAL", help="What this release listed anew. Default: the latest.", show_default=False)
]
Number = Annotated[str, typer.Option("--number", metavar="N", help="The number of the notice.", show_default=False)]
NoticeAct = Annotated[
    str, typer.Option("--act", metavar="N", help="The legal act it is sent under, where there is one.", show_default=False)
]
InForm = Annotated[Form, typer.Option("--format", help="text for a terminal or a mail, json, or html to print.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it there instead of to stdout.", show_default=False)]


def recheck(context: typer.Context, as_lines: Json = False) -> None:
    """What is due before its end, what becomes of each and why. Nothing is changed: the next select and publish do it.

    Example: mirrorwatch recheck
    """
    desk: Desk = context.obj
    found = recheck_entries(desk.case(), desk.reference.parking, desk.config.policy, desk.clock())
    if as_lines:
        for one in found:
            print_json(
                {
                    "host": one.entry.host.name,
                    "fate": one.fate.value,
                    "state": one.state,
                    "reason": one.reason,
                    "listed_at": one.entry.listed_at.isoformat(),
                    "expires_at": one.entry.expires_at.isoformat(),
                    "renewed_until": one.renewed.expires_at.isoformat() if one.renewed else None,
                }
            )
        return
    counts = ", ".join(f"{sum(one.fate is fate for one in found)} {word}" for fate, word in WORDS.items())
    print_text(f"{len(found)} due within {desk.config.policy.recheck_days} days: {counts}" if found else "nothing is due")
    if found:
        print_table(
            ("host", "expires", "becomes", "state", "why"),
            [(one.entry.host, f"{one.entry.expires_at:%Y-%m-%d}", one.fate.value, one.state, one.reason) for one in found],
        )


WORDS = {Fate.RENEW: "renewed", Fate.KEEP: "kept", Fate.DROP: "dropped"}


def notice(
    context: typer.Context,
    number: Number,
    hosts: MaybeHosts = None,
    release: OfRelease = 0,
    act: NoticeAct = "",
    form: InForm = Form.TEXT,
    out: Out = None,
) -> None:
    """What the authority sends on for a batch: names, signs as Order No. 282 names them, who decided, digests of the evidence.

    Example: mirrorwatch notice --number 17/2026 --format html --out notice-17.html

    Hosts by name instead of a release: mirrorwatch notice gamacasino5379.example --number 18/2026 --act 12-34
    """
    from cli.verbs_review import read_hosts

    desk: Desk = context.obj
    named = read_hosts(desk, hosts) if hosts else []
    made = notice_of(
        desk.case(), release, named, desk.reference.order_signs, desk.config.policy, number=number, act=act, mask=shown, clock=desk.clock
    )
    if out is None:
        _print(made, form)
        return
    if out.is_dir():
        raise UsageError(f"{out} is a folder: name a file with --out")
    write_whole(out, _written(made, form).encode("utf-8", "replace"))
    print_text(f"notice {made.number}: {len(made.resources)} resources, {len(made.signs)} signs, in {out}")


def _print(made: Notice, form: Form) -> None:
    if form is Form.JSON:
        print_json(as_json(made))
    elif form is Form.HTML:
        typer.echo(render_notice(made), nl=False)
    else:
        for line in lines_of(made):
            print_text(line)


def _written(made: Notice, form: Form) -> str:
    if form is Form.JSON:
        return json.dumps(as_json(made), ensure_ascii=True, indent=1) + "\n"
    return render_notice(made) if form is Form.HTML else "\n".join(lines_of(made)) + "\n"
