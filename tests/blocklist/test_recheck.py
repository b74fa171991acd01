"""Entries before their end: what was seen since they were listed says what becomes of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from blocklist.policy import Policy
from blocklist.recheck import Fate, Rechecked, due, recheck, recheck_step
from casefile import queries
from casefile.hostname import Door
from casefile.outcomes import Outcome
from casefile.records import (
    Action,
    ArchiveRef,
    Band,
    Capture,
    Cause,
    Entry,
    How,
    Label,
    Override,
    PageKind,
    Resolution,
    Verdict,
)  # fmt: skip
from casefile.reference import ParkingTrace, load_reference
from tests.blocklist.conftest import VANTAGE, Desk

HOST = "casino.example"
DATED = {"source": "invented", "date": "2026-11-01"}
PARKING = (
    ParkingTrace(service="Standstill", trace="nameserver", pattern="standstill.example", **DATED),
    ParkingTrace(service="Standstill", trace="host", pattern="parking.standstill.example", **DATED),
    ParkingTrace(service="any", trace="words", pattern="домен продаётся", **DATED),
)
OURS = ("ns1.host.example", "ns2.host.example")
PARKED = ("ns1.standstill.example.", "NS2.standstill.example.")
OTHERS = ("ns1.newowner.example", "ns2.newowner.example")


class Watch:
    """A listed casino, and what nights to come see of it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.host = desk.case.door.parse(HOST)
        self.looked_up()
        desk.approved(HOST)
        assert desk.publish() is not None

    @property
    def entry(self) -> Entry:
        return next(one for one in queries.listed_entries(self.desk.case) if one.host == self.host)

    def days(self, number: float) -> None:
        self.desk.clock.forward(days=number)

    def looked_up(self, outcome: Outcome = Outcome.OK, servers: tuple[str, ...] = OURS, sent_to: tuple[str, ...] = ()) -> None:
        alive = outcome is Outcome.OK
        self.desk.case.add(
            [
                Resolution(
                    host=self.host, outcome=outcome, nameservers=servers if alive else (), cnames=sent_to, resolved_at=self.desk.clock()
                )
            ]
        )

    def visited(
        self,
        label: Label = Label.OPERATOR,
        band: Band = Band.MIRROR,
        *,
        outcome: Outcome = Outcome.OK,
        servers: tuple[str, ...] = OURS,
        sent_to: tuple[str, ...] = (),
        title: str = "",
        ends: str = "",
        asks: tuple[str, ...] = (),
        replayed: bool = False,
        looked_up: bool = True,
    ) -> None:
        """A night: looked up, its landing page asked for, judged."""
        now = self.desk.clock()
        if looked_up:
            self.looked_up(servers=servers, sent_to=sent_to)
        ref = ArchiveRef(file="a.warc.gz", offset=0, record_id="<urn:uuid:1>", kind="response", sha256="ab" * 32)
        read = outcome is Outcome.OK
        [number] = self.desk.case.add(
            [
                Capture(
                    host=self.host, url=f"https://{HOST}/", page=PageKind.LANDING, how=How.RENDERED, vantage=VANTAGE, outcome=outcome,
                    status=200 if read else 0, records=(ref,), title=title, final_url=ends, replayed_from=now if replayed else None, taken_at=now,
                )
            ]
        )  # fmt: skip
        self.judged(label if read else Label.OTHER, band if read else Band.UNSURE, captures=(number,), asks=asks)

    def judged(self, label: Label, band: Band, captures: tuple[int, ...] = (), asks: tuple[str, ...] = ()) -> None:
        self.desk.case.add(
            [
                Verdict(
                    host=self.host, label=label, probability=0.9, name_probability=0.1, band=band, reasons=(), model="m1", captures=captures,
                    through_capture=0, through_evidence=0, render_for=asks, judged_at=self.desk.clock(),
                )
            ]
        )  # fmt: skip

    def parked(self) -> None:
        self.visited(Label.OTHER, Band.UNSURE, servers=PARKED)

    def changed(self, **how: object) -> None:
        self.visited(Label.OTHER, Band.CLEAR, **how)  # type: ignore[arg-type]

    def becomes(self, policy: Policy | None = None) -> Rechecked:
        [found] = recheck(self.desk.case, PARKING, policy or self.desk.policy, self.desk.clock())
        return found


@pytest.fixture
def watch(desk: Desk) -> Watch:
    """80 days after its listing: ten before it expires."""
    watched = Watch(desk)
    watched.days(80)
    return watched


