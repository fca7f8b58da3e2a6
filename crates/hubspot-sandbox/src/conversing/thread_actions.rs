//! Actions on a thread in HubSpot's own screens, and a visitor who leaves.

use super::error::ConversationError;
use crate::model::conversations::actor::ActorId;
use crate::model::conversations::changes::{self, Author};
use crate::model::conversations::profile;
use crate::model::conversations::status::Status;
use crate::model::portal::Portal;
use crate::sandbox::Sandbox;

impl Sandbox {
    /// Assigns a thread to a user, or to nobody, as a person does in HubSpot's own screens.
    ///
    /// # Errors
    ///
    /// [`ConversationError::UnknownThread`] and [`ConversationError::UnknownUser`].
    pub fn assign_thread(&self, thread: u64, user_id: Option<u64>) -> Result<(), ConversationError> {
        let portal = &mut self.lock().portal;
        let assignee = user_id.map(ActorId::Agent);
        if let Some(user_id) = user_id.filter(|id| !profile::is_active_agent(portal, &ActorId::Agent(*id))) {
            return Err(ConversationError::UnknownUser(user_id));
        }
        let by = assignee.clone().map_or_else(Author::hubspot, Author::on_screen);
        on(portal, thread, |portal| changes::assign(portal, thread, assignee, &by))
    }

    /// Closes a thread, or opens it again, as a person does in HubSpot's own screens.
    ///
    /// # Errors
    ///
    /// [`ConversationError::UnknownThread`].
    pub fn set_thread_closed(&self, thread: u64, closed: bool) -> Result<(), ConversationError> {
        let status = if closed { Status::Closed } else { Status::Open };
        let portal = &mut self.lock().portal;
        on(portal, thread, |portal| {
            let by = assignee(portal, thread);
            changes::set_status(portal, thread, status, &by);
        })
    }

    /// Moves a thread to another inbox, as a person does in HubSpot's own screens.
    ///
    /// # Errors
    ///
    /// [`ConversationError::UnknownThread`] and [`ConversationError::UnknownInbox`].
    pub fn move_thread(&self, thread: u64, inbox: u64) -> Result<(), ConversationError> {
        let portal = &mut self.lock().portal;
        if portal.conversations.inbox(inbox).is_none() {
            return Err(ConversationError::UnknownInbox(inbox));
        }
        on(portal, thread, |portal| {
            let by = assignee(portal, thread);
            changes::move_to(portal, thread, inbox, &by);
        })
    }

    /// Lets the visitor of a chat leave it, until they write again. [`Assumptions::reply_to_departed`] says what
    /// becomes of replies.
    ///
    /// # Errors
    ///
    /// [`ConversationError::UnknownThread`].
    ///
    /// [`Assumptions::reply_to_departed`]: crate::assumptions::Assumptions::reply_to_departed
    pub fn visitor_leaves(&self, thread: u64) -> Result<(), ConversationError> {
        let portal = &mut self.lock().portal;
        on(portal, thread, |portal| portal.conversations.change(thread, |thread| thread.departed = true))
    }

    /// Puts a thread into the trash, as a person does in HubSpot's own screens.
    ///
    /// # Errors
    ///
    /// [`ConversationError::UnknownThread`].
    pub fn archive_thread(&self, thread: u64) -> Result<(), ConversationError> {
        let portal = &mut self.lock().portal;
        on(portal, thread, |portal| changes::set_archived(portal, thread, true))
    }
}

fn on(portal: &mut Portal, thread: u64, act: impl FnOnce(&mut Portal)) -> Result<(), ConversationError> {
    changes::live(portal, thread).ok_or(ConversationError::UnknownThread(thread))?;
    act(portal);
    Ok(())
}

/// Returns the agent who is assigned, who then is the one that acts; HubSpot acts on a thread of nobody's.
fn assignee(portal: &Portal, thread: u64) -> Author {
    let assigned_to = portal.conversations.thread(thread).and_then(|thread| thread.assigned_to.clone());
    assigned_to.map_or_else(Author::hubspot, Author::on_screen)
}
