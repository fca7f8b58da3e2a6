//! The embedded HubSpot as a server of its own: `frontdesk sandbox` with its flags, over real HTTP.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::binary::{frontdesk, http_client, serve, soon, terminate};

const TOKEN: &str = "pat-na1-sandbox";

async fn ask(address: &str, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let request = http_client().request(method.parse().unwrap(), format!("http://{address}{path}")).bearer_auth(TOKEN);
    let request = if let Some(body) = body { request.json(&body) } else { request };
    let answer = soon(request.send()).await.unwrap();
    (answer.status().as_u16(), soon(answer.json()).await.unwrap())
}

async fn how_many(address: &str, object: &str) -> Value {
    let search = json!({"filterGroups": [], "limit": 1});
    let (_, found) = ask(address, "POST", &format!("/crm/v3/objects/{object}/search"), Some(search)).await;
    found["total"].clone()
}

/// Returns the error output of a `frontdesk sandbox` that does not start.
async fn refused(arguments: &[&str]) -> String {
    refused_at("127.0.0.1:0", arguments).await
}

async fn refused_at(bind: &str, arguments: &[&str]) -> String {
    let arguments = [&["sandbox", "--bind", bind], arguments].concat();
    let ended = soon(frontdesk(&arguments).stdin(Stdio::null()).output()).await.unwrap();
    assert!(!ended.status.success());
    String::from_utf8(ended.stderr).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test]
async fn data_survives_a_restart_and_a_broken_file_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("account.json");
    let (mut process, address) = serve("sandbox", &["--data", text(&data)]).await;
    let ada = json!({"properties": {"email": "ada@example.org", "firstname": "Ada"}});
    assert_eq!(ask(&address, "POST", "/crm/objects/2026-09/contacts", Some(ada)).await.0, 201);
    assert!(terminate(&mut process).await.success());

    let (mut process, address) = serve("sandbox", &["--data", text(&data)]).await;
    let (status, found) = ask(&address, "GET", "/crm/v3/objects/contacts/ada@example.org?idProperty=email", None).await;
    assert_eq!((status, &found["properties"]["firstname"]), (200, &json!("Ada")));
    assert!(terminate(&mut process).await.success());

    let broken = fs::read_to_string(&data).unwrap().replacen("\"contacts\"", "contacts", 1);
    fs::write(&data, &broken).unwrap();
    let said = refused(&["--data", text(&data)]).await;
    assert!(said.contains("account.json") && said.contains("line "), "{said}");
    assert_eq!(fs::read_to_string(&data).unwrap(), broken);
    assert_eq!(said.matches("line ").count(), 1, "{said}");
    let nowhere = folder.path().join("no-such-folder").join("account.json");
    assert!(refused(&["--data", text(&nowhere)]).await.contains("cannot write"));
}

/// The app is a server of this test, on a port of its own.
#[tokio::test]
async fn webhooks_reach_an_app_of_this_machine() {
    let (received, mut requests) = mpsc::unbounded_channel();
    let hook = post(async move |headers: HeaderMap, body: Bytes| drop(received.send((headers, body))));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, axum::Router::new().route("/hook", hook)).into_future());
    let (mut process, address) = serve("sandbox", &[]).await;
    let app = json!({
        "client_secret": "s3cret", "target_url": target, "subscriptions": [{"type": "conversation.newMessage"}]
    });
    assert_eq!(ask(&address, "PUT", "/__sandbox/webhooks/2438486", Some(app)).await.0, 200);
    let hello = json!({"channel": "chat", "text": "hello"});
    let (_, written) = ask(&address, "POST", "/__sandbox/conversations/visitor-messages", Some(hello)).await;
    let (headers, body) = soon(requests.recv()).await.unwrap();
    let events: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((&events[0]["messageId"], &events[0]["appId"]), (&written["message_id"], &json!(2_438_486)));
    assert!(headers.contains_key("x-hubspot-signature-v3") && headers.contains_key("x-hubspot-request-timestamp"));
    assert!(target.contains(headers["host"].to_str().unwrap()));
    let log = soon(async {
        loop {
            let (_, log) = ask(&address, "GET", "/__sandbox/webhooks/2438486/deliveries", None).await;
            if log["deliveries"] != json!([]) {
                return log;
            }
        }
    });
    assert_eq!(log.await["deliveries"][0]["detail"], 200);
    assert!(terminate(&mut process).await.success());
}

