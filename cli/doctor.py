"""The checks of `doctor`: each says what it found and, where it is wrong, how to mend it. No check writes anything but a file it removes again."""

import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import blocklist
import casefile
import classifier
import cli
import crawler
from blocklist.appeal import overdue_appeals, overdue_in_words
from blocklist.breakers import log_trip
from blocklist.popular import warning
from casefile import queries
from casefile.errors import CasefileError
from casefile.lock import night_lock
from classifier.detectors import picture_text
from cli.config import ROOT
from cli.desk import Desk
from cli.night import is_of_archives
from crawler.render.proof import prove_sandbox
from crawler.resolve import resolver_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at; `mend` is empty where it is as it should be, and says what to do where it is not, or where it is `ok` and could be better."""

    name: str
    ok: bool
    found: str
    mend: str = ""


def examine_installation(desk: Desk) -> list[Check]:
    """Every check, in the order in which one would mend them."""
    checks: tuple[Callable[[Desk], Check], ...] = (
        _python, _packages, _data, _configuration, _reference, _model, _state, _disk, _lock, _case, _resolver, _browser,
        _pictures, _top_list, _key, _log, _appeals,
    )  # fmt: skip
    return [_guarded(check, desk) for check in checks]


def _guarded(check: Callable[[Desk], Check], desk: Desk) -> Check:
    """A check that ends in one of our errors is a check that says no, with the error's own advice."""
    try:
        return check(desk)
    except CasefileError as error:
        return Check(name=check.__name__.strip("_"), ok=False, found="", mend=str(error))


def _python(_: Desk) -> Check:
    return Check(
        name="python",
        ok=sys.version_info >= (3, 11),
        found=f"{sys.version.split()[0]} in {sys.prefix}",
        mend="" if sys.version_info >= (3, 11) else "use Python 3.11 or later",
    )


def _packages(_: Desk) -> Check:
    """The names are common ones: a stranger's `cli` or `crawler` installed beside ours would be run instead."""
    strangers = [
        package.__name__
        for package in (blocklist, casefile, classifier, cli, crawler)
        if not Path(package.__file__ or "").resolve().is_relative_to(ROOT)
    ]
    mend = (
        f"{', '.join(strangers)} come from elsewhere: remove the other package from this environment, or make .venv again (rm -rf .venv; make night)"
        if strangers
        else ""
    )
    return Check(name="packages", ok=not strangers, found=f"of {ROOT}", mend=mend)


def _data(_: Desk) -> Check:
    missing = [name for name in ("reference", "model", "sample") if not (ROOT / "data" / name).is_dir()]
    return Check(
        name="data",
        ok=not missing,
        found=str(ROOT / "data"),
        mend=f"misses {', '.join(missing)}: restore them with git checkout data" if missing else "",
    )


def _configuration(desk: Desk) -> Check:
    vantages = ", ".join(vantage.name for vantage in desk.config.crawl.vantages)
    return Check(
        name="configuration", ok=True, found=f"{desk.config_file or 'as the case file was made, or defaults'}; vantages {vantages}"
    )


def _reference(desk: Desk) -> Check:
    facts = desk.reference
    return Check(
        name="reference",
        ok=True,
        found=f"{len(facts.providers)} providers, {len(facts.licensed)} licensed, {len(facts.guarded)} guarded, {len(facts.shared_hosts)} shared hosts",
    )


def _model(desk: Desk) -> Check:
    return Check(name="model", ok=True, found=f"{desk.judge.id} in {desk.model_folder}")


