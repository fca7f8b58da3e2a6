use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::window::Window;
use super::*;

const SECOND: Duration = Duration::from_secs(1);
const LIMIT: Limit = Limit { max: 5, span: SECOND };

fn key(name: &str) -> CallerKey {
    CallerKey::new(name)
}

/// The callers in the order in which they are served, for requests that joined in this order.
fn served(joined: &[&str], left: usize) -> Vec<String> {
    let (mut queue, now) = (FairQueue::default(), Instant::now());
    let names: BTreeMap<u64, &str> =
        joined.iter().map(|name| (queue.join(&key(name), now).unwrap().0, *name)).collect();
    let served = (0..left).filter_map(|taken| queue.next(left - taken, Limit { max: 100, span: SECOND }, now));
    served.map(|ticket| names[&ticket.0].to_owned()).collect()
}

#[test]
fn callers_are_served_in_turn() {
    let table: [(&[&str], usize, &[&str]); 5] = [
        (&["a", "a", "a", "b", "b", "c"], 60, &["a", "b", "c", "a", "b", "a"]),
        (&["a", "a", "a"], 60, &["a", "a", "a"]),
        (&["b", "a"], 60, &["b", "a"]),
        (&["a", "a", "b"], 1, &["a"]),
        (&[], 60, &[]),
    ];
    for (joined, left, expected) in table {
        assert_eq!(served(joined, left), expected, "{joined:?}");
    }
}

#[test]
fn a_fifth_of_a_window_is_kept_for_quiet_callers() {
    let (mut queue, now) = (FairQueue::default(), Instant::now());
    let (busy, calm) = (key("busy"), key("calm"));
    queue.join(&busy, now).unwrap();
    assert!(queue.next(5, LIMIT, now).is_some());
    assert_eq!(queue.kept_from(&busy, LIMIT, now), 0, "it is alone");
    queue.join(&calm, now).unwrap();
    queue.join(&busy, now).unwrap();
    assert_eq!((queue.kept_from(&busy, LIMIT, now), queue.kept_from(&calm, LIMIT, now)), (1, 0));
    let served = queue.next(1, LIMIT, now);
    assert!(served.is_some() && queue.next(1, LIMIT, now).is_none(), "the last place is for the calm one");
    queue.give_back(&busy, Some(now));
    assert_eq!(queue.kept_from(&busy, LIMIT, now + SECOND / 2), 1, "its place is not free yet");
    assert_eq!(queue.quiet_from(&busy, LIMIT, now), Some(now + SECOND));
    assert_eq!(queue.kept_from(&busy, LIMIT, now + SECOND), 0, "it holds nothing");
    queue.join(&busy, now + KNOWN_FOR).unwrap();
    queue.next(5, LIMIT, now + KNOWN_FOR).unwrap();
    assert_eq!(queue.kept_from(&busy, LIMIT, now + KNOWN_FOR), 0, "the other has not been here for long");
}

#[test]
fn a_caller_that_yields_leaves_the_fifth_also_while_it_is_alone() {
    let (mut queue, now) = (FairQueue::default(), Instant::now());
    let background = CallerKey::yielding("autopilot");
    queue.join(&background, now).unwrap();
    assert!(queue.next(5, LIMIT, now).is_some());
    assert_eq!(queue.kept_from(&background, LIMIT, now), 1);
    assert_eq!(queue.kept_from(&background, LIMIT, now + SECOND), 1, "its place is held until an answer comes");
    queue.give_back(&background, Some(now));
    assert_eq!(queue.kept_from(&background, LIMIT, now + SECOND), 0, "quiet again");
}

/// In a longer window, a caller that asks now and then stays quiet.
#[test]
fn a_caller_with_little_use_of_a_window_is_quiet() {
    let limit = Limit { max: 100, span: 10 * SECOND };
    let (mut queue, start) = (FairQueue::default(), Instant::now());
    let (busy, calm) = (key("busy"), key("calm"));
    for second in 0..60 {
        for (at, caller) in [&busy, &busy, &busy, &busy, &busy, &calm].into_iter().enumerate() {
            let now = start + second * SECOND + Duration::from_millis(160) * at as u32;
            queue.join(caller, now).unwrap();
            queue.next(100, limit, now).unwrap();
            queue.give_back(caller, Some(now));
        }
        assert_eq!(queue.kept_from(&calm, limit, start + second * SECOND), 0, "10 in 10 s");
    }
    assert_eq!(queue.kept_from(&busy, limit, start + 59 * SECOND), 20, "50 in 10 s");
    assert_eq!(queue.quiet_from(&busy, limit, start + 59 * SECOND), Some(start + 62 * SECOND));
}

