//! The operator's choice of how conversations are handed over to people.

/// The scopes of HubSpot's token that a ticket of a hand-off needs.
const TICKET_SCOPES: &[&str] = &["tickets", "crm.objects.contacts.read", "crm.objects.contacts.write"];
/// The scopes that a custom channel needs.
const CHANNEL_SCOPES: &[&str] = &[
    "conversations.custom_channels.read",
    "conversations.custom_channels.write",
    "conversations.read",
    "conversations.write",
    "crm.objects.contacts.read",
];

/// The way by which a conversation reaches a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HandoffWay {
    /// None: the toolset is not served.
    #[default]
    Off,
    /// A ticket, on which the person writes marked notes: for any account.
    Ticket,
    /// A custom channel of HubSpot's help desk.
    Channel,
}

/// How conversations are handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffPolicy {
    /// Way in which conversations are handed over: ticket, channel or none.
    pub way: HandoffWay,
    /// First word of a ticket note that is passed on to the customer, such as `@customer`.
    pub mark: String,
    /// Minutes without an answer after which the customer is told that nobody has taken over yet.
    pub minutes: u64,
}

impl HandoffPolicy {
    /// The mark unless the operator sets another.
    pub const MARK: &'static str = "@customer";
    /// The minutes unless the operator sets others.
    pub const MINUTES: u64 = 10;
}

impl Default for HandoffPolicy {
    fn default() -> HandoffPolicy {
        HandoffPolicy { way: HandoffWay::Off, mark: HandoffPolicy::MARK.to_owned(), minutes: HandoffPolicy::MINUTES }
    }
}

impl HandoffWay {
    /// The scopes that HubSpot requires of the token.
    pub fn scopes(self) -> &'static [&'static str] {
        match self {
            HandoffWay::Off => &[],
            HandoffWay::Ticket => TICKET_SCOPES,
            HandoffWay::Channel => CHANNEL_SCOPES,
        }
    }
}
