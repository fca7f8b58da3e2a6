//! The embedded account as the page shows it: the help desk, and the newest records. Pure.

use std::cmp::Reverse;
use std::collections::HashMap;

use chrono::DateTime;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::records::note;

/// The conversations and tickets of an inbox, and the records of a feed, that are shown.
const INBOX_MAX: usize = 12;
const FEED_MAX: usize = 24;
/// The messages of one of them, the newest.
const MESSAGES_MAX: usize = 60;
/// The longest text of a message or record.
const TEXT_CHARACTERS_MAX: usize = 4_000;
const DETAIL_CHARACTERS_MAX: usize = 240;
/// The words between what a ticket of a hand-off says to colleagues and the conversation before it.
const CONVERSATION: &str = "Conversation so far:\n";

/// A snapshot of the account, as `GET /__sandbox/state` has it.
#[derive(Debug)]
pub struct AccountSnapshot<'a> {
    all: &'a Value,
    /// Records by `type/id`.
    records: HashMap<String, &'a Value>,
    /// The records that each is associated with, both ways.
    links: HashMap<&'a str, Vec<&'a str>>,
}

/// A ticket or a conversation in the help desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InboxItem {
    /// The kind of it.
    pub kind: InboxItemKind,
    /// HubSpot's id.
    pub id: String,
    /// The subject.
    pub title: String,
    /// The customer, by name or address.
    pub customer: String,
    /// The stage of a ticket, or the status of a conversation.
    pub stage: String,
    /// The person who has it, by name; empty if nobody has.
    pub owner: String,
    /// It is not closed.
    pub open: bool,
    /// A customer waits for an answer in it.
    pub hand_off: bool,
    /// The messages, oldest first.
    pub messages: Vec<InboxMessage>,
}

/// The kinds of what stands in an inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InboxItemKind {
    /// A ticket.
    Ticket,
    /// A conversation of HubSpot's inbox.
    Thread,
}

/// A message as a colleague sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InboxMessage {
    /// `customer`, `assistant`, `colleague`, or `note` for what only colleagues see.
    pub from: &'static str,
    /// The name of whoever wrote it, where it is known.
    pub by: String,
    /// Plain text.
    pub text: String,
}

/// A record that was made or changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FeedItem {
    /// The record as `type/id`.
    pub key: String,
    /// Its type in the plural, such as `contacts`.
    pub kind: String,
    /// The words by which people know it.
    pub title: String,
    /// More of it.
    pub detail: String,
    /// The contact that it belongs to.
    pub of: String,
    /// When it was changed last (RFC 3339).
    pub updated: String,
    /// It was changed after it was made.
    pub changed: bool,
}

/// A user who can answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InboxColleague {
    /// The id as an owner of records.
    pub owner: String,
    /// The id as a user.
    pub user: u64,
    /// The name.
    pub name: String,
}

