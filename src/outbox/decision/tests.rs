//! The decisions as tables.

use super::*;
use crate::store::outbox::ReplyKind;
use Repeats::{Always, Never, Within};
use ReplyState::{New, Sent, Unclear};

const NOW: i64 = 1_000_000;

fn ago(seconds: i64) -> i64 {
    seconds * 1_000
}

fn note(key: &str, state: ReplyState, age_ms: i64) -> OutboxReply {
    OutboxReply {
        key: key.to_owned(),
        kind: ReplyKind::Message,
        digest: String::new(),
        message: (state == Sent).then(|| format!("m-{key}")),
        state,
        begun_ms: NOW - age_ms,
        ended_ms: None,
    }
}

fn ended(note: OutboxReply, age_ms: i64) -> OutboxReply {
    OutboxReply { ended_ms: Some(NOW - age_ms), ..note }
}

fn arrived(id: &str, age_ms: i64) -> ArrivedMessage {
    ArrivedMessage { id: id.to_owned(), at_ms: Some(NOW - age_ms) }
}

fn decided(notes: &[OutboxReply], seen: &[ArrivedMessage], repeats: Repeats, resend: Resend, watched: &str) -> String {
    let watched: BTreeSet<String> = watched.split_whitespace().map(str::to_owned).collect();
    match decide(notes, seen, SendRules { repeats, resend, watched: &watched }, NOW) {
        OutboxDecision::Found { key, message, is_noted: true, .. } => format!("{key} was sent as {message}"),
        OutboxDecision::Found { key, message, is_noted: false, .. } => format!("{key} arrived as {message}"),
        OutboxDecision::Wait { key, left, is_under_way: true } => {
            format!("wait {} for {key}, under way", left.as_secs())
        }
        OutboxDecision::Wait { key, left, is_under_way: false } => format!("wait {} for {key}", left.as_secs()),
        OutboxDecision::Again { key } => format!("{key} again"),
        OutboxDecision::Send { lapsed } => format!("send {}", lapsed.join("+")),
        OutboxDecision::Undecided => "undecided".to_owned(),
    }
}

#[test]
fn what_may_have_been_sent_is_found_or_waited_for_and_else_sent() {
    let half_minute = Within(Duration::from_secs(30));
    for (notes, seen, repeats, expected) in [
        (vec![], vec![], Never, "send "),
        (vec![], vec![arrived("m", 0)], Never, "send "),
        // Sent before.
        (vec![note("a", Sent, ago(9))], vec![], Never, "send "),
        (vec![note("a", Sent, ago(9))], vec![], half_minute, "a was sent as m-a"),
        (vec![note("a", Sent, ago(30))], vec![], half_minute, "send "),
        (vec![note("a", Sent, ago(900))], vec![], Always, "a was sent as m-a"),
        (vec![note("a", Sent, ago(20)), note("b", Sent, ago(9))], vec![], half_minute, "b was sent as m-b"),
        // It took long, and its success is what the caller repeats the call after.
        (vec![ended(note("a", Sent, ago(90)), ago(29))], vec![], half_minute, "a was sent as m-a"),
        (vec![ended(note("a", Sent, ago(90)), ago(30))], vec![], half_minute, "send "),
        // Nobody knows its end.
        (vec![note("a", New, ago(1))], vec![], Never, "wait 119 for a, under way"),
        (vec![note("a", Unclear, ago(1))], vec![], Always, "wait 119 for a"),
        (vec![note("a", Unclear, ago(60))], vec![arrived("m", ago(58))], Never, "a arrived as m"),
        (vec![note("a", New, ago(119))], vec![], Never, "wait 1 for a, under way"),
        (vec![note("a", New, ago(120))], vec![], Never, "send a"),
        (vec![note("a", Unclear, ago(300))], vec![arrived("m", ago(290))], Never, "a arrived as m"),
        // It may have been sent as late as its outcome was noted.
        (vec![ended(note("a", Unclear, ago(150)), ago(100))], vec![], Never, "wait 20 for a"),
        (vec![ended(note("a", Unclear, ago(170)), ago(120))], vec![], Never, "send a"),
        // Older than the note by more than the clocks differ: somebody else's.
        (vec![note("a", Unclear, ago(30))], vec![arrived("m", ago(91))], Never, "wait 90 for a"),
        (vec![note("a", Unclear, ago(30))], vec![arrived("m", ago(90))], Never, "a arrived as m"),
        // Several.
        (vec![note("a", Unclear, ago(300)), note("b", New, ago(5))], vec![], Never, "wait 115 for b, under way"),
        (vec![note("a", Unclear, ago(300)), note("b", New, ago(200))], vec![], Never, "send a+b"),
        (vec![note("b", Unclear, ago(9)), note("a", Unclear, ago(50))], vec![arrived("m", 0)], Never, "a arrived as m"),
        (vec![note("a", Sent, ago(90)), note("b", Unclear, ago(9))], vec![], half_minute, "wait 111 for b"),
    ] {
        assert_eq!(decided(&notes, &seen, repeats, Resend::WhenLapsed, ""), expected, "{notes:?} {seen:?} {repeats:?}");
    }
}

