//! Requests over HTTP that clients send although MCP has them send others, and batches of 2025-03-26.

use futures::future::join_all;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::http::{Events, TestServer, answer, call, hello, list};
use crate::raw_client::RawClient;
use crate::world::World;

const BOTH: &str = "application/json, text/event-stream";

fn sarah(id: i64) -> Value {
    let mut call = call("find_contact_by_email", json!({"email": "sarah@gmail.com"}));
    call["id"] = id.into();
    call
}

fn is_sarah(answer: &Value) -> bool {
    answer["result"]["structuredContent"]["contact_id"] == "84246479604"
}

fn post(server: &TestServer, body: impl Into<Vec<u8>>) -> RequestBuilder {
    server.client.post(server.url("/mcp")).header("content-type", "application/json").body(body.into())
}

async fn send(request: RequestBuilder) -> Response {
    request.send().await.unwrap()
}

#[tokio::test]
async fn finding_f9_wildcards_and_no_accept_header_at_all_are_accepted_in_every_revision() {
    let server = TestServer::open(|_| {}).await;
    let accepted = [
        Some("*/*"),
        None,
        Some("application/json, text/plain, */*"),
        Some("text/*, application/*"),
        Some("application/*"),
        Some("text/*;q=0.5"),
    ];
    for version in ["2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"] {
        for accept in accepted {
            let request = |message: &Value| {
                let request = post(&server, message.to_string()).header("mcp-protocol-version", version);
                let method = message["method"].as_str().unwrap();
                let request = request.header("mcp-method", method).header("mcp-name", "find_contact_by_email");
                accept.map_or_else(
                    || request.try_clone().unwrap(),
                    |accept| request.try_clone().unwrap().header("accept", accept),
                )
            };
            let mut message = sarah(1);
            let found = if version == "2026-07-28" {
                message["params"]["_meta"] = json!({"io.modelcontextprotocol/protocolVersion": version,
                    "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
                    "io.modelcontextprotocol/clientCapabilities": {}});
                send(request(&message)).await
            } else {
                let mut hello = hello();
                hello["params"]["protocolVersion"] = version.into();
                let opened = send(request(&hello)).await;
                assert_eq!(opened.status(), StatusCode::OK, "{version} {accept:?}");
                send(request(&message).header("mcp-session-id", &opened.headers()["mcp-session-id"])).await
            };
            assert!(is_sarah(&answer(found).await), "{version} {accept:?}");
        }
    }
    for refused in ["application/json", "text/html", "*/*;q=0"] {
        let said = send(post(&server, hello().to_string()).header("accept", refused)).await;
        assert_eq!(said.status(), StatusCode::NOT_ACCEPTABLE, "{refused}");
    }
    let session = server.session("").await;
    let stream = server.client.get(server.url("/mcp")).header("accept", "*/*").header("mcp-session-id", session);
    assert_eq!(send(stream).await.headers()["content-type"], "text/event-stream");
}

