//! The ledger as several replicas meet it, on a clock of plain numbers.

use proptest::prelude::*;

use super::*;
use crate::shared_quota::report::{Answered, BucketReport, DailyStop, Observed, Wants};

const SPAN_MS: i64 = 10_000;
const MAX: usize = 20;
const NOW: i64 = 1_796_000_000_000;

/// A report about the general bucket alone.
fn report(replica: i64, number: u64, general: BucketReport) -> QuotaReport {
    let general = BucketReport { max: MAX, span: Duration::from_millis(SPAN_MS as u64), ..general };
    let mut buckets: [BucketReport; 3] = Default::default();
    buckets[Bucket::General as usize] = general;
    QuotaReport { replica, number, buckets, ..QuotaReport::default() }
}

fn wanting(quiet: usize) -> BucketReport {
    BucketReport { wants: Wants { quiet, ..Wants::default() }, ..BucketReport::default() }
}

fn general(grant: &QuotaGrant) -> BucketGrant {
    grant.buckets[Bucket::General as usize]
}

#[test]
fn places_are_given_until_none_are_left_and_are_free_a_window_after_the_answer() {
    let mut ledger = QuotaLedger::default();
    let mut number = 0;
    let mut ask = |ledger: &mut QuotaLedger, in_flight, answered: Vec<Answered>, now| {
        number += 1;
        let grant = ledger.exchange(&report(1, number, BucketReport { in_flight, answered, ..wanting(20) }), now);
        (general(&grant).open, general(&grant).reserved)
    };
    assert_eq!(ask(&mut ledger, 0, vec![], NOW), (8, 0));
    assert_eq!(ask(&mut ledger, 8, vec![], NOW), (8, 0));
    assert_eq!(ask(&mut ledger, 16, vec![], NOW), (0, 4), "the last fifth");
    assert_eq!(ask(&mut ledger, 20, vec![], NOW), (0, 0));
    let answered = vec![Answered { age_ms: 100, places: 5 }];
    assert_eq!(ask(&mut ledger, 15, answered, NOW + 1_000), (0, 0));
    assert_eq!(ask(&mut ledger, 15, vec![], NOW + 10_900), (0, 0));
    assert_eq!(ask(&mut ledger, 15, vec![], NOW + 11_000), (1, 4));
}

#[test]
fn a_replica_that_ends_without_a_word_holds_its_places_until_hubspot_is_done_with_them() {
    let mut ledger = QuotaLedger::default();
    for number in 1..=3 {
        ledger.exchange(&report(1, number, BucketReport { in_flight: 8 * (number as usize - 1), ..wanting(8) }), NOW);
    }
    let other = |ledger: &mut QuotaLedger, number, seconds: i64| {
        general(&ledger.exchange(&report(2, number, wanting(20)), NOW + seconds * 1_000))
    };
    assert_eq!(other(&mut ledger, 1, 1).open, 0);
    assert_eq!(other(&mut ledger, 2, 25).open, 0, "3 s to send, 13 s of work, and the window");
    let granted = other(&mut ledger, 3, 27);
    assert!(granted.open > 0, "{granted:?}");
}

#[test]
fn a_lost_answer_leaves_nothing_behind_and_a_late_report_is_ignored() {
    let mut ledger = QuotaLedger::default();
    let given = general(&ledger.exchange(&report(1, 1, wanting(8)), NOW)).open;
    assert_eq!(given, 8);
    let again = general(&ledger.exchange(&report(1, 2, wanting(20)), NOW)).open;
    assert_eq!(again, 8, "it never heard of the first ones");
    assert_eq!(ledger.exchange(&report(1, 1, wanting(20)), NOW), QuotaGrant::default());
}

#[test]
fn a_refusal_and_a_daily_stop_hold_for_all() {
    let mut ledger = QuotaLedger::default();
    let closed = BucketReport { closed_for: Some(Duration::from_secs(3)), ..BucketReport::default() };
    let stop = DailyStop { pause_ms: 60_000, reset_ms: 90_000, resets_at: None };
    ledger.exchange(&QuotaReport { stop: Some(stop), ..report(1, 1, closed) }, NOW);
    let other = ledger.exchange(&report(2, 1, wanting(5)), NOW + 1_000);
    assert_eq!((general(&other).open, general(&other).closed_for), (0, Some(Duration::from_secs(2))));
    assert_eq!(other.stop.map(|stop| stop.pause_ms), Some(59_000));
    let other = ledger.exchange(&report(2, 2, wanting(5)), NOW + 3_000);
    assert_eq!((general(&other).open, general(&other).closed_for), (5, None));
}

