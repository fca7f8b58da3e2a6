//! Conversations of the chat page: one change of two, one holder at a time, and none that an erased contact has proved to have.

use std::time::Duration;

use frontdesk::store::Store;
use frontdesk::store::chat_conversations::{ChatChange, ChatExpiry, ChatLease, ChatUse};
use frontdesk::store::erasure::Erasure;

use super::{pass, timed};
use crate::databases::on_each;

const LIFE: Duration = Duration::from_secs(15);
const KEPT: Duration = Duration::from_secs(600);

async fn change(store: &Store, follows: i64, holder: &str, lease: ChatLease) -> Option<i64> {
    change_of(store, "t", "", (follows, holder, lease)).await
}

async fn change_of(
    store: &Store,
    token: &str,
    contact: &str,
    (follows, holder, lease): (i64, &str, ChatLease),
) -> Option<i64> {
    let change = ChatChange {
        token: token.into(),
        follows,
        holder: holder.into(),
        lease,
        keeps_wrote: false,
        contact: contact.into(),
        sealed: format!("{holder} {follows}"),
        kept: KEPT,
    };
    store.change_chat(change).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn of_two_changes_one_is_stored_and_none_while_another_replica_works() {
    on_each(async |location| {
        let store = timed(location);
        let working = ChatLease::Working(LIFE);
        assert_eq!(change(&store, 0, "a", ChatLease::None).await, Some(1));
        assert_eq!(change(&store, 0, "b", ChatLease::None).await, None, "there is one");
        assert_eq!(change(&store, 1, "a", working).await, Some(2));
        assert_eq!(change(&store, 1, "b", working).await, None, "it does not follow");
        assert_eq!(change(&store, 2, "b", working).await, None, "another one works");
        assert_eq!(change(&store, 2, "a", ChatLease::Listening(LIFE)).await, Some(3));
        assert_eq!(change(&store, 3, "b", working).await, Some(4), "a listener gives way");
        assert!(!store.renew_chat("t", "a", LIFE).await.unwrap());
        assert!(store.renew_chat("t", "b", LIFE).await.unwrap());
        pass(16).await;
        assert_eq!(store.chat_version("t", KEPT).await.unwrap().unwrap().use_now, ChatUse::Free);
        assert_eq!(change(&store, 4, "c", working).await, Some(5), "b has been silent for too long");
        assert_eq!(store.chat("t").await.unwrap().unwrap().sealed, "c 4");
        assert!(!store.end_own_chat("t", 4, "b").await.unwrap() && !store.end_own_chat("t", 5, "b").await.unwrap());
        assert!(store.end_own_chat("t", 5, "c").await.unwrap());
        assert_eq!(store.chat("t").await.unwrap(), None);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_has_lost_a_conversation_writes_nothing_in_it() {
    on_each(async |location| {
        let store = timed(location);
        assert_eq!(change(&store, 0, "a", ChatLease::Working(LIFE)).await, Some(1));
        assert!(store.chat_writes("t", "a", LIFE).await.unwrap());
        assert!(store.chat("t").await.unwrap().unwrap().wrote);
        pass(16).await;
        assert!(store.chat_writes("t", "a", LIFE).await.unwrap(), "nobody has taken it");
        pass(16).await;
        assert_eq!(change(&store, 1, "b", ChatLease::Working(LIFE)).await, Some(2));
        assert!(!store.chat_writes("t", "a", LIFE).await.unwrap());
        assert!(!store.chat("t").await.unwrap().unwrap().wrote);
        assert!(store.chat_writes("t", "b", LIFE).await.unwrap());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn conversations_are_forgotten_with_their_age_and_with_their_contact() {
    on_each(async |location| {
        let store = timed(location);
        let begun = (0, "a", ChatLease::None);
        for (token, contact) in [("t", ""), ("u", "7"), ("v", "77")] {
            assert_eq!(change_of(&store, token, contact, begun).await, Some(1));
        }
        store.erase(Erasure::Contact("7".into())).await.unwrap();
        assert_eq!(store.chat("u").await.unwrap(), None);
        pass(500).await;
        assert!(store.chat_version("t", KEPT).await.unwrap().is_some(), "it is used");
        assert_eq!(store.expire_chat("t", 1).await.unwrap(), ChatExpiry::NotYet);
        assert_eq!(store.expire_chat("t", 2).await.unwrap(), ChatExpiry::Gone);
        pass(200).await;
        assert!(store.chat("t").await.unwrap().is_some() && store.chat("v").await.unwrap().is_none());
        assert_eq!(store.expire_chat("v", 1).await.unwrap(), ChatExpiry::Expired);
        store.end_chat("t").await.unwrap();
        assert_eq!(change_of(&store, "w", "", begun).await, Some(1));
        pass(1_300).await;
        assert_eq!(store.tidy().await.unwrap().old, 1, "whoever answered it last is gone");
    })
    .await;
}
