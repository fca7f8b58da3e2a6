//! What the tools of the inbox cost of HubSpot's quota, with what rarely changes in the cache.

use serde_json::{Value, json};

use super::{SARAH, sarah_writes};
use crate::generated::check_section;
use crate::world::World;

#[tokio::test(start_paused = true)]
async fn the_tools_cost_as_many_requests_as_the_docs_say() {
    let world = World::new().await;
    let chat = sarah_writes(&world.sandbox, "Where is it?").thread_id.to_string();
    let reply = |text: &str| json!({"conversation_id": chat, "text": text});
    let calls: [(&str, &'static str, Value); 7] = [
        ("who waits for an answer, in all inboxes", "find_conversations", json!({"unanswered_minutes": 0})),
        ("a customer's conversations, open and closed", "find_conversations", json!({"contact": SARAH})),
        ("those of a ticket", "find_conversations", json!({"ticket_id": "33190415288"})),
        ("read a conversation", "read_conversation", json!({"conversation_id": chat})),
        ("answer", "reply_conversation", reply("It is on its way.")),
        ("comment", "reply_conversation", json!({"conversation_id": chat, "text": "Asked.", "internal": true})),
        (
            "assign and close",
            "update_conversation",
            json!({"conversation_id": chat, "assignee": "117003", "status": "closed"}),
        ),
    ];
    // Into the cache: inboxes, channel accounts, names, the account, the owners.
    world.call("find_conversations", json!({})).await.unwrap();
    world.call("reply_conversation", reply("Hello.")).await.unwrap();
    world.call("update_conversation", json!({"conversation_id": chat, "assignee": "117003"})).await.unwrap();
    world.call("update_conversation", json!({"conversation_id": chat, "assignee": "nobody"})).await.unwrap();
    world.requests();
    let mut table = "| call | requests |\n|---|---|\n".to_owned();
    for (name, tool, arguments) in calls {
        world.call(tool, arguments).await.unwrap();
        let requests = world.requests();
        assert!(requests.len() <= 4, "{name}: {requests:?}");
        table += &format!("| {name} | {} |\n", requests.len());
    }
    check_section("docs/inbox.md", "inbox-cost", &table);
}