#[test]
fn requests_of_other_programs_are_counted_once() {
    let mut ledger = QuotaLedger::default();
    let observed = Some(Observed { max: MAX, used: 14, age_ms: 100 });
    let seen = |number| report(1, number, BucketReport { in_flight: 4, observed, ..wanting(20) });
    let first = general(&ledger.exchange(&seen(1), NOW));
    let second = general(&ledger.exchange(&seen(2), NOW));
    assert_eq!((first.open, first.reserved), (2, 4));
    assert_eq!((second.open, second.reserved), (2, 4), "the same header again; and what was given is not held");
}

#[test]
fn a_lower_limit_in_a_header_holds_and_an_implausible_one_does_not() {
    let mut ledger = QuotaLedger::default();
    let seen = |number, max| {
        let observed = Some(Observed { max, used: 0, age_ms: 0 });
        report(1, number, BucketReport { observed, ..BucketReport::default() })
    };
    assert_eq!(general(&ledger.exchange(&seen(1, 3), NOW)).max, MAX);
    assert_eq!(general(&ledger.exchange(&seen(2, 15), NOW)).max, 15);
    assert_eq!(general(&ledger.exchange(&report(2, 1, wanting(0)), NOW)).max, 15);
}

#[test]
fn places_are_kept_for_a_replica_that_may_be_cut_off_and_not_for_one_that_left() {
    let taken = |leaves: bool| {
        let mut ledger = QuotaLedger::default();
        ledger.exchange(&QuotaReport { leaves, ..report(1, 1, wanting(0)) }, NOW);
        let mut taken = 0;
        for number in 1..9 {
            let grant = general(
                &ledger.exchange(&report(2, number, BucketReport { in_flight: taken, ..wanting(20) }), NOW + 6_000),
            );
            taken += grant.open + grant.reserved;
        }
        taken
    };
    assert_eq!((taken(false), taken(true)), (MAX - MAX / 8, MAX));
}

#[test]
fn a_crowd_of_replicas_is_bounded() {
    let mut ledger = QuotaLedger::default();
    let served = (0..80).filter(|id| ledger.exchange(&report(*id, 1, wanting(1)), NOW).replicas > 0).count();
    assert_eq!(served, REPLICAS_MAX);
    assert!(ledger.text().len() < 64_000, "{}", ledger.text().len());
}

#[test]
fn a_text_of_another_version_is_read() {
    let mut ledger = QuotaLedger::default();
    ledger.exchange(&report(1, 1, wanting(3)), NOW);
    assert_eq!(QuotaLedger::read(&ledger.text()), ledger);
    assert_eq!(QuotaLedger::read("{\"of_a_later_version\":1}"), QuotaLedger::default());
    assert_eq!(QuotaLedger::read("broken"), QuotaLedger::default());
}

/// One replica of the property below.
#[derive(Default)]
struct Holder {
    id: i64,
    number: u64,
    in_hand: usize,
    /// The moments at which its requests were sent, and those of their answers.
    in_flight: Vec<(i64, i64)>,
    answered: Vec<i64>,
    heard: i64,
}

