//! The lines of the audit trail. The names of their fields are interface: they are added, never renamed.

use chrono::{DateTime, SecondsFormat, Utc};
use hubspot_client::{Action, Outcome, WriteFacts, WrittenRecord};
use serde::Serialize;

/// The line of one run of a tool.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallLine {
    /// The end of the run (RFC 3339, milliseconds).
    pub time: String,
    /// Kind of line: `call`.
    pub event: &'static str,
    /// The id of the client's call, as in the log. All runs of one call share it, also those of the tools of a script.
    pub call: String,
    /// The name of the caller's token, or `local`.
    pub caller: String,
    /// The digest of the client's session; revisions since 2026-07-28 have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The digest of the client's name and version, where it has told them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The digest of the conversation with the contact assistant: people who share a token have their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat: Option<String>,
    /// The digest of the actor of HubSpot's inbox whose message was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The digest of the taskgraph session whose script called the tool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// Name of the tool.
    pub tool: &'static str,
    /// `client`, `script` or `autopilot`.
    pub by: &'static str,
    /// `ok`, `asked`, `cancelled`, or the error's code.
    pub outcome: &'static str,
    /// The call asked for a person's agreement.
    pub asked: bool,
    /// True if a person was asked and agreed.
    pub agreed: bool,
    /// The writes to HubSpot.
    pub writes: Vec<WriteLine>,
    /// The requests to HubSpot, reads included and repeats not.
    pub hubspot_requests: u32,
}

/// The line of a retry whose request state was not signed for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StateLine {
    /// The time of the refusal.
    pub time: String,
    /// Kind of line: `request_state_refused`.
    pub event: &'static str,
    /// The id of the call, as in the log.
    pub call: String,
    /// The name of the caller's token, or `local`.
    pub caller: String,
    /// The digest of the client's name and version, where it has told them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The tool that was called.
    pub tool: &'static str,
}

/// The line of the writes of a call that ended after it had.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LateLine {
    /// The end of the last of them.
    pub time: String,
    /// Kind of line: `write_ended`.
    pub event: &'static str,
    /// The call's id, as in its log line.
    pub call: String,
    /// The caller, as in the call's log line.
    pub caller: String,
    /// The caller, as in the call's log line.
    pub tool: &'static str,
    /// The writes, whose outcome was `unknown` in the line of the call.
    pub writes: Vec<WriteLine>,
}

/// The line that says how many lines are missing before it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MissingLine {
    /// When the trail could be written again, by the system's clock.
    pub time: String,
    /// Kind of line: `lines_missing`.
    pub event: &'static str,
    /// The number of lines; none of them is the line of a call that changed something, or of the end of its writes: their
    /// places are kept before the call begins.
    pub lines: u64,
}

/// One write to HubSpot.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WriteLine {
    /// `create`, `update` or `book`.
    pub action: &'static str,
    /// The type of record, such as `tickets`.
    pub object: &'static str,
    /// `done`, `not_done` or `unknown`.
    pub outcome: &'static str,
    /// HubSpot's answer was lost, and a look-up found that the write was done.
    pub recovered: bool,
    /// The records that were made or changed.
    pub records: Vec<RecordLine>,
    /// The record to which the new one belongs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<RecordLine>,
    /// The internal names of the properties that were sent.
    pub properties: Vec<String>,
    /// HubSpot's correlation ids of the requests that wrote.
    pub correlation_ids: Vec<String>,
}

/// A record in a line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordLine {
    /// The type, such as `tickets`; `calendar_events` for the event of a booking.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Id in HubSpot of the record, message or conversation that was written.
    pub id: String,
}

impl From<&WriteFacts> for WriteLine {
    fn from(facts: &WriteFacts) -> WriteLine {
        WriteLine {
            action: action(facts.action),
            object: facts.object,
            outcome: outcome(facts.outcome),
            recovered: facts.recovered,
            records: facts.records.iter().map(RecordLine::from).collect(),
            parent: facts.parent.as_ref().map(RecordLine::from),
            properties: facts.properties.clone(),
            correlation_ids: facts.correlation_ids.clone(),
        }
    }
}

impl From<&WrittenRecord> for RecordLine {
    fn from(record: &WrittenRecord) -> RecordLine {
        RecordLine { kind: record.object, id: record.id.clone() }
    }
}

/// An instant as the lines write it.
pub fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A line as it stands in the file.
pub(super) fn text(line: &impl Serialize) -> String {
    // Lines are structs of texts and numbers, which can be written.
    serde_json::to_string(line).unwrap_or_default() + "\n"
}

fn action(action: Action) -> &'static str {
    match action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Book => "book",
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::NotDone => "not_done",
        Outcome::Unknown => "unknown",
    }
}
