//! Conversations in HubSpot's inbox through the tools, on the embedded HubSpot.

mod answering;
mod changing;
mod cost;
mod finding;
mod late;
mod long;
mod reading;
mod simulation;
mod verdict;
mod watching;

use hubspot_sandbox::Sandbox;
use hubspot_sandbox::conversing::{AgentMessage, VisitorMessage, WrittenMessage};
use serde_json::{Value, json};

use crate::tool_calls::CONVERSATION;
use crate::world::{World, ask_sandbox};

/// Sarah Mark, whose owner is Veronica Chen.
pub(crate) const SARAH: u64 = 84_246_479_604;
/// The user ids of Veronica Chen, who made the token, and of Mei Tanaka.
const VERONICA: u64 = 9_586_504;
const MEI: u64 = 9_586_742;

/// A message of Sarah over the chat, in a new thread.
pub(crate) fn sarah_writes(sandbox: &Sandbox, text: &str) -> WrittenMessage {
    sandbox.visitor_writes(VisitorMessage { contact: Some(SARAH), ..VisitorMessage::chat(text) }).unwrap()
}

/// A world with the conversation that calls of every tool name.
pub(crate) async fn world_with_a_conversation() -> World {
    let world = World::operating().await;
    let written = sarah_writes(&world.sandbox, "Where is my robot?");
    assert_eq!(written.thread_id.to_string(), CONVERSATION);
    world
}

/// A message of the visitor in a thread that exists.
pub(crate) fn goes_on(sandbox: &Sandbox, thread: u64, text: &str) -> WrittenMessage {
    sandbox.visitor_writes(VisitorMessage::chat(text).in_thread(thread)).unwrap()
}

/// A message of an agent in HubSpot's own screens.
fn agent_writes(sandbox: &Sandbox, thread: u64, user: u64, text: &str) -> WrittenMessage {
    sandbox.agent_writes(AgentMessage::reply(thread, user, text)).unwrap()
}

/// The messages of a thread as HubSpot has them, oldest first.
async fn stored(world: &World, thread: u64) -> Vec<Value> {
    let path = format!("/conversations/v3/conversations/threads/{thread}/messages?limit=500");
    let mut messages = ask_sandbox(world, "GET", &path, json!({})).await["results"].as_array().unwrap().clone();
    messages.sort_by_key(|message| message["createdAt"].as_str().unwrap().to_owned());
    messages
}

async fn thread(world: &World, id: u64) -> Value {
    ask_sandbox(world, "GET", &format!("/conversations/v3/conversations/threads/{id}"), json!({})).await
}
