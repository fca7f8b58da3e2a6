//! The calls that are made for a customer: which tools they reach, with which arguments, and what they are told.
//!
//! A customer is a stranger to the account: the ids come from the server. A tool declares in one line what customers may
//! do with it ([`Tool::CUSTOMERS`](super::Tool::CUSTOMERS)); one that declares nothing is closed to them.

use serde_json::{Map, Value};

use super::customer_use::Subject;
use super::error::ToolError;
use super::info::{Effect, ToolInfo};
use super::on_behalf_of::{Assurance, OnBehalfOf};
use domain::code::Code;
use domain::id::RecordId;

/// The properties of a contact that a verified customer may read and change: what they would write in a form.
pub const OWN_PROPERTIES: [&str; 15] = [
    "email",
    "firstname",
    "lastname",
    "phone",
    "mobilephone",
    "company",
    "jobtitle",
    "website",
    "address",
    "city",
    "state",
    "zip",
    "country",
    "hs_timezone",
    "hs_language",
];

/// The address is how a customer is recognised, so they read it and do not change it.
const NOT_CHANGED: &str = "email";

/// The argument and the field of a result that hold properties of the customer's contact.
const PROPERTIES: &str = "properties";

/// The arguments of a call for a customer, and what has to be looked up before it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bound {
    pub(super) arguments: Map<String, Value>,
    pub(super) lookup: Lookup,
}

/// The part of the binding that only HubSpot knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lookup {
    /// No id has to be looked up.
    Nothing,
    /// The contact of the claimed address, for this argument.
    ContactOfAddress(&'static str),
    /// Whether this ticket is the customer's.
    OwnTicket(RecordId),
}

/// Puts the customer into the arguments of a tool that is open to them, and refuses arguments that are not theirs to send.
pub(super) fn bind(
    tool: &ToolInfo,
    given: Map<String, Value>,
    on_behalf_of: &OnBehalfOf,
) -> Result<Bound, Box<ToolError>> {
    let (Some(allowed), Some(assurance)) = (tool.customers, on_behalf_of.assurance()) else {
        return Err(Box::new(foreign(tool, "it")));
    };
    let mut bound = Bound { arguments: Map::new(), lookup: Lookup::Nothing };
    let (contact, ticket) = allowed.subject.arguments();
    for (name, value) in given {
        let is_ticket = ticket == Some(name.as_str()) && assurance == Assurance::Verified;
        if contact == Some(name.as_str()) {
            // It is set below; a client that sends the customer's own is not told off.
            let names_them = value.as_str().is_some_and(|text| on_behalf_of.is_named_by(text));
            if !names_them {
                return Err(Box::new(foreign(tool, &name)));
            }
        } else if is_ticket && let Some(id) = value.as_str().and_then(|text| text.parse().ok()) {
            bound.lookup = Lookup::OwnTicket(id);
            bound.arguments.insert(name, value);
        } else if allowed.may_send(&name, assurance) && (name != PROPERTIES || are_own(tool, &value)) {
            bound.arguments.insert(name, value);
        } else {
            return Err(Box::new(foreign(tool, &name)));
        }
    }
    fill_in(&mut bound, allowed.subject, on_behalf_of);
    Ok(bound)
}

fn fill_in(bound: &mut Bound, subject: Subject, on_behalf_of: &OnBehalfOf) {
    let named = bound.lookup != Lookup::Nothing;
    let mut set = |argument: &str, value: String| drop(bound.arguments.insert(argument.to_owned(), value.into()));
    match (subject, on_behalf_of) {
        (Subject::Nobody | Subject::Ticket(_), _) | (_, OnBehalfOf::Operator | OnBehalfOf::Anonymous) => {}
        (Subject::ContactOrTicket(..), _) if named => {}
        (Subject::Address(argument), OnBehalfOf::Verified { address, .. } | OnBehalfOf::Claimed { address }) => {
            set(argument, address.as_str().to_owned());
        }
        (Subject::Contact(argument) | Subject::ContactOrTicket(argument, _), OnBehalfOf::Verified { contact, .. }) => {
            set(argument, contact.to_string());
        }
        (Subject::Contact(argument) | Subject::ContactOrTicket(argument, _), OnBehalfOf::Claimed { .. }) => {
            bound.lookup = Lookup::ContactOfAddress(argument);
        }
    }
}

