//! Leases: one holder at a time, and fences that grow.

use std::time::Duration;

use frontdesk::store::Store;
use futures::future::join_all;
use tokio::time::sleep;

use super::{pass, timed};
use crate::databases::{on_each, on_shared};

const LIFE: Duration = Duration::from_secs(30);
const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_lease_has_one_holder_until_it_ends() {
    on_each(async |location| {
        let store = timed(location);
        let take = async |owner| store.take_lease("poll:1", owner, LIFE).await.unwrap();
        let first = take("ann").await.unwrap();
        assert!(first.is_good());
        assert_eq!((take("bob").await, take("ann").await), (None, None), "not even the same owner twice");
        assert!(store.take_lease("poll:2", "bob", LIFE).await.unwrap().is_some(), "another name");
        pass(20).await;
        assert!(!first.is_good(), "the holder stops early");
        assert_eq!(take("bob").await, None);
        pass(10).await;
        let second = take("bob").await.unwrap();
        assert!(second.fence() > first.fence());
        assert_eq!(store.renew_lease(first, LIFE).await.unwrap(), None, "it was taken since");
        pass(15).await;
        let second = store.renew_lease(second, LIFE).await.unwrap().unwrap();
        pass(18).await;
        assert!(second.is_good());
        assert_eq!(take("ann").await, None, "it was renewed");
        let fence = second.fence();
        store.release_lease(second).await.unwrap();
        assert!(take("ann").await.unwrap().fence() > fence);
    })
    .await;
}

/// So it can be short: after a crash nobody waits for long.
#[tokio::test(start_paused = true)]
async fn a_kept_lease_lasts_as_long_as_its_holder_and_hardly_longer() {
    on_shared(async |location| {
        let (store, other) = (timed(location.clone()), timed(location));
        let life = Duration::from_secs(8);
        let keep = async |owner| other.keep_lease("desk", owner, life).await.unwrap();
        let kept = store.keep_lease("desk", "ann", life).await.unwrap().unwrap();
        for _ in 0..12 {
            sleep(5 * SECOND).await;
            assert!(keep("bob").await.is_none(), "it is renewed");
        }
        assert!(kept.renew().await.unwrap());
        drop(kept);
        assert!(keep("bob").await.is_none(), "a process that died gives nothing back");
        sleep(9 * SECOND).await;
        let second = keep("bob").await.expect("it ends by itself");
        second.release().await.unwrap();
        let third = keep("eve").await.expect("it was given back");
        sleep(60 * SECOND).await;
        assert!(third.renew().await.unwrap());
    })
    .await;
}

/// A process that slept through the life of its row must not look like the holder of a new one.
#[tokio::test(start_paused = true)]
async fn a_fence_is_greater_than_that_of_a_removed_row() {
    on_each(async |location| {
        let store = timed(location);
        let first = store.take_lease("desk", "ann", LIFE).await.unwrap().unwrap();
        pass(3 * 24 * 60 * 60).await;
        assert_eq!(store.tidy().await.unwrap().old, 1);
        let second = store.take_lease("desk", "ann", LIFE).await.unwrap().unwrap();
        assert!(second.fence() > first.fence());
        assert_eq!(store.renew_lease(first, LIFE).await.unwrap(), None);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn of_many_replicas_at_once_one_gets_the_lease() {
    on_shared(async |location| {
        let replicas: Vec<_> = (0..8).map(|number| (Store::at(location.clone()), number.to_string())).collect();
        let taken = join_all(replicas.iter().map(|(store, owner)| store.take_lease("desk", owner, LIFE))).await;
        let taken: Vec<_> = taken.into_iter().map(Result::unwrap).collect();
        assert_eq!(taken.iter().flatten().count(), 1, "{taken:?}");
    })
    .await;
}

/// The clock of this process stands at another time, and does not matter.
#[tokio::test(start_paused = true)]
async fn leases_run_on_the_clock_of_the_database() {
    on_each(async |location| {
        let store = Store::at(location);
        assert!(store.take_lease("desk", "ann", LIFE).await.unwrap().is_some());
        pass(24 * 60 * 60).await;
        assert_eq!(store.take_lease("desk", "bob", LIFE).await.unwrap(), None, "this process's time is not asked");
        assert!(store.take_lease("short", "ann", Duration::ZERO).await.unwrap().is_some());
        assert!(store.take_lease("short", "bob", LIFE).await.unwrap().is_some(), "that of the database runs");
    })
    .await;
}