impl<'a> AccountSnapshot<'a> {
    /// Reads a snapshot.
    pub fn of(all: &'a Value) -> AccountSnapshot<'a> {
        let mut records = HashMap::new();
        for (kind, of_kind) in all["records"].as_object().into_iter().flatten() {
            for record in list(of_kind) {
                records.insert(format!("{kind}/{}", text(&record["id"])), record);
            }
        }
        let mut links: HashMap<&str, Vec<&str>> = HashMap::new();
        for link in list(&all["associations"]) {
            let (from, to) = (text(&link["from"]), text(&link["to"]));
            links.entry(from).or_default().push(to);
            links.entry(to).or_default().push(from);
        }
        AccountSnapshot { all, records, links }
    }

    /// The users who can answer.
    pub fn colleagues(&self) -> Vec<InboxColleague> {
        let active = list(&self.all["owners"]).filter(|owner| owner["archived"] != true);
        let colleague = |owner: &Value| InboxColleague {
            owner: text(&owner["id"]).to_owned(),
            user: owner["userId"].as_u64().unwrap_or_default(),
            name: format!("{} {}", text(&owner["firstName"]), text(&owner["lastName"])).trim().to_owned(),
        };
        active.map(colleague).collect()
    }

    /// The inbox: what is open first, then the newest first. `mark` begins a note that is for the customer.
    pub fn inbox(&self, mark: &str) -> Vec<InboxItem> {
        let tickets = list(&self.all["records"]["tickets"]).map(|ticket| (created(ticket), self.ticket(ticket, mark)));
        let threads = list(&self.all["threads"]).map(|thread| (ms(&thread["createdMs"]), self.thread(thread)));
        let mut all: Vec<_> = tickets.chain(threads).collect();
        all.sort_by_key(|(at, item)| Reverse((item.open, item.hand_off, *at)));
        all.into_iter().map(|(_, item)| item).take(INBOX_MAX).collect()
    }

    /// The records that were made or changed last, the newest first.
    pub fn feed(&self) -> Vec<FeedItem> {
        let mut all: Vec<_> = self.records.iter().collect();
        all.sort_by_key(|(key, record)| Reverse((text(&record["updatedAt"]), key.as_str())));
        all.into_iter().take(FEED_MAX).map(|(key, record)| self.feed_item(key, record)).collect()
    }

    /// The numbers of records by type, and of conversations.
    pub fn counts(&self) -> Map<String, Value> {
        let records = self.all["records"].as_object().into_iter().flatten();
        let records = records.map(|(kind, all)| (kind.clone(), list(all).count().into()));
        records.chain([("threads".to_owned(), list(&self.all["threads"]).count().into())]).collect()
    }

    /// The stage in which a ticket is closed, in the pipeline in which it stands.
    pub fn closed_stage(&self, ticket: &str) -> Option<&str> {
        let ticket = self.records.get(&format!("tickets/{ticket}"))?;
        let stages = list(&self.pipeline(ticket)?["stages"]);
        let mut closed = stages.filter(|stage| stage["metadata"]["isClosed"] == "true");
        closed.next().map(|stage| text(&stage["id"]))
    }

    fn ticket(&self, ticket: &Value, mark: &str) -> InboxItem {
        let id = text(&ticket["id"]);
        let key = format!("tickets/{id}");
        let content = property(ticket, "content");
        let (words, history) = content.split_once(CONVERSATION).unwrap_or((content, ""));
        let mut messages = history_of(history);
        if messages.is_empty() && !words.is_empty() {
            messages.push(message("note", "", words));
        }
        let mut notes: Vec<_> = self.linked(&key, "notes").collect();
        notes.sort_by_key(|note| (created(note), text(&note["id"])));
        messages.extend(notes.into_iter().map(|note| self.note(note, mark)));
        messages.drain(..messages.len().saturating_sub(MESSAGES_MAX));
        let stage = self.stage(ticket);
        InboxItem {
            kind: InboxItemKind::Ticket,
            id: id.to_owned(),
            title: shortened(property(ticket, "subject"), DETAIL_CHARACTERS_MAX),
            customer: self.contact_of(&key),
            stage: stage.map(|stage| text(&stage["label"]).to_owned()).unwrap_or_default(),
            owner: self.owner(property(ticket, "hubspot_owner_id")),
            open: stage.is_none_or(|stage| stage["metadata"]["isClosed"] != "true"),
            hand_off: !history.is_empty(),
            messages,
        }
    }

    fn note(&self, record: &Value, mark: &str) -> InboxMessage {
        let plain = note::plain(property(record, "hs_note_body"));
        if let Some(words) = note::words_of_customer(&plain) {
            return message("customer", "", words);
        }
        let by = self.owner(property(record, "hubspot_owner_id"));
        match plain.strip_prefix(mark) {
            Some(words) => message("colleague", &by, words.trim_start()),
            None => message("note", &by, &plain),
        }
    }

    fn thread(&self, thread: &Value) -> InboxItem {
        let contact = thread["contactId"].as_u64().map(|id| format!("contacts/{id}")).unwrap_or_default();
        let mut messages: Vec<_> = list(&thread["messages"]).filter_map(|one| self.said(one)).collect();
        messages.drain(..messages.len().saturating_sub(MESSAGES_MAX));
        let first = messages.iter().find(|message| message.from == "customer").map(|message| message.text.as_str());
        let user: Option<u64> = text(&thread["assignedTo"]).strip_prefix("A-").and_then(|id| id.parse().ok());
        let owner = list(&self.all["owners"]).find(|owner| user.is_some() && owner["userId"].as_u64() == user);
        InboxItem {
            kind: InboxItemKind::Thread,
            id: thread["id"].to_string(),
            title: shortened(first.unwrap_or("Conversation"), DETAIL_CHARACTERS_MAX),
            customer: self.records.get(&contact).map_or_else(|| "Visitor".to_owned(), |record| name(record)),
            stage: text(&thread["status"]).to_owned(),
            owner: owner.map(|owner| self.owner(text(&owner["id"]))).unwrap_or_default(),
            open: thread["status"] != "CLOSED",
            hand_off: true,
            messages,
        }
    }

    /// A message of a conversation; `None` for what only tells of an assignment or a status.
    fn said(&self, message_of: &Value) -> Option<InboxMessage> {
        let content = &message_of["content"];
        let words = text_within(content)?;
        let sender = text(&message_of["createdBy"]);
        // An app writes in the name of a user.
        let is_by_app = message_of["client"].get("INTEGRATION").is_some();
        let from = match () {
            () if content.to_string().contains("COMMENT") => "note",
            () if is_by_app => "assistant",
            () if sender.starts_with("V-") => "customer",
            () if sender.starts_with("A-") => "colleague",
            () => "assistant",
        };
        Some(message(from, "", words))
    }

    fn feed_item(&self, key: &str, record: &Value) -> FeedItem {
        let (kind, _) = key.split_once('/').unwrap_or((key, ""));
        let (title, detail) = self.words(kind, record);
        FeedItem {
            key: key.to_owned(),
            kind: kind.to_owned(),
            title: shortened(&title, DETAIL_CHARACTERS_MAX),
            detail: shortened(&detail, DETAIL_CHARACTERS_MAX),
            of: if kind == "contacts" { String::new() } else { self.contact_of(key) },
            updated: text(&record["updatedAt"]).to_owned(),
            changed: record["updatedAt"] != record["createdAt"],
        }
    }

    fn words(&self, kind: &str, record: &Value) -> (String, String) {
        let of = |name: &str| property(record, name);
        let joined =
            |parts: &[&str]| parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" · ");
        let owner = self.owner(of("hubspot_owner_id"));
        match kind {
            "contacts" => (name(record), joined(&[of("email"), of("phone"), of("company"), of("jobtitle")])),
            "companies" => (of("name").to_owned(), of("domain").to_owned()),
            "tickets" => {
                let stage = self.stage(record).map(|stage| text(&stage["label"])).unwrap_or_default();
                (of("subject").to_owned(), joined(&[stage, &owner]))
            }
            "deals" => (of("dealname").to_owned(), of("dealstage").to_owned()),
            "meetings" => (of("hs_meeting_title").to_owned(), joined(&[of("hs_meeting_start_time"), &owner])),
            "tasks" => (of("hs_task_subject").to_owned(), joined(&[of("hs_task_status"), &owner])),
            "notes" => (note::plain(of("hs_note_body")), owner),
            "communications" => {
                (note::plain(of("hs_communication_body")), of("hs_communication_channel_type").to_owned())
            }
            "calls" => (of("hs_call_title").to_owned(), note::plain(of("hs_call_body"))),
            "emails" => (of("hs_email_subject").to_owned(), note::plain(of("hs_email_text"))),
            _ => (text(&record["id"]).to_owned(), String::new()),
        }
    }

