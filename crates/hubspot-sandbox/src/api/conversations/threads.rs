//! One thread: its status, its assignee, the trash.

use serde::Deserialize;

use super::caller;
use super::errors::{id, not_found};
use super::view;
use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::response::ApiResponse;
use crate::model::conversations::actor::ActorId;
use crate::model::conversations::status::Status;
use crate::model::conversations::{changes, profile};
use crate::model::portal::Portal;

/// Reads `association` of the query, which can only be `TICKET`.
pub(super) fn with_ticket(call: &ApiCall) -> Result<bool, ApiError> {
    let asked = call.list("association");
    match asked.iter().find(|one| *one != "TICKET") {
        Some(other) => Err(ApiError::invalid(format!("association must be one of [TICKET], not {other}"))),
        None => Ok(!asked.is_empty()),
    }
}

/// Returns the id in the path, if it is that of a thread that is in the trash or not, as `archived` says.
pub(super) fn known_thread(portal: &Portal, call: &ApiCall, archived: bool) -> Result<u64, ApiError> {
    let id = id(call, "thread_id")?;
    changes::find(portal, id, archived).map(|thread| thread.id).ok_or_else(|| not_found("Thread", id))
}

pub(super) fn read(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let id = known_thread(portal, call, call.flag("archived"))?;
    shown(portal, id, with_ticket(call)?)
}

fn shown(portal: &Portal, id: u64, with_ticket: bool) -> Result<ApiResponse, ApiError> {
    let thread = portal.conversations.thread(id).ok_or_else(|| not_found("Thread", id))?;
    Ok(ApiResponse::ok(view::thread(thread, with_ticket)))
}

#[derive(Deserialize)]
struct ThreadInput {
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    archived: Option<bool>,
}

/// Changes the status of a thread, or takes it out of the trash.
pub(super) fn update(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let in_trash = call.flag("archived");
    let id = known_thread(portal, call, in_trash)?;
    let input: ThreadInput = call.json()?;
    let status = input.status.as_deref().map(read_status).transpose()?;
    if input.archived == Some(true) && !in_trash {
        return Err(ApiError::invalid("archived can only be set to false; DELETE archives a thread"));
    }
    if input.archived == Some(false) && in_trash {
        changes::set_archived(portal, id, false);
    }
    if let Some(status) = status {
        changes::set_status(portal, id, status, &caller::author(portal, call));
    }
    shown(portal, id, false)
}

fn read_status(text: &str) -> Result<Status, ApiError> {
    Status::named(text).ok_or_else(|| ApiError::invalid(format!("status must be one of [OPEN, CLOSED], not {text}")))
}

