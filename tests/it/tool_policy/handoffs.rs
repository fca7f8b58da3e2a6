//! Hand-offs under the operator's restrictions: they change nothing that a person would have to agree to, and a note of
//! this server is never a colleague's answer.

use serde_json::json;

use super::{call, confirming, connect, params, sandbox_and_server};
use crate::elicitation::{Person, accept, both, modern};
use crate::tool_calls::{CONVERSATION, base, beginning};
use crate::world::{every_tool, with_every_tool};

/// Whatever a tool calls itself: where the person has to agree to changes and cannot be asked, no record is changed.
#[tokio::test(start_paused = true)]
async fn no_tool_changes_a_record_without_a_person_to_ask() {
    for era in both() {
        let (sandbox, server) = sandbox_and_server(confirming());
        let client = connect(with_every_tool(server), Person::unreachable(), era).await;
        for tool in every_tool().iter() {
            let mut arguments = base(tool.name, "");
            if let Some((begin, with)) = beginning(&arguments) {
                arguments["session"] = call(&client, begin, with).await.unwrap()["session"].clone();
            }
            sandbox.clear_requests();
            let _ = call(&client, tool.name, arguments).await;
            for sent in sandbox.requests() {
                let changes = matches!(sent.method.as_str(), "PATCH" | "PUT") || sent.path.contains("batch/update");
                assert!(!changes, "{}: {} {}", tool.name, sent.method, sent.path);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_handoff_closes_nothing_before_the_person_agrees() {
    for on_ticket in [true, false] {
        let (sandbox, server) = sandbox_and_server(confirming());
        let agreements = if on_ticket { vec![accept(json!({}))] } else { vec![accept(json!({})), accept(json!({}))] };
        let client = connect(server, Person::new(agreements), modern()).await;
        let start = if on_ticket { json!({"contact": super::SARAH}) } else { json!({"conversation_id": CONVERSATION}) };
        let session = call(&client, "handoff_start", start).await.unwrap()["session"].clone();
        call(&client, "handoff_stop", json!({"session": session})).await.unwrap();
        let questions = client.service().questions();
        let last = questions.last().unwrap().to_string();
        assert!(last.contains(if on_ticket { "Change the ticket" } else { "Close the conversation" }), "{last}");
        assert!(!sandbox.requests().is_empty());
    }
}

/// Without a person to ask, a hand-off ends all the same: what was handed over stays open.
#[tokio::test(start_paused = true)]
async fn a_handoff_ends_without_closing_where_nobody_can_be_asked() {
    let (_, server) = sandbox_and_server(confirming());
    let client = connect(server, Person::unreachable(), modern()).await;
    let session = call(&client, "handoff_start", json!({"contact": super::SARAH})).await.unwrap()["session"].clone();
    let error = call(&client, "handoff_stop", json!({"session": session})).await.unwrap_err();
    assert_eq!(error["code"], "ANSWER_NEEDED_ERROR", "{error}");
    let ended = client.call_tool(params("handoff_stop", json!({"session": session, "keep_open": true}))).await.unwrap();
    assert_ne!(ended.is_error, Some(true), "{ended:?}");
}