#[test]
fn a_message_with_an_id_is_sent_again_under_its_name() {
    let half_minute = Within(Duration::from_secs(30));
    for (notes, seen, repeats, expected) in [
        (vec![], vec![], half_minute, "send "),
        (vec![note("a", New, ago(1))], vec![], half_minute, "a again"),
        (vec![note("a", Unclear, ago(599))], vec![], half_minute, "a again"),
        (vec![note("a", Unclear, ago(600))], vec![], half_minute, "send "),
        (vec![ended(note("a", Unclear, ago(640)), ago(590))], vec![], half_minute, "a again"),
        (vec![note("a", Unclear, ago(6_000))], vec![], Always, "a again"),
        (vec![note("a", Unclear, ago(60)), note("b", Unclear, ago(9))], vec![], half_minute, "b again"),
        (vec![note("a", Unclear, ago(60)), note("b", Sent, ago(9))], vec![], half_minute, "b was sent as m-b"),
        (vec![note("a", Unclear, ago(60)), note("b", Sent, ago(40))], vec![], half_minute, "a again"),
        (vec![note("a", Unclear, ago(60))], vec![arrived("m", ago(59))], half_minute, "a arrived as m"),
    ] {
        assert_eq!(decided(&notes, &seen, repeats, Resend::ById, ""), expected, "{notes:?} {seen:?} {repeats:?}");
    }
}

#[test]
fn what_another_decides_is_not_sent_again() {
    for (age, expected) in [(ago(1), "wait 119 for a"), (ago(120), "undecided")] {
        assert_eq!(decided(&[note("a", Unclear, age)], &[], Always, Resend::Never, ""), expected);
    }
    assert_eq!(decided(&[], &[], Always, Resend::Never, ""), "send ");
}

#[test]
fn what_another_call_was_seen_to_send_is_this_ones_and_no_older_message_is() {
    let (old, new) = (note("a", Sent, ago(40)), note("b", Sent, ago(1)));
    let watched = |notes: &[OutboxReply], watched| decided(notes, &[], Never, Resend::WhenLapsed, watched);
    assert_eq!(watched(&[old.clone(), new.clone()], "b"), "b was sent as m-b");
    assert_eq!(watched(&[old.clone(), new], ""), "send ");
    // The other one was refused: its note is gone.
    assert_eq!(watched(&[old], "b"), "send ");
}

#[test]
fn without_a_time_its_place_tells_that_it_is_later() {
    let seen = [ArrivedMessage { id: "m".into(), at_ms: None }];
    let note = note("a", Unclear, 5_000);
    assert_eq!(decided(&[note], &seen, Always, Resend::Never, ""), "a arrived as m");
}

#[test]
fn only_a_refusal_of_the_very_first_try_tells_that_nothing_was_sent() {
    use TryOutcome::{Refused, Taken};
    let sent = AfterTry::Note(ReplyEnd::Sent { message: "m".into() });
    for (outcome, is_first, expected) in [
        (Taken("m".into()), true, sent.clone()),
        (Taken("m".into()), false, sent),
        (TryOutcome::Unclear, true, AfterTry::Note(ReplyEnd::Unclear)),
        (TryOutcome::Unclear, false, AfterTry::Note(ReplyEnd::Unclear)),
        (Refused, true, AfterTry::Note(ReplyEnd::NotSent)),
        (Refused, false, AfterTry::Look),
    ] {
        assert_eq!(after_try(outcome.clone(), is_first), expected, "{outcome:?} {is_first}");
    }
}

#[test]
fn no_name_is_given_twice() {
    for (keys, skipped, expected) in [
        (&[][..], 0, "x/0"),
        (&["x/0", "x/1"], 0, "x/2"),
        // That of a message between was refused, or the words came under a number too.
        (&["x/0", "x/2"], 0, "x/3"),
        (&["number/1", "x/1"], 0, "x/2"),
        (&["number/1"], 0, "x/0"),
        (&["xy/7", "x/zero", "x"], 0, "x/0"),
        (&["x/0"], 3, "x/4"),
    ] {
        let notes: Vec<_> = keys.iter().map(|key| note(key, Sent, 0)).collect();
        assert_eq!(next_name("x", &notes, skipped), expected, "{keys:?}");
    }
}
