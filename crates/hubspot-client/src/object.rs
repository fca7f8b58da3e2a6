//! The types of CRM records that the client knows.

/// A type of CRM record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Object {
    /// Contacts: people in the CRM.
    Contacts,
    /// Requests of customers.
    Tickets,
    /// Logged messages, such as SMS or chat.
    Communications,
    /// Meetings on the timelines of contacts.
    Meetings,
    /// Notes on timelines.
    Notes,
    /// E-mails that were logged on a record.
    Emails,
    /// Tasks of owners.
    Tasks,
    /// Companies, to which contacts belong.
    Companies,
    /// Deals: sales in progress.
    Deals,
}

impl Object {
    /// All types, in the order of the enum.
    pub const ALL: [Object; 9] = [
        Object::Contacts,
        Object::Tickets,
        Object::Communications,
        Object::Meetings,
        Object::Notes,
        Object::Emails,
        Object::Tasks,
        Object::Companies,
        Object::Deals,
    ];

    /// The name in paths of HubSpot's API.
    pub fn name(self) -> &'static str {
        match self {
            Object::Contacts => "contacts",
            Object::Tickets => "tickets",
            Object::Communications => "communications",
            Object::Meetings => "meetings",
            Object::Notes => "notes",
            Object::Emails => "emails",
            Object::Tasks => "tasks",
            Object::Companies => "companies",
            Object::Deals => "deals",
        }
    }

    /// The object type id, which addresses of record pages contain (HubSpot, CRM object type ids).
    pub fn type_id(self) -> &'static str {
        match self {
            Object::Contacts => "0-1",
            Object::Companies => "0-2",
            Object::Deals => "0-3",
            Object::Tickets => "0-5",
            Object::Communications => "0-18",
            Object::Tasks => "0-27",
            Object::Notes => "0-46",
            Object::Meetings => "0-47",
            Object::Emails => "0-49",
        }
    }
}
