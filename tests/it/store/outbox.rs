//! Replies: noted before they are sent, and never begun twice.

use std::time::Duration;

use frontdesk::store::Store;
use frontdesk::store::outbox::ReplyState::{Confirmed, New, Sent, Unclear};
use frontdesk::store::outbox::{NewReply, OutboxBegin, ReplyEnd, ReplyKind};
use futures::future::join_all;

use super::{message, pass, take_in, timed};
use crate::databases::{on_each, on_shared};

fn reply(key: &str, fence: Option<i64>) -> NewReply {
    NewReply {
        key: key.into(),
        thread: "7".into(),
        contact: String::new(),
        fence,
        kind: ReplyKind::Message,
        digest: "d1".into(),
    }
}

fn sent(message: &str) -> ReplyEnd {
    ReplyEnd::Sent { message: message.into() }
}

async fn begun(store: &Store, key: &str) -> OutboxBegin {
    store.begin_reply(reply(key, None)).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_reply_begins_once() {
    on_each(async |location| {
        let store = timed(location);
        assert_eq!(begun(&store, "a").await, OutboxBegin::First);
        let OutboxBegin::Before(before) = begun(&store, "a").await else { panic!("it was begun") };
        assert_eq!((before.state, before.message, before.digest.as_str()), (New, None, "d1"));
        store.end_reply("a", ReplyEnd::Unclear).await.unwrap();
        assert_eq!(store.replies("7").await.unwrap()[0].state, Unclear);
        store.end_reply("a", sent("m1")).await.unwrap();
        let OutboxBegin::Before(before) = begun(&store, "a").await else { panic!("it was begun") };
        assert_eq!((before.state, before.message.as_deref()), (Sent, Some("m1")));
        for late in [ReplyEnd::Unclear, ReplyEnd::NotSent, sent("m2")] {
            store.end_reply("a", late).await.unwrap();
            assert_eq!(store.own_message_ids("7").await.unwrap(), ["m1"], "its end is known");
        }
        assert_eq!(begun(&store, "b").await, OutboxBegin::First);
        store.end_reply("b", ReplyEnd::NotSent).await.unwrap();
        assert_eq!(begun(&store, "b").await, OutboxBegin::First, "it was not sent, for certain");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_outcome_has_its_time_and_a_refusal_ends_no_doubt() {
    on_each(async |location| {
        let store = timed(location);
        assert_eq!(begun(&store, "a").await, OutboxBegin::First);
        let one = async || store.replies("7").await.unwrap().remove(0);
        assert_eq!(one().await.ended_ms, None);
        for (seconds, end) in [(5, ReplyEnd::Unclear), (60, sent("m1"))] {
            pass(seconds).await;
            store.end_reply("a", end).await.unwrap();
            store.end_reply("a", ReplyEnd::NotSent).await.unwrap();
            let noted = one().await;
            let took_ms = noted.ended_ms.unwrap() - noted.begun_ms;
            assert_eq!(took_ms, if noted.message.is_some() { 65_000 } else { 5_000 }, "{noted:?}");
        }
        assert_eq!(begun(&store, "b").await, OutboxBegin::First);
        store.end_reply("b", ReplyEnd::Unclear).await.unwrap();
        store.end_reply("b", ReplyEnd::Lapsed).await.unwrap();
        assert_eq!(begun(&store, "b").await, OutboxBegin::First, "it does not arrive any more");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn our_own_messages_are_known_and_make_nothing_due() {
    on_each(async |location| {
        let store = timed(location);
        assert_eq!(begun(&store, "a").await, OutboxBegin::First);
        store.end_reply("a", sent("m1")).await.unwrap();
        assert!(store.is_ours("m1").await.unwrap());
        assert!(!store.is_ours("m2").await.unwrap() && !store.is_ours("").await.unwrap());
        assert_eq!(begun(&store, "unsent").await, OutboxBegin::First);
        take_in(&store, &[message("7", "m1", 0)]).await;
        pass(10).await;
        assert_eq!(store.claim_conversation("ann", Duration::from_secs(30)).await.unwrap(), None);
        let states: Vec<_> = store.replies("7").await.unwrap().iter().map(|reply| reply.state).collect();
        assert_eq!(states, [Confirmed, New]);
        take_in(&store, &[message("7", "m2", 1)]).await;
        pass(10).await;
        assert!(store.claim_conversation("ann", Duration::from_secs(30)).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_lost_its_claim_begins_no_reply() {
    on_each(async |location| {
        let store = timed(location);
        let life = Duration::from_secs(30);
        take_in(&store, &[message("7", "a", 0)]).await;
        pass(4).await;
        let dead = store.claim_conversation("ann", life).await.unwrap().unwrap();
        pass(30).await;
        let fenced = |key: &str, fence| store.begin_reply(reply(key, Some(fence)));
        assert_eq!(fenced("late", dead.fence()).await.unwrap(), OutboxBegin::Lost, "its time is over");
        let next = store.claim_conversation("bob", life).await.unwrap().unwrap();
        assert_eq!(fenced("late", dead.fence()).await.unwrap(), OutboxBegin::Lost);
        assert_eq!(fenced("a", next.fence()).await.unwrap(), OutboxBegin::First);
        assert!(matches!(fenced("a", next.fence()).await.unwrap(), OutboxBegin::Before(_)));
        assert_eq!(store.replies("7").await.unwrap().len(), 1, "nothing was noted of what was lost");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn of_many_replicas_at_once_one_begins_a_reply() {
    on_shared(async |location| {
        let stores: Vec<_> = (0..6).map(|_| Store::at(location.clone())).collect();
        let begun = join_all(stores.iter().map(|store| begun(store, "a"))).await;
        assert_eq!(begun.iter().filter(|begun| **begun == OutboxBegin::First).count(), 1, "{begun:?}");
    })
    .await;
}
