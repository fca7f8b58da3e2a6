//! `update_conversation`: assignee and status, before and after.

use hubspot_sandbox::fault::{Effect, Fault};
use serde_json::json;

use super::{MEI, VERONICA, sarah_writes, thread};
use crate::world::World;

#[tokio::test(start_paused = true)]
async fn a_change_tells_what_was_before_and_is_after() {
    let world = World::new().await;
    let chat = sarah_writes(&world.sandbox, "Where is it?").thread_id;
    let id = chat.to_string();
    for (arguments, changes) in [
        (
            json!({"assignee": "veronica.chen@richtech.example"}),
            json!({"assignee": {"before": "nobody", "after": "Veronica Chen"}}),
        ),
        (json!({"assignee": "Veronica Chen"}), json!({})),
        (
            json!({"assignee": "117003", "status": "closed"}),
            json!({"assignee": {"before": "Veronica Chen", "after": "Mei Tanaka"}, "status": {"before": "open", "after": "closed"}}),
        ),
        (json!({"status": "closed"}), json!({})),
        (
            json!({"status": "open", "assignee": "nobody"}),
            json!({"assignee": {"before": "Mei Tanaka", "after": "nobody"}, "status": {"before": "closed", "after": "open"}}),
        ),
    ] {
        let mut arguments = arguments;
        arguments["conversation_id"] = json!(id);
        let answer = world.call("update_conversation", arguments.clone()).await.unwrap();
        assert_eq!(answer, json!({"conversation_id": id, "changes": changes}), "{arguments}");
    }
    let now = thread(&world, chat).await;
    assert_eq!((now["status"].as_str(), now["assignedTo"].as_str()), (Some("OPEN"), None));
}

#[tokio::test(start_paused = true)]
async fn a_change_whose_answer_is_lost_is_made_again() {
    let world = World::new().await;
    let chat = sarah_writes(&world.sandbox, "Where is it?").thread_id;
    world.sandbox.inject_fault(Fault::once(Effect::LostAnswer).on(&http::Method::PUT, "/assignee"));
    world.sandbox.inject_fault(Fault::once(Effect::LostAnswer).on(&http::Method::PATCH, "/threads/"));
    let change = json!({"conversation_id": chat.to_string(), "assignee": "Mei Tanaka", "status": "closed"});
    world.call("update_conversation", change).await.unwrap();
    let now = thread(&world, chat).await;
    assert_eq!((now["status"].as_str(), now["assignedTo"].clone()), (Some("CLOSED"), json!(format!("A-{MEI}"))));
}

#[tokio::test(start_paused = true)]
async fn bad_arguments_get_a_code_and_the_next_step() {
    let world = World::new().await;
    let chat = sarah_writes(&world.sandbox, "Where is it?").thread_id;
    let id = chat.to_string();
    world.sandbox.assign_thread(chat, Some(VERONICA)).unwrap();
    for (arguments, code) in [
        (json!({"conversation_id": id}), "INVALID_INPUT_ERROR"),
        (json!({"conversation_id": "1", "status": "closed"}), "CONVERSATION_NOT_FOUND_ERROR"),
        (json!({"conversation_id": id, "assignee": "Paul Adams"}), "OWNER_NOT_FOUND_ERROR"),
        (json!({"conversation_id": id, "assignee": "117004"}), "OWNER_NOT_FOUND_ERROR"),
        (json!({"conversation_id": id, "assignee": ""}), "INVALID_INPUT_ERROR"),
        (json!({"conversation_id": id, "status": "spam"}), "INVALID_INPUT_ERROR"),
    ] {
        assert_eq!(world.code("update_conversation", arguments.clone()).await, code, "{arguments}");
    }
    assert_eq!(thread(&world, chat).await["assignedTo"], format!("A-{VERONICA}"));
}
