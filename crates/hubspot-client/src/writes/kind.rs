//! The kinds of writes, in the words of their errors.

/// The kinds of writes whose outcome can be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteKind {
    /// The creation of a ticket.
    Ticket,
    /// The logging of a message.
    Communication,
    /// The logging of a note.
    Note,
    /// The creation of a task.
    Task,
    /// The creation of a contact.
    Contact,
    /// The booking of a meeting.
    Booking,
    /// The change of a record.
    Record,
    /// A message or a comment in a conversation.
    Message,
    /// The change of a conversation.
    Conversation,
    /// The upload of a file.
    File,
    /// The creation, change or archiving of a custom channel or an account of it.
    Channel,
    /// A message that is published through a custom channel.
    ChannelMessage,
}

impl WriteKind {
    /// Verb phrase that completes `HubSpot may have ...`.
    pub(crate) fn done(self) -> &'static str {
        match self {
            WriteKind::Ticket => "created the ticket",
            WriteKind::Communication => "logged the communication",
            WriteKind::Note => "logged the note",
            WriteKind::Task => "created the task",
            WriteKind::Contact => "created the contact",
            WriteKind::Booking => "booked the meeting",
            WriteKind::Record => "made the change",
            WriteKind::Message => "sent the message",
            WriteKind::Conversation => "changed the conversation",
            WriteKind::File => "stored the file",
            WriteKind::Channel => "changed the custom channel",
            WriteKind::ChannelMessage => "took the message",
        }
    }

    /// The look by which the reader finds out.
    pub(crate) fn check(self) -> &'static str {
        match self {
            WriteKind::Ticket => {
                "look with `find_tickets` of the contact for a ticket with this subject before creating it again"
            }
            WriteKind::Communication => {
                "the contact itself is fine; look at its timeline before logging the text again"
            }
            WriteKind::Note => "look at the timeline before logging the note again",
            WriteKind::Task => "look at the tasks in HubSpot for this subject before making it again",
            WriteKind::Contact => {
                "look for the contact by e-mail address, phone number or name before creating it again"
            }
            WriteKind::Booking => {
                "look at the contact's meetings, or whether the time is still free, before booking again"
            }
            WriteKind::Record => "read the record before changing it again",
            WriteKind::Message => {
                "it may still arrive, so it was not sent again: look with `read_conversation` before you send it again"
            }
            WriteKind::File => "the customer got nothing; send the message again",
            WriteKind::Channel => "run `frontdesk handoff setup` again: it looks first for what is there",
            WriteKind::ChannelMessage => "send the same message again with the same id: HubSpot takes it once",
            WriteKind::Conversation => "look with `read_conversation` before changing it again",
        }
    }
}
