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
}