def test_an_entry_is_due_two_weeks_before_its_end(desk: Desk) -> None:
    watched = Watch(desk)
    watched.days(75)
    assert due(desk.case, desk.policy, desk.clock()) == []
    assert recheck(desk.case, PARKING, desk.policy, desk.clock()) == []
    watched.days(2)
    assert [one.host.name for one in due(desk.case, desk.policy, desk.clock())] == [HOST]


def test_a_short_life_is_due_after_half_of_it_so_that_it_is_not_renewed_every_night(desk: Desk) -> None:
    desk.policy = Policy(expire_days=10)
    watched = Watch(desk)
    watched.days(4)
    assert due(desk.case, desk.policy, desk.clock()) == []
    watched.days(2)
    assert len(due(desk.case, desk.policy, desk.clock())) == 1


def test_alive_and_gambling_is_renewed_for_a_whole_life(watch: Watch) -> None:
    watch.visited()
    watch.days(1)
    found = watch.becomes()
    assert (found.fate, found.state, found.reason) == (Fate.RENEW, "gambling", "alive and gambling on 2027-02-08")
    assert found.renewed is not None
    assert found.renewed.expires_at == watch.desk.clock() + timedelta(days=90)
    assert (found.renewed.listed_at, found.renewed.renews, found.renewed.id) == (watch.entry.listed_at, watch.entry.serial, 0)
    assert found.renewed.verdict > watch.entry.verdict, "it stands on what was seen now"


def test_a_renewed_entry_is_due_again_only_before_its_new_end(watch: Watch) -> None:
    watch.visited()
    renewed = watch.becomes().renewed
    assert renewed is not None
    case, now = watch.desk.case, watch.desk.clock()
    last = queries.latest_release(case)
    assert last is not None
    case.add([replace(last, id=0, serial=last.serial + 1, made_at=now), replace(renewed, serial=last.serial + 1)])
    assert due(case, watch.desk.policy, now) == []
    watch.days(80)
    watch.changed()
    assert watch.becomes().fate is Fate.KEEP, "the visits before the renewal count no more"


def test_what_was_seen_before_the_listing_says_nothing(desk: Desk) -> None:
    watched = Watch(desk)
    watched.days(80)
    assert (watched.becomes().fate, watched.becomes().state) == (Fate.KEEP, "not-seen")


def test_the_visit_that_led_to_the_listing_says_nothing_of_a_short_life_either(desk: Desk) -> None:
    desk.policy = Policy(expire_days=10)
    watched = Watch(desk)
    watched.days(6)
    assert watched.becomes().state == "not-seen"


def test_gambling_that_is_not_fresh_is_kept_and_not_renewed(watch: Watch) -> None:
    watch.visited()
    watch.days(3)
    assert (watch.becomes().fate, watch.becomes().state) == (Fate.KEEP, "stale")


def test_a_page_from_an_archive_renews_nothing_where_the_case_file_has_live_ones(watch: Watch) -> None:
    watch.visited(replayed=True)
    assert (watch.becomes().fate, watch.becomes().state) == (Fate.KEEP, "unseen")


def test_a_deferred_host_is_not_renewed(watch: Watch) -> None:
    watch.visited()
    watch.desk.decided(HOST, action=Action.DEFER)
    assert (watch.becomes().fate, watch.becomes().state) == (Fate.KEEP, "not-approved")


def test_an_analyst_who_approves_what_the_model_calls_clear_renews_it(watch: Watch) -> None:
    watch.changed()
    watch.days(2)
    watch.changed()
    watch.desk.a_moment_later()
    watch.desk.decided(HOST)
    assert watch.becomes().fate is Fate.RENEW


