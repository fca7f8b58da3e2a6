//! The static description of a tool.

use super::customer_use::CustomerUse;

/// The effect of a tool on the CRM. Clients ask the person first where data could be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Reads from HubSpot or the documents and changes nothing.
    Read,
    /// Adds a record. Existing records stay as they are.
    Create,
    /// Adds a meeting to the calendars of others and invites them. HubSpot copies the names and answers of a booking to its
    /// contact, as it does for every booking page; `--confirm-writes` asks about that as well.
    Book,
    /// Changes an existing record.
    Update,
    /// Sends something to a customer, which cannot be taken back.
    Send,
}

/// A group of tools that the operator serves or leaves out together, with `--toolsets`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Toolset {
    /// Contacts, tickets, meetings, documents, taskgraphs.
    Desk,
    /// Conversations in HubSpot's inbox.
    Conversations,
    /// Hand-over of a conversation to a person, and back.
    Handoff,
    /// Seeing and steering the autopilot; served only where it is named.
    Operator,
}

impl Toolset {
    /// Every toolset, in the order of the documentation.
    pub const ALL: [Toolset; 4] = [Toolset::Desk, Toolset::Conversations, Toolset::Handoff, Toolset::Operator];

    /// The name in flags and docs.
    pub const fn name(self) -> &'static str {
        match self {
            Toolset::Desk => "desk",
            Toolset::Conversations => "conversations",
            Toolset::Handoff => "handoff",
            Toolset::Operator => "operator",
        }
    }
}

/// Name, title, effect and scopes of a tool, and what customers may do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToolInfo {
    /// The name clients call it by, for example `create_ticket`.
    pub name: &'static str,
    /// The title a person reads in the client's list of tools.
    pub title: &'static str,
    /// The group to which it belongs.
    pub toolset: Toolset,
    /// The effect on the CRM.
    pub effect: Effect,
    /// The scopes that HubSpot requires of the token.
    pub scopes: &'static [&'static str],
    /// The scopes without which it does less.
    pub optional_scopes: &'static [&'static str],
    /// The use that customers may make of it; `None` if it is for the operator's clients alone.
    pub customers: Option<CustomerUse>,
}
