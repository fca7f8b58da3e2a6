//! The declaration of what customers may do with a tool.

use super::on_behalf_of::Assurance;

/// The use that customers may make of a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomerUse {
    /// The least certainty about the customer.
    pub least: Assurance,
    /// The arguments that the server fills in.
    pub subject: Subject,
    /// The arguments that every admitted customer may send.
    pub sends: &'static [&'static str],
    /// The arguments that a verified customer may send as well.
    pub verified_sends: &'static [&'static str],
    /// The fields of the result that they are told.
    pub told: &'static [&'static str],
}

/// Argument of a tool that holds the customer's id or address, if one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// It is about no person.
    Nobody,
    /// This argument takes a contact.
    Contact(&'static str),
    /// This argument takes an e-mail address.
    Address(&'static str),
    /// The first argument takes a contact, the second a ticket of theirs, in whose place the first is left out.
    ContactOrTicket(&'static str, &'static str),
    /// This argument takes a ticket, which must be theirs.
    Ticket(&'static str),
}

impl CustomerUse {
    /// For anybody: it neither tells nor changes anything about a person.
    pub const fn anybody(sends: &'static [&'static str], told: &'static [&'static str]) -> Option<CustomerUse> {
        let least = Assurance::Anonymous;
        Some(CustomerUse { least, subject: Subject::Nobody, sends, verified_sends: &[], told })
    }

    /// For everybody who gave an address. `told` says the same whether or not it is a customer's.
    pub const fn claimed(
        subject: Subject,
        sends: &'static [&'static str],
        verified_sends: &'static [&'static str],
        told: &'static [&'static str],
    ) -> Option<CustomerUse> {
        Some(CustomerUse { least: Assurance::Claimed, subject, sends, verified_sends, told })
    }

    /// For customers who have proved who they are.
    pub const fn verified(
        subject: Subject,
        sends: &'static [&'static str],
        told: &'static [&'static str],
    ) -> Option<CustomerUse> {
        Some(CustomerUse { least: Assurance::Verified, subject, sends, verified_sends: &[], told })
    }

    pub(super) fn may_send(&self, argument: &str, assurance: Assurance) -> bool {
        self.sends.contains(&argument) || (assurance == Assurance::Verified && self.verified_sends.contains(&argument))
    }
}

impl Subject {
    /// The arguments that take the contact or its address, and the ticket.
    pub(super) fn arguments(self) -> (Option<&'static str>, Option<&'static str>) {
        match self {
            Subject::Nobody => (None, None),
            Subject::Contact(contact) | Subject::Address(contact) => (Some(contact), None),
            Subject::ContactOrTicket(contact, ticket) => (Some(contact), Some(ticket)),
            Subject::Ticket(ticket) => (None, Some(ticket)),
        }
    }
}