def _state(desk: Desk) -> Check:
    there = next(folder for folder in (desk.state, *desk.state.parents) if folder.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        return Check(
            name="state", ok=False, found=str(desk.state), mend=f"cannot be written ({error.strerror}): change its rights or use --state"
        )
    return Check(name="state", ok=True, found=str(desk.state))


def _disk(desk: Desk) -> Check:
    free = shutil.disk_usage(desk.state if desk.state.exists() else ROOT).free
    wanted = desk.config.crawl.keep_free_octets
    mend = "" if free > wanted else f"a night stops below {wanted >> 20:,} MB: free some space, or lower keep_free_octets under [crawl]"
    return Check(name="disk", ok=not mend, found=f"{free >> 20:,} MB free", mend=mend)


def _lock(desk: Desk) -> Check:
    if not desk.state.exists():
        return Check(name="lock", ok=True, found="no state folder yet")
    with night_lock(desk.state):
        return Check(name="lock", ok=True, found="no night is running")


def _case(desk: Desk) -> Check:
    if not (desk.state / "casefile.db").exists():
        return Check(name="case", ok=True, found="none yet; the first night makes it")
    fault = queries.damage(desk.case())
    mend = "the database is damaged: restore a copy; the archive beside it is untouched" if fault else ""
    return Check(name="case", ok=not fault, found=fault or "whole", mend=mend)


def _resolver(desk: Desk) -> Check:
    """A night without a resolver stops before it marks any host; one by replay needs none."""
    fault = resolver_state(desk.config.crawl)
    return Check(
        name="resolver", ok=not fault, found="" if fault else "answers", mend=f"{fault}; a night with --replay needs none" if fault else ""
    )


def _browser(desk: Desk) -> Check:
    """The browser is started as a night starts it, and the kernel is asked whether its sandbox is on."""
    options = desk.config.crawl.render
    if not options.enabled:
        return Check(name="browser", ok=True, found="not used (enabled = false under [crawl.render]); what needs one is never clear")
    browser = desk.browser
    sandbox = prove_sandbox(browser, options)
    return Check(
        name="browser",
        ok=sandbox.works is not False,
        found=f"Chromium {browser.version} at {browser.path}" + ("" if sandbox.works is False else f"; {sandbox.says}"),
        mend=sandbox.says if sandbox.works is False else "",
    )


def _pictures(_: Desk) -> Check:
    """Words in pictures are read where Tesseract is; nothing else needs it."""
    tongues = picture_text.languages()
    missing = [tongue for tongue in picture_text.LANGUAGES if tongue not in tongues]
    found = f"Tesseract reads {', '.join(tongues)}" if tongues else "words in pictures are not read"
    return Check(name="pictures", ok=True, found=found + (f"; for {', '.join(missing)}: {picture_text.INSTALL}" if missing else ""))


def _top_list(desk: Desk) -> Check:
    """Without a fresh list of popular names the never-list goes only as far as its own tables. A case file of archives lists nothing for the web."""
    mend = "" if is_of_archives(desk) else warning(desk.popular, desk.clock())
    found = f"{desk.popular.count:,} popular names, imported on {desk.popular.imported_at:%Y-%m-%d}" if desk.popular else "none imported"
    return Check(name="top list", ok=True, found=found, mend=mend)


def _key(desk: Desk) -> Check:
    """The key that signs should not lie where hostile pages are opened."""
    states = desk.keys.states()
    current = next((one for one in states if one.current), None)
    if current is None or not current.secret:
        return Check(name="key", ok=True, found=f"{len(states)} trusted, none that signs lies here")
    if not desk.config.night.publish or is_of_archives(desk):
        return Check(name="key", ok=True, found=f"{current.id} signs")
    mend = "it lies beside the browser that opens hostile pages: docs/operator.md says how to sign on another machine"
    return Check(name="key", ok=True, found=f"{current.id} signs", mend=mend)


def _log(desk: Desk) -> Check:
    """What was decided when the latest release was signed is what the case file still says."""
    release = queries.latest_release(desk.case()) if (desk.state / "casefile.db").exists() else None
    if release is None or release.log is None:
        return Check(name="decision log", ok=True, found="no release states one yet")
    trip = next(iter(log_trip(desk.case())), None)
    mend = (
        f"{trip.text}: compare with a copy of the case file from before (mirrorwatch backup) before anything is published" if trip else ""
    )
    counts = f"{release.log.decisions} decisions, {release.log.orders} orders, {release.log.appeals} steps of appeals"
    return Check(name="decision log", ok=not trip, found=f"{counts} when release {release.serial} was signed", mend=mend)


def _appeals(desk: Desk) -> Check:
    """An appeal that nobody decided in time is the authority's own fault."""
    late = overdue_in_words(overdue_appeals(desk.case(), desk.clock())) if (desk.state / "casefile.db").exists() else ""
    return Check(name="appeals", ok=not late, found="" if late else "none overdue", mend=f"{late}: mirrorwatch appeal list" if late else "")