proptest! {
    /// However replicas ask, send, die and come back, no window of HubSpot's holds more than the limit. HubSpot may count
    /// a request at any moment between its sending and its answer.
    #[test]
    fn no_rolling_window_is_exceeded(
        steps in prop::collection::vec((0_u64..8, 0_i64..900, 0_usize..9, 0_i64..4_000, 0_u8..100, 0_i64..=100), 1..250),
        alive in 1_u64..=8,
    ) {
        let mut ledger = QuotaLedger::default();
        let mut holders: Vec<Holder> = (0..alive).map(|at| Holder { id: at as i64, ..Holder::default() }).collect();
        let (mut now, mut arrivals, mut lives) = (NOW, vec![], alive as i64);
        for (who, pause, wants, travel, chance, share) in steps {
            now += pause;
            let holder = &mut holders[(who % alive) as usize];
            if chance < 3 {
                lives += 1;
                *holder = Holder { id: lives, ..Holder::default() }; // It was killed; what it sent is on its way.
                continue;
            }
            let (done, open): (Vec<_>, Vec<_>) = holder.in_flight.drain(..).partition(|(_, answer)| *answer <= now);
            holder.in_flight = open;
            holder.answered.extend(done.into_iter().map(|(_, answer)| answer));
            if now - holder.heard >= 1_000 {
                holder.in_hand = 0;
            }
            holder.number += 1;
            let answered = holder.answered.drain(..).map(|at| Answered { age_ms: now - at, places: 1 }).collect();
            let (in_hand, in_flight) = (holder.in_hand, holder.in_flight.len());
            let told = BucketReport { in_hand, in_flight, answered, ..wanting(wants) };
            let grant = general(&ledger.exchange(&report(holder.id, holder.number, told), now));
            holder.heard = now;
            holder.in_hand += grant.open + grant.reserved;
            let send = holder.in_hand.min(usize::from(chance % 9));
            holder.in_hand -= send;
            for _ in 0..send {
                holder.in_flight.push((now, now + travel));
                arrivals.push(now + travel * share / 100);
            }
        }
        for end in &arrivals {
            let inside = arrivals.iter().filter(|at| **at <= *end && **at + SPAN_MS > *end).count();
            prop_assert!(inside <= MAX, "{inside}");
        }
    }
}

/// A replica that crashes again and again does not take the others' quota: the next process at its address has replaced it.
#[test]
fn nothing_is_kept_for_a_silent_replica_that_another_one_has_replaced() {
    let known_after = |address: i64, with_older_release: bool| {
        let mut ledger = QuotaLedger::default();
        let mut replicas = 0;
        for crash in 0..5_i64 {
            for number in 1..=4 {
                let report = report(100 + crash, number, BucketReport::default()).at_address(address);
                replicas = ledger.exchange(&report, NOW + crash * 10_000 + number as i64 * 2_000).replicas;
                if with_older_release {
                    ledger = rewritten_by_older_release(&ledger);
                }
            }
        }
        replicas
    };
    assert_eq!(known_after(0, false), 5, "nobody knows");
    assert_eq!(known_after(7, false), 1);
    assert_eq!(known_after(7, true), 5, "nobody knows, and nothing is wrong");
}

/// An older release reads the fields that it knows, and writes those.
fn rewritten_by_older_release(ledger: &QuotaLedger) -> QuotaLedger {
    let mut text: serde_json::Value = serde_json::from_str(&ledger.text()).unwrap();
    for known in text["replicas"].as_array_mut().unwrap() {
        for name in ["address", "since_ms"] {
            known.as_object_mut().unwrap().remove(name).unwrap();
        }
    }
    QuotaLedger::read(&text.to_string())
}

#[test]
fn an_address_is_known_again_once_the_older_release_has_gone() {
    let at = |replica, number| report(replica, number, BucketReport::default()).at_address(7);
    let mut ledger = QuotaLedger::default();
    ledger.exchange(&at(1, 1), NOW);
    ledger = rewritten_by_older_release(&ledger);
    ledger.exchange(&at(1, 2), NOW + 2_000);
    assert_eq!(ledger.exchange(&at(2, 1), NOW + 4_000).replicas, 2);
    assert_eq!(ledger.exchange(&at(2, 2), NOW + 7_000).replicas, 1);
}

/// Two containers may have one name and one port: the one that is cut off for a while keeps its part.
#[test]
fn of_two_live_replicas_at_what_looks_like_one_address_neither_is_forgotten() {
    let mut ledger = QuotaLedger::default();
    let mut tell = |replica: i64, number: u64, seconds: i64| {
        let report = report(replica, number, BucketReport::default()).at_address(7);
        ledger.exchange(&report, NOW + seconds * 1_000).replicas
    };
    tell(1, 1, 0);
    for number in 1..=3 {
        assert_eq!(tell(2, number, 2 * number as i64), 2);
        assert_eq!(tell(1, number + 1, 2 * number as i64 + 1), 2);
    }
    for number in 4..=9 {
        assert_eq!(tell(2, number, 4 * number as i64), 2, "one of them is cut off");
    }
}
