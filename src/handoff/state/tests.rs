//! The steps of sessions as a table, and what holds for any of them.

use proptest::prelude::*;

use super::*;

fn arrived() -> Happening {
    Happening::Arrived { owner: Some("ann".into()), stage: Some("new".into()), deadline_ms: 100 }
}

fn assigned(to: &str) -> Happening {
    Happening::Assigned { to: (to != "-").then(|| to.to_owned()), deadline_ms: 900 }
}

fn wrote(message: &str, person: &str) -> Happening {
    Happening::Wrote { message: message.into(), person: (person != "-").then(|| person.to_owned()), at_ms: 5 }
}

fn closed(by: EndedBy) -> Happening {
    Happening::Closed { by }
}

fn moved(stage: &str) -> Happening {
    Happening::Moved { stage: stage.into() }
}

/// The events of a session in short.
fn told(happenings: &[(i64, Happening)]) -> (SessionState, Vec<String>) {
    let (mut state, mut all) = (SessionState::default(), vec![]);
    for (now_ms, happening) in happenings {
        let (next, events) = state.after(happening, *now_ms);
        state = next;
        all.extend(events.iter().map(|event| {
            let parts = [Some(event.kind.name().to_owned()), event.message.clone(), event.person.clone()];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        }));
    }
    (state, all)
}

