//! The task that a caller names: what is said later is written into it, and it never becomes a second one.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use super::{equal_task, equal_ticket, excerpt, task_text};
use crate::tool::{Ctx, ToolError};
use domain::code::Code;
use domain::id::{OwnerId, RecordId};
use hubspot_client::{Error, Object, Record};

/// The longest time after which a task can still be changed by who had it made: that of one conversation.
const CHANGEABLE: TimeDelta = TimeDelta::days(1);
/// The status of a task that is done (HubSpot's `hs_task_status`).
const DONE: &str = "COMPLETED";
const KIND: &str = "hs_task_type";

/// The changes of a task; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct TaskChange {
    /// The words that are added, in HTML. Those that the task says already are not repeated.
    pub reason: String,
    /// The title.
    pub subject: Option<String>,
    /// The way to reach the customer.
    pub reach: Option<String>,
    /// The way to reach them that holds where neither the caller nor the task says one.
    pub known_reach: Option<String>,
    /// The instant at which it is due.
    pub due: Option<DateTime<Utc>>,
    /// HubSpot's properties of who does it, by name; an empty text clears one.
    pub assigned: BTreeMap<String, String>,
    /// The owner whom it gets if it has none, or if it is now about a ticket.
    pub usual_owner: Option<OwnerId>,
    /// The contact and the ticket that it is about.
    pub about: Vec<(Object, RecordId)>,
}

/// A task after its change.
#[derive(Debug)]
pub struct NamedTask {
    /// The task with its values as they are now.
    pub record: Record,
    /// The contacts on whose timelines it stands.
    pub contacts: Vec<RecordId>,
    /// The tickets on whose timelines it stands, as far as one was named.
    pub tickets: Vec<RecordId>,
}

impl NamedTask {
    /// Those of these records on whose timelines it does not stand yet. A task of one contact is never given to another.
    fn unlinked(&self, about: &[(Object, RecordId)]) -> Vec<(Object, RecordId)> {
        let is_new = |(object, id): &&(Object, RecordId)| match object {
            Object::Contacts => self.contacts.is_empty(),
            _ => !self.tickets.contains(id),
        };
        about.iter().filter(is_new).cloned().collect()
    }
}

/// Finds the task and writes the change into it.
///
/// # Errors
/// `INVALID_INPUT_ERROR` that names `task_id` if there is no such task of this contact, or it is done or too old.
pub async fn change(ctx: &Ctx, id: &RecordId, change: &TaskChange) -> Result<NamedTask, ToolError> {
    // Each change adds to what the one before has written.
    let _lock = ctx.hubspot.tasks().lock(Some(id), "").await;
    let mut named = find(ctx, id, change).await?;
    let new = named.unlinked(&change.about);
    let properties = changed(&named.record, change, &new);
    for (object, other) in new {
        let link = ctx.hubspot.associations().add((Object::Tasks, id), (object, &other)).await;
        link.map_err(super::error::Error::from)?;
        let linked = if object == Object::Contacts { &mut named.contacts } else { &mut named.tickets };
        linked.push(other);
    }
    if properties.is_empty() {
        return Ok(named);
    }
    ctx.hubspot.records(Object::Tasks).update(id, &properties).await.map_err(super::error::Error::from)?;
    let new = properties.into_iter().map(|(name, value)| (name, Some(value)));
    let record =
        Record { properties: named.record.properties.clone().into_iter().chain(new).collect(), ..named.record };
    Ok(NamedTask { record, ..named })
}

async fn find(ctx: &Ctx, id: &RecordId, change: &TaskChange) -> Result<NamedTask, ToolError> {
    let of = |object: Object| change.about.iter().find(|about| about.0 == object).map(|(_, id)| id);
    let contact = of(Object::Contacts);
    let read = async {
        let record = ctx.hubspot.records(Object::Tasks).by_id(id, &equal_task::PROPERTIES).await?;
        let contacts = ctx.hubspot.associations().of(Object::Tasks, id, Object::Contacts).await?;
        let tickets = match of(Object::Tickets) {
            Some(_) => ctx.hubspot.associations().of(Object::Tasks, id, Object::Tickets).await?,
            None => vec![],
        };
        Ok::<_, Error>((record, contacts, tickets))
    };
    let (record, contacts, tickets) = read.await.map_err(super::error::Error::from)?;
    let is_theirs = contact.is_none_or(|contact| contacts.is_empty() || contacts.contains(contact));
    let Some(record) = record.filter(|_| is_theirs) else { return Err(refused("no task has this id")) };
    // A customer who calls by themselves reaches their own, or one whose words they know.
    let is_customer = ctx.call.caller.on_behalf_of.assurance().is_some();
    let knows_words = || equal_task::reason(&change.reason).starts_with(&equal_task::reason_of(&record));
    let is_own = || contact.is_some_and(|contact| contacts.contains(contact));
    if is_customer && !is_own() && !knows_words() {
        return Err(refused("no task has this id"));
    }
    if record.get(equal_task::STATUS) == Some(DONE) {
        return Err(refused("the task is done"));
    }
    let made = record.created_at.as_deref().and_then(|at| at.parse::<DateTime<Utc>>().ok());
    if made.is_some_and(|made| ctx.clock.now() - made > CHANGEABLE) {
        return Err(refused("the task is more than a day old"));
    }
    Ok(NamedTask { record, contacts, tickets })
}