/// Places that are taken at once come free at once, ten seconds later; others would wait until then.
#[test]
fn a_busy_caller_beside_others_takes_its_places_one_after_another() {
    let limit = Limit { max: 100, span: 10 * SECOND };
    let ms = Duration::from_millis;
    let (busy, calm) = (key("busy"), key("calm"));
    let given = |expected: Callers, beside: bool, over: Duration| {
        let (mut queue, start) = (FairQueue::new(expected), Instant::now());
        (0..90).for_each(|_| assert!(queue.join(&busy, start).is_some()));
        let other = beside.then(|| queue.join(&calm, start).unwrap());
        let moments = (0..).map(|at| start + ms(10) * at).take_while(|at| *at <= start + over);
        let mut left = 100;
        for now in moments {
            while let Some(ticket) = queue.next(left, limit, now) {
                queue.give_back(if other == Some(ticket) { &calm } else { &busy }, Some(now));
                left -= 1;
            }
        }
        100 - left
    };
    // Beside another: a fifth and the other's one at once, then sixty over the rest of the window. Alone where others may
    // come: a half at once, then thirty.
    let table = [
        (Callers::One, false, vec![(0, 90), (9_990, 90)]),
        (Callers::One, true, vec![(0, 21), (160, 21), (170, 22), (5_000, 50), (9_990, 80)]),
        (Callers::Several, true, vec![(0, 21), (160, 21), (170, 22), (5_000, 50), (9_990, 80)]),
        (Callers::Several, false, vec![(0, 50), (330, 50), (340, 51), (5_000, 64), (9_990, 79)]),
    ];
    for (expected, beside, moments) in table {
        for (over, given_then) in moments {
            assert_eq!(given(expected, beside, ms(over)), given_then, "{expected:?} {beside} {over}");
        }
    }
}

#[test]
fn the_clients_own_reads_take_nothing_from_a_lone_caller() {
    let (mut queue, now) = (FairQueue::default(), Instant::now());
    let (own, caller) = (CallerKey::default(), key("caller"));
    for one in [&own, &caller] {
        queue.join(one, now).unwrap();
        queue.next(5, LIMIT, now).unwrap();
    }
    assert_eq!((queue.kept_from(&caller, LIMIT, now), queue.kept_from(&own, LIMIT, now)), (0, 1));
}

#[test]
fn a_request_that_leaves_is_not_served() {
    let (mut queue, now) = (FairQueue::default(), Instant::now());
    let [first, second] = [(); 2].map(|()| queue.join(&key("a"), now).unwrap());
    queue.leave(&key("a"), first);
    queue.leave(&key("a"), first);
    assert_eq!((queue.next(5, LIMIT, now), queue.next(4, LIMIT, now)), (Some(second), None));
    assert_eq!((queue.waiting, queue.turns.len()), (0, 0));
}

#[test]
fn the_requests_ahead_are_counted_per_caller() {
    let (mut queue, now) = (FairQueue::default(), Instant::now());
    let mut last = None;
    for _ in 0..10 {
        last = queue.join(&key("busy"), now);
    }
    queue.join(&key("calm"), now);
    assert_eq!(queue.ahead_of(&key("new"), None), 2, "one of each");
    assert_eq!(queue.ahead_of(&key("calm"), None), 3, "its own, and two of the busy one");
    assert_eq!(queue.ahead_of(&key("busy"), last), 10, "nine of its own, and one of the calm one");
}

#[test]
fn nobody_waits_with_more_requests_than_there_is_room_for() {
    let (mut queue, now) = (FairQueue::default(), Instant::now());
    let joined = (0..2 * WAITING_PER_CALLER_MAX).filter_map(|_| queue.join(&key("busy"), now)).count();
    assert_eq!(joined, WAITING_PER_CALLER_MAX);
    assert!(queue.join(&key("calm"), now).is_some());
}

#[test]
fn a_bounded_number_of_callers_is_known() {
    let (mut queue, now) = (FairQueue::default(), Instant::now());
    let busy = key("busy");
    queue.join(&busy, now).unwrap();
    queue.next(5, LIMIT, now).unwrap();
    for number in 0..2 * CALLERS_MAX {
        let caller = key(&format!("c{number}"));
        queue.join(&caller, now).unwrap();
        queue.next(5, LIMIT, now).unwrap();
        queue.give_back(&caller, None);
    }
    assert_eq!(queue.callers.len(), CALLERS_MAX);
    assert!(queue.callers.contains_key(&busy), "it holds a place");
    for number in 0..CALLERS_MAX {
        queue.join(&key(&format!("w{number}")), now);
    }
    assert!(queue.join(&key("one more"), now).is_none(), "all others wait or hold something");
    assert!(queue.join(&busy, now).is_some());
}

