"""adblock.txt: for content blockers that read the Adblock Plus syntax. `||name^` is a name and all under it; of an exact name there is a rule for either scheme."""

from blocklist.content import Content, Listed
from blocklist.formats.plain import check_stamp, everything, joined, lines_of, nothing, read_blocks, stamp
from casefile.records import Scope

NAME = "adblock.txt"
left_out = nothing
view = everything
HEAD = "[Adblock Plus 2.0]"


def write(content: Content) -> bytes:
    """`||name^`, or `|http://name^` and `|https://name^`."""
    return joined([HEAD, stamp(content, "!"), *(line for one in content.listed for line in _written(one))])


def read(data: bytes) -> tuple[Listed, ...]:
    """Names and scopes; raises `ValueError`."""
    lines = lines_of(data)
    if lines[:1] != [HEAD]:
        raise ValueError(f"the file must begin with {HEAD}")
    check_stamp("".join(lines[1:2]), "!")
    return read_blocks(lines, 2, _written, lambda line: line.lstrip("|").removeprefix("http://").removesuffix("^"))


def _written(one: Listed) -> tuple[str, ...]:
    name, scope = one
    return (f"||{name}^",) if scope is Scope.SUBDOMAINS else (f"|http://{name}^", f"|https://{name}^")