#[test]
fn a_session_moves_as_people_act() {
    use EndedBy::{Caller, Expiry, Person};
    let passed = || Happening::Passed;
    type Case = (&'static str, Vec<(i64, Happening)>, Phase, &'static [&'static str]);
    let table: Vec<Case> = vec![
        ("it waits", vec![(1, arrived()), (99, passed())], Phase::Waiting, &[]),
        ("the owner at the start has not taken it", vec![(1, arrived()), (2, assigned("ann"))], Phase::Waiting, &[]),
        ("another owner takes it", vec![(1, arrived()), (2, assigned("bob"))], Phase::Taken, &["taken bob"]),
        (
            "a look that is repeated brings nothing",
            vec![(1, arrived()), (2, assigned("bob")), (3, assigned("bob"))],
            Phase::Taken,
            &["taken bob"],
        ),
        (
            "who writes takes it",
            vec![(1, arrived()), (2, wrote("m1", "ann"))],
            Phase::Taken,
            &["taken ann", "message m1 ann"],
        ),
        (
            "a writer without a name is whoever has it",
            vec![(1, arrived()), (2, assigned("bob")), (3, wrote("m1", "-"))],
            Phase::Taken,
            &["taken bob", "message m1 bob"],
        ),
        (
            "another one who writes does not take it away",
            vec![(1, arrived()), (2, assigned("bob")), (3, wrote("m1", "eve"))],
            Phase::Taken,
            &["taken bob", "message m1 eve"],
        ),
        (
            "a stage shows that the owner works on it",
            vec![(1, arrived()), (2, moved("at work"))],
            Phase::Taken,
            &["taken ann"],
        ),
        ("the same stage shows nothing", vec![(1, arrived()), (2, moved("new"))], Phase::Waiting, &[]),
        (
            "it is given to another",
            vec![(1, arrived()), (2, assigned("bob")), (3, assigned("eve"))],
            Phase::Taken,
            &["taken bob", "reassigned eve"],
        ),
        (
            "and back",
            vec![(1, arrived()), (2, assigned("bob")), (3, assigned("eve")), (4, assigned("bob"))],
            Phase::Taken,
            &["taken bob", "reassigned eve", "reassigned bob"],
        ),
        (
            "it is given to nobody, and not taken in time",
            vec![(1, arrived()), (2, assigned("bob")), (3, assigned("-")), (950, passed())],
            Phase::Waiting,
            &["taken bob", "reassigned", "not_taken"],
        ),
        (
            "nobody takes it, which is told once",
            vec![(1, arrived()), (100, passed()), (200, passed())],
            Phase::Waiting,
            &["not_taken"],
        ),
        (
            "who takes it late takes it",
            vec![(1, arrived()), (100, passed()), (200, assigned("bob"))],
            Phase::Taken,
            &["not_taken", "taken bob"],
        ),
        (
            "what is taken is not late",
            vec![(1, arrived()), (2, assigned("bob")), (100, passed())],
            Phase::Taken,
            &["taken bob"],
        ),
        (
            "a person ends it",
            vec![(1, arrived()), (2, assigned("bob")), (3, closed(Person))],
            Phase::Ended,
            &["taken bob", "closed bob"],
        ),
        (
            "it ends once",
            vec![(1, arrived()), (2, closed(Caller)), (3, closed(Person)), (4, closed(Expiry))],
            Phase::Ended,
            &["closed"],
        ),
        (
            "nothing moves it after its end",
            vec![(1, arrived()), (2, closed(Caller)), (3, assigned("bob")), (4, moved("x")), (500, passed())],
            Phase::Ended,
            &["closed"],
        ),
        (
            "a late message is not lost",
            vec![(1, arrived()), (2, closed(Person)), (3, wrote("m1", "ann"))],
            Phase::Ended,
            &["closed", "message m1 ann"],
        ),
        ("it arrives once", vec![(1, arrived()), (2, assigned("bob")), (3, arrived())], Phase::Taken, &["taken bob"]),
    ];
    for (name, happenings, phase, expected) in table {
        let (state, events) = told(&happenings);
        assert_eq!((state.phase, events), (phase, expected.iter().map(|text| (*text).to_owned()).collect()), "{name}");
    }
}

#[test]
fn what_the_caller_is_about_to_close_is_not_closed_by_a_person() {
    use ClosingHand::{Person, Program, Unknown};
    let ended_by = |ending_ms: Option<i64>, happening: Happening, now_ms: i64| {
        let state = SessionState { phase: Phase::Taken, ending_ms, ..SessionState::default() };
        state.after(&happening, now_ms).0.ended_by.unwrap()
    };
    for (ending_ms, hand, now_ms, expected) in [
        (None, Person, 5, EndedBy::Person),
        (None, Program, 5, EndedBy::Person),
        (None, Unknown, 5, EndedBy::Person),
        (Some(4), Person, 5, EndedBy::Person),
        (Some(4), Program, 5, EndedBy::Caller),
        (Some(4), Program, 3 + ENDING_LATE_MS, EndedBy::Caller),
        (Some(4), Program, 4 + ENDING_LATE_MS, EndedBy::Person),
        (Some(4), Unknown, 3 + ENDING_MS, EndedBy::Caller),
        (Some(4), Unknown, 4 + ENDING_MS, EndedBy::Person),
    ] {
        let happening = Happening::FoundClosed { hand, at_ms: None };
        assert_eq!(ended_by(ending_ms, happening, now_ms), expected, "{ending_ms:?} {hand:?} {now_ms}");
    }
    // HubSpot's own time of the closing decides, however late it is looked at; a clock that is ahead does not.
    let late = 4 + 2 * ENDING_LATE_MS;
    for (at_ms, now_ms, expected) in [
        (3 + ENDING_LATE_MS, late, EndedBy::Caller),
        (4 + ENDING_LATE_MS, late, EndedBy::Person),
        (late, 5, EndedBy::Caller),
    ] {
        let happening = Happening::FoundClosed { hand: Program, at_ms: Some(at_ms) };
        assert_eq!(ended_by(Some(4), happening, now_ms), expected, "{at_ms} {now_ms}");
    }
    for by in [EndedBy::Deletion, EndedBy::Caller, EndedBy::Expiry] {
        assert_eq!(ended_by(Some(4), closed(by), 5), by);
    }
}

#[test]
fn a_colleague_is_asked_once_and_tried_again_for_a_while() {
    let begun = |at_ms, tries| FollowUp::Begun { at_ms, tries };
    let waiting = |follow_up| SessionState { phase: Phase::Waiting, follow_up, ..SessionState::default() };
    for (state, now_ms, expected) in [
        (waiting(FollowUp::None), 5, None),
        (waiting(FollowUp::Due), 5, Some(begun(5, 1))),
        (SessionState { phase: Phase::Taken, ..waiting(FollowUp::Due) }, 5, None),
        (waiting(begun(5, 1)), 5 + TRY_AGAIN_MS - 1, None),
        (waiting(begun(5, 1)), 5 + TRY_AGAIN_MS, Some(begun(5 + TRY_AGAIN_MS, 2))),
        (waiting(begun(5, TRIES_MAX)), 9 * TRY_AGAIN_MS, None),
        (waiting(FollowUp::Made), 9 * TRY_AGAIN_MS, None),
    ] {
        assert_eq!(state.follow_up_tried(now_ms), expected, "{state:?} {now_ms}");
    }
    let (late, _) = told(&[(1, arrived()), (100, Happening::Passed)]);
    assert_eq!(late.follow_up, FollowUp::Due);
    let made = SessionState { follow_up: FollowUp::Made, deadline_ms: Some(9), ..late };
    assert_eq!(made.after(&Happening::Passed, 10).0.follow_up, FollowUp::Made);
}

#[test]
fn a_state_of_another_version_is_read() {
    let old: SessionState = serde_json::from_str("{\"phase\":\"waiting\",\"unknown\":1}").unwrap();
    assert_eq!(old, SessionState { phase: Phase::Waiting, ..SessionState::default() });
    let state = told(&[(1, arrived()), (2, assigned("bob"))]).0;
    let again: SessionState = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
    assert_eq!(again, state);
}

fn happening() -> impl Strategy<Value = Happening> {
    let person = || proptest::sample::select(vec!["ann", "bob", "-"]);
    prop_oneof![
        Just(arrived()),
        person().prop_map(assigned),
        (0..9u8, person()).prop_map(|(id, person)| wrote(&format!("m{id}"), person)),
        Just(closed(EndedBy::Person)),
        Just(closed(EndedBy::Caller)),
        Just(Happening::FoundClosed { hand: ClosingHand::Program, at_ms: None }),
        proptest::sample::select(vec!["new", "open"]).prop_map(moved),
        Just(Happening::Passed),
    ]
}

proptest! {
    #[test]
    fn a_session_ends_once_and_no_event_has_the_key_of_another(
        happenings in proptest::collection::vec(happening(), 0..30),
    ) {
        let mut state = SessionState::default();
        let mut keys = std::collections::BTreeMap::new();
        let mut ends = 0;
        for (now_ms, happening) in (0..).map(|step| step * 50).zip(&happenings) {
            let had_ended = state.has_ended();
            let (next, events) = state.clone().after(happening, now_ms);
            for event in events {
                ends += usize::from(event.kind == SessionEventKind::Closed);
                let is_message = event.kind == SessionEventKind::Message;
                prop_assert!(!had_ended || is_message, "{event:?} after the end");
                // The same message seen twice has the same key, and the store keeps it once.
                prop_assert!(keys.insert(event.key.clone(), event).is_none() || is_message);
            }
            // Seeing the same once more changes nothing but by time.
            let (again, more) = next.clone().after(happening, now_ms);
            prop_assert_eq!(&again, &next);
            prop_assert!(more.iter().all(|event| event.kind == SessionEventKind::Message));
            state = next;
        }
        prop_assert!(ends <= 1);
    }
}
