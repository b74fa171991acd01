"""`python -m tests.bench` (make bench): every measured figure of README and docs, as ratios and counts within one run."""

from tests.bench import consumers, corpus_night, crawl, export, handwritten, names, pages, poison, render, share, verify
from tests.conftest import SHARED
from tests.crawler.render.rendering import INSTALL, the_browser

LEFT_OUT = "left out: needs the founders' corpus in ../shared, which is not part of the project"


def main() -> None:
    """Run what this machine has the data for."""
    print("crawl: pages a second, whole beside bare")
    print("\n".join(crawl.measure()))
    print("\nrender: pages a second, the step beside a bare Playwright loop")
    if the_browser() is None:
        print(f"left out: {INSTALL}")
    else:
        print("\n".join(render.measure()))
        print("\nrender: the sample night's hosts that a browser looked at, and what rendering all of them would have found")
        print("\n".join(share.measure()))
    print("\npages: pages a second from HTML to the verdict, beside trafilatura's text extraction alone")
    print("\n".join(pages.measure()))
    print("\nnames: names a second beside the stock pipeline of scikit-learn")
    print("\n".join(names.measure()))
    print("\nhandwritten: pages written by hand to mislead the shipped model")
    print("\n".join(handwritten.measure()))
    print("\nexport: every format of a release, written in a process of its own")
    print("\n".join(export.measure()))
    print()
    print("\n".join(verify.measure()))
    print("\nconsumers: what loads the files, from its start to the first blocked answer, and what it then holds in memory")
    print("\n".join(consumers.measure()))
    print("\nnight by replay over 300 hosts of the corpus, judged by models that never saw the owner, beside a keyword list")
    print("\n".join(corpus_night.measure(300)) if SHARED.is_dir() else LEFT_OUT)
    print("\npoison: every class of cloaking and poisoning, judged by models that never saw the owner")
    print("\n".join(poison.measure()) if SHARED.is_dir() else LEFT_OUT)


if __name__ == "__main__":
    main()