    fn linked(&self, key: &str, kind: &str) -> impl Iterator<Item = &'a Value> {
        let all = self.links.get(key).into_iter().flatten();
        all.filter(move |other| other.split_once('/').is_some_and(|(of, _)| of == kind))
            .filter_map(|other| self.records.get(*other).copied())
    }

    fn contact_of(&self, key: &str) -> String {
        self.linked(key, "contacts").next().map(name).unwrap_or_default()
    }

    fn owner(&self, id: &str) -> String {
        let found = self.colleagues().into_iter().find(|colleague| colleague.owner == id);
        found.map(|colleague| colleague.name).unwrap_or_default()
    }

    fn pipeline(&self, ticket: &Value) -> Option<&'a Value> {
        let id = property(ticket, "hs_pipeline");
        list(&self.all["pipelines"]["tickets"]).find(|pipeline| pipeline["id"] == id)
    }

    fn stage(&self, ticket: &Value) -> Option<&'a Value> {
        let id = property(ticket, "hs_pipeline_stage");
        list(&self.pipeline(ticket)?["stages"]).find(|stage| stage["id"] == id)
    }
}

/// The messages of a history as a hand-off writes it: each begins with its author and a colon on a line of its own.
fn history_of(history: &str) -> Vec<InboxMessage> {
    let mut all: Vec<InboxMessage> = vec![];
    for line in history.lines() {
        let begun = ["customer", "assistant"].into_iter().find_map(|from| Some((from, line.strip_prefix(from)?)));
        match begun.and_then(|(from, rest)| Some((from, rest.strip_prefix(": ")?))) {
            Some((from, words)) => all.push(message(from, "", words)),
            None => match all.last_mut() {
                Some(last) => last.text = format!("{}\n{line}", last.text),
                None => all.push(message("note", "", line)),
            },
        }
    }
    all
}

