//! Threads: one conversation with a customer each.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;

use super::actor::ActorId;
use super::path;
use crate::error::Error;
use crate::record;
use crate::tier::Bucket;
use crate::transport::attempt::AttemptError;
use crate::transport::call_scope::CallScope;
use crate::transport::paging;
use crate::transport::request::ApiRequest;
use domain::id::{RecordId, ThreadId};

/// The largest page (HubSpot, conversations: threads).
pub const THREADS_PAGE_MAX: u32 = 500;

/// A thread: the messages of one visitor in one inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// Id in HubSpot.
    pub id: ThreadId,
    /// Open or closed.
    pub status: ThreadStatus,
    /// The inbox or help desk in which it is.
    pub inbox_id: String,
    /// The channel by which it came.
    pub channel_id: String,
    /// Id of the mailbox, widget or form that the thread began in.
    pub channel_account_id: String,
    /// The contact, or the visitor who is none yet: HubSpot gives both in one field.
    pub contact_id: Option<RecordId>,
    /// The ticket that belongs to it, where it was asked for.
    pub ticket_id: Option<RecordId>,
    /// The agent to whom it is assigned.
    pub assigned_to: Option<ActorId>,
    /// The instant at which it began.
    pub created_at: Option<DateTime<Utc>>,
    /// The instant at which it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// The instant of the newest message.
    pub latest_at: Option<DateTime<Utc>>,
    /// The instant of the newest message to the customer.
    pub latest_sent_at: Option<DateTime<Utc>>,
    /// The instant of the newest message of the customer.
    pub latest_received_at: Option<DateTime<Utc>>,
    /// HubSpot takes it for spam.
    pub is_spam: bool,
    /// It is in the recycle bin.
    pub is_archived: bool,
}

/// Status of a thread, as HubSpot's inbox shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThreadStatus {
    /// Somebody has to answer, or may.
    Open,
    /// It is done.
    Closed,
}

/// The threads to list. HubSpot lists them oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThreadQuery {
    /// Those of a contact with this status: HubSpot takes the two together only.
    pub contact: Option<(RecordId, ThreadStatus)>,
    /// Those of a ticket.
    pub ticket: Option<RecordId>,
    /// Those of an inbox.
    pub inbox: Option<String>,
    /// Those in which something was written or changed since; they are sorted by that.
    pub changed_since: Option<DateTime<Utc>>,
    /// The cursor of the page; `None` for the first.
    pub after: Option<String>,
}

/// One page of a list of threads, and the cursor of the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadPage {
    /// Threads of this page, in the order that was asked for.
    pub threads: Vec<Thread>,
    /// The cursor of the next page.
    pub after: Option<String>,
}

impl ThreadStatus {
    /// Name in HubSpot's API: `OPEN` or `CLOSED`.
    pub fn name(self) -> &'static str {
        match self {
            ThreadStatus::Open => "OPEN",
            ThreadStatus::Closed => "CLOSED",
        }
    }

    fn read(name: &str) -> ThreadStatus {
        if name == "CLOSED" { ThreadStatus::Closed } else { ThreadStatus::Open }
    }
}

impl Thread {
    pub(super) fn read(value: &Value) -> Result<Thread, AttemptError> {
        let text = |field: &str| value[field].as_str().filter(|text| !text.is_empty());
        let at = |field: &str| text(field).and_then(|text| text.parse().ok());
        let id = |field: &str| record::id::<String>(&value[field]).unwrap_or_default();
        Ok(Thread {
            id: record::id(&value["id"]).ok_or_else(|| AttemptError::unreadable("a thread in it has no id"))?,
            status: ThreadStatus::read(text("status").unwrap_or_default()),
            inbox_id: id("inboxId"),
            channel_id: id("originalChannelId"),
            channel_account_id: id("originalChannelAccountId"),
            contact_id: record::id(&value["associatedContactId"]),
            ticket_id: record::id(&value["threadAssociations"]["associatedTicketId"]),
            assigned_to: text("assignedTo").map(ActorId::new),
            created_at: at("createdAt"),
            closed_at: at("closedAt"),
            latest_at: at("latestMessageTimestamp"),
            latest_sent_at: at("latestMessageSentTimestamp"),
            latest_received_at: at("latestMessageReceivedTimestamp"),
            is_spam: value["spam"] == true,
            is_archived: value["archived"] == true,
        })
    }
}