/// With many callers, giving a place must not look at all of them for each of those that wait.
#[test]
fn whether_others_are_here_is_known_without_looking_at_them() {
    let (mut queue, now) = (FairQueue::default(), Instant::now());
    let [first, second, third] = ["first", "second", "third"].map(key);
    for (at, caller) in [&first, &second, &third, &second, &CallerKey::default()].into_iter().enumerate() {
        queue.join(caller, now + at as u32 * SECOND).unwrap();
    }
    let latest: Vec<_> = queue.latest.iter().map(|(caller, _)| caller.clone()).collect();
    assert_eq!(latest, [second, third, first]);
    (0..9).for_each(|at| assert!(queue.join(&key(&format!("further {at}")), now).is_some()));
    assert_eq!(queue.latest.len(), LATEST);
}

#[test]
fn the_caller_with_the_fewest_places_pays_for_a_shared_request() {
    let (mut queue, now) = (FairQueue::default(), Instant::now());
    let [busy, calm, new] = ["busy", "calm", "new"].map(key);
    for caller in [&busy, &busy, &calm] {
        queue.join(caller, now);
        queue.next(5, Limit { max: 100, span: SECOND }, now);
    }
    for (sharing, payer) in [(vec![&busy, &calm], &calm), (vec![&busy, &new, &calm], &new), (vec![&busy], &busy)] {
        assert_eq!(queue.payer(sharing.into_iter(), LIMIT, now), *payer);
    }
}

proptest! {
    /// For any callers and times: no window is exceeded, places are given while any may be taken, and of two callers that
    /// wait all the time none gets more than one place more than the other.
    #[test]
    fn places_are_shared_evenly_and_never_wasted(steps in proptest::collection::vec((0_u64..700, 0_usize..4, 0_usize..9), 1..80)) {
        let (mut queue, mut window) = (FairQueue::default(), Window::new(LIMIT));
        let start = Instant::now();
        let (mut now, mut owner, mut arrivals) = (start, BTreeMap::new(), vec![]);
        for (pause_ms, caller, count) in steps {
            now += Duration::from_millis(pause_ms);
            let name = format!("c{caller}");
            for _ in 0..count {
                if let Some(ticket) = queue.join(&key(&name), now) {
                    owner.insert(ticket.0, name.clone());
                }
            }
            let before: Vec<_> = queue.turns.iter().map(|caller| (caller.clone(), queue.callers[caller].waiting.len())).collect();
            let mut given: BTreeMap<String, usize> = BTreeMap::new();
            while let Some(ticket) = { window.forget(now); queue.next(window.left(), LIMIT, now) } {
                prop_assert!(window.take(now).is_ok());
                window.on_response(now);
                queue.give_back(&key(&owner[&ticket.0]), Some(now));
                arrivals.push(now);
                *given.entry(owner[&ticket.0].clone()).or_default() += 1;
            }
            if queue.waiting > 0 {
                prop_assert!(window.left() <= LIMIT.max / KEPT_ONE_IN, "places are left: {}", window.left());
            }
            // Callers that still wait were never overtaken by more than one place, the kept one included.
            for (caller, _) in &before {
                if let Some(line) = queue.callers.get(caller).filter(|line| !line.waiting.is_empty()) {
                    let own = owner[&line.waiting[0].0].clone();
                    let most = given.values().max().copied().unwrap_or_default();
                    let had = given.get(&own).copied().unwrap_or_default();
                    prop_assert!(most <= had + 2, "{given:?} {own}");
                }
            }
        }
        for end in &arrivals {
            let inside = arrivals.iter().filter(|at| **at <= *end && **at + SECOND > *end).count();
            prop_assert!(inside <= LIMIT.max);
        }
    }

    /// Whoever waits is served, however many requests others add meanwhile.
    #[test]
    fn nobody_starves(busy in 1_usize..6, flood in 1_usize..40) {
        let (mut queue, mut window, mut now) = (FairQueue::default(), Window::new(LIMIT), Instant::now());
        let (calm, mut owner) = (key("calm"), BTreeMap::new());
        for round in 0..40 {
            for caller in 0..busy {
                for _ in 0..flood {
                    let caller = key(&format!("busy{caller}"));
                    if let Some(ticket) = queue.join(&caller, now) {
                        owner.insert(ticket.0, caller);
                    }
                }
            }
            let wanted = (round == 20).then(|| queue.join(&calm, now).unwrap());
            owner.extend(wanted.map(|ticket| (ticket.0, calm.clone())));
            let mut at = now;
            let mut found = wanted.is_none();
            for _ in 0..100 {
                window.forget(at);
                while let Some(ticket) = queue.next(window.left(), LIMIT, at) {
                    window.take(at).unwrap();
                    window.on_response(at);
                    queue.give_back(&owner[&ticket.0], Some(at));
                    found |= wanted == Some(ticket);
                }
                if found {
                    break;
                }
                at += Duration::from_millis(100);
            }
            prop_assert!(found && at <= now + 2 * SECOND);
            now = at + Duration::from_millis(300);
        }
    }
}
