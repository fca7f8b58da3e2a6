//! The person for whom a caller acts, and how sure that is.

use domain::contact_key::ContactKey;
use domain::email::Email;
use domain::id::RecordId;

/// The person for whom a caller acts, with the certainty of that.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum OnBehalfOf {
    /// The operator: a client that may ask about any customer.
    #[default]
    Operator,
    /// A customer who has proved to be this contact.
    Verified {
        /// Contact in HubSpot whom the customer was proved to be.
        contact: RecordId,
        /// The address that was proved.
        address: Email,
    },
    /// Somebody who has said nothing of who they are.
    Anonymous,
    /// Somebody who typed this address: it may be anybody's.
    Claimed {
        /// E-mail address that somebody typed.
        address: Email,
    },
}

/// The certainty about a customer, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assurance {
    /// Nothing is known.
    Anonymous,
    /// An address that somebody typed.
    Claimed,
    /// A customer who has proved who they are.
    Verified,
}

impl OnBehalfOf {
    /// The certainty about the customer; `None` for the operator.
    pub fn assurance(&self) -> Option<Assurance> {
        match self {
            OnBehalfOf::Operator => None,
            OnBehalfOf::Verified { .. } => Some(Assurance::Verified),
            OnBehalfOf::Claimed { .. } => Some(Assurance::Claimed),
            OnBehalfOf::Anonymous => Some(Assurance::Anonymous),
        }
    }

    /// True if the caller acts for somebody who has not proved who they are.
    pub fn is_unproved(&self) -> bool {
        self.assurance().is_some_and(|assurance| assurance < Assurance::Verified)
    }

    /// True if a text names the customer: by their address, or by their id where they have proved who they are.
    pub(super) fn is_named_by(&self, text: &str) -> bool {
        let Ok(key) = text.parse::<ContactKey>() else { return false };
        match (self, key) {
            (OnBehalfOf::Operator, _) => true,
            (OnBehalfOf::Anonymous, _) => false,
            (OnBehalfOf::Verified { contact, .. }, ContactKey::Id(id)) => *contact == id,
            (OnBehalfOf::Claimed { .. }, ContactKey::Id(_)) => false,
            (OnBehalfOf::Verified { address, .. } | OnBehalfOf::Claimed { address }, ContactKey::Email(email)) => {
                *address == email
            }
        }
    }
}