#[tokio::test]
async fn finding_f9_a_byte_order_mark_is_ignored_and_an_encoded_body_refused() {
    let server = TestServer::open(|_| {}).await;
    let marked = send(post(&server, format!("\u{feff}{}", hello())).header("accept", BOTH)).await;
    assert_eq!(answer(marked).await["result"]["serverInfo"]["name"], "frontdesk");
    for path in ["/mcp", "/messages?session_id=1"] {
        let request = server.client.post(server.url(path)).header("content-type", "application/json");
        let refused = send(request.header("content-encoding", "gzip").body(vec![0x1f, 0x8b, 8, 0])).await;
        assert_eq!(refused.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{path}");
        assert_eq!(refused.headers()["accept-encoding"], "identity");
        assert_eq!(refused.json::<Value>().await.unwrap()["code"], "ENCODED");
    }
    let plain = post(&server, hello().to_string()).header("accept", BOTH).header("content-encoding", "identity");
    assert_eq!(send(plain).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_slash_behind_the_sse_address_changes_nothing() {
    let server = TestServer::open(|_| {}).await;
    let stream = send(server.client.get(server.url("/sse/"))).await;
    assert_eq!(stream.status(), StatusCode::OK);
    assert_eq!(Events(stream, String::new()).next().await.0, "endpoint");
}

#[tokio::test]
async fn an_unknown_version_is_answered_with_those_that_are_served() {
    let server = TestServer::open(|_| {}).await;
    let session = server.session("").await;
    for (session, message, id) in [
        (None, hello(), json!(0)),
        (None, list(), json!(1)),
        (Some(&session), list(), json!(1)),
        (Some(&session), json!({"jsonrpc": "2.0", "method": "notifications/initialized"}), Value::Null),
    ] {
        let mut request = post(&server, message.to_string()).header("accept", BOTH);
        if let Some(session) = session {
            request = request.header("mcp-session-id", session);
        }
        let refused = send(request.header("mcp-protocol-version", "2024-10-07")).await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{message}");
        let said: Value = refused.json().await.unwrap();
        let error = &said["error"];
        assert_eq!((&said["id"], &error["data"]["requested"]), (&id, &json!("2024-10-07")));
        for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"] {
            assert!(error["message"].as_str().unwrap().contains(version), "{error}");
            assert!(error["data"]["supported"].as_array().unwrap().contains(&json!(version)), "{error}");
        }
    }
}

/// claude.ai's connector does not send the session id back.
#[tokio::test]
async fn a_client_that_does_not_send_its_session_id_back_is_served() {
    let server = TestServer::open(|_| {}).await;
    assert_eq!(server.post("", None, &hello()).await.status(), StatusCode::OK);
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    assert_eq!(server.post("", None, &ready).await.status(), StatusCode::ACCEPTED);
    let tools = answer(server.post("", None, &list()).await).await;
    assert!(tools["result"]["tools"].as_array().unwrap().len() > 10);
    assert!(is_sarah(&answer(server.post("", None, &sarah(1)).await).await));
    let ticket = call("create_ticket", json!({"cus_cid": "84246479604", "issue": "It beeps."}));
    assert_eq!(answer(server.post("", None, &ticket).await).await["result"]["isError"], false);

    let subscribe =
        json!({"jsonrpc": "2.0", "id": 7, "method": "resources/subscribe", "params": {"uri": "taskgraph://hubspot"}});
    let refused = server.post("", None, &subscribe).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let said = answer(refused).await;
    assert_eq!(said["id"], 7);
    assert!(said["error"]["message"].as_str().unwrap().contains("Mcp-Session-Id"), "{said}");
    let unknown = server.post("", Some("unknown"), &list()).await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND, "a session that has ended is to be opened again");
}

#[tokio::test]
async fn sessions_can_be_required() {
    let server = TestServer::open(|settings| settings.sessions_required = true).await;
    let session = server.session("").await;
    for message in [list(), sarah(1), json!([list()])] {
        assert_eq!(server.post("", None, &message).await.status(), StatusCode::BAD_REQUEST, "{message}");
    }
    assert!(is_sarah(&server.ask("", &session, &sarah(1)).await));
}

#[tokio::test]
async fn a_batch_of_2025_03_26_is_answered_by_an_array() {
    let server = TestServer::open(|settings| settings.auth_token = Some("all-0123456789abcdef".into())).await;
    let token = "all-0123456789abcdef";
    let session = server.session_of("2025-03-26", token).await;
    let mut with_progress = sarah(3);
    with_progress["params"]["_meta"] = json!({"progressToken": 3});
    let batch = json!([
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        sarah(1),
        {"jsonrpc": "2.0", "id": "two", "method": "ping"},
        with_progress,
        {"jsonrpc": "2.0", "id": 4, "method": "no/such"},
        {"jsonrpc": "2.0", "id": 5, "method": "resources/subscribe", "params": {"uri": "taskgraph://hubspot"}},
        hello(),
        {"jsonrpc": "2.0", "id": 1.5, "method": "ping"},
        "hello",
    ]);
    for (session, subscribed) in [(Some(session.as_str()), true), (None, false)] {
        let answered = server.post(token, session, &batch).await;
        assert_eq!(answered.status(), StatusCode::OK);
        let answers: Vec<Value> = answered.json().await.unwrap();
        let ids: Vec<_> = answers.iter().map(|answer| answer["id"].clone()).collect();
        assert_eq!(json!(ids), json!([1, "two", 3, 4, 5, 0, null, null]), "{answers:?}");
        assert!(is_sarah(&answers[0]) && is_sarah(&answers[2]), "{answers:?}");
        assert_eq!(answers[1]["result"], json!({}));
        assert_eq!(answers[3]["error"]["code"], -32601);
        assert_eq!(answers[4]["result"].is_object(), subscribed, "{answers:?}");
        assert!(answers[5..].iter().all(|answer| answer["error"]["code"] == -32600), "{answers:?}");
    }
    let notes = json!([{"jsonrpc": "2.0", "method": "notifications/initialized"}]);
    assert_eq!(server.post(token, Some(&session), &notes).await.status(), StatusCode::ACCEPTED);
    let newer = server.session(token).await;
    let too_many = Value::from_iter((0..101).map(sarah));
    for (session, batch) in [(&newer, json!([sarah(1)])), (&session, json!([])), (&session, too_many)] {
        assert_eq!(server.post(token, Some(session), &batch).await.status(), StatusCode::BAD_REQUEST);
    }
}

/// What refuses a whole POST refuses a batch as it does a single message.
#[tokio::test]
async fn a_batch_is_refused_as_a_single_message_is() {
    let server = TestServer::open(|_| {}).await;
    let session = server.session_of("2025-03-26", "").await;
    let strict = TestServer::open(|settings| settings.sessions_required = true).await;
    let batch = json!([sarah(1), sarah(2)]).to_string();
    for (session, name, value, status) in [
        (Some(session.as_str()), "accept", "application/json", StatusCode::NOT_ACCEPTABLE),
        (None, "accept", "application/json", StatusCode::NOT_ACCEPTABLE),
        (Some(&session), "mcp-protocol-version", "1999", StatusCode::BAD_REQUEST),
        (None, "mcp-protocol-version", "1999", StatusCode::BAD_REQUEST),
        (Some("stale"), "accept", BOTH, StatusCode::NOT_FOUND),
    ] {
        let mut request = post(&server, batch.clone()).header(name, value);
        if let Some(session) = session {
            request = request.header("mcp-session-id", session);
        }
        assert_eq!(send(request).await.status(), status, "{session:?} {name}: {value}");
    }
    let refused = send(post(&strict, batch).header("accept", BOTH)).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    assert!(refused.text().await.unwrap().contains("needs a session"));
}

#[tokio::test]
async fn a_request_for_a_stream_without_a_session_is_told_what_is_missing() {
    let server = TestServer::open(|_| {}).await;
    for method in [Method::GET, Method::DELETE] {
        let request = server.client.request(method.clone(), server.url("/mcp")).header("accept", BOTH);
        for request in [request.try_clone().unwrap(), request.header("content-type", "application/json")] {
            let refused = send(request).await;
            assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{method}");
            assert!(refused.text().await.unwrap().contains("`Mcp-Session-Id`"), "{method}");
        }
    }
}

/// They are kept with the answer, so their length is limited on every transport.
#[tokio::test]
async fn long_ids_and_progress_tokens_are_refused() {
    let server = TestServer::open(|_| {}).await;
    let session = server.session("").await;
    let mut raw = RawClient::open(World::server()).await;
    let long = "x".repeat(1_025);
    let ping = |id: Value, token: Value| json!({"jsonrpc": "2.0", "id": id, "method": "ping", "params": {"_meta": {"progressToken": token}}});
    for (message, id, code) in
        [(ping(json!(long), json!(1)), Value::Null, -32600), (ping(json!(7), json!(long)), json!(7), -32602)]
    {
        for session in [Some(session.as_str()), None] {
            let refused = server.post("", session, &message).await;
            assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
            let refused: Value = refused.json().await.unwrap();
            assert_eq!((&refused["id"], &refused["error"]["code"]), (&id, &json!(code)));
        }
        raw.send(&message.to_string()).await;
        let refused = raw.next().await.unwrap();
        assert_eq!((&refused["id"], &refused["error"]["code"]), (&id, &json!(code)));
    }
    let fits = ping(json!("x".repeat(1_024)), json!("x".repeat(1_024)));
    assert!(server.ask("", &session, &fits).await["result"].is_object());
}

/// A batch is no way around the limit of requests.
#[tokio::test]
async fn each_message_of_a_batch_counts_as_a_request() {
    let server = TestServer::open(|settings| settings.calls_per_second = Some(20)).await;
    let batch = Value::from_iter((0..30).map(sarah));
    let answers = join_all((0..3).map(|_| server.post("", None, &batch))).await;
    let refused = answers.iter().filter(|answer| answer.status() == StatusCode::TOO_MANY_REQUESTS).count();
    assert!(refused >= 1, "{answers:?}");
    // A batch that does not fit takes nothing of the rate beside its own POST.
    let server = TestServer::open(|settings| settings.calls_per_second = Some(20)).await;
    let refused = server.post("", None, &Value::from_iter((0..90).map(sarah))).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let refused: Value = refused.json().await.unwrap();
    assert!(refused["message"].as_str().unwrap().contains("of the 90 messages of the batch 40 fit now"), "{refused}");
    let fits = server.post("", None, &Value::from_iter((0..35).map(sarah))).await;
    assert_eq!(fits.status(), StatusCode::OK);
}

/// Over standard streams each message of a batch is answered by itself.
#[tokio::test(start_paused = true)]
async fn a_batch_is_served_over_standard_streams() {
    let mut raw = RawClient::connect(World::server());
    let mut hello = hello();
    hello["params"]["protocolVersion"] = "2025-03-26".into();
    raw.send(&hello.to_string()).await;
    raw.answer(0).await;
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    raw.send(&json!([ready, sarah(1), {"jsonrpc": "2.0", "id": 2, "method": "ping"}, {"id": 3}]).to_string()).await;
    assert!(is_sarah(&raw.answer(1).await));
    assert_eq!(raw.answer(2).await["result"], json!({}));
    assert_eq!(raw.answer(3).await["error"]["code"], -32600);
    assert!(raw.leave().await.is_empty());
}
