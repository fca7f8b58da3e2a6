//! Taskgraph sessions between two steps.

use frontdesk::store::sessions::SESSION_LIFE_MS;
use frontdesk::store::{Location, Store};

use super::{NOW_MS, timed};
use crate::databases::{on_each, on_shared};

#[tokio::test(start_paused = true)]
async fn a_session_survives_a_restart_and_ends() {
    on_shared(async |location| {
        let session = Store::at(location.clone()).begin_session("hubspot", "ann", "{}".into(), NOW_MS).await.unwrap();
        let again = Store::at(location);
        assert_eq!(again.session(&session.id, "ann", NOW_MS + 1).await.unwrap(), Some(session.clone()));
        assert_eq!(again.session(&session.id, "ann", NOW_MS + SESSION_LIFE_MS).await.unwrap(), None);
        assert_eq!(again.session(&session.id, "bob", NOW_MS + 1).await.unwrap(), None, "of another caller");
        assert_eq!(again.session("guessed", "ann", NOW_MS).await.unwrap(), None);
        again.begin_session("hubspot", "ann", "{}".into(), NOW_MS + SESSION_LIFE_MS).await.unwrap();
        assert_eq!(again.session(&session.id, "ann", NOW_MS).await.unwrap(), None, "it is gone, not only hidden");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn of_two_steps_at_once_one_is_taken() {
    on_each(async |location| {
        let store = timed(location);
        let session = store.begin_session("hubspot", "ann", "0".into(), NOW_MS).await.unwrap();
        let first = store.advance_session(session.clone(), "1".into(), NOW_MS + 5).await.unwrap().unwrap();
        assert_eq!(store.advance_session(session.clone(), "2".into(), NOW_MS + 5).await.unwrap(), None);
        assert_eq!(store.session(&session.id, "ann", NOW_MS + 6).await.unwrap().unwrap(), first);
        assert!(store.advance_session(first, "3".into(), NOW_MS + 6).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_file_with_an_odd_name_in_a_new_folder_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let file = Location::File(folder.path().join("deep").join("a ?#%.db"));
    let session = Store::at(file.clone()).begin_session("hubspot", "ann", "{}".into(), NOW_MS).await.unwrap();
    assert!(Store::at(file).session(&session.id, "ann", NOW_MS).await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_file_that_cannot_be_opened_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::at(Location::File(folder.path().to_owned()));
    let error = store.session("x", "", NOW_MS).await.unwrap_err();
    assert!(error.to_string().contains(&folder.path().display().to_string()), "{error}");
}
