//! Erasure: no row of an erased contact or conversation stays, and none comes back by a late event.

use std::time::Duration;

use frontdesk::store::Store;
use frontdesk::store::erasure::{ERASED_KEPT, Erasure};
use frontdesk::store::intake::ArrivalOutcome::{Erased, New, Repeated};
use frontdesk::store::intake::{Arrival, IntakeEffect};
use frontdesk::store::outbox::{NewReply, ReplyEnd, ReplyKind};

use super::{message, pass, take_in, timed};
use crate::databases::on_each;

fn of_contact(contact: &str, arrival: Arrival) -> Arrival {
    let mut arrival = arrival;
    arrival.event.contact = contact.into();
    arrival
}

async fn reply(store: &Store, thread: &str) {
    let reply = NewReply {
        key: format!("reply/{thread}"),
        thread: thread.into(),
        contact: String::new(),
        fence: None,
        kind: ReplyKind::Message,
        digest: String::new(),
    };
    store.begin_reply(reply).await.unwrap();
    let sent = ReplyEnd::Sent { message: format!("ours/{thread}") };
    store.end_reply(&format!("reply/{thread}"), sent).await.unwrap();
}

/// The conversations of which something is stored.
async fn known(store: &Store) -> Vec<String> {
    let mut threads: Vec<_> = store.events_after(0, 100).await.unwrap().into_iter().map(|event| event.thread).collect();
    while let Some(claim) = store.claim_conversation("ann", Duration::ZERO).await.unwrap() {
        threads.push(claim.thread.clone());
        store.conversation_again(claim, Duration::from_secs(60)).await.unwrap();
    }
    for thread in ["1", "2", "3"] {
        threads.extend(store.own_message_ids(thread).await.unwrap().iter().map(|_| thread.to_owned()));
    }
    threads.sort();
    threads.dedup();
    threads
}

#[tokio::test(start_paused = true)]
async fn an_erased_conversation_leaves_no_row_and_does_not_come_back() {
    on_each(async |location| {
        let store = timed(location);
        take_in(&store, &[message("1", "a", 0), message("2", "b", 0)]).await;
        reply(&store, "1").await;
        pass(4).await;
        let held = store.claim_conversation("ann", Duration::from_secs(30)).await.unwrap().unwrap();
        let mut deletion = message("", "", 5);
        deletion.event.key = "conversation.privacyDeletion/digest".into();
        deletion.effect = IntakeEffect::Erases(Erasure::Conversation("1".into()));
        assert_eq!(take_in(&store, &[message("1", "c", 5), deletion.clone()]).await, [New, New]);
        assert_eq!(known(&store).await, ["", "2"], "the deletion itself names nobody");
        assert_eq!(
            take_in(&store, &[message("1", "a", 0), message("1", "d", 9), deletion]).await,
            [Erased, Erased, Repeated]
        );
        if held.thread == "1" {
            assert_eq!(store.renew_claim(held).await.unwrap(), None, "its holder notices");
        }
        assert_eq!(known(&store).await, ["", "2"]);
        pass(ERASED_KEPT.as_secs() + 1).await;
        store.tidy().await.unwrap();
        assert_eq!(take_in(&store, &[message("1", "e", 9)]).await, [New], "the digest is not kept for ever either");
    })
    .await;
}

/// A webhook tells of a message, and a look tells later whose conversation it is.
#[tokio::test(start_paused = true)]
async fn whose_a_conversation_is_may_be_told_later() {
    on_each(async |location| {
        let store = timed(location);
        take_in(&store, &[message("1", "a", 0), message("2", "b", 0), message("3", "c", 0)]).await;
        reply(&store, "1").await;
        let told = [of_contact("77", message("1", "a", 0)), of_contact("78", message("2", "b", 0))];
        assert_eq!(take_in(&store, &told).await, [Repeated, Repeated]);
        store.erase(Erasure::Contact("77".into())).await.unwrap();
        pass(4).await;
        assert_eq!(known(&store).await, ["2", "3"], "with the reply to it");
        // Or only after the contact was erased.
        store.erase(Erasure::Contact("79".into())).await.unwrap();
        assert_eq!(take_in(&store, &[of_contact("79", message("3", "c", 0))]).await, [Erased]);
        assert_eq!(known(&store).await, ["2"]);
        assert_eq!(take_in(&store, &[message("3", "d", 1)]).await, [Erased]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_erased_contact_takes_its_conversations_along() {
    on_each(async |location| {
        let store = timed(location);
        let arrivals =
            [of_contact("77", message("1", "a", 0)), message("2", "b", 0), of_contact("78", message("3", "c", 0))];
        take_in(&store, &arrivals).await;
        // The contact of this message is not told; that of its conversation is known from the first.
        take_in(&store, &[message("1", "d", 1)]).await;
        reply(&store, "1").await;
        pass(4).await;
        store.erase(Erasure::Contact("77".into())).await.unwrap();
        assert_eq!(known(&store).await, ["2", "3"]);
        let late = [message("1", "e", 2), of_contact("77", message("4", "f", 2)), message("2", "g", 2)];
        assert_eq!(take_in(&store, &late).await, [Erased, Erased, New]);
    })
    .await;
}
