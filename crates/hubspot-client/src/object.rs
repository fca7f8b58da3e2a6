//! The kinds of records this program works with.

/// A kind of CRM record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Object {
    Contacts,
    Tickets,
    Communications,
    Meetings,
    Notes,
    Emails,
    Tasks,
    Companies,
}

impl Object {
    pub const ALL: [Object; 8] = [
        Object::Contacts,
        Object::Tickets,
        Object::Communications,
        Object::Meetings,
        Object::Notes,
        Object::Emails,
        Object::Tasks,
        Object::Companies,
    ];

    /// Its name in paths.
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
        }
    }

    /// Its number in the addresses of record pages.
    pub fn type_id(self) -> &'static str {
        match self {
            Object::Contacts => "0-1",
            Object::Companies => "0-2",
            Object::Tickets => "0-5",
            Object::Communications => "0-18",
            Object::Tasks => "0-27",
            Object::Notes => "0-46",
            Object::Meetings => "0-47",
            Object::Emails => "0-49",
        }
    }
}
