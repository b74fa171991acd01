"""Where rumours of hosts come from. A source is one file here and one line in `SOURCES`."""

from crawler.sources.outlinks import Outlinks
from crawler.sources.seeds import Seeds
from crawler.sources.source import Source, SourceInputs

__all__ = ["SOURCES", "Source", "SourceInputs"]

SOURCES: tuple[Source, ...] = (
    Seeds(),
    Outlinks(),
)
"""In the order in which they are asked."""
