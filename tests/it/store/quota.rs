//! The ledger of an account's quota: one change after another, on the database's clock.

use frontdesk::store::Store;
use futures::future::join_all;

use super::{NOW_MS, pass, timed};
use crate::databases::{on_each, on_shared};

/// Adds one to the number that is the ledger's text.
async fn count(store: &Store, account: &str) -> u64 {
    let next = |text: &str, _: i64| {
        let next = text.parse().unwrap_or(0_u64) + 1;
        (next.to_string(), next)
    };
    store.change_quota(account, next).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_ledger_begins_empty_and_each_account_has_its_own() {
    on_each(async |location| {
        let store = timed(location);
        assert_eq!((count(&store, "a").await, count(&store, "a").await, count(&store, "b").await), (1, 2, 1));
        pass(5).await;
        let now = store.change_quota("a", |text, now_ms| (text.to_owned(), now_ms)).await.unwrap();
        assert_eq!(now, NOW_MS + 5_000);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn replicas_change_a_ledger_one_after_another() {
    on_shared(async |location| {
        let replicas: Vec<_> = (0..4).map(|_| Store::at(location.clone())).collect();
        let all = (0..12).flat_map(|_| &replicas).map(|replica| count(replica, "a"));
        let mut counted = join_all(all).await;
        counted.sort_unstable();
        assert_eq!(counted, (1..=48).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_clock_is_the_databases() {
    on_shared(async |location| {
        let (one, two) = (Store::at(location.clone()), Store::at(location));
        let now = async |store: &Store| store.change_quota("a", |text, now| (text.to_owned(), now)).await.unwrap();
        let (first, second) = (now(&one).await, now(&two).await);
        assert!(first > 1_700_000_000_000 && second >= first && second < first + 60_000, "{first} {second}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_nobody_uses_is_removed() {
    on_each(async |location| {
        let store = timed(location);
        count(&store, "a").await;
        pass(23 * 60 * 60).await;
        assert_eq!(store.tidy().await.unwrap().old, 0);
        pass(2 * 60 * 60).await;
        assert_eq!((store.tidy().await.unwrap().old, count(&store, "a").await), (1, 1));
    })
    .await;
}
