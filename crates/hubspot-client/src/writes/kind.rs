//! The kinds of writes, in the words of their errors.

/// The kinds of writes whose outcome can be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
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

impl Write {
    /// What HubSpot may have done, as it stands behind "HubSpot".
    pub(crate) fn done(self) -> &'static str {
        match self {
            Write::Ticket => "created the ticket",
            Write::Communication => "logged the communication",
            Write::Note => "logged the note",
            Write::Task => "created the task",
            Write::Contact => "created the contact",
            Write::Booking => "booked the meeting",
            Write::Record => "made the change",
            Write::Message => "sent the message",
            Write::Conversation => "changed the conversation",
            Write::File => "stored the file",
            Write::Channel => "changed the custom channel",
            Write::ChannelMessage => "took the message",
        }
    }

    /// The look by which the reader finds out.
    pub(crate) fn check(self) -> &'static str {
        match self {
            Write::Ticket => {
                "look with `find_tickets` of the contact for a ticket with this subject before creating it again"
            }
            Write::Communication => "the contact itself is fine; look at its timeline before logging the text again",
            Write::Note => "look at the timeline before logging the note again",
            Write::Task => "look at the tasks in HubSpot for this subject before making it again",
            Write::Contact => "look for the contact by e-mail address or name before creating it again",
            Write::Booking => "look at the contact's meetings, or whether the time is still free, before booking again",
            Write::Record => "read the record before changing it again",
            Write::Message => {
                "it may still arrive, so it was not sent again: look with `read_conversation` before you send it again"
            }
            Write::File => "the customer got nothing; send the message again",
            Write::Channel => "run `frontdesk handoff setup` again: it looks first for what is there",
            Write::ChannelMessage => "send the same message again with the same id: HubSpot takes it once",
            Write::Conversation => "look with `read_conversation` before changing it again",
        }
    }
}
