//! A conversation in a few fields: who it is with, where it stands, and who has to say something.

use chrono::{DateTime, SecondsFormat, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::channel;
use super::names::ActorNames;
use crate::records::excerpt;
use domain::id::{RecordId, ThreadId};
use hubspot_client::{ActorId, Inbox, Thread, ThreadStatus};

/// A conversation as a model reads it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Summary {
    /// The id.
    pub conversation_id: ThreadId,
    /// `open` or `closed`.
    pub status: &'static str,
    /// The name of the customer, or their address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The contact; an id that `get_contact` does not know is a visitor who is none yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<RecordId>,
    /// The ticket that belongs to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket_id: Option<RecordId>,
    /// Such as `live chat` or `e-mail`.
    pub channel: String,
    /// The name of the inbox.
    pub inbox: String,
    /// The name of the colleague to whom it is assigned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// `customer` or `us`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_from: Option<&'static str>,
    /// The time of the last message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_at: Option<String>,
    /// The minutes for which the customer's last words have waited for an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_minutes: Option<i64>,
    /// HubSpot takes it for spam.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub spam: bool,
}

impl Summary {
    /// The conversation as it stands at `now`.
    pub fn of(thread: &Thread, inboxes: &[Inbox], names: &ActorNames, now: DateTime<Utc>) -> Summary {
        let inbox = inboxes.iter().find(|inbox| inbox.id == thread.inbox_id).map(|inbox| &inbox.name);
        Summary {
            conversation_id: thread.id.clone(),
            status: status_name(thread.status),
            customer: customer(thread).and_then(|id| names.name(&id)),
            contact_id: thread.contact_id.clone(),
            ticket_id: thread.ticket_id.clone(),
            channel: channel::name(&thread.channel_id),
            inbox: excerpt::line(inbox.unwrap_or(&thread.inbox_id)),
            assignee: thread.assigned_to.as_ref().map(|id| names.name(id).unwrap_or_else(|| id.as_str().to_owned())),
            last_from: last_from(thread),
            last_at: thread.latest_at.map(moment),
            waiting_minutes: waiting_since(thread).map(|since| (now - since).num_minutes().max(0)),
            spam: thread.is_spam,
        }
    }
}

/// The actors whose names a summary shows.
pub fn actors(thread: &Thread) -> impl Iterator<Item = ActorId> {
    customer(thread).into_iter().chain(thread.assigned_to.clone())
}

/// The customer as an actor.
fn customer(thread: &Thread) -> Option<ActorId> {
    thread.contact_id.as_ref().map(|id| ActorId::new(&format!("V-{id}")))
}

/// The instant since which the customer of an open conversation has waited for an answer.
pub fn waiting_since(thread: &Thread) -> Option<DateTime<Utc>> {
    let received = thread.latest_received_at.filter(|_| thread.status == ThreadStatus::Open)?;
    (thread.latest_sent_at.is_none_or(|sent| sent < received)).then_some(received)
}

fn last_from(thread: &Thread) -> Option<&'static str> {
    match (thread.latest_received_at, thread.latest_sent_at) {
        (None, None) => None,
        (received, sent) if received > sent => Some("customer"),
        _ => Some("us"),
    }
}

/// The name of a status in arguments and answers.
pub fn status_name(status: ThreadStatus) -> &'static str {
    match status {
        ThreadStatus::Open => "open",
        ThreadStatus::Closed => "closed",
    }
}

/// An instant to the second.
pub fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn at(minute: u32) -> DateTime<Utc> {
        format!("2026-11-22T15:{minute:02}:00Z").parse().unwrap()
    }

    /// An open chat whose customer wrote and was answered at these minutes.
    pub(crate) fn thread(received: Option<u32>, sent: Option<u32>) -> Thread {
        Thread {
            id: ThreadId::from(7),
            status: ThreadStatus::Open,
            inbox_id: "481939".into(),
            channel_id: "1000".into(),
            channel_account_id: "148662".into(),
            contact_id: Some(RecordId::from(501)),
            ticket_id: None,
            assigned_to: None,
            created_at: None,
            closed_at: None,
            latest_at: received.max(sent).map(at),
            latest_sent_at: sent.map(at),
            latest_received_at: received.map(at),
            is_spam: false,
            is_archived: false,
        }
    }

    #[test]
    fn a_customer_waits_until_somebody_answers_or_closes() {
        for (received, sent, minutes, from) in [
            (Some(10), None, Some(20), Some("customer")),
            (Some(10), Some(5), Some(20), Some("customer")),
            (Some(10), Some(12), None, Some("us")),
            (Some(10), Some(10), None, Some("us")),
            (None, Some(12), None, Some("us")),
            (None, None, None, None),
        ] {
            let shown = Summary::of(&thread(received, sent), &[], &ActorNames::default(), at(30));
            assert_eq!((shown.waiting_minutes, shown.last_from), (minutes, from), "{received:?} {sent:?}");
            let closed = Thread { status: ThreadStatus::Closed, ..thread(received, sent) };
            assert_eq!(Summary::of(&closed, &[], &ActorNames::default(), at(30)).waiting_minutes, None);
        }
    }
}