fn message(from: &'static str, by: &str, words: &str) -> InboxMessage {
    InboxMessage { from, by: by.to_owned(), text: shortened(words.trim(), TEXT_CHARACTERS_MAX) }
}

/// The plain text within the content of a message, wherever its kind keeps it.
fn text_within(content: &Value) -> Option<&str> {
    match content {
        Value::Object(fields) => {
            let own = fields.get("text").and_then(Value::as_str).filter(|words| !words.is_empty());
            own.or_else(|| fields.values().find_map(text_within))
        }
        _ => None,
    }
}

fn name(contact: &Value) -> String {
    let full = format!("{} {}", property(contact, "firstname"), property(contact, "lastname"));
    let full = full.trim();
    if full.is_empty() { property(contact, "email").to_owned() } else { full.to_owned() }
}

fn property<'a>(record: &'a Value, name: &str) -> &'a str {
    let value = &record["properties"][name];
    // A property that has changed is kept with its history, the newest first.
    value.as_str().or_else(|| value[0]["value"].as_str()).unwrap_or_default()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn created(record: &Value) -> i64 {
    DateTime::parse_from_rfc3339(text(&record["createdAt"])).map_or(0, |at| at.timestamp_millis())
}

fn ms(value: &Value) -> i64 {
    value.as_i64().unwrap_or_default()
}

fn shortened(text: &str, characters_max: usize) -> String {
    match text.char_indices().nth(characters_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_conversation_before_a_hand_off_is_read_with_its_authors() {
        let history =
            "assistant: Hello!\nHow can I help?\ncustomer: It beeps\ncustomers: no author\nassistant: Since when?";
        let read = history_of(history);
        let told: Vec<_> = read.iter().map(|message| (message.from, message.text.as_str())).collect();
        assert_eq!(
            told,
            [
                ("assistant", "Hello!\nHow can I help?"),
                ("customer", "It beeps\ncustomers: no author"),
                ("assistant", "Since when?")
            ]
        );
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!((shortened("øøø", 3), shortened("øøøø", 3)), ("øøø".to_owned(), "øøø…".to_owned()));
    }
}
