//! Tokens that end: before their time, in the middle of calls, and for good.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use domain::code::Code;
use domain::id::RecordId;
use frontdesk::login::token_file::TokenFile;
use futures::future::join_all;
use http::{Method, Request};
use http_client::{HttpClient, InProcess};
use hubspot_client::{Communication, Error, HubSpot};
use hubspot_sandbox::fault::{Effect, Fault};
use hubspot_sandbox::{OAUTH_APP_ID, Sandbox};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::advance;

use super::{HeldLogin, TOKEN_PATH, hubspot, sandbox, token_requests};

const SARAH: u64 = 84_246_479_604;
const CALLERS: usize = 50;

async fn details(hubspot: &HubSpot) -> Result<u64, Error> {
    hubspot.account().details_fresh().await.map(|account| account.portal_id)
}

async fn many(hubspot: &HubSpot) -> Vec<Result<u64, Error>> {
    join_all((0..CALLERS).map(|_| details(hubspot))).await
}

#[tokio::test(start_paused = true)]
async fn h9_fifty_calls_at_the_end_of_a_token_get_one_new_token() {
    let (sandbox, clock) = sandbox();
    let login = HeldLogin::connect(&sandbox).await;
    let hubspot = hubspot(&sandbox, &login, None, clock);
    sandbox.clear_requests();
    for minutes in [0, 28, 31] {
        advance(Duration::from_secs(minutes * 60)).await;
        let came = many(&hubspot).await;
        assert!(came.iter().all(Result::is_ok), "{came:?}");
        assert_eq!(token_requests(&sandbox), [200], "after {minutes} minutes");
        let refused = sandbox.requests().iter().filter(|sent| sent.status == Some(401)).count();
        assert_eq!(refused, 0, "a token is replaced before HubSpot refuses it");
        sandbox.clear_requests();
    }
    advance(Duration::from_secs(60)).await;
    assert!(details(&hubspot).await.is_ok());
    assert!(token_requests(&sandbox).is_empty(), "a token that lives is used");
}

/// Ends the access token that HubSpot's client has, as nobody tells it.
async fn end_access_tokens(sandbox: &Sandbox, login: &HeldLogin) {
    let kept = login.refresh_token();
    sandbox.revoke_app(OAUTH_APP_ID);
    login.log_in(sandbox).await;
    assert_ne!(kept.expose_secret(), login.refresh_token().expose_secret());
}

#[tokio::test(start_paused = true)]
async fn a_refusal_in_the_middle_renews_once_and_no_call_and_no_write_is_lost() {
    let (sandbox, clock) = sandbox();
    let login = HeldLogin::connect(&sandbox).await;
    let hubspot = hubspot(&sandbox, &login, None, clock);
    details(&hubspot).await.unwrap();
    advance(Duration::from_secs(60)).await;
    end_access_tokens(&sandbox, &login).await;
    sandbox.clear_requests();
    let message = Communication {
        contact: RecordId::from(SARAH),
        body: "Hello".to_owned(),
        at: clock.now(),
        channel_type: "CUSTOM_CHANNEL_CONVERSATION".to_owned(),
    };
    let communications = hubspot.communications();
    let (came, noted) = tokio::join!(many(&hubspot), communications.log(&message));
    assert!(came.iter().all(Result::is_ok), "{came:?}");
    noted.unwrap();
    assert_eq!(token_requests(&sandbox), [200]);
    assert_eq!(sandbox.records("communications").len(), 1, "a write that was refused for its token is sent once more");
    assert!(sandbox.requests().iter().any(|sent| sent.status == Some(401)));
}

#[tokio::test(start_paused = true)]
async fn a_revoked_login_is_one_clear_error_until_a_person_logs_in_again() {
    let (sandbox, clock) = sandbox();
    let login = HeldLogin::connect(&sandbox).await;
    let hubspot = hubspot(&sandbox, &login, None, clock);
    details(&hubspot).await.unwrap();
    sandbox.clear_requests();
    advance(Duration::from_secs(60)).await;
    sandbox.revoke_app(OAUTH_APP_ID);
    for error in many(&hubspot).await.into_iter().map(Result::unwrap_err) {
        assert_eq!((&error, error.code()), (&Error::LoginEnded, Code::Unauthorized));
        assert!(error.hint().unwrap().contains("frontdesk login"), "{error}");
    }
    assert_eq!(token_requests(&sandbox), [400], "HubSpot is asked once, not by each call");
    sandbox.clear_requests();
    assert_eq!(details(&hubspot).await, Err(Error::LoginEnded));
    assert!(sandbox.requests().is_empty(), "nothing is sent for a login that has ended");
    login.log_in(&sandbox).await;
    assert!(details(&hubspot).await.is_ok(), "a new login is used without a restart");
}

