//! Conversations that wait for an answer: debounce, order, one holder, and an end to failing attempts.

use std::collections::BTreeSet;
use std::time::Duration;

use frontdesk::store::Store;
use frontdesk::store::conversations::{ATTEMPTS_MAX, ConversationLease, Debounce, Ended};
use futures::future::join_all;

use super::{message, pass, take_in, timed};
use crate::databases::{on_each, on_shared};

const LIFE: Duration = Duration::from_secs(30);
const WAIT: Duration = Duration::from_secs(2);

async fn claim(store: &Store) -> Option<ConversationLease> {
    store.claim_conversation("ann", LIFE).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_burst_is_claimed_once_after_a_quiet_moment() {
    on_each(async |location| {
        let store = timed(location);
        for (number, id) in ["a", "b", "c"].into_iter().enumerate() {
            take_in(&store, &[message("7", id, number as i64)]).await;
            pass(3).await;
            assert_eq!(claim(&store).await, None, "it is not quiet yet");
        }
        pass(1).await;
        let claimed = claim(&store).await.unwrap();
        assert_eq!((claimed.thread.as_str(), claimed.newest_message.as_str(), claimed.attempt), ("7", "c", 1));
        assert_eq!(claim(&store).await, None, "one holder at a time");
        assert_eq!(store.conversation_done(claimed).await.unwrap(), Ended::Done);
        pass(60).await;
        assert_eq!(claim(&store).await, None, "nothing waits");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_burst_without_an_end_is_answered_all_the_same() {
    on_each(async |location| {
        let store = timed(location);
        for second in 0..29 {
            take_in(&store, &[message("7", &second.to_string(), second)]).await;
            assert_eq!(claim(&store).await, None, "{second}");
            pass(1).await;
        }
        take_in(&store, &[message("7", "last", 29)]).await;
        pass(1).await;
        assert_eq!(claim(&store).await.unwrap().newest_message, "last", "thirty seconds after the first");
    })
    .await;
}

/// Events come in any order; the newest is told by HubSpot's time.
#[tokio::test(start_paused = true)]
async fn the_newest_message_is_the_newest_by_its_time() {
    on_each(async |location| {
        let store = timed(location);
        take_in(&store, &[message("7", "b", 20)]).await;
        take_in(&store, &[message("7", "a", 10)]).await;
        pass(4).await;
        assert_eq!(claim(&store).await.unwrap().newest_message, "b");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_arrives_while_it_is_held_makes_it_due_again() {
    on_each(async |location| {
        let store = timed(location);
        take_in(&store, &[message("7", "b", 20)]).await;
        pass(4).await;
        for late in [message("7", "c", 30), message("7", "a", 10)] {
            let held = claim(&store).await.unwrap();
            take_in(&store, &[late]).await;
            pass(10).await;
            assert_eq!(claim(&store).await, None, "the holder is not done");
            assert_eq!(store.conversation_done(held).await.unwrap(), Ended::Again);
        }
        let held = claim(&store).await.unwrap();
        assert_eq!((held.newest_message.as_str(), held.attempt), ("c", 1));
        assert_eq!(store.conversation_done(held).await.unwrap(), Ended::Done);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_dies_is_replaced_and_can_change_nothing_any_more() {
    on_each(async |location| {
        let store = timed(location);
        take_in(&store, &[message("7", "a", 0)]).await;
        pass(4).await;
        let dead = claim(&store).await.unwrap();
        pass(10).await;
        let dead = store.renew_claim(dead).await.unwrap().unwrap();
        assert!(dead.is_good());
        pass(29).await;
        assert!(!dead.is_good());
        assert_eq!(claim(&store).await, None);
        pass(1).await;
        let next = claim(&store).await.unwrap();
        assert!(next.fence() > dead.fence() && next.attempt == 2);
        assert_eq!(store.renew_claim(dead.clone()).await.unwrap(), None);
        assert_eq!(store.conversation_again(dead.clone(), WAIT).await.unwrap(), Ended::Lost);
        assert_eq!(store.conversation_done(dead).await.unwrap(), Ended::Lost);
        assert_eq!(store.conversation_done(next).await.unwrap(), Ended::Done);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_always_fails_is_parked_until_the_next_message() {
    on_each(async |location| {
        let store = timed(location);
        take_in(&store, &[message("7", "a", 0)]).await;
        pass(4).await;
        for attempt in 1..=ATTEMPTS_MAX {
            let held = claim(&store).await.unwrap();
            assert_eq!((held.attempt, held.is_last()), (attempt, attempt == ATTEMPTS_MAX));
            let ended = store.conversation_again(held, WAIT).await.unwrap();
            assert_eq!(ended, if attempt < ATTEMPTS_MAX { Ended::Again } else { Ended::Parked });
            assert_eq!(claim(&store).await, None, "not at once");
            pass(2).await;
        }
        assert_eq!(claim(&store).await, None, "parked");
        take_in(&store, &[message("7", "b", 30)]).await;
        pass(4).await;
        assert_eq!(claim(&store).await.unwrap().attempt, 1);
    })
    .await;
}

/// While HubSpot's quota is short, a conversation comes to nothing again and again: newer ones do not pass it, also if its
/// customer writes more.
#[tokio::test(start_paused = true)]
async fn a_conversation_that_the_quota_stops_keeps_its_place() {
    for (writes_while_held, writes_later) in [(false, false), (true, false), (false, true)] {
        on_each(async |location| {
            let store = timed(location);
            let stopped = async |held, seconds| {
                let wait = Duration::from_secs(seconds);
                let ended = store.conversation_in_its_place(held, wait, Debounce::default()).await;
                assert_eq!(ended.unwrap(), Ended::Again);
            };
            take_in(&store, &[message("7", "a", 0)]).await;
            pass(4).await;
            let held = claim(&store).await.unwrap();
            if writes_while_held {
                take_in(&store, &[message("7", "b", 4)]).await;
            }
            take_in(&store, &[message("8", "a", 4), message("9", "a", 5)]).await;
            stopped(held, 20).await;
            if writes_later {
                take_in(&store, &[message("7", "b", 6)]).await;
            }
            pass(19).await;
            let mut early = BTreeSet::new();
            while let Some(held) = claim(&store).await {
                early.insert(held.thread.clone());
                stopped(held, 10).await;
            }
            assert_eq!(early.into_iter().collect::<Vec<_>>(), ["8", "9"], "the others do not wait for it");
            pass(31).await;
            let first = claim(&store).await.unwrap();
            assert_eq!((first.thread.as_str(), first.attempt), ("7", 1), "{writes_while_held} {writes_later}");
            assert_eq!(store.conversation_done(first).await.unwrap(), Ended::Done);
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn replicas_claim_different_conversations() {
    on_shared(async |location| {
        let stores: Vec<_> = (0..4).map(|_| timed(location.clone())).collect();
        let store = &stores[0];
        let messages: Vec<_> = (0..20).map(|thread| message(&thread.to_string(), "a", 0)).collect();
        take_in(store, &messages).await;
        pass(4).await;
        let claims = join_all((0..24).map(|at| stores[at % 4].claim_conversation("ann", LIFE))).await;
        let claimed: Vec<_> = claims.into_iter().filter_map(Result::unwrap).map(|claim| claim.thread).collect();
        assert_eq!(claimed.len(), 20);
        assert_eq!(claimed.iter().collect::<BTreeSet<_>>().len(), 20);
    })
    .await;
}
