//! Changes of threads. Each is recorded by a message of its own, as in HubSpot.

use super::actor::ActorId;
use super::message::{Client, Content, Direction, Message, Party};
use super::status::Status;
use super::thread::Thread;
use crate::model::journal::ThreadChange;
use crate::model::portal::Portal;

/// The actor that makes a change, and the program it is made with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Author {
    pub(crate) actor: ActorId,
    pub(crate) client: Client,
}

impl Author {
    /// Returns HubSpot itself.
    pub(crate) fn hubspot() -> Author {
        Author { actor: ActorId::System, client: Client::System }
    }

    /// Returns an app that calls the API.
    pub(crate) fn app(app_id: u64) -> Author {
        Author { actor: ActorId::Integration(app_id), client: Client::Integration(app_id) }
    }

    /// Returns an actor in HubSpot's own screens.
    pub(crate) fn on_screen(actor: ActorId) -> Author {
        let client = match &actor {
            ActorId::Agent(_) => Client::Hubspot,
            ActorId::Integration(app_id) => Client::Integration(*app_id),
            _ => Client::System,
        };
        Author { actor, client }
    }

    fn party(&self) -> Party {
        Party::actor(self.actor.clone())
    }
}

/// Finds a thread that is not in the trash.
pub(crate) fn live(portal: &Portal, id: u64) -> Option<&Thread> {
    portal.conversations.thread(id).filter(|thread| !thread.is_archived())
}

/// Finds a thread, or one in the trash.
pub(crate) fn find(portal: &Portal, id: u64, archived: bool) -> Option<&Thread> {
    let now_ms = portal.now_ms();
    let found = portal.conversations.thread(id).filter(|thread| thread.is_archived() == archived);
    found.filter(|thread| !thread.is_purged(now_ms))
}

/// A message before it has an id and a time.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) author: Author,
    pub(crate) senders: Vec<Party>,
    pub(crate) recipients: Vec<Party>,
    pub(crate) content: Content,
}

/// Begins a thread.
pub(crate) fn begin(portal: &mut Portal, thread: Thread) {
    portal.journal.note(|| (thread.id, ThreadChange::Created));
    portal.conversations.insert(thread);
}

/// Appends a message to a thread and returns the message's id. A message from the visitor opens a closed thread again.
pub(crate) fn post(portal: &mut Portal, thread_id: u64, draft: Draft) -> String {
    let incoming = matches!(&draft.content, Content::Message(message) if message.direction == Direction::Incoming);
    let id = append(portal, thread_id, draft);
    if incoming {
        portal.conversations.change(thread_id, |thread| thread.departed = false);
        if portal.assumptions.incoming_message_reopens {
            set_status(portal, thread_id, Status::Open, &Author::hubspot());
        }
    }
    id
}

/// Opens or closes a thread. A thread that has this status already stays as it is.
pub(crate) fn set_status(portal: &mut Portal, thread_id: u64, status: Status, by: &Author) {
    if portal.conversations.thread(thread_id).is_none_or(|thread| thread.status == status) {
        return;
    }
    let closed_ms = (status == Status::Closed).then(|| portal.now_ms());
    portal.conversations.change(thread_id, |thread| {
        thread.status = status;
        thread.closed_ms = closed_ms;
    });
    note_property(portal, thread_id, "status", status.name().to_owned());
    record(portal, thread_id, by, Content::ThreadStatusChange { new_status: status });
}

/// Assigns a thread to an actor, or to nobody. An assignment that is there already stays as it is.
pub(crate) fn assign(portal: &mut Portal, thread_id: u64, assigned_to: Option<ActorId>, by: &Author) {
    let Some(thread) = portal.conversations.thread(thread_id) else { return };
    let assigned_from = thread.assigned_to.clone();
    if assigned_from == assigned_to {
        return;
    }
    portal.conversations.change(thread_id, |thread| thread.assigned_to.clone_from(&assigned_to));
    let value = match &assigned_to {
        Some(ActorId::Agent(user_id)) if !portal.assumptions.assignment_event_has_actor_id => user_id.to_string(),
        assignee => assignee.as_ref().map(ActorId::to_string).unwrap_or_default(),
    };
    note_property(portal, thread_id, "assignedTo", value);
    record(portal, thread_id, by, Content::Assignment { assigned_to, assigned_from });
}

/// Moves a thread to another inbox.
pub(crate) fn move_to(portal: &mut Portal, thread_id: u64, to_inbox_id: u64, by: &Author) {
    let Some(from_inbox_id) = portal.conversations.thread(thread_id).map(|thread| thread.inbox_id) else { return };
    if from_inbox_id != to_inbox_id {
        portal.conversations.change(thread_id, |thread| thread.inbox_id = to_inbox_id);
        record(portal, thread_id, by, Content::ThreadInboxChange { from_inbox_id, to_inbox_id });
    }
}

/// Puts a thread into the trash, or takes it out of it.
pub(crate) fn set_archived(portal: &mut Portal, thread_id: u64, archived: bool) {
    let archived_ms = archived.then(|| portal.now_ms());
    portal.conversations.change(thread_id, |thread| thread.archived_ms = archived_ms);
    match archived {
        true => portal.journal.note(|| (thread_id, ThreadChange::Archived)),
        false => note_property(portal, thread_id, "isArchived", "FALSE".to_owned()),
    }
}

/// Gives the threads of a contact to the one that it was merged into.
pub(crate) fn give_to(portal: &mut Portal, loser: u64, winner: u64) {
    for id in ids_of(portal, loser) {
        portal.conversations.change(id, |thread| thread.contact_id = winner);
    }
}

/// Removes the threads of a contact for good.
pub(crate) fn erase_of(portal: &mut Portal, contact_id: u64) {
    for id in ids_of(portal, contact_id) {
        portal.conversations.remove(id);
        portal.journal.note(|| (id, ThreadChange::Erased));
    }
}

fn ids_of(portal: &Portal, contact_id: u64) -> Vec<u64> {
    let of_contact = portal.conversations.threads().filter(|thread| thread.contact_id == contact_id);
    of_contact.map(|thread| thread.id).collect()
}

fn note_property(portal: &mut Portal, thread_id: u64, name: &'static str, value: String) {
    portal.journal.note(|| (thread_id, ThreadChange::Property { name, value }));
}

/// Records a change by a message that nobody reads as one.
fn record(portal: &mut Portal, thread_id: u64, by: &Author, content: Content) {
    append(portal, thread_id, Draft { author: by.clone(), senders: vec![by.party()], recipients: vec![], content });
}

fn append(portal: &mut Portal, thread_id: u64, draft: Draft) -> String {
    let (id, all_count) = (portal.conversations.take_message_id(), portal.assumptions.all_messages_are_latest);
    let message = Message {
        id: id.clone(),
        created_ms: portal.now_ms(),
        created_by: draft.author.actor,
        client: draft.author.client,
        senders: draft.senders,
        recipients: draft.recipients,
        content: draft.content,
        idempotency_id: None,
    };
    if matches!(message.content, Content::Message(_) | Content::Comment { .. }) {
        let message_type = message.content.type_name();
        portal.journal.note(|| (thread_id, ThreadChange::Message { id: id.clone(), message_type }));
    }
    portal.conversations.change(thread_id, |thread| thread.append(message, all_count));
    id
}
