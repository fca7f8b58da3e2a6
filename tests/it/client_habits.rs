//! Habits of known clients that are no fault of the person behind them: empty values of PHP, names that a client adds,
//! tools misspelt by a model.

use serde_json::{Value, json};

use crate::http::{TestServer, answer};
use crate::raw_client::RawClient;
use crate::world::{World, ask_sandbox};

const SARAH: &str = "84246479604";

/// PHP's `json_encode` writes `[]` for an empty array, whichever it is.
fn hello_of_php() -> Value {
    json!({
        "protocolVersion": "2025-11-25", "clientInfo": {"name": "php", "version": "1"}, "_meta": [],
        "capabilities": {"experimental": [], "roots": [], "sampling": []},
    })
}

fn calls_of_php() -> [(&'static str, Value); 4] {
    [
        ("ping", json!([])),
        ("tools/list", json!([])),
        ("tools/call", json!({"name": "taskgraph_start", "arguments": [], "_meta": []})),
        ("prompts/get", json!({"name": "customer_service", "arguments": []})),
    ]
}

#[tokio::test(start_paused = true)]
async fn finding_f10_an_empty_list_is_an_empty_object_over_standard_streams() {
    for capabilities in [json!([]), hello_of_php()["capabilities"].clone()] {
        let mut raw = RawClient::connect(World::server());
        let mut hello = hello_of_php();
        hello["capabilities"] = capabilities;
        raw.request(0, "initialize", hello).await;
        assert_eq!(raw.answer(0).await["result"]["serverInfo"]["name"], "frontdesk");
        raw.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized", "params": []}).to_string()).await;
        for (method, params) in calls_of_php() {
            raw.request(1, method, params).await;
            let answer = raw.answer(1).await;
            assert!(answer["result"].is_object() && answer["result"]["isError"] != true, "{method}: {answer}");
        }
    }
}

#[tokio::test]
async fn finding_f10_an_empty_list_is_an_empty_object_over_http() {
    let server = TestServer::open(|_| {}).await;
    let message = |method: &str, params: Value| json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    let opened = server.post("", None, &message("initialize", hello_of_php())).await;
    let session = opened.headers()["mcp-session-id"].to_str().unwrap().to_owned();
    for (method, params) in calls_of_php() {
        let answer = answer(server.post("", Some(&session), &message(method, params)).await).await;
        assert!(answer["result"].is_object() && answer["result"]["isError"] != true, "{method}: {answer}");
    }
}

/// Calls whose arguments are one text, and the error of those that are no object.
fn calls_with_text() -> Vec<(Value, Option<&'static str>)> {
    let refused = Some("`params.arguments`: it must be an object, not a text that is no JSON object");
    let called = |arguments: Value| json!({"name": "get_contact", "arguments": arguments});
    vec![
        (called(json!({"contact": SARAH}).to_string().into()), None),
        (called(json!({"contact": SARAH, "properties": []}).to_string().into()), None),
        (called(format!(" {{\"contact\":\n{SARAH}}} ").into()), None),
        (json!({"name": "taskgraph_start", "arguments": ""}), None),
        (called("sarah@gmail.com".into()), refused),
        (called(json!([SARAH]).to_string().into()), refused),
        (called("{\"contact\": \"84".into()), refused),
    ]
}

fn check_text_arguments(params: &Value, answer: &Value, refused: Option<&str>) {
    match refused {
        None => assert!(answer["result"].is_object() && answer["result"]["isError"] != true, "{params}: {answer}"),
        Some(says) => {
            assert_eq!(answer["error"]["code"], -32602, "{params}: {answer}");
            assert!(answer["error"]["message"].as_str().unwrap().contains(says), "{params}: {answer}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn arguments_as_one_text_are_the_object_over_standard_streams() {
    let mut raw = RawClient::open(World::server()).await;
    for (params, refused) in calls_with_text() {
        raw.request(1, "tools/call", params.clone()).await;
        check_text_arguments(&params, &raw.answer(1).await, refused);
    }
}

#[tokio::test]
async fn arguments_as_one_text_are_the_object_over_http() {
    let server = TestServer::open(|_| {}).await;
    let session = server.session("").await;
    let old = server.session_of("2025-03-26", "").await;
    for (params, refused) in calls_with_text() {
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        check_text_arguments(&params, &server.ask("", &session, &message).await, refused);
        let batch = json!([message, {"jsonrpc": "2.0", "id": 2, "method": "ping"}]);
        let answers: Value = server.post("", Some(&old), &batch).await.json().await.unwrap();
        let answer = answers.as_array().unwrap().iter().find(|answer| answer["id"] == 1).unwrap();
        check_text_arguments(&params, answer, refused);
    }
}

#[tokio::test(start_paused = true)]
async fn finding_f8_names_that_clients_add_do_not_fail_a_call() {
    let world = World::new().await;
    let plain = world.call("get_contact", json!({"contact": SARAH})).await.unwrap();
    let added = json!({
        "contact": SARAH, "toolCallId": "call_1", "sessionId": "1", "action": "sendMessage", "chatInput": "Hi",
        "tool": "get_contact", "_sessionID": "1", "task_progress": "- [x] look", "random_string": "dummy",
    });
    assert_eq!(world.call("get_contact", added).await.unwrap(), plain);
    let unknown = world.call("get_contact", json!({"contact": SARAH, "session_id": "1"})).await.unwrap_err();
    assert!(unknown["message"].as_str().unwrap().contains("`session_id`"), "{unknown}");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_tool_is_answered_with_the_nearest() {
    let mut raw = RawClient::open(World::server()).await;
    for (asked, expected) in [
        ("find_ticket", "there is no tool `find_ticket`; there is `find_tickets`"),
        ("create-ticket", "there is no tool `create-ticket`; there is `create_ticket`"),
        ("GetContact", "there is no tool `GetContact`; there is `get_contact`"),
        ("weather", "there is no tool `weather`"),
    ] {
        raw.call(1, asked, json!({})).await;
        let error = raw.answer(1).await["error"].clone();
        assert_eq!(error["code"], -32602);
        assert!(error["message"].as_str().unwrap().starts_with(expected), "{error}");
    }
    raw.call(1, &"find_ticket".repeat(100_000), json!({})).await;
    let error = raw.answer(1).await["error"]["message"].to_string();
    assert!(error.len() < 300, "{error}");
}

/// A refusal is in the words that the caller was shown: names of arguments, and JSON's names of values.
#[tokio::test(start_paused = true)]
async fn an_argument_is_refused_in_the_words_of_the_schema() {
    let world = World::new().await;
    let asked = |duration: Value| json!({"owner_id": "117001", "time_zone": "America/New_York", "meeting_date": "tomorrow", "duration": duration});
    for (tool, arguments, part) in [
        ("check_available", json!({"day": "tomorrow"}), "`day`: it is no argument: the arguments are `after`, "),
        ("taskgraph_step", json!({}), " is missing"),
        ("check_available", asked(json!(-30)), "of at least"),
        ("check_available", asked(json!(5e12)), "`duration`: it"),
    ] {
        let error = world.call(tool, arguments.clone()).await.unwrap_err();
        let message = error["message"].as_str().unwrap();
        assert!(error["code"] == "INVALID_INPUT_ERROR" && message.contains(part), "{arguments}: {error}");
        for foreign in ["unknown field", "missing field", "invalid type", "4294967295", "sequence", "expected"] {
            assert!(!message.contains(foreign), "{arguments}: {error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_text_without_a_visible_character_is_no_text() {
    let world = World::new().await;
    let tickets = world.sandbox.records("tickets").len();
    for blank in [
        "\u{200b}",
        "\u{0}",
        " \u{2060}\n",
        "\u{e0041}\u{e007f}",
        "\u{3164}",
        "\u{fffc}",
        "\u{e000}",
        "\u{fff9}",
        "\u{2800}",
    ] {
        assert_eq!(world.code("create_ticket", json!({"cus_cid": SARAH, "issue": blank})).await, "INVALID_INPUT_ERROR");
        assert_eq!(world.code("log_activity", json!({"contact": SARAH, "text": blank})).await, "INVALID_INPUT_ERROR");
    }
    assert_eq!(world.sandbox.records("tickets").len(), tickets);
}

#[tokio::test(start_paused = true)]
async fn an_empty_cursor_is_none() {
    let world = World::new().await;
    let first = json!({"query": "Sarah", "cursor": ""});
    assert_eq!(world.call("search_contacts", first).await.unwrap()["total"], 1);
    let mut raw = RawClient::open(World::server()).await;
    for list in ["tools/list", "prompts/list", "resources/list", "resources/templates/list"] {
        raw.request(1, list, json!({"cursor": ""})).await;
        assert!(raw.answer(1).await["result"].is_object(), "{list}");
    }
}

/// HubSpot's search finds words, and an emoji is none.
#[tokio::test(start_paused = true)]
async fn a_filter_without_a_letter_is_compared_as_a_whole() {
    let world = World::new().await;
    ask_sandbox(
        &world,
        "POST",
        "/crm/v3/objects/contacts",
        json!({"properties": {"firstname": "👍", "lastname": "Up"}}),
    )
    .await;
    let found = world.call("search_contacts", json!({"filters": {"firstname": "👍"}})).await.unwrap();
    assert_eq!((&found["total"], &found["contacts"][0]["properties"]["lastname"]), (&json!(1), &json!("Up")));
}
