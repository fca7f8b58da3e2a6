//! Opening a store: of an older program, of a newer one, by several processes at once, and one that cannot be reached.

use frontdesk::store::{Error, Location, Store};
use futures::future::join_all;

use crate::databases::{execute, on_shared};

fn url(location: &Location) -> String {
    match location {
        Location::Memory => unreachable!("it is not shared"),
        Location::File(path) => format!("sqlite://{}?mode=rwc", path.display()),
        Location::Postgres(url) => {
            let server = std::env::var("FRONTDESK_TEST_PG_URL").unwrap();
            let (_, name) = format!("{url:?}").rsplit_once('/').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
            format!("{}/{name}", server.rsplit_once('/').unwrap().0)
        }
    }
}

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
const TABLES_SINCE: [&str; 17] = [
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
];

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
