//! A colleague's acts, as the requests that HubSpot's own pages would send. Pure, but for the sending.

use bytes::Bytes;
use domain::id::RecordId;
use http::{Method, Request, Response};
use http_client::{HttpClient, SendError};
use serde::Deserialize;
use serde_json::{Value, json};

use super::account_snapshot::{AccountSnapshot, InboxItemKind};
use crate::records::note;

/// HubSpot's type of the association from a note to its ticket.
const NOTE_TO_TICKET: u32 = 228;
/// The comment by which a colleague gives a conversation back to the autopilot.
const GIVE_BACK: &str = "/bot on";
/// The longest answer.
const TEXT_CHARACTERS_MAX: usize = 4_000;

/// Something that a colleague does.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColleagueAct {
    /// The action.
    pub act: ColleagueAction,
    /// What it is done to.
    pub kind: InboxItemKind,
    /// Its id.
    pub id: String,
    /// The owner's id of the colleague.
    pub owner: String,
    /// The words of an answer.
    #[serde(default)]
    pub text: String,
}

/// The actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColleagueAction {
    /// Has it from now on.
    Take,
    /// Writes to the customer.
    Answer,
    /// Closes it.
    Close,
    /// Gives a conversation back to the autopilot.
    GiveBack,
}

/// A request to the embedded HubSpot.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedRequest {
    /// The method.
    pub method: Method,
    /// The path.
    pub path: String,
    /// The JSON body.
    pub body: Value,
}

/// The request of an act; the reason why there is none.
///
/// # Errors
/// A sentence for the person at the page.
pub fn plan(
    act: &ColleagueAct,
    account: &AccountSnapshot<'_>,
    mark: &str,
    now: &str,
) -> Result<PlannedRequest, &'static str> {
    act.id.parse::<RecordId>().map_err(|_| "there is no such ticket or conversation")?;
    let colleagues = account.colleagues();
    let colleague = colleagues.iter().find(|colleague| colleague.owner == act.owner);
    let user = colleague.ok_or("there is no such colleague")?.user;
    let words = act.text.trim();
    match act.act {
        ColleagueAction::Answer if words.is_empty() => return Err("write something first"),
        ColleagueAction::Answer if words.chars().count() > TEXT_CHARACTERS_MAX => {
            return Err("an answer may have 4,000 characters");
        }
        _ => {}
    }
    let request = |method, path: String, body| PlannedRequest { method, path, body };
    let ticket = format!("/crm/v3/objects/tickets/{}", act.id);
    let thread = |path: &str, body| request(Method::POST, format!("/__sandbox/conversations/{path}"), body);
    Ok(match (act.kind, act.act) {
        (InboxItemKind::Ticket, ColleagueAction::Take) => {
            request(Method::PATCH, ticket, json!({"properties": {"hubspot_owner_id": act.owner}}))
        }
        (InboxItemKind::Ticket, ColleagueAction::Answer) => {
            let types = [json!({"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": NOTE_TO_TICKET})];
            let body = format!("<p>{mark} {}</p>", note::html(words));
            let properties = json!({"hs_note_body": body, "hs_timestamp": now, "hubspot_owner_id": act.owner});
            let associations = json!([{"to": {"id": act.id}, "types": types}]);
            let body = json!({"properties": properties, "associations": associations});
            request(Method::POST, "/crm/v3/objects/notes".to_owned(), body)
        }
        (InboxItemKind::Ticket, ColleagueAction::Close) => {
            let stage = account.closed_stage(&act.id).ok_or("there is no such ticket")?;
            request(Method::PATCH, ticket, json!({"properties": {"hs_pipeline_stage": stage}}))
        }
        (InboxItemKind::Thread, ColleagueAction::Take) => {
            thread("assignments", json!({"thread": act.id, "user_id": user}))
        }
        (InboxItemKind::Thread, ColleagueAction::Answer) => {
            thread("agent-messages", json!({"thread": act.id, "user_id": user, "text": words}))
        }
        (InboxItemKind::Thread, ColleagueAction::Close) => {
            thread("status", json!({"thread": act.id, "status": "CLOSED"}))
        }
        (InboxItemKind::Ticket, ColleagueAction::GiveBack) => return Err("a ticket is given back by closing it"),
        (InboxItemKind::Thread, ColleagueAction::GiveBack) => {
            thread("agent-messages", json!({"thread": act.id, "user_id": user, "text": GIVE_BACK, "internal": true}))
        }
    })
}

