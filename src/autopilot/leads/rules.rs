//! The rules by which a conversation fills properties of its contact, as the operator's file says them.

/// The rules, and whether they write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadSettings {
    /// Values are written; else a comment says what would be.
    pub write: bool,
    /// The rules, in the order of the file: of several for one property, the first that holds decides.
    pub rules: Vec<LeadRule>,
}

/// A rule for one property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadRule {
    /// The property of contacts, by HubSpot's internal name.
    pub property: String,
    /// The value that it gets.
    pub value: LeadValue,
    /// All of this has to be shown.
    pub when: LeadConditions,
    /// It is written also over a value that a person may have set.
    pub replace: bool,
    /// The line of the file, counted from 1.
    pub line: usize,
}

/// The value that a property gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeadValue {
    /// This text.
    Fixed(String),
    /// The customer's answer to what a tool or the taskgraph asks for, by the name of the argument.
    Answer(String),
    /// The budget that the customer names.
    Budget,
    /// The company that the customer says is theirs.
    Company,
}

/// The conditions of a rule; an empty one holds always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadConditions {
    /// One of these intents of the taskgraph was shown.
    pub intents: Vec<String>,
    /// One of these tools has written for the customer.
    pub tools: Vec<String>,
    /// The customer has written one of these words or phrases.
    pub words: Vec<String>,
    /// The customer has named a budget of at least this.
    pub budget_min: Option<u64>,
}

impl LeadConditions {
    /// True if there are none.
    pub fn are_none(&self) -> bool {
        *self == LeadConditions::default()
    }
}