def test_what_an_approval_overrules_is_the_same_as_for_a_new_entry(watch: Watch) -> None:
    """A hacked site takes an act; a licensed operator is no matter of an approval."""
    watch.visited(Label.HACKED, Band.UNSURE)
    watch.desk.decided(HOST)
    assert (watch.becomes().fate, watch.becomes().state) == (Fate.KEEP, "hacked")
    watch.desk.a_moment_later()
    watch.desk.decided(HOST, act="12-34")
    assert watch.becomes().fate is Fate.RENEW
    watch.visited(Label.LICENSED, Band.CLEAR)
    watch.desk.a_moment_later()
    watch.desk.decided(HOST, act="12-34")
    assert (watch.becomes().fate, watch.becomes().state) == (Fate.KEEP, "changed")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"servers": PARKED}, "parked, on the name servers of Standstill (standstill.example)"),
        ({"sent_to": ("parking.standstill.example.",)}, "parked, sent to Standstill (parking.standstill.example)"),
        ({"ends": "https://parking.standstill.example/?d=casino.example"}, "parked, sent to Standstill (parking.standstill.example)"),
        ({"title": "CASINO.EXAMPLE — Домен продаётся!"}, "parked, its title says “домен продаётся”"),
    ],
)
def test_parked_on_two_days_is_dropped_with_the_trace(watch: Watch, how: dict[str, object], said: str) -> None:
    watch.visited(Label.OTHER, Band.UNSURE, **how)  # type: ignore[arg-type]
    first = watch.becomes()
    assert (first.fate, first.state) == (Fate.KEEP, "parked")
    assert first.reason.startswith(f"{said}, on 2027-02-08 20:00 UTC: a visit a day apart must say the same")
    watch.days(1)
    watch.visited(Label.OTHER, Band.UNSURE, **how)  # type: ignore[arg-type]
    found = watch.becomes()
    assert (found.fate, found.state) == (Fate.DROP, "parked")
    assert found.reason == f"{said}, on 2027-02-08 and 2027-02-09"


def test_one_name_server_of_a_parking_service_among_others_is_no_trace(watch: Watch) -> None:
    watch.visited(Label.OTHER, Band.UNSURE, servers=(PARKED[0], OURS[0]))
    assert watch.becomes().state == "unsure"


def test_a_name_that_only_ends_like_a_parking_service_is_no_trace(watch: Watch) -> None:
    watch.visited(Label.OTHER, Band.UNSURE, servers=("ns1.notstandstill.example",), ends="https://xparking.standstill.example.evil.test/")
    assert watch.becomes().state == "unsure"


def test_a_parked_page_for_a_day_drops_nothing(watch: Watch) -> None:
    """An adversary who shows our crawler a parked page, however often within a day, and between two of them a casino."""
    for _ in range(5):
        watch.parked()
        watch.desk.clock.forward(hours=4)
    assert watch.becomes().fate is Fate.KEEP
    watch.visited()
    watch.days(1)
    watch.parked()
    assert watch.becomes().fate is Fate.KEEP
    watch.days(1)
    watch.parked()
    assert watch.becomes().fate is Fate.DROP


def test_gambling_on_the_name_servers_of_a_parking_service_is_gambling(watch: Watch) -> None:
    watch.visited(servers=PARKED, title="домен продаётся")
    assert watch.becomes().fate is Fate.RENEW


@pytest.mark.parametrize(
    ("servers", "state", "said"),
    [
        (OTHERS, "re-registered", "re-registered: other name servers than when it was listed; judged other, and clear of gambling, on 2027-02-08 and 2027-02-09"),
        ((OTHERS[0], "NS1.HOST.example."), "changed", "changed: judged other, and clear of gambling, on 2027-02-08 and 2027-02-09"),
    ],
)  # fmt: skip
def test_judged_clear_on_two_days_is_dropped(watch: Watch, servers: tuple[str, ...], state: str, said: str) -> None:
    watch.changed(servers=servers)
    assert (watch.becomes().fate, watch.becomes().state) == (Fate.KEEP, state)
    watch.days(1)
    watch.changed(servers=servers)
    assert (watch.becomes().fate, watch.becomes().reason) == (Fate.DROP, said)


def test_other_name_servers_alone_change_nothing(watch: Watch) -> None:
    watch.visited(servers=OTHERS)
    assert (watch.becomes().fate, watch.becomes().state) == (Fate.RENEW, "gambling")


def test_a_second_judgement_of_the_same_pages_is_not_a_second_visit(watch: Watch) -> None:
    watch.changed()
    watch.days(2)
    watch.judged(Label.OTHER, Band.CLEAR)
    assert watch.becomes().fate is Fate.KEEP


def test_a_second_judgement_replaces_the_first(watch: Watch) -> None:
    watch.changed()
    watch.days(1)
    watch.changed()
    watch.desk.a_moment_later()
    watch.judged(Label.OPERATOR, Band.MIRROR)
    assert watch.becomes().fate is Fate.RENEW


