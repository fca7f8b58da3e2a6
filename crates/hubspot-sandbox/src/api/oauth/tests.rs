//! The flow of a person who connects an app, and the ways in which it goes wrong.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::model::app::{CLIENT_ID, CLIENT_SECRET, OAUTH_APP_ID};
use crate::test_client::{Client, Reply, client};

const REDIRECT: &str = "http://localhost:8790/oauth/callback";
/// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const DANIEL: &str = "9586611";
const TOKEN: &str = "/oauth/2026-09/token";

fn anonymous() -> Client {
    client().with_token("")
}

fn query(changes: &[(&str, &str)]) -> String {
    let usual = [
        ("client_id", CLIENT_ID),
        ("redirect_uri", REDIRECT),
        ("scope", "oauth tickets crm.objects.contacts.read"),
        ("state", "s&\"1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let changed = |(name, value)| (name, changes.iter().find(|(one, _)| *one == name).map_or(value, |(_, new)| *new));
    let others = changes.iter().filter(|(name, _)| !usual.iter().any(|(known, _)| known == name)).copied();
    serde_urlencoded::to_string(usual.map(changed).into_iter().chain(others).collect::<Vec<_>>()).unwrap()
}

async fn form(client: &Client, path: &str, fields: &[(&str, &str)]) -> Reply {
    let body = serde_urlencoded::to_string(fields).unwrap();
    client.send_as("application/x-www-form-urlencoded", Method::POST, path, body).await
}

/// Presses a button of the page and returns the parameters that the app gets.
async fn decide(client: &Client, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let reply =
        client.send_as("application/x-www-form-urlencoded", Method::POST, "/oauth/authorize", query(changes)).await;
    assert_eq!(reply.status, 302, "{}", reply.text);
    let (target, parameters) = reply.header("location").unwrap().split_once('?').unwrap();
    assert_eq!(target, REDIRECT);
    serde_urlencoded::from_str(parameters).unwrap()
}

async fn code(client: &Client) -> String {
    let got = decide(client, &[("decision", "connect"), ("user_id", DANIEL)]).await;
    assert_eq!((got[0].0.as_str(), &got[1]), ("code", &("state".to_owned(), "s&\"1".to_owned())));
    got[0].1.clone()
}

fn exchange(code: &str) -> [(&str, &str); 6] {
    [
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("redirect_uri", REDIRECT),
        ("code", code),
        ("code_verifier", VERIFIER),
    ]
}

async fn connected(client: &Client) -> Value {
    let code = code(client).await;
    form(client, TOKEN, &exchange(&code)).await.expect(200)
}

fn refresh(token: &str) -> [(&str, &str); 4] {
    [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("refresh_token", token),
    ]
}

fn of_token(token: &str) -> [(&str, &str); 3] {
    [("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET), ("token", token)]
}

#[tokio::test(start_paused = true)]
async fn the_page_asks_a_person_without_script_and_repeats_the_question() {
    let page = anonymous().get(&format!("/oauth/authorize?{}", query(&[("optional_scope", "files nonsense")]))).await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html;charset=utf-8")));
    for part in [
        "Connect Front desk to HubSpot",
        "<strong id=\"account\">44237313</strong>",
        "<li><code>crm.objects.contacts.read</code></li>",
        "<li><code>files</code></li>",
        "name=\"state\" value=\"s&amp;&quot;1\"",
        "<option value=\"9586611\">Daniel Ortiz (daniel.ortiz@richtech.example)</option>",
        "name=\"decision\" value=\"connect\" id=\"connect\">Connect app</button>",
        "name=\"decision\" value=\"cancel\" id=\"cancel\">Cancel</button>",
    ] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert!(
        !page.text.contains("<script") && !page.text.contains("<code>nonsense") && !page.text.contains(CLIENT_SECRET)
    );
    assert!(page.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
}

#[tokio::test(start_paused = true)]
async fn a_question_that_cannot_be_asked_sends_nobody_anywhere() {
    let client = anonymous();
    for (changes, problem) in [
        (("client_id", "unknown"), "client ID"),
        (("redirect_uri", "http://localhost:8790/other"), "redirect URL"),
        (("redirect_uri", "https://evil.example/"), "redirect URL"),
        (("scope", "oauth <b>nuclear"), "scope mismatch between the install URL and the app: &lt;b&gt;nuclear"),
        (("scope", ""), "no scope"),
        (("code_challenge_method", "plain"), "code challenge"),
        (("code_challenge", "short"), "code challenge"),
        (("response_type", "token"), "response type"),
    ] {
        let query = query(&[changes, ("decision", "connect")]);
        for reply in [
            client.get(&format!("/oauth/authorize?{query}")).await,
            client.send_as("application/x-www-form-urlencoded", Method::POST, "/oauth/authorize", query.clone()).await,
        ] {
            assert_eq!((reply.status, reply.header("location")), (400, None), "{changes:?}");
            assert!(reply.text.contains(problem), "{changes:?}: {}", reply.text);
        }
    }
    assert_eq!(client.get(&format!("/oauth/1/authorize?{}", query(&[]))).await.status, 400);
    assert_eq!(client.get(&format!("/oauth/44237313/authorize?{}", query(&[]))).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn who_cancels_is_sent_back_without_a_code() {
    let got = decide(&anonymous(), &[("decision", "cancel")]).await;
    assert_eq!((got[0].0.as_str(), got[0].1.as_str()), ("error", "access_denied"));
    assert!(got.iter().any(|(name, value)| name == "state" && value == "s&\"1"));
    assert!(!got.iter().any(|(name, _)| name == "code"));
}

#[tokio::test(start_paused = true)]
async fn a_code_becomes_tokens_with_the_scopes_that_were_asked_for() {
    let client = anonymous();
    let tokens = connected(&client).await;
    assert_eq!(
        (&tokens["token_type"], &tokens["expires_in"], &tokens["hub_id"]),
        (&json!("bearer"), &json!(1800), &json!(44_237_313))
    );
    assert_eq!(tokens["scopes"], json!(["crm.objects.contacts.read", "oauth", "tickets"]));
    assert!(tokens["refresh_token"].as_str().unwrap().starts_with("na1-"));
    let own = client.with_token(tokens["access_token"].as_str().unwrap());
    own.get("/crm/v3/objects/contacts").await.expect(200);
    assert_eq!(own.get("/crm/v3/owners").await.expect(403)["category"], "MISSING_SCOPES");
}

#[tokio::test(start_paused = true)]
async fn an_access_token_lives_half_an_hour_and_a_refresh_token_goes_on() {
    let client = anonymous();
    let tokens = connected(&client).await;
    client.sandbox.advance_clock(TimeDelta::minutes(30));
    let old = client.with_token(tokens["access_token"].as_str().unwrap());
    assert_eq!(old.get("/crm/v3/objects/contacts").await.expect(401)["category"], "EXPIRED_AUTHENTICATION");
    let kept = tokens["refresh_token"].as_str().unwrap();
    for path in [TOKEN, "/oauth/2026-03/token", "/oauth/v3/token", "/oauth/v1/token"] {
        let fresh = form(&client, path, &refresh(kept)).await.expect(200);
        assert_eq!(fresh["refresh_token"], kept);
        client.with_token(fresh["access_token"].as_str().unwrap()).get("/crm/v3/objects/contacts").await.expect(200);
    }
    let fewer = [&refresh(kept)[..], &[("scope", "tickets")]].concat();
    assert_eq!(form(&client, TOKEN, &fewer).await.expect(200)["scopes"], json!(["tickets"]));
    let more = [&refresh(kept)[..], &[("scope", "files")]].concat();
    assert_eq!(form(&client, TOKEN, &more).await.expect(400)["error"], "invalid_scope");
}

#[tokio::test(start_paused = true)]
async fn a_code_is_good_once_for_its_own_app_address_and_verifier() {
    let client = anonymous();
    let first = code(&client).await;
    for (field, value, status) in [
        ("code", "na1-unknown", "BAD_AUTH_CODE"),
        ("redirect_uri", "http://localhost:8790/", "MISMATCH_REDIRECT_URI_AUTH_CODE"),
        ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl", "BAD_CODE_VERIFIER"),
        ("code_verifier", "", "BAD_CODE_VERIFIER"),
        ("client_id", "unknown", "BAD_CLIENT_ID"),
        ("client_secret", "wrong", "BAD_CLIENT_SECRET"),
        ("grant_type", "password", "BAD_GRANT_TYPE"),
    ] {
        let fields = exchange(&first).map(|(name, old)| (name, if name == field { value } else { old }));
        let refused = form(&client, TOKEN, &fields).await.expect(400);
        assert_eq!(refused["status"], status, "{field}");
        assert_eq!(refused["message"], refused["error_description"]);
        assert!(refused["correlationId"].is_string() && refused["error"].is_string());
    }
    form(&client, TOKEN, &exchange(&first)).await.expect(200);
    assert_eq!(form(&client, TOKEN, &exchange(&first)).await.expect(400)["status"], "BAD_AUTH_CODE");
    let late = code(&client).await;
    client.sandbox.advance_clock(TimeDelta::minutes(2));
    assert_eq!(form(&client, TOKEN, &exchange(&late)).await.expect(400)["status"], "EXPIRED_AUTH_CODE");
}

#[tokio::test(start_paused = true)]
async fn a_token_is_introspected_with_a_form() {
    let client = anonymous();
    let tokens = connected(&client).await;
    let (access, kept) = (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    for (token, token_use) in [("pat-na1-sandbox", "access_token"), (access, "access_token"), (kept, "refresh_token")] {
        for path in ["/oauth/2026-09/token/introspect", "/oauth/v3/token/introspect"] {
            let info = form(&client, path, &of_token(token)).await.expect(200);
            assert_eq!((&info["active"], &info["token_use"]), (&json!(true), &json!(token_use)));
            assert!(info["hub_id"].is_number());
        }
    }
    let info = form(&client, "/oauth/2026-09/token/introspect", &of_token(access)).await.expect(200);
    assert_eq!((&info["user"], &info["app_id"]), (&json!("daniel.ortiz@richtech.example"), &json!(OAUTH_APP_ID)));
    let other = form(&client, "/oauth/2026-09/token/introspect", &of_token("other")).await.expect(200);
    assert_eq!(other, json!({"active": false}));
    form(&client, "/oauth/2026-09/token/introspect", &[("token", access)]).await.expect(400);
}

#[tokio::test(start_paused = true)]
async fn the_first_version_has_the_token_in_its_path() {
    let client = anonymous();
    let info = client.get("/oauth/v1/access-tokens/pat-na1-sandbox").await.expect(200);
    assert_eq!(info["user"], "veronica.chen@richtech.example");
    assert_eq!(info["hub_domain"], "richtech.example");
    client.get("/oauth/v1/access-tokens/other").await.expect(404);
    let tokens = connected(&client).await;
    let path = format!("/oauth/v1/refresh-tokens/{}", tokens["refresh_token"].as_str().unwrap());
    let info = client.get(&path).await.expect(200);
    assert_eq!((&info["client_id"], &info["user_id"]), (&json!(CLIENT_ID), &json!(9_586_611)));
    assert_eq!(client.delete(&path).await.status, 204);
    client.get(&path).await.expect(404);
    client.delete(&path).await.expect(404);
    let own = client.with_token(tokens["access_token"].as_str().unwrap());
    own.get("/crm/v3/objects/contacts").await.expect(200);
}

#[tokio::test(start_paused = true)]
async fn a_revoked_token_ends_and_an_unknown_one_is_no_error() {
    let client = anonymous();
    let tokens = connected(&client).await;
    let (access, kept) = (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    for (path, token) in [("/oauth/2026-09/token/revoke", access), ("/oauth/v3/token/revoke", "unknown")] {
        assert_eq!(form(&client, path, &of_token(token)).await.status, 204);
    }
    let ended = client.with_token(access).get("/crm/v3/objects/contacts").await.expect(401);
    assert_eq!(ended["category"], "EXPIRED_AUTHENTICATION");
    form(&client, TOKEN, &refresh(kept)).await.expect(200);
    assert_eq!(form(&client, "/oauth/2026-09/token/revoke", &of_token(kept)).await.status, 204);
    let refused = form(&client, TOKEN, &refresh(kept)).await.expect(400);
    assert_eq!((&refused["error"], &refused["status"]), (&json!("invalid_grant"), &json!("BAD_REFRESH_TOKEN")));
}

#[tokio::test(start_paused = true)]
async fn the_info_on_a_private_apps_token_lists_its_scopes_and_refuses_others() {
    let client = anonymous();
    let path = "/oauth/v2/private-apps/get/access-token-info";
    let info = client.post(path, json!({"tokenKey": "pat-na1-sandbox"})).await.expect(200);
    assert_eq!((&info["hubId"], &info["appId"]), (&json!(44_237_313), &json!(8_190_657)));
    assert!(info["scopes"].as_array().unwrap().contains(&json!("tickets")));
    client.post(path, json!({"tokenKey": "pat-na1-other"})).await.expect(401);
    let access = connected(&client).await["access_token"].clone();
    client.post(path, json!({"tokenKey": access})).await.expect(404);
}

#[tokio::test(start_paused = true)]
async fn apps_are_listed_added_and_uninstalled_by_the_admin_plane() {
    let client = anonymous();
    let app = json!({"name": "Desk <2>", "client_id": "c2", "client_secret": "s2", "redirect_uris": [REDIRECT], "scopes": ["oauth"]});
    client.put("/__sandbox/apps/7", app.clone()).await.expect(200);
    client.put("/__sandbox/apps/8", app).await.expect(400);
    let page = client.get(&format!("/oauth/authorize?{}", query(&[("client_id", "c2"), ("scope", "oauth")]))).await;
    assert!(page.text.contains("Connect Desk &lt;2&gt; to HubSpot"), "{}", page.text);
    let tokens = connected(&client).await;
    let listed = client.get("/__sandbox/apps").await.expect(200);
    let grants: Vec<_> = listed["apps"].as_array().unwrap().iter().map(|app| (&app["appId"], &app["grants"])).collect();
    assert_eq!(grants, [(&json!(OAUTH_APP_ID), &json!(1)), (&json!(7), &json!(0))]);
    let revoked = client.post(&format!("/__sandbox/apps/{OAUTH_APP_ID}/revoke"), json!({})).await.expect(200);
    assert_eq!(revoked["revoked"], 1);
    client.with_token(tokens["access_token"].as_str().unwrap()).get("/crm/v3/objects/contacts").await.expect(401);
    form(&client, TOKEN, &refresh(tokens["refresh_token"].as_str().unwrap())).await.expect(400);
}

#[tokio::test(start_paused = true)]
async fn apps_and_logins_survive_a_snapshot() {
    let client = anonymous();
    let tokens = connected(&client).await;
    let snapshot = client.sandbox.snapshot();
    client.sandbox.reset();
    let kept = tokens["refresh_token"].as_str().unwrap();
    form(&client, TOKEN, &refresh(kept)).await.expect(400);
    client.sandbox.restore(&snapshot).unwrap();
    assert_eq!(client.sandbox.snapshot(), snapshot);
    form(&client, TOKEN, &refresh(kept)).await.expect(200);
    client.with_token(tokens["access_token"].as_str().unwrap()).get("/crm/v3/objects/contacts").await.expect(200);
}
