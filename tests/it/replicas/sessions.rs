//! Sessions before 2026-07-28 live at one replica, which their ids name.

use frontdesk::store::Location;
use reqwest::StatusCode;
use serde_json::Value;

use super::House;
use crate::http::{ALL, TestServer, list};

async fn serving(replica: Option<&str>) -> TestServer {
    let server = House::at(Location::Memory).replica();
    let replica = replica.map(str::to_owned);
    TestServer::serving(server, |settings| {
        settings.replica = replica;
        settings.auth_token = Some(ALL.into());
    })
    .await
}

#[tokio::test]
async fn a_session_of_another_replica_is_refused_with_its_name() {
    let (one, other) = (serving(Some("east-1")).await, serving(Some("east-2")).await);
    let session = one.session(ALL).await;
    assert!(session.starts_with("east-1."), "{session}");
    assert!(one.ask(ALL, &session, &list()).await["result"]["tools"].is_array());
    let batch = Value::from(vec![list()]);
    for message in [&list(), &batch] {
        let refused = other.post(ALL, Some(&session), message).await;
        assert_eq!(refused.status(), StatusCode::NOT_FOUND, "with which a client opens a new session");
        let refused: Value = refused.json().await.unwrap();
        assert_eq!(refused["code"], "SESSION_ELSEWHERE");
        let said = refused["message"].as_str().unwrap();
        assert!(said.contains("`east-1`") && said.contains("`east-2`"), "{said}");
    }
    let ended = other.client.delete(other.url("/mcp")).bearer_auth(ALL).header("mcp-session-id", &session);
    assert_eq!(ended.send().await.unwrap().status(), StatusCode::NOT_FOUND);
    assert!(one.ask(ALL, &session, &list()).await["result"]["tools"].is_array(), "it goes on where it lives");
    // The old transport names its replica too.
    let messages = other.client.post(other.url(&format!("/messages?session_id={session}"))).bearer_auth(ALL);
    let refused: Value = messages.json(&list()).send().await.unwrap().json().await.unwrap();
    assert_eq!(refused["code"], "SESSION_ELSEWHERE");
    let ended = one.client.delete(one.url("/mcp")).bearer_auth(ALL).header("mcp-session-id", &session);
    assert!(ended.send().await.unwrap().status().is_success());
    assert_eq!(one.post(ALL, Some(&session), &list()).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_process_alone_names_none() {
    let alone = serving(None).await;
    let session = alone.session(ALL).await;
    assert!(!session.contains('.'), "{session}");
}
