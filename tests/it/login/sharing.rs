//! Processes that share the token of one login through the store.

use std::time::Duration;

use chrono::TimeDelta;
use domain::code::Code;
use frontdesk::login::sharing::StoreSharing;
use frontdesk::store::{Location, Store};
use futures::future::join_all;
use http::Method;
use hubspot_client::{Error, HubSpot};
use hubspot_sandbox::OAUTH_APP_ID;
use hubspot_sandbox::fault::{Effect, Fault};
use secrecy::ExposeSecret;
use serde_json::json;
use tokio::time::advance;

use super::{HeldLogin, hubspot, sandbox, token_requests};
use crate::databases::on_shared;

const PROCESSES: usize = 3;

fn shared(store: &Store) -> Option<Box<dyn hubspot_client::TokenSharing>> {
    Some(Box::new(StoreSharing::new(store.clone())))
}

async fn all_work(processes: &[HubSpot]) {
    let calls = processes.iter().flat_map(|hubspot| [hubspot, hubspot, hubspot]);
    let came = join_all(calls.map(async |hubspot| hubspot.account().details_fresh().await.map(drop))).await;
    assert!(came.iter().all(Result::is_ok), "{came:?}");
}

#[tokio::test(start_paused = true)]
async fn h9_processes_get_one_token_together_and_one_more_when_it_ends() {
    on_shared(async |location| {
        let (sandbox, clock) = sandbox();
        let login = HeldLogin::connect(&sandbox).await;
        // Each process has a handle on the store of its own.
        let process = || hubspot(&sandbox, &login, shared(&Store::timed_by(location.clone(), clock)), clock);
        let processes: Vec<_> = (0..PROCESSES).map(|_| process()).collect();
        sandbox.clear_requests();
        all_work(&processes).await;
        assert_eq!(token_requests(&sandbox), [200]);
        advance(Duration::from_secs(29 * 60)).await;
        all_work(&processes).await;
        assert_eq!(token_requests(&sandbox), [200, 200]);
        // A process that begins now takes the one that is there.
        all_work(&[process()]).await;
        assert_eq!(token_requests(&sandbox), [200, 200]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_token_that_hubspot_refuses_is_replaced_for_all_processes() {
    let (sandbox, clock) = sandbox();
    let store = Store::timed_by(Location::Memory, clock);
    let login = HeldLogin::connect(&sandbox).await;
    let processes: Vec<_> = (0..PROCESSES).map(|_| hubspot(&sandbox, &login, shared(&store), clock)).collect();
    all_work(&processes).await;
    advance(Duration::from_secs(60)).await;
    sandbox.revoke_app(OAUTH_APP_ID);
    login.log_in(&sandbox).await;
    sandbox.clear_requests();
    all_work(&processes).await;
    assert_eq!(token_requests(&sandbox), [200]);
}

/// HubSpot ends tokens before their time, and nobody tells the processes; the newest one of the store is as old.
#[tokio::test(start_paused = true)]
async fn a_shared_token_that_is_refused_is_renewed_by_the_first_call_of_a_new_process() {
    let (sandbox, clock) = sandbox();
    let store = Store::timed_by(Location::Memory, clock);
    let login = HeldLogin::connect(&sandbox).await;
    let process = || hubspot(&sandbox, &login, shared(&store), clock);
    let first = process();
    all_work(std::slice::from_ref(&first)).await;
    sandbox.advance_clock(TimeDelta::minutes(31));
    sandbox.clear_requests();
    let second = process();
    all_work(std::slice::from_ref(&second)).await;
    assert_eq!(token_requests(&sandbox), [200]);
    // The first one still has its own, and then that of the second.
    sandbox.clear_requests();
    all_work(&[first, second]).await;
    assert!(token_requests(&sandbox).is_empty());
}

/// HubSpot ends tokens twice within seconds: whoever has just got one looks for the one that another process has got since.
#[tokio::test(start_paused = true)]
async fn a_process_that_has_just_renewed_takes_the_newer_token_of_another() {
    let (sandbox, clock) = sandbox();
    let store = Store::timed_by(Location::Memory, clock);
    let login = HeldLogin::connect(&sandbox).await;
    let process = || hubspot(&sandbox, &login, shared(&store), clock);
    let [first, second] = [process(), process()];
    all_work(&[first.clone(), second.clone()]).await;
    sandbox.clear_requests();
    for (renewing, count) in [(&first, 1), (&second, 2)] {
        sandbox.advance_clock(TimeDelta::minutes(31));
        all_work(std::slice::from_ref(renewing)).await;
        assert_eq!(token_requests(&sandbox).len(), count, "each gets a new one");
    }
    all_work(&[first.clone(), second.clone()]).await;
    assert_eq!(token_requests(&sandbox), [200, 200], "the first one takes that of the second");
    // Where nobody has another one, the refusal is told, and no process asks again and again.
    sandbox.advance_clock(TimeDelta::minutes(31));
    for process in [&second, &first, &second, &first] {
        let error = process.account().details_fresh().await.unwrap_err();
        assert_eq!(error, Error::LoginNotAccepted);
    }
    assert_eq!(token_requests(&sandbox), [200, 200]);
}

#[tokio::test(start_paused = true)]
async fn a_revoked_login_is_the_same_clear_error_in_all_processes() {
    for seconds in [0, 60] {
        let (sandbox, clock) = sandbox();
        let store = Store::timed_by(Location::Memory, clock);
        let login = HeldLogin::connect(&sandbox).await;
        let processes: Vec<_> = (0..PROCESSES).map(|_| hubspot(&sandbox, &login, shared(&store), clock)).collect();
        all_work(&processes).await;
        advance(Duration::from_secs(seconds)).await;
        sandbox.revoke_app(OAUTH_APP_ID);
        for process in &processes {
            for _ in 0..2 {
                let error = process.account().details_fresh().await.unwrap_err();
                assert_eq!(error, Error::LoginEnded, "{seconds} seconds after the login");
            }
        }
    }
}

/// Nobody with a login reads that a service key would not expire.
#[tokio::test(start_paused = true)]
async fn tokens_that_hubspot_gives_and_refuses_are_not_asked_for_by_every_call() {
    let (sandbox, clock) = sandbox();
    let login = HeldLogin::connect(&sandbox).await;
    let process = hubspot(&sandbox, &login, None, clock);
    all_work(std::slice::from_ref(&process)).await;
    sandbox.clear_requests();
    let refusal = json!({"status": "error", "category": "EXPIRED_AUTHENTICATION", "message": "expired"});
    let refused = Effect::Status { status: 401, body: Some(refusal), headers: vec![] };
    sandbox.inject_fault(Fault::once(refused).times(100).on(&Method::GET, "/account-info"));
    for _ in 0..5 {
        let error = process.account().details_fresh().await.unwrap_err();
        assert_eq!((&error, error.code()), (&Error::LoginNotAccepted, Code::Unauthorized));
        assert!(error.hint().unwrap().contains("frontdesk login"), "{error}");
    }
    assert_eq!(token_requests(&sandbox), [200]);
}

#[tokio::test(start_paused = true)]
async fn the_store_holds_nothing_with_which_hubspot_could_be_reached() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.db");
    let (sandbox, clock) = sandbox();
    let login = HeldLogin::connect(&sandbox).await;
    let store = Store::timed_by(Location::File(path.clone()), clock);
    all_work(&[hubspot(&sandbox, &login, shared(&store), clock)]).await;
    let state: serde_json::Value = serde_json::from_str(&sandbox.snapshot()).unwrap();
    let access: Vec<_> = state["tokens"].as_object().unwrap().keys().filter(|token| token.starts_with('C')).collect();
    assert!(!access.is_empty());
    let mut held = Vec::new();
    for ending in ["", "-wal"] {
        held.extend(std::fs::read(format!("{}{ending}", path.display())).unwrap_or_default());
    }
    let held = String::from_utf8_lossy(&held);
    assert!(held.contains("hubspot-login-"), "the row is there");
    for secret in access.into_iter().map(String::as_str).chain([login.refresh_token().expose_secret()]) {
        assert!(!held.contains(secret));
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_makes_each_process_get_its_own() {
    let (sandbox, clock) = sandbox();
    let login = HeldLogin::connect(&sandbox).await;
    let nowhere = Location::File("/dev/null/desk.db".into());
    let process = hubspot(&sandbox, &login, shared(&Store::timed_by(nowhere, clock)), clock);
    all_work(&[process]).await;
}
