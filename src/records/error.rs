//! The errors of finding, reading and changing records.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::tool::question::{NotAccepted, TooLong, Unanswered};
use domain::contact_key::ContactKey;
use domain::id::{OwnerId, RecordId};
use hubspot_client::Object;

/// The reason why a record could not be found, read or changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// HubSpot's answer, or its absence.
    #[error(transparent)]
    HubSpot(#[from] hubspot_client::Error),
    /// An argument of the tool that cannot be used.
    #[error("`{argument}`: {problem}")]
    Argument {
        /// The name of the argument.
        argument: &'static str,
        /// The expected form, as a fragment.
        problem: String,
    },
    /// No contact has the address or the id.
    #[error("{}", contact_unknown(.0))]
    ContactUnknown(ContactKey),
    /// The contact with this id is archived.
    #[error("the contact `{0}` is archived")]
    ContactArchived(RecordId),
    /// Several contacts have one address, and the person has not chosen yet.
    #[error("{} contacts have this e-mail address", .ids.len())]
    ContactAmbiguous {
        /// The question to the person.
        question: Unanswered,
        /// The ids of all of them.
        ids: Vec<RecordId>,
        /// Some of them, as a model reads them.
        candidates: Vec<Value>,
    },
    /// The caller's token does not open these properties to changes.
    #[error("the token you call with does not permit to change {}", backticked(.0))]
    PropertiesClosed(Vec<String>),
    /// No ticket has the id.
    #[error("no ticket has the id `{0}`")]
    TicketUnknown(RecordId),
    /// The ticket with this id is archived.
    #[error("the ticket `{0}` is archived")]
    TicketArchived(RecordId),
    /// The owner with this id, who was to own something, has left.
    #[error("the owner `{0}` has left the company")]
    OwnerLeft(OwnerId),
    /// No owner has the id, address or name.
    #[error("no owner has this id, e-mail address or name")]
    OwnerUnknown {
        /// The owner whose user id was given in place of the owner id.
        of_user: Option<OwnerId>,
    },
    /// Several owners have the name.
    #[error("{count} owners have this name")]
    OwnerAmbiguous {
        /// The number of them.
        count: usize,
        /// Some of them, as a model reads them.
        owners: Vec<Value>,
    },
    /// Properties that do not exist or values that do not fit.
    #[error("{} cannot be used as sent", quoted_names(.problems))]
    Properties {
        /// The type of record.
        object: Object,
        /// All problems of the call, so that one correction is enough.
        problems: Vec<PropertyProblem>,
    },
    /// Properties that the account requires of a record and that have no value.
    #[error("the account requires {} of a ticket", quoted_names(.0))]
    PropertiesRequired(Vec<PropertyProblem>),
    /// There is no such pipeline or stage.
    #[error("there is no such {kind} for this ticket")]
    StageUnknown {
        /// `pipeline` or `stage`.
        kind: &'static str,
        /// The pipelines and stages to choose from, as a model reads them.
        valid: Vec<Value>,
        /// The ticket exists and has to stay in its pipeline.
        moves: bool,
    },
    /// The record was changed after the caller has read it.
    #[error("the record was changed since it was read")]
    Changed {
        /// The time of the last change, as HubSpot writes it.
        updated_at: Option<String>,
        /// The present values of the properties that were to change.
        now: BTreeMap<String, String>,
        /// Those of them that are texts of a customer.
        customer_text: BTreeMap<String, String>,
    },
    /// A text would be replaced by a much shorter one.
    #[error("the new text is {characters} characters shorter than the present one, which would be lost")]
    TextLost {
        /// The difference in length.
        characters: usize,
        /// The present text, which a customer may have written.
        text: String,
    },
    /// The person has to answer first.
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    /// The person did not agree.
    #[error(transparent)]
    NotAccepted(#[from] NotAccepted),
    /// The person would have to read too much before they agree.
    #[error(transparent)]
    TooLong(#[from] TooLong),
}

/// A property that a caller sent and that cannot be used.
#[derive(Clone, Debug, PartialEq)]
pub struct PropertyProblem {
    /// The name as it was sent, or the internal name.
    pub property: String,
    /// The expected form, as a fragment.
    pub problem: String,
    /// Similar names.
    pub nearest: Vec<String>,
    /// Values to choose from.
    pub options: Vec<String>,
    /// There is no such property; otherwise its value does not fit.
    pub unknown: bool,
}

impl Error {
    /// An argument of the tool that cannot be used.
    pub(crate) fn argument(argument: &'static str, problem: impl Into<String>) -> Error {
        Error::Argument { argument, problem: problem.into() }
    }
}

impl PropertyProblem {
    /// The problem as a model reads it.
    pub fn to_json(&self) -> Value {
        let mut shown = json!({ "property": self.property, "problem": self.problem });
        for (name, list) in [("nearest", &self.nearest), ("options", &self.options)] {
            if !list.is_empty() {
                shown[name] = json!(list);
            }
        }
        shown
    }
}

fn backticked(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn contact_unknown(key: &ContactKey) -> String {
    match key {
        ContactKey::Email(_) => "no contact has this e-mail address".to_owned(),
        ContactKey::Id(id) => format!("no contact has the id `{id}`"),
    }
}

fn quoted_names(problems: &[PropertyProblem]) -> String {
    problems.iter().map(|problem| format!("`{}`", problem.property)).collect::<Vec<_>>().join(", ")
}