pub(super) fn archive(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let id = known_thread(portal, call, false)?;
    changes::set_archived(portal, id, true);
    Ok(ApiResponse::no_content())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssigneeInput {
    actor_id: String,
}

pub(super) fn assign(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let id = known_thread(portal, call, false)?;
    let AssigneeInput { actor_id } = call.json()?;
    let actor: ActorId = actor_id.parse().map_err(|_| ApiError::invalid(format!("Invalid actor id: {actor_id}")))?;
    if !profile::is_active_agent(portal, &actor) {
        return Err(ApiError::invalid(format!("{actor_id} is not an agent who can be assigned")));
    }
    changes::assign(portal, id, Some(actor), &caller::author(portal, call));
    shown(portal, id, false)
}

pub(super) fn unassign(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let id = known_thread(portal, call, false)?;
    changes::assign(portal, id, None, &caller::author(portal, call));
    Ok(ApiResponse::no_content())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::conversing::{AgentMessage, VisitorMessage};
    use crate::test_client::{Client, SARAH, client};

    const BASE: &str = "/conversations/conversations/2026-09";
    const VERONICA: u64 = 9_586_504;

    fn chat(client: &Client) -> String {
        client.sandbox.visitor_writes(VisitorMessage::chat("hello")).unwrap().thread_id.to_string()
    }

    async fn read(client: &Client, id: &str) -> Value {
        client.get(&format!("{BASE}/threads/{id}")).await.expect(200)
    }

    /// Returns the messages without those that people wrote.
    async fn recorded(client: &Client, id: &str) -> Vec<Value> {
        let all = client.get(&format!("{BASE}/threads/{id}/messages")).await.expect(200);
        let all = all["results"].as_array().unwrap().iter();
        all.filter(|one| one.get("text").is_none()).cloned().collect()
    }

    /// The example of HubSpot's guide.
    #[tokio::test(start_paused = true)]
    async fn a_closed_thread_equals_the_guides_example() {
        let client = client();
        let seed = json!({"version": 1,
            "inboxes": [{"id": 481_939, "name": "Main website chatflow inbox", "type": "INBOX"}],
            "threads": [{
                "id": 176_347_007, "createdMs": 1_574_102_879_865_i64, "closedMs": 1_574_103_006_872_i64,
                "status": "CLOSED", "channelId": 1000, "channelAccountId": 148_662, "inboxId": 481_939,
                "contactId": 1401, "ticketId": 57_774_743, "assignedTo": "A-2620022",
                "latestMs": 1_574_103_000_279_i64, "latestSentMs": 1_574_102_918_788_i64,
                "latestReceivedMs": 1_574_103_000_279_i64
            }]
        });
        client.sandbox.restore(&seed.to_string()).unwrap();
        let example = json!({
            "id": "176347007", "createdAt": "2019-11-18T18:47:59.865Z", "closedAt": "2019-11-18T18:50:06.872Z",
            "status": "CLOSED", "originalChannelId": "1000", "originalChannelAccountId": "148662",
            "latestMessageTimestamp": "2019-11-18T18:50:00.279Z",
            "latestMessageSentTimestamp": "2019-11-18T18:48:38.788Z",
            "latestMessageReceivedTimestamp": "2019-11-18T18:50:00.279Z", "assignedTo": "A-2620022", "spam": false,
            "inboxId": "481939", "associatedContactId": "1401", "archived": false,
            "threadAssociations": {"associatedTicketId": "57774743"}
        });
        for base in [BASE, "/conversations/v3/conversations"] {
            let path = format!("{base}/threads/176347007");
            assert_eq!(client.get(&format!("{path}?association=TICKET")).await.expect(200), example);
            let mut plain = example.clone();
            plain.as_object_mut().unwrap().remove("threadAssociations");
            assert_eq!(client.get(&path).await.expect(200), plain);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_thread_is_open_and_nobodys() {
        let client = client();
        let sarah = VisitorMessage { contact: Some(SARAH.parse().unwrap()), ..VisitorMessage::chat("hello") };
        let id = client.sandbox.visitor_writes(sarah).unwrap().thread_id.to_string();
        let expected = json!({
            "id": id, "createdAt": "2026-11-22T15:00:00.000Z", "status": "OPEN", "originalChannelId": "1000",
            "originalChannelAccountId": "3551452839", "latestMessageTimestamp": "2026-11-22T15:00:00.000Z",
            "latestMessageReceivedTimestamp": "2026-11-22T15:00:00.000Z", "spam": false, "inboxId": "948000000",
            "associatedContactId": SARAH, "archived": false
        });
        assert_eq!(read(&client, &id).await, expected);
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_of_status_is_recorded_and_moves_no_message_time() {
        let client = client();
        let id = chat(&client);
        tokio::time::advance(std::time::Duration::from_secs(60)).await;
        let path = format!("{BASE}/threads/{id}");
        let closed = client.patch(&path, json!({"status": "CLOSED"})).await.expect(200);
        assert_eq!((&closed["status"], &closed["closedAt"]), (&json!("CLOSED"), &json!("2026-11-22T15:01:00.000Z")));
        assert_eq!(closed["latestMessageTimestamp"], "2026-11-22T15:00:00.000Z");
        assert_eq!(read(&client, &id).await, closed);
        client.patch(&path, json!({"status": "CLOSED"})).await.expect(200);
        let recorded = recorded(&client, &id).await;
        let expected = json!({
            "id": recorded[0]["id"], "conversationsThreadId": id, "createdAt": "2026-11-22T15:01:00.000Z",
            "createdBy": "I-8190657", "client": {"clientType": "INTEGRATION", "integrationAppId": 8_190_657},
            "senders": [{"actorId": "I-8190657"}], "recipients": [], "archived": false, "newStatus": "CLOSED",
            "type": "THREAD_STATUS_CHANGE"
        });
        assert_eq!(recorded, [expected]);
        let opened = client.patch(&path, json!({"status": "OPEN"})).await.expect(200);
        assert_eq!((&opened["status"], opened.get("closedAt")), (&json!("OPEN"), None));
        let counted = json!({"choices": {"all_messages_are_latest": true}});
        client.patch("/__sandbox/settings", counted).await.expect(200);
        let again = client.patch(&path, json!({"status": "CLOSED"})).await.expect(200);
        assert_eq!(again["latestMessageTimestamp"], "2026-11-22T15:01:00.000Z");
        for wrong in [json!({"status": "AJAR"}), json!({"status": 1}), json!({"archived": true})] {
            client.patch(&path, wrong).await.expect(400);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_thread_is_assigned_to_agents_only() {
        let client = client();
        let id = chat(&client);
        for (base, actor) in [(BASE, "A-9586504"), ("/conversations/conversations/v3", "A-9586742")] {
            let path = format!("{base}/threads/{id}/assignee");
            let thread = client.put(&path, json!({"actorId": actor})).await.expect(200);
            assert_eq!((&thread["id"], &thread["assignedTo"]), (&json!(id), &json!(actor)));
            client.put(&path, json!({"actorId": actor})).await.expect(200);
            for wrong in ["A-1", "A-9586803", "V-1401", "veronica.chen@richtech.example", ""] {
                client.put(&path, json!({"actorId": wrong})).await.expect(400);
            }
            client.put(&path, json!({})).await.expect(400);
        }
        let assignee = format!("{BASE}/threads/{id}/assignee");
        assert_eq!(client.delete(&assignee).await.status, 204);
        assert_eq!(client.delete(&assignee).await.status, 204);
        assert_eq!(read(&client, &id).await.get("assignedTo"), None);
        let seen: Vec<_> = recorded(&client, &id).await;
        let seen: Vec<_> = seen.iter().map(|one| (one.get("assignedFrom"), one.get("assignedTo"))).collect();
        let (veronica, mei) = (json!("A-9586504"), json!("A-9586742"));
        assert_eq!(
            seen,
            [(None, Some(&veronica)), (Some(&veronica), Some(&mei)), (Some(&mei), None)],
            "what is so already is not recorded"
        );
        client.put("/conversations/v3/conversations/threads/1/assignee", json!({"actorId": "A-1"})).await.expect(404);
    }

    #[tokio::test(start_paused = true)]
    async fn an_archived_thread_is_in_the_trash_for_thirty_days() {
        let client = client();
        let id = chat(&client);
        let path = format!("{BASE}/threads/{id}");
        assert_eq!(client.delete(&path).await.status, 204);
        assert_eq!(client.delete(&path).await.status, 404);
        assert_eq!(client.get(&path).await.expect(404)["category"], "OBJECT_NOT_FOUND");
        client.patch(&path, json!({"status": "CLOSED"})).await.expect(404);
        client.post(&format!("{path}/messages"), json!({"type": "COMMENT", "text": "x"})).await.expect(404);
        let trashed = format!("{path}?archived=true");
        assert_eq!(client.get(&trashed).await.expect(200)["archived"], true);
        client.get(&format!("{path}/messages")).await.expect(404);
        client.get(&format!("{path}/messages?archived=true")).await.expect(200);
        let restored = client.patch(&trashed, json!({"archived": false})).await.expect(200);
        assert_eq!((&restored["archived"], &restored), (&json!(false), &read(&client, &id).await));
        client.patch(&trashed, json!({"archived": false})).await.expect(404);
        client.delete(&path).await;
        client.sandbox.advance_clock(chrono::TimeDelta::days(31));
        client.get(&trashed).await.expect(404);
        client.patch(&trashed, json!({"archived": false})).await.expect(404);
    }

    #[tokio::test(start_paused = true)]
    async fn an_unknown_thread_is_not_found() {
        let client = client();
        for (path, status) in [("threads/1", 404), ("threads/x", 400), ("threads/1/messages", 404)] {
            let refused = client.get(&format!("{BASE}/{path}")).await.expect(status);
            assert!(refused["message"].is_string() && refused["correlationId"].is_string(), "{refused}");
        }
        client.delete(&format!("{BASE}/threads/1")).await.expect(404);
        client.patch(&format!("{BASE}/threads/1"), json!({"status": "OPEN"})).await.expect(404);
        client.put(&format!("{BASE}/threads/1/assignee"), json!({"actorId": "A-9586504"})).await.expect(404);
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_from_the_visitor_opens_a_closed_thread() {
        let client = client();
        let id = chat(&client);
        let thread = id.parse().unwrap();
        client.sandbox.agent_writes(AgentMessage::reply(thread, VERONICA, "Hi")).unwrap();
        client.sandbox.set_thread_closed(thread, true).unwrap();
        client.sandbox.visitor_writes(VisitorMessage::chat("and also").in_thread(thread)).unwrap();
        assert_eq!(read(&client, &id).await["status"], "OPEN");
        let statuses: Vec<_> = recorded(&client, &id).await.iter().map(|one| one["createdBy"].clone()).collect();
        assert_eq!(statuses, ["A-9586504", "A-9586504", "S-hubspot"]);
        client.patch("/__sandbox/settings", json!({"choices": {"incoming_message_reopens": false}})).await.expect(200);
        client.sandbox.set_thread_closed(thread, true).unwrap();
        client.sandbox.visitor_writes(VisitorMessage::chat("one more").in_thread(thread)).unwrap();
        assert_eq!(read(&client, &id).await["status"], "CLOSED");
    }
}
