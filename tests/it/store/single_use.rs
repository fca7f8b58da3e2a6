//! Values that are good once, and calls that name a contact who is erased.

use std::time::Duration;

use frontdesk::store::Store;
use frontdesk::store::erasure::Erasure;
use frontdesk::store::idempotent_calls::{CallBegin, CallEnd, NewCall};
use frontdesk::store::single_use::{SingleUse, UseOutcome};

use super::{pass, timed};
use crate::databases::on_each;

async fn used(store: &Store, owner: &str, value: &str, by: &str) -> UseOutcome {
    let used = SingleUse {
        owner: owner.into(),
        value: value.into(),
        by: by.into(),
        life: Duration::from_secs(600),
        repeat: Duration::from_secs(60),
        of_owner_max: 2,
    };
    store.use_once(used).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_value_is_good_once_for_each_owner_until_its_end() {
    on_each(async |location| {
        let store = timed(location);
        let used = async |owner, value, by| used(&store, owner, value, by).await;
        assert_eq!(used("ann", "1", "here").await, UseOutcome::First);
        assert_eq!(used("ann", "1", "there").await, UseOutcome::Again);
        assert_eq!(used("ann", "1", "here").await, UseOutcome::Repeat);
        assert_eq!(used("bob", "1", "here").await, UseOutcome::First);
        pass(61).await;
        assert_eq!(used("ann", "1", "here").await, UseOutcome::Again, "too late for a repeat");
        assert_eq!(used("ann", "2", "here").await, UseOutcome::First);
        assert_eq!(used("ann", "3", "here").await, UseOutcome::TooMany);
        assert_eq!(used("bob", "3", "here").await, UseOutcome::First, "each has places of its own");
        pass(540).await;
        assert_eq!(used("ann", "3", "here").await, UseOutcome::First, "the first has ended");
        pass(600).await;
        assert_eq!(store.tidy().await.unwrap().old, 4);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_answers_of_calls_are_erased_with_their_contact() {
    on_each(async |location| {
        let store = timed(location);
        let life = Duration::from_secs(30);
        let call =
            |key: &str| NewCall { key: key.into(), caller: "ann".into(), request: "r".into(), holder: "h".into() };
        for (key, contact) in [("a", "7"), ("b", "77")] {
            assert_eq!(store.begin_call(call(key), life).await.unwrap(), CallBegin::First);
            let outcome = format!("{{\"answer\":{{\"contact_id\":\"{contact}\"}}}}");
            store.end_call(key, "h", CallEnd::Answered { outcome }).await.unwrap();
        }
        store.erase(Erasure::Contact("7".into())).await.unwrap();
        assert_eq!(store.begin_call(call("a"), life).await.unwrap(), CallBegin::First);
        assert!(matches!(store.begin_call(call("b"), life).await.unwrap(), CallBegin::Answered { .. }));
    })
    .await;
}