fn refused(problem: &str) -> ToolError {
    let hint = "leave `task_id` out to make a task, or send that of one made in this conversation";
    ToolError::new(Code::InvalidInput, format!("`task_id`: {problem}; nothing was changed"), hint)
}

/// The properties that the change gives other values. `new` are the records that it is about from now on.
fn changed(record: &Record, change: &TaskChange, new: &[(Object, RecordId)]) -> BTreeMap<String, String> {
    let body = record.get(equal_task::BODY).unwrap_or_default();
    let said = equal_task::reach(record);
    let reach = change.reach.clone().or(said).or_else(|| change.known_reach.clone());
    let reason = reason(body, &change.reason);
    let mut properties = change.assigned.clone();
    if let Some(subject) = change.subject.clone().or_else(|| title(record, &reason)) {
        properties.insert(equal_task::SUBJECT.to_owned(), subject);
    }
    if let Some(due) = change.due.filter(|due| equal_task::due(record) != Some(*due)) {
        properties.insert(equal_task::DUE.to_owned(), due.to_rfc3339_opts(SecondsFormat::Millis, true));
    }
    if task_text::parted(body) != (task_text::parted(&reason).0, reach.clone()) {
        properties.insert(equal_task::BODY.to_owned(), task_text::body(reason, reach.as_deref()));
        properties.insert(KIND.to_owned(), task_text::kind(reach.as_deref()).name().to_owned());
    }
    let nobody = [equal_task::OWNER, equal_task::QUEUE].iter().all(|name| record.get(name).is_none());
    let of_ticket = new.iter().any(|(object, _)| *object == Object::Tickets);
    if let Some(owner) = change.usual_owner.as_ref().filter(|_| (nobody || of_ticket) && change.assigned.is_empty()) {
        properties.insert(equal_task::OWNER.to_owned(), owner.as_str().to_owned());
    }
    properties.retain(|name, value| record.get(name).unwrap_or_default() != value);
    properties
}

/// What the task says with the new words, in HTML: theirs alone if they tell it all, and else both.
fn reason(body: &str, new: &str) -> String {
    let before = task_text::reason(body);
    let words = |html: &str| -> Vec<String> {
        let text = equal_task::reason(html);
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let (old, said) = (words(&before), words(new));
    if said.iter().all(|word| old.contains(word)) {
        return before;
    }
    if old.iter().all(|word| said.contains(word)) { new.to_owned() } else { format!("{before}<br>{new}") }
}

/// The title, where it was the beginning of a text that begins in another way now.
fn title(record: &Record, reason: &str) -> Option<String> {
    let of = |html: &str| excerpt::title(&task_text::parted(html).0);
    let before = of(record.get(equal_task::BODY).unwrap_or_default());
    let is_beginning =
        equal_ticket::words(record.get(equal_task::SUBJECT).unwrap_or_default()) == equal_ticket::words(&before);
    is_beginning.then(|| of(reason)).filter(|now| equal_ticket::words(now) != equal_ticket::words(&before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_words_are_added_unless_the_task_says_them_or_they_say_it_all() {
        for (body, new, expected) in [
            ("Call me.", "Not by mail", "Call me.<br>Not by mail"),
            ("Call me.<br><br>Reach the customer: +45 1", "about the lease", "Call me.<br>about the lease"),
            ("Human please", "human please, about the lease", "human please, about the lease"),
            ("Human please, about the lease", "human please", "Human please, about the lease"),
            ("Cancel it", "no, keep it<br>Said before: Cancel it", "no, keep it<br>Said before: Cancel it"),
        ] {
            assert_eq!(reason(body, new), expected, "{body} {new}");
        }
    }
}