#[tokio::test(start_paused = true)]
async fn another_secret_and_no_login_are_told_apart() {
    let (sandbox, clock) = sandbox();
    let login = HeldLogin::connect(&sandbox).await;
    login.hold(login.refresh_token(), "another-secret");
    let error = details(&hubspot(&sandbox, &login, None, clock)).await.unwrap_err();
    assert_eq!((&error, error.code()), (&Error::AppRefused, Code::Unauthorized));
    assert!(error.hint().unwrap().contains("HUBSPOT_CLIENT_SECRET"));
    let error = details(&hubspot(&sandbox, &HeldLogin::default(), None, clock)).await.unwrap_err();
    assert_eq!(error.to_string(), "the login cannot be used: there is none");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_still_lives_serves_while_hubspot_gives_no_other() {
    let (sandbox, clock) = sandbox();
    let login = HeldLogin::connect(&sandbox).await;
    let hubspot = hubspot(&sandbox, &login, None, clock);
    details(&hubspot).await.unwrap();
    sandbox.clear_requests();
    advance(Duration::from_secs(28 * 60 + 30)).await;
    sandbox.inject_fault(Fault::once(Effect::status(503)).times(100).on(&Method::POST, TOKEN_PATH));
    assert!(many(&hubspot).await.iter().all(Result::is_ok));
    assert_eq!(token_requests(&sandbox), [503], "not by each call");
    advance(Duration::from_secs(120)).await;
    assert!(details(&hubspot).await.is_err(), "no token lives longer than HubSpot says");
}

#[tokio::test(start_paused = true)]
async fn the_scopes_of_an_oauth_token_are_told() {
    let (sandbox, clock) = sandbox();
    let login = HeldLogin::connect(&sandbox).await;
    let hubspot = hubspot(&sandbox, &login, None, clock);
    let info = hubspot.account().token_info().await.unwrap();
    assert_eq!(info.portal_id, 44_237_313);
    assert!(info.scopes.contains(&"tickets".to_owned()) && !info.scopes.contains(&"conversations.read".to_owned()));
    let refused = hubspot.conversations().inboxes().await.unwrap_err();
    assert!(matches!(refused, Error::ScopeMissing { .. }), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn a_token_file_that_somebody_renews_is_read_again_when_hubspot_refuses() {
    let (sandbox, clock) = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    fs::write(&path, sandbox.token()).unwrap();
    let http = InProcess(sandbox.router());
    let hubspot = HubSpot::with_tokens(http, Arc::new(TokenFile::new(path.clone())), Default::default(), clock);
    assert!(details(&hubspot).await.is_ok());
    sandbox.set_scopes("pat-na1-renewed", &["tickets"]);
    sandbox.expire_token(sandbox.token(), sandbox.now());
    fs::write(&path, "pat-na1-renewed\n").unwrap();
    assert!(details(&hubspot).await.is_ok());
    sandbox.expire_token("pat-na1-renewed", sandbox.now());
    assert_eq!(details(&hubspot).await, Err(Error::TokenExpired), "the same token is not tried for ever");
    fs::remove_file(&path).unwrap();
    assert!(matches!(details(&hubspot).await, Err(Error::TokenFileUnreadable { .. })));
}

/// HubSpot may give another refresh token with a new access token.
#[tokio::test(start_paused = true)]
async fn another_refresh_token_is_kept() {
    let (sandbox, clock) = sandbox();
    let login = HeldLogin::connect(&sandbox).await;
    let body = serde_json::json!({"access_token": sandbox.token(), "refresh_token": "na1-another", "expires_in": 1800});
    let answer = Effect::Status { status: 200, body: Some(body), headers: vec![] };
    sandbox.inject_fault(Fault::once(answer).on(&Method::POST, TOKEN_PATH));
    details(&hubspot(&sandbox, &login, None, clock)).await.unwrap();
    assert_eq!(login.refresh_token().expose_secret(), "na1-another");
    // What is kept is used from then on: the sandbox does not know it.
    let other: SecretString = login.refresh_token();
    let form = format!("grant_type=refresh_token&refresh_token={}", other.expose_secret());
    let request = Request::post(TOKEN_PATH).body(Bytes::from(form)).unwrap();
    assert_eq!(InProcess(sandbox.router()).send(request).await.unwrap().status(), 400);
}