def test_what_was_called_gambling_and_then_clear_on_the_same_pages_is_one_clear_visit(watch: Watch) -> None:
    watch.visited()
    watch.desk.a_moment_later()
    watch.judged(Label.OTHER, Band.CLEAR)
    watch.days(1.1)
    watch.changed()
    assert watch.becomes().fate is Fate.DROP


def test_a_judgement_that_was_taken_back_does_not_agree_with_a_later_visit(watch: Watch) -> None:
    watch.changed()
    watch.desk.a_moment_later()
    watch.judged(Label.OTHER, Band.UNSURE)
    watch.days(1.1)
    watch.changed()
    assert watch.becomes().fate is Fate.KEEP


@pytest.mark.parametrize(
    ("how", "state"),
    [
        ({"outcome": Outcome.CHALLENGE}, "unseen"),
        ({"outcome": Outcome.CONNECT_TIMEOUT}, "unseen"),
        ({"outcome": Outcome.HTTP_ERROR}, "unseen"),
        ({"label": Label.OTHER, "band": Band.CLEAR, "asks": ("script shell",)}, "unseen"),
        ({"label": Label.OTHER, "band": Band.UNSURE}, "unsure"),
        ({"label": Label.HACKED, "band": Band.UNSURE}, "hacked"),
    ],
)
def test_what_says_nothing_for_sure_keeps_the_entry_until_it_expires(watch: Watch, how: dict[str, object], state: str) -> None:
    for _ in range(3):
        watch.visited(**how)  # type: ignore[arg-type]
        watch.days(1)
    found = watch.becomes()
    assert (found.fate, found.state) == (Fate.KEEP, state)
    assert found.reason.endswith("kept until it expires")


def test_a_challenge_after_two_clear_days_keeps_it_and_the_next_clear_day_drops_it(watch: Watch) -> None:
    watch.changed()
    watch.days(1)
    watch.visited(outcome=Outcome.CHALLENGE)
    assert (watch.becomes().fate, watch.becomes().state) == (Fate.KEEP, "unseen")
    assert "challenge (answered with a challenge" in watch.becomes().reason
    watch.days(1)
    watch.changed()
    assert watch.becomes().fate is Fate.DROP


def test_a_page_that_was_read_and_not_judged_yet_keeps_it(watch: Watch) -> None:
    watch.changed()
    watch.days(2)
    watch.looked_up()
    watch.desk.case.add(
        [
            Capture(
                host=watch.host, url=f"https://{HOST}/", page=PageKind.LANDING, how=How.STATIC, vantage=VANTAGE, outcome=Outcome.OK, status=200,
                taken_at=watch.desk.clock(),
            )
        ]
    )  # fmt: skip
    assert watch.becomes().reason.startswith("read and not judged since on 2027-02-10")


@pytest.mark.parametrize("outcome", [Outcome.NXDOMAIN, Outcome.NO_ADDRESS])
def test_a_dead_host_is_kept_and_dropped_after_so_many_days(watch: Watch, outcome: Outcome) -> None:
    for day in range(1, 5):
        watch.looked_up(outcome)
        watch.looked_up(outcome)
        found = watch.becomes()
        assert (found.fate, found.state) == (Fate.KEEP, "dead")
        assert f"{day} of 5 days in a row" in found.reason, "two look-ups on one day count once"
        watch.days(1)
    watch.looked_up(outcome)
    found = watch.becomes()
    assert (found.fate, found.state) == (Fate.DROP, "dead")
    assert found.reason.startswith("dead: the name ")
    assert found.reason.endswith("on 5 days in a row, last on 2027-02-12")


def test_a_mirror_that_returns_begins_the_count_anew_and_a_failing_resolver_does_not(watch: Watch) -> None:
    for outcome in (
        Outcome.NXDOMAIN,
        Outcome.NXDOMAIN,
        Outcome.OK,
        Outcome.NXDOMAIN,
        Outcome.SERVFAIL,
        Outcome.DNS_TIMEOUT,
        Outcome.NXDOMAIN,
    ):
        watch.looked_up(outcome)
        watch.days(1)
    assert "2 of 5 days in a row" in watch.becomes().reason


def test_a_failing_resolver_alone_is_no_death(watch: Watch) -> None:
    for _ in range(8):
        watch.looked_up(Outcome.SERVFAIL)
        watch.days(1)
    assert (watch.becomes().fate, watch.becomes().state) == (Fate.KEEP, "not-seen")


