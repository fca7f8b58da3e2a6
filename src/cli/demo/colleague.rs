//! A colleague at work in HubSpot, who answers a customer on the ticket of a hand-off and closes it: the requests that
//! HubSpot's pages send.

use bytes::Bytes;
use http::{Request, Response};
use http_client::{HttpClient, InProcess, SendError};
use hubspot_sandbox::Sandbox;
use serde_json::{Value, json};

use super::error::Error;

const TICKETS: &str = "/crm/v3/objects/tickets";
const NOTES: &str = "/crm/v3/objects/notes";
/// HubSpot's type of the association from a note to its ticket.
const NOTE_TO_TICKET: u32 = 228;
/// The stage `Closed` of HubSpot's first pipeline of tickets.
const CLOSED: &str = "4";

/// The owner of a ticket.
pub(super) struct Colleague<'a> {
    sandbox: &'a Sandbox,
    ticket: String,
    owner: Value,
}

impl Colleague<'_> {
    /// The owner of this ticket.
    pub(super) async fn of<'a>(sandbox: &'a Sandbox, ticket: &str) -> Result<Colleague<'a>, Error> {
        let mut colleague = Colleague { sandbox, ticket: ticket.to_owned(), owner: Value::Null };
        let path = format!("{TICKETS}/{ticket}?properties=hubspot_owner_id");
        let mut found = colleague.ask("GET", &path, Value::Null).await?;
        colleague.owner = found["properties"]["hubspot_owner_id"].take();
        Ok(colleague)
    }

    /// Writes a note on the ticket.
    pub(super) async fn write(&self, text: &str) -> Result<(), Error> {
        let types = [json!({"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": NOTE_TO_TICKET})];
        let note = json!({
            "properties": {
                "hs_note_body": format!("<p>{text}</p>"),
                "hs_timestamp": self.sandbox.now().to_rfc3339(),
                "hubspot_owner_id": self.owner,
            },
            "associations": [{"to": {"id": self.ticket}, "types": types}],
        });
        self.ask("POST", NOTES, note).await.map(drop)
    }

    /// Closes the ticket.
    pub(super) async fn close(&self) -> Result<(), Error> {
        let closed = json!({"properties": {"hs_pipeline_stage": CLOSED}});
        self.ask("PATCH", &format!("{TICKETS}/{}", self.ticket), closed).await.map(drop)
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> Result<Value, Error> {
        let failed = |answer: String| Error::Step { tool: format!("{method} {path}"), answer };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.sandbox.token()))
            .header("content-type", "application/json")
            .body(Bytes::from(body.to_string()));
        let request = request.map_err(|error| failed(error.to_string()))?;
        let answer: Result<Response<Bytes>, SendError> = InProcess(self.sandbox.router()).send(request).await;
        let answer = answer.map_err(|error| failed(error.to_string()))?;
        match answer.status().is_success() {
            true => serde_json::from_slice(answer.body()).map_err(|error| failed(error.to_string())),
            false => Err(failed(String::from_utf8_lossy(answer.body()).into_owned())),
        }
    }
}