/// A browser on another site's page reaches this port, under that site's name as well.
#[tokio::test]
async fn web_pages_do_not_reach_the_admin_plane() {
    let (mut process, address) = serve("sandbox", &[]).await;
    let reset = |headers: &[(&'static str, &'static str)]| {
        let request = http_client().post(format!("http://{address}/__sandbox/reset")).body("{}");
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send()
    };
    for headers in [
        &[("origin", "https://evil.example"), ("content-type", "text/plain")][..],
        &[("host", "rebind.evil.example")],
        &[("sec-fetch-site", "cross-site")],
    ] {
        assert_eq!(soon(reset(headers)).await.unwrap().status(), 403, "{headers:?}");
    }
    assert_eq!(soon(reset(&[])).await.unwrap().status(), 200);
    let contacts = |headers: &[(&'static str, &'static str)]| {
        let request = http_client().get(format!("http://{address}/crm/v3/objects/contacts")).bearer_auth(TOKEN);
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send()
    };
    let rebound = [("host", "rebind.evil.example"), ("sec-fetch-site", "same-origin")];
    assert_eq!(soon(contacts(&rebound)).await.unwrap().status(), 403);
    assert_eq!(soon(contacts(&[("host", "hubspot:8700")])).await.unwrap().status(), 200);
    assert!(terminate(&mut process).await.success());
    assert!(refused_at("0.0.0.0:0", &[]).await.contains("--admin-token"));
    assert!(refused_at("0.0.0.0:0", &["--admin-token", "s3cret"]).await.contains("at least 16 characters"));
    assert!(refused_at("127.0.0.1:0", &["--admin-token", ""]).await.contains("--admin-token is empty"));
}

#[tokio::test]
async fn an_admin_token_is_asked_for() {
    let (mut process, address) = serve("sandbox", &["--admin-token", "s3cret"]).await;
    let peaks = || http_client().get(format!("http://{address}/__sandbox/peaks"));
    assert_eq!(soon(peaks().send()).await.unwrap().status(), 401);
    assert_eq!(soon(peaks().header("x-admin-token", "s3cret").send()).await.unwrap().status(), 200);
    assert!(terminate(&mut process).await.success());
}

#[tokio::test]
async fn a_seed_file_is_the_account_to_start_with() {
    let folder = tempfile::tempdir().unwrap();
    let (mut process, address) = serve("sandbox", &["--records", "50"]).await;
    let contacts = how_many(&address, "contacts").await;
    assert!(contacts.as_u64().unwrap() > 50, "{contacts}");
    let state = soon(http_client().get(format!("http://{address}/__sandbox/state")).send()).await.unwrap();
    let seed = folder.path().join("seed.json");
    fs::write(&seed, soon(state.text()).await.unwrap()).unwrap();
    assert!(terminate(&mut process).await.success());

    let (mut process, address) = serve("sandbox", &["--seed", text(&seed), "--search-lag", "0"]).await;
    assert_eq!(how_many(&address, "contacts").await, contacts);
    assert!(terminate(&mut process).await.success());
    assert!(refused(&["--seed", "no-such-file.json"]).await.contains("no-such-file.json"));
}

#[tokio::test]
async fn a_tier_sets_the_limits_that_are_off_otherwise() {
    for (arguments, expected) in [(&[][..], Value::Null), (&["--tier", "free"], json!("free"))] {
        let (_process, address) = serve("sandbox", arguments).await;
        let (_, settings) = ask(&address, "GET", "/__sandbox/settings", None).await;
        assert_eq!((&settings["tier"], &settings["search_lag_ms"]), (&expected, &json!(500)));
    }
}
