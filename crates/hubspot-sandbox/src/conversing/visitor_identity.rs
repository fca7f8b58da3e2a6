//! The identity of a visitor: a contact, a visitor of the chat, or an address without a contact.

use super::error::ConversationError;
use super::visitor_message::{VisitorChannel, VisitorMessage};
use crate::model::conversations::actor::ActorId;
use crate::model::conversations::profile;
use crate::model::conversations::thread::Thread;
use crate::model::conversations::visitor::Visitor;
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;

/// A visitor as far as the account knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum VisitorIdentity {
    Contact(u64),
    Visitor(u64),
    /// A visitor whom the account has never seen.
    New,
}

/// Finds the visitor who writes: whom the message names, or whoever the thread is with.
pub(super) fn of(
    portal: &Portal,
    message: &VisitorMessage,
    thread: Option<&Thread>,
) -> Result<VisitorIdentity, ConversationError> {
    let contacts = portal.table(ObjectType::Contacts);
    if let Some(id) = message.contact {
        let contact = contacts.live(id).ok_or(ConversationError::UnknownContact(id))?;
        return Ok(VisitorIdentity::Contact(contact.id));
    }
    match (&message.email, thread) {
        (Some(email), _) => Ok(at_address(portal, email)),
        (None, Some(thread)) => Ok(of_thread(portal, thread)),
        (None, None) => Ok(VisitorIdentity::New),
    }
}

fn at_address(portal: &Portal, email: &str) -> VisitorIdentity {
    let contact =
        portal.table(ObjectType::Contacts).by_email(email).map(|contact| VisitorIdentity::Contact(contact.id));
    let visitor = || portal.conversations.visitor_by_email(email).map(|visitor| VisitorIdentity::Visitor(visitor.id));
    contact.or_else(visitor).unwrap_or(VisitorIdentity::New)
}

/// Returns the identity of the visitor of a thread.
pub(super) fn of_thread(portal: &Portal, thread: &Thread) -> VisitorIdentity {
    match portal.table(ObjectType::Contacts).get(thread.contact_id) {
        Some(contact) => VisitorIdentity::Contact(contact.id),
        None => VisitorIdentity::Visitor(thread.contact_id),
    }
}

impl VisitorIdentity {
    /// Returns the address of the visitor.
    pub(super) fn email(&self, portal: &Portal) -> Option<String> {
        let (VisitorIdentity::Contact(id) | VisitorIdentity::Visitor(id)) = self else { return None };
        profile::of(portal, &ActorId::Visitor(*id))?.email
    }

    /// Returns the id of the contact or visitor; somebody new becomes a visitor.
    pub(super) fn settle(&self, portal: &mut Portal, message: &VisitorMessage) -> u64 {
        match self {
            VisitorIdentity::Contact(id) | VisitorIdentity::Visitor(id) => *id,
            VisitorIdentity::New => {
                let id = portal.conversations.take_visitor_id();
                let (name, email) = (message.name.clone(), message.email.clone());
                portal.conversations.insert_visitor(Visitor { id, name, email });
                id
            }
        }
    }

    /// Returns the actor who writes: an address alone is one only where there is no chat.
    pub(super) fn actor(&self, id: u64, channel: VisitorChannel, email: Option<&str>) -> ActorId {
        match (self, channel, email) {
            (VisitorIdentity::Contact(_), ..) | (_, VisitorChannel::Chat, _) | (_, _, None) => ActorId::Visitor(id),
            (_, _, Some(email)) => ActorId::Email(email.to_owned()),
        }
    }
}
