//! Opening a store: of an older program, of a newer one, by several processes at once, and one that cannot be reached.

use std::time::Duration;

use frontdesk::store::conversations::Ended;
use frontdesk::store::intake::ArrivalOutcome;
use frontdesk::store::schema::Fit;
use frontdesk::store::{Error, Location, Store};
use futures::future::join_all;

use crate::databases::{execute, on_shared, url};

#[tokio::test(start_paused = true)]
async fn several_processes_may_open_a_new_store_at_once() {
    on_shared(async |location| {
        let stores: Vec<_> = (0..6).map(|_| Store::at(location.clone())).collect();
        let opened = join_all(stores.iter().map(Store::open)).await;
        assert_eq!(opened, vec![Ok(()); 6]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_newer_store_is_used_unless_it_says_otherwise() {
    on_shared(async |location| {
        Store::at(location.clone()).open().await.unwrap();
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
            SELECT 999, 'newer', success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1";
        execute(url(&location), newer.to_owned()).await;
        Store::at(location.clone()).open().await.unwrap();
        let incompatible = "UPDATE store_meta SET number = 999 WHERE name = 'oldest_reader'";
        execute(url(&location), incompatible.to_owned()).await;
        let refused = Store::at(location.clone()).open().await.unwrap_err();
        assert!(matches!(&refused, Error::TooNew { needs: 999, .. }), "{refused}");
        assert!(refused.to_string().contains("update this program"), "{refused}");
    })
    .await;
}

/// The tables that came after the first release.
const TABLES_SINCE: [&str; 23] = [
    "store_meta",
    "lease",
    "event",
    "conversation",
    "outbox",
    "poller",
    "erased",
    "handoff_channel",
    "handoff_account",
    "handoff_session",
    "handoff_event",
    "shared_token",
    "autopilot_thread",
    "autopilot_switch",
    "autopilot_count",
    "autopilot_unanswered",
    "quota",
    "single_use",
    "write_count",
    "shared_key",
    "resource_change",
    "idempotent_call",
    "chat_conversation",
];

/// A newer release has added a column to every table: an older one that runs goes on with all of them, and so does one that
/// starts, until the newer release contracts.
#[tokio::test(start_paused = true)]
async fn two_releases_share_the_tables_until_one_contracts() {
    on_shared(async |location| {
        let older = super::timed(location.clone());
        assert_eq!(super::take_in(&older, &[super::message("7", "m1", 0)]).await, [ArrivalOutcome::New]);
        assert_eq!(older.schema().await.unwrap().fit(), Fit::Good);
        for table in TABLES_SINCE.iter().chain(&["taskgraph_session"]) {
            let expand = format!("ALTER TABLE {table} ADD COLUMN later TEXT NOT NULL DEFAULT ''");
            execute(url(&location), expand).await;
        }
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
            SELECT 999, 'newer', success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1";
        execute(url(&location), newer.to_owned()).await;
        for store in [older.clone(), super::timed(location.clone())] {
            assert_eq!(super::take_in(&store, &[super::message("7", "m1", 0)]).await, [ArrivalOutcome::Repeated]);
            works(&store).await;
            let schema = store.schema().await.unwrap();
            assert_eq!((schema.version, schema.fit()), (999, Fit::Good));
        }
        let contract = "UPDATE store_meta SET number = 999 WHERE name = 'oldest_reader'";
        execute(url(&location), contract.to_owned()).await;
        assert_eq!(older.schema().await.unwrap().fit(), Fit::TooNew, "one that runs knows it");
        assert!(matches!(Store::at(location).open().await, Err(Error::TooNew { needs: 999, .. })));
    })
    .await;
}

/// Uses tables of every kind of work.
async fn works(store: &Store) {
    let life = Duration::from_secs(60);
    super::pass(100).await;
    let claim = store.claim_conversation("one", life).await.unwrap().expect("it is due");
    assert_eq!(store.conversation_postponed(claim, Duration::ZERO).await.unwrap(), Ended::Again);
    let lease = store.take_lease("poll:1", "one", life).await.unwrap().expect("it is free");
    store.begin_poller("1", 1).await.unwrap();
    assert!(store.advance_poller("1", 5, &lease).await.unwrap());
    assert_eq!(store.held_leases().into_iter().collect::<Vec<_>>(), [("poll".to_owned(), 1)]);
    store.release_lease(lease).await.unwrap();
    assert!(store.held_leases().is_empty());
    assert!(store.replies("7").await.unwrap().is_empty());
    assert!(store.open_handoffs().await.unwrap().is_empty());
    store.begin_session("hubspot", "ann", "{}".into(), super::NOW_MS).await.unwrap();
    store.tidy().await.unwrap();
}

/// The first release had one table.
#[tokio::test(start_paused = true)]
async fn a_store_of_the_first_release_is_brought_up_to_date() {
    on_shared(async |location| {
        let opened = Store::at(location.clone());
        let session = opened.begin_session("hubspot", "ann", "{}".into(), super::NOW_MS).await.unwrap();
        for table in TABLES_SINCE {
            execute(url(&location), format!("DROP TABLE {table}")).await;
        }
        execute(url(&location), "DELETE FROM _sqlx_migrations WHERE version > 1".to_owned()).await;
        let again = Store::at(location);
        assert_eq!(again.newest_event().await.unwrap(), 0);
        assert_eq!(again.session(&session.id, "ann", super::NOW_MS).await.unwrap(), Some(session));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_not_there_is_named_without_its_login() {
    let location = Location::read("postgres://desk:s3cret-pw@127.0.0.1:1/frontdesk".as_ref()).unwrap();
    let error = Store::at(location).open().await.unwrap_err().to_string();
    assert!(error.contains("postgres://127.0.0.1:1/frontdesk"), "{error}");
    assert!(!error.contains("s3cret") && !error.contains("desk:"), "{error}");
}
