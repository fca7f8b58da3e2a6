//! The error of a message or an action that the account cannot have.

/// The reason why somebody could not write, or a thread could not be changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConversationError {
    /// No thread has this id, or it is in the trash.
    #[error("thread `{0}` does not exist or is archived")]
    UnknownThread(u64),
    /// No inbox has this id.
    #[error("inbox `{0}` does not exist")]
    UnknownInbox(u64),
    /// No custom channel has this id.
    #[error("custom channel `{0}` does not exist")]
    UnknownChannel(u32),
    /// No channel account has this id.
    #[error("channel account `{0}` does not exist")]
    UnknownAccount(u64),
    /// The inbox has no account of this channel.
    #[error("no channel account of `{channel}` is connected to the inbox")]
    NoChannelAccount {
        /// HubSpot's name of the channel.
        channel: &'static str,
    },
    /// No contact has this id.
    #[error("contact `{0}` does not exist")]
    UnknownContact(u64),
    /// No ticket has this id.
    #[error("ticket `{0}` does not exist")]
    UnknownTicket(u64),
    /// An e-mail or a form comes from an address, and a reply by e-mail goes to one.
    #[error("the visitor has no e-mail address; give `email`, or a `contact` that has one")]
    NoAddress,
    /// The text is no e-mail address.
    #[error("`{0}` is not an e-mail address")]
    InvalidAddress(String),
    /// The user does not exist or is deactivated.
    #[error("user `{0}` does not exist or is deactivated")]
    UnknownUser(u64),
    /// The author is no actor of HubSpot's, or one who cannot write here.
    #[error("`{0}` cannot write here; expected an agent `A-…`, a bot `B-…`, an app `I-…` or an assistant `L-…`")]
    InvalidAuthor(String),
    /// There is neither a text nor an attachment.
    #[error("the message has neither a text nor an attachment")]
    Blank,
    /// A file that the custom channel does not take.
    #[error("{0}")]
    FileRefused(String),
    /// The files of the account would take too much memory.
    #[error("{0}")]
    StorageFull(String),
}
