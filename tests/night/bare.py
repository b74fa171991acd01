"""The night's own crawl child with the proxy taken away: `python -m tests.night.bare FOLDER HOST...`. Only for the test that counts packets."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from casefile.hostname import Door
from casefile.reference import load_reference
from cli.config import ROOT
from crawler.child import Child
from crawler.messages import Answer, Finish, HostDone, HostJob, Job, Question
from crawler.options import CrawlOptions, SiteLimits


def main() -> None:
    """Visit the hosts as the night does, straight."""
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    door = Door(("example",))
    job = Job(
        proxy="",
        ca_file="",
        archive="",
        prefix="",
        replays=True,
        now=datetime.now(UTC),
        monotonic=time.monotonic(),
        extra_suffixes=door.extra_suffixes,
        link_words=load_reference([ROOT / "data" / "reference"]).link_words,
        options=CrawlOptions(limits=SiteLimits(connect_seconds=2.0, answer_seconds=2.0)),
    )
    with (folder / "lock").open("w") as lock, Child(job, door, folder / "crawl.log", lock.fileno()) as child:
        child.tell(*(HostJob(host=door.parse(name), urls=(), credentials=()) for name in names), Finish())
        visited = 0
        for message in child.messages():
            visited += isinstance(message, HostDone)
            if isinstance(message, Question):
                child.tell(Answer(number=message.number))
        print(visited, "hosts visited")


if __name__ == "__main__":
    main()