/// True for names of properties, or values by such names, that a customer may read or change. Labels are refused: two
/// properties may share one.
fn are_own(tool: &ToolInfo, value: &Value) -> bool {
    let changes = tool.effect != Effect::Read;
    let own = |name: &str| OWN_PROPERTIES.contains(&name) && !(changes && name == NOT_CHANGED);
    match value {
        Value::Object(values) => values.keys().all(|name| own(name)),
        Value::Array(names) => names.iter().all(|name| name.as_str().is_some_and(own)),
        _ => false,
    }
}

/// The refusal of an argument that is not the customer's to send. It says nothing of other people.
pub(super) fn foreign(tool: &ToolInfo, argument: &str) -> ToolError {
    let message = format!("`{}`: `{argument}` cannot be chosen in a customer's conversation", tool.name);
    let hint =
        "leave it out: the call is about the customer of this conversation; for anything else a colleague has to help";
    ToolError::new(Code::Forbidden, message, hint)
}

/// The part of a result that the customer is told.
pub(super) fn told(tool: &ToolInfo, result: Value) -> Value {
    let (Some(allowed), Value::Object(mut fields)) = (tool.customers, result) else { return Value::Null };
    fields.retain(|name, _| allowed.told.contains(&name.as_str()));
    if let Some(Value::Object(properties)) = fields.get_mut(PROPERTIES) {
        properties.retain(|name, _| OWN_PROPERTIES.contains(&name.as_str()));
    }
    Value::Object(fields)
}

/// The codes of failures that depend on the call alone, not on what is stored about a person.
const IMPERSONAL: [Code; 29] = [
    Code::Busy,
    Code::CalendarOffline,
    Code::DateNotUnderstood,
    Code::DocumentsUnreadable,
    Code::DurationNotOffered,
    Code::EmailRefused,
    Code::Forbidden,
    Code::FormFieldsRequired,
    Code::HandoffEnded,
    Code::HandoffNotFound,
    Code::HubSpotFailed,
    Code::Internal,
    Code::InvalidInput,
    Code::LookupFailed,
    Code::MeetingLinkUnfound,
    Code::MissingScope,
    Code::OutcomeUnknown,
    Code::RateLimited,
    Code::ResultTooLarge,
    Code::SessionNotFound,
    Code::SlotTaken,
    Code::StepRefused,
    Code::StoreFailed,
    Code::TaskgraphNotFound,
    Code::TimeZoneUnknown,
    Code::Timeout,
    Code::Unavailable,
    Code::Unreachable,
    Code::WriteLimit,
];

/// The details of failures that tell nothing about a person.
const IMPERSONAL_DETAILS: [&str; 6] =
    ["alternatives", "consents", "durations", "form_fields", "retry_after_seconds", "nearest"];

/// The failure as a customer's conversation is told it. A question is for the operator's person, whom nobody can ask
/// there; and for somebody who only typed an address, every failure that could tell of a person has the same words.
pub(super) fn told_error(error: ToolError, on_behalf_of: &OnBehalfOf) -> ToolError {
    let personal = on_behalf_of.is_unproved() && !IMPERSONAL.contains(&error.code);
    if error.question().is_some() || error.code == Code::AnswerNeeded || personal {
        let message = "this cannot be done in this conversation; a colleague has to do it";
        return ToolError::new(Code::Forbidden, message, "tell the customer that a colleague will answer them");
    }
    let mut error = error;
    if on_behalf_of.is_unproved() {
        error.details.retain(|name, _| IMPERSONAL_DETAILS.contains(&name.as_str()));
    }
    error
}

#[cfg(test)]
mod tests;