pub(super) async fn one(scope: &CallScope, id: &ThreadId) -> Result<Option<Thread>, Error> {
    let request = ApiRequest::get(path::FAMILY, path::thread(scope, id, "")).with("association", "TICKET");
    match scope.send(Bucket::General, &request).await {
        Ok(answer) => Ok(Some(Thread::read(&answer)?)),
        Err(error) if error.error == Error::NotFound => Ok(None),
        Err(error) => Err(error.error),
    }
}

pub(super) async fn list(scope: &CallScope, query: &ThreadQuery) -> Result<ThreadPage, Error> {
    let answer = scope.send(Bucket::General, &request(scope, query)).await?;
    let results = answer["results"].as_array().ok_or_else(|| AttemptError::unreadable("it has no list of results"))?;
    let threads = results.iter().map(Thread::read).collect::<Result<_, _>>()?;
    Ok(ThreadPage { threads, after: paging::after(&answer) })
}

pub(super) async fn changed(
    scope: &CallScope,
    inbox: &str,
    since: DateTime<Utc>,
    pages_max: usize,
) -> Result<(Vec<Thread>, bool), Error> {
    let mut query = ThreadQuery { inbox: Some(inbox.to_owned()), changed_since: Some(since), ..ThreadQuery::default() };
    let mut threads = vec![];
    for _ in 0..pages_max {
        let page = list(scope, &query).await?;
        threads.extend(page.threads);
        match page.after {
            Some(after) => query.after = Some(after),
            None => return Ok((threads, true)),
        }
    }
    Ok((threads, false))
}

fn request(scope: &CallScope, query: &ThreadQuery) -> ApiRequest {
    let mut request = ApiRequest::get(path::FAMILY, path::of(scope, "/threads"))
        .with("limit", &THREADS_PAGE_MAX.to_string())
        .with("association", "TICKET");
    let since = query.changed_since.map(|since| since.to_rfc3339_opts(SecondsFormat::Millis, true));
    let given = [
        ("associatedContactId", query.contact.as_ref().map(|(id, _)| id.as_str())),
        ("threadStatus", query.contact.as_ref().map(|(_, status)| status.name())),
        ("associatedTicketId", query.ticket.as_ref().map(|id| id.as_str())),
        ("inboxId", query.inbox.as_deref()),
        ("sort", since.as_ref().map(|_| "latestMessageTimestamp")),
        ("latestMessageTimestampAfter", since.as_deref()),
        ("after", query.after.as_deref()),
    ];
    for (name, value) in given {
        if let Some(value) = value {
            request = request.with(name, value);
        }
    }
    request
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_thread_is_read_as_hubspot_writes_it() {
        let thread = Thread::read(&json!({
            "id": "176347007", "createdAt": "2019-11-18T18:47:59.865Z", "closedAt": "2019-11-18T18:50:06.872Z",
            "status": "CLOSED", "originalChannelId": "1000", "originalChannelAccountId": "148662",
            "latestMessageTimestamp": "2019-11-18T18:50:00.279Z",
            "latestMessageSentTimestamp": "2019-11-18T18:48:38.788Z",
            "latestMessageReceivedTimestamp": "2019-11-18T18:50:00.279Z", "assignedTo": "A-2620022", "spam": false,
            "inboxId": "481939", "associatedContactId": "1401", "archived": false,
            "threadAssociations": {"associatedTicketId": "57774743"}
        }))
        .unwrap();
        assert_eq!(thread.id.as_str(), "176347007");
        assert_eq!((thread.status, thread.is_spam, thread.is_archived), (ThreadStatus::Closed, false, false));
        assert_eq!((thread.inbox_id.as_str(), thread.channel_id.as_str()), ("481939", "1000"));
        assert_eq!(thread.contact_id, Some(RecordId::from(1401)));
        assert_eq!(thread.ticket_id, Some(RecordId::from(57_774_743)));
        assert_eq!(thread.assigned_to, Some(ActorId::new("A-2620022")));
        assert!(thread.latest_received_at > thread.latest_sent_at && thread.closed_at.is_some());
        let bare = Thread::read(&json!({"id": 5, "status": "OPEN"})).unwrap();
        assert_eq!((bare.contact_id, bare.assigned_to, bare.latest_at), (None, None, None));
        assert!(Thread::read(&json!({"id": "x"})).is_err());
    }
}
