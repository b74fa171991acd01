"""Options that several verbs share, defined once so that they read the same everywhere."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line instead of text.")]
Replay = Annotated[
    list[Path] | None,
    typer.Option(
        "--replay", metavar="WARC", help="Use a web made of these WARC files alone; nothing leaves the machine. May be given many times."
    ),
]
Seeds = Annotated[
    list[Path] | None, typer.Option("--seeds", metavar="FILE", help="Hosts or addresses, one a line, # comments. May be given many times.")
]
Analyst = Annotated[str, typer.Option("--as", metavar="NAME", help="Who decides.", show_default=False)]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help="Why, in a sentence.", show_default=False)]
Act = Annotated[str, typer.Option("--act", metavar="NUMBER", help="The legal act, where there is one.", show_default=False)]
MaybeHosts = Annotated[
    list[str] | None,
    typer.Argument(metavar="HOST", help="Host names, or - to read them from standard input, one a line.", show_default=False),
]
OnFamily = Annotated[
    str,
    typer.Option("--family", metavar="ID", help="Instead of hosts: a family, by its name or any member.", show_default=False),
]
OfFamily = Annotated[
    str,
    typer.Option(
        "--family", metavar="ID", help="The members of one family, by its name or any member, and their digest.", show_default=False
    ),
]
Expect = Annotated[
    str,
    typer.Option(
        "--expect", metavar="DIGEST", help="What queue --family showed: nothing is decided where it has changed.", show_default=False
    ),
]
Everything = Annotated[bool, typer.Option("--all", help="Of a family the members in the mirror band too.", show_default=False)]
Families = Annotated[bool, typer.Option("--families", help="Families with members waiting, and what ties them.")]
Host = Annotated[str, typer.Argument(metavar="HOST", help="A host name.", show_default=False)]
MaybeHost = Annotated[str, typer.Argument(metavar="[HOST]", help="Only this host.", show_default=False)]
Limit = Annotated[int, typer.Option("--limit", min=1, metavar="N", help="At most so many rows.")]
InputFile = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Standard input where it is left out or -.", show_default=False)]