def test_a_dead_host_that_came_back_as_a_casino_is_renewed(watch: Watch) -> None:
    for _ in range(4):
        watch.looked_up(Outcome.NXDOMAIN)
        watch.days(1)
    watch.visited()
    assert watch.becomes().fate is Fate.RENEW


def test_a_page_that_was_read_after_a_look_up_found_nothing_is_alive(watch: Watch) -> None:
    """A second name server, or an egress with a resolver of its own, may answer what ours did not."""
    watch.looked_up(Outcome.NXDOMAIN)
    watch.desk.a_moment_later()
    watch.visited(looked_up=False)
    assert watch.becomes().state == "gambling"


def test_a_dead_host_that_would_expire_before_the_count_is_over_is_renewed_for_a_short_while(watch: Watch) -> None:
    watch.days(8.5)
    watch.looked_up(Outcome.NXDOMAIN)
    found = watch.becomes()
    assert (found.fate, found.state) == (Fate.RENEW, "dead")
    assert found.renewed is not None
    assert found.renewed.expires_at == watch.desk.clock() + timedelta(days=14)


def test_many_days_of_death_are_counted_beyond_the_weeks_before_the_end(watch: Watch) -> None:
    policy = Policy(dead_checks=20)
    watch.desk.clock.now -= timedelta(days=20)
    for _ in range(20):
        watch.looked_up(Outcome.NXDOMAIN)
        watch.days(1)
    assert watch.becomes(policy).fate is Fate.DROP


def test_the_step_reports_what_is_done_and_what_is_kept_by_state(watch: Watch) -> None:
    watch.visited()
    report = recheck_step(watch.desk.case, PARKING, watch.desk.policy, clock=watch.desk.clock)
    assert (report.step, report.done, report.skipped) == ("recheck", 1, ())
    watch.days(1)
    watch.visited(outcome=Outcome.CHALLENGE)
    report = recheck_step(watch.desk.case, PARKING, watch.desk.policy, clock=watch.desk.clock)
    assert (report.done, [(one.outcome, one.number) for one in report.skipped]) == (0, [("unseen", 1)])


def test_the_release_renews_and_drops_what_the_recheck_says(watch: Watch) -> None:
    watch.visited()
    watch.desk.approved(*(f"other-{number}.example" for number in range(6)))  # else the drop of one would be a shrink that a breaker stops
    right = Override(analyst="A. Analyst", reason="the clock is right, nothing was published for 80 days", breakers=())
    renewing = watch.desk.publish(override=right)
    assert renewing is not None
    assert (renewing.added, renewing.changed, renewing.removed) == (6, 1, 0)
    assert watch.entry.expires_at == watch.desk.clock() + timedelta(days=90)
    watch.days(80)
    watch.changed(servers=OTHERS)
    watch.days(1)
    watch.changed(servers=OTHERS)
    dropping = watch.desk.publish(override=right)
    assert dropping is not None
    [gone] = queries.removals_of(watch.desk.case, dropping.serial)
    assert (gone.host.name, gone.cause) == (HOST, Cause.RECHECK)
    assert gone.reason.startswith("re-registered: other name servers than when it was listed")


def test_the_shipped_traces_are_names_as_the_door_gives_them_and_words_of_some_length() -> None:
    traces = load_reference([Path(__file__).resolve().parents[2] / "data" / "reference"]).parking
    door = Door()
    assert {one.trace for one in traces} == {"nameserver", "host", "words"}
    assert len({(one.trace, one.pattern) for one in traces}) == len(traces)
    for one in traces:
        if one.trace == "words":
            assert len(one.pattern) >= 12 and one.pattern == one.pattern.casefold().strip(), one
        else:
            assert door.parse(one.pattern).name == one.pattern and not door.parse(one.pattern).is_suffix, one


def test_what_is_not_due_costs_no_query(desk: Desk) -> None:
    """The number of statements grows with the hundreds of entries that are due, never with the entries."""
    desk.approved(*(f"casino-{number}.example" for number in range(30)))
    desk.publish()
    statements: list[str] = []
    desk.case.db.conn.set_trace_callback(statements.append)
    desk.clock.now = datetime(2027, 1, 1, tzinfo=UTC)
    assert recheck(desk.case, PARKING, desk.policy, desk.clock()) == []
    assert len(statements) == 1
    desk.clock.forward(days=45)
    assert len(recheck(desk.case, PARKING, desk.policy, desk.clock())) == 30
    few = len(statements)
    desk.case.db.conn.set_trace_callback(None)
    assert few < 25