/// Sends a request with the page's own token.
///
/// # Errors
/// The reason why it was not sent.
pub async fn send(http: &dyn HttpClient, token: &str, planned: PlannedRequest) -> Result<Response<Bytes>, SendError> {
    let request = Request::builder()
        .method(planned.method)
        .uri(planned.path)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Bytes::from(planned.body.to_string()));
    http.send(request.map_err(|error| SendError::BeforeSend(error.to_string()))?).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Value {
        let stages =
            json!([{"id": "1", "metadata": {"isClosed": "false"}}, {"id": "4", "metadata": {"isClosed": "true"}}]);
        json!({
            "owners": [
                {"id": "7", "userId": 70, "firstName": "Mei", "lastName": "Tanaka", "archived": false},
                {"id": "8", "userId": 80, "firstName": "Paul", "lastName": "Adams", "archived": true},
            ],
            "pipelines": {"tickets": [{"id": "0", "stages": stages}]},
            "records": {"tickets": [{"id": "5", "properties": {"hs_pipeline": "0", "hs_pipeline_stage": "1"}}]},
        })
    }

    fn planned(act: Value) -> Result<PlannedRequest, &'static str> {
        let (account, act) = (account(), serde_json::from_value(act).unwrap());
        plan(&act, &AccountSnapshot::of(&account), "@customer", "2026-12-01T09:00:00Z")
    }

    #[test]
    fn each_act_is_the_request_of_hubspots_own_pages() {
        let answer =
            planned(json!({"act": "answer", "kind": "ticket", "id": "5", "owner": "7", "text": " <b> & you "}))
                .unwrap();
        assert_eq!(answer.body["properties"]["hs_note_body"], "<p>@customer &lt;b&gt; &amp; you</p>");
        for (kind, act, path, body) in [
            ("ticket", "take", "/crm/v3/objects/tickets/5", json!({"properties": {"hubspot_owner_id": "7"}})),
            ("ticket", "close", "/crm/v3/objects/tickets/5", json!({"properties": {"hs_pipeline_stage": "4"}})),
            ("thread", "take", "/__sandbox/conversations/assignments", json!({"thread": "5", "user_id": 70})),
            ("thread", "close", "/__sandbox/conversations/status", json!({"thread": "5", "status": "CLOSED"})),
            (
                "thread",
                "give_back",
                "/__sandbox/conversations/agent-messages",
                json!({"thread": "5", "user_id": 70, "text": "/bot on", "internal": true}),
            ),
        ] {
            let request = planned(json!({"act": act, "kind": kind, "id": "5", "owner": "7"})).unwrap();
            assert_eq!((request.path.as_str(), &request.body), (path, &body), "{kind} {act}");
        }
    }

    #[test]
    fn what_cannot_be_done_says_why() {
        for (act, why) in [
            (json!({"act": "answer", "kind": "ticket", "id": "5", "owner": "7", "text": " "}), "write something"),
            (json!({"act": "take", "kind": "ticket", "id": "5/../../x", "owner": "7"}), "no such ticket"),
            (json!({"act": "take", "kind": "ticket", "id": "5", "owner": "8"}), "no such colleague"),
            (json!({"act": "close", "kind": "ticket", "id": "6", "owner": "7"}), "no such ticket"),
            (json!({"act": "give_back", "kind": "ticket", "id": "5", "owner": "7"}), "by closing it"),
            (json!({"act": "answer", "kind": "thread", "id": "5", "owner": "7", "text": "x".repeat(4_001)}), "4,000"),
        ] {
            let refused = planned(act).unwrap_err();
            assert!(refused.contains(why), "{refused}");
        }
    }
}
