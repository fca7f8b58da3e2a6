//! The error of a tool call, written for the model that reads it.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::question::{ElicitationRequest, NotAccepted, TooLong, Unanswered};
use domain::code::Code;

/// A failed call: a code for programs, a message and a hint for the model.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct ToolError {
    /// The code, which clients may rely on.
    pub code: Code,
    /// The cause, as a lower-case fragment.
    pub message: String,
    /// The next step; it names the next call where there is one.
    pub hint: String,
    /// Data about the failure, such as free alternatives; never prose.
    pub details: Box<Map<String, Value>>,
    /// The question that has to be answered before the tool can continue.
    question: Option<Box<ElicitationRequest>>,
}

impl ToolError {
    /// An error without details.
    pub fn new(code: Code, message: impl Into<String>, hint: impl Into<String>) -> ToolError {
        ToolError { code, message: message.into(), hint: hint.into(), details: Box::default(), question: None }
    }

    /// The question that the tool waits for.
    pub fn question(&self) -> Option<&ElicitationRequest> {
        self.question.as_deref()
    }

    /// An argument that cannot be used.
    pub fn input(argument: &str, problem: impl fmt::Display) -> ToolError {
        let hint = format!("send `{argument}` as its description says and call again");
        ToolError::new(Code::InvalidInput, format!("`{argument}`: {problem}"), hint)
    }

    /// Adds one field to the details.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Serialize) -> ToolError {
        self.details.insert(field.to_owned(), json!(value));
        self
    }

    /// `{code, message, hint}` and the details beside them.
    pub fn to_json(&self) -> Value {
        let mut shown = self.details.as_ref().clone();
        shown.insert("code".into(), json!(self.code.as_str()));
        shown.insert("message".into(), json!(self.message));
        shown.insert("hint".into(), json!(self.hint));
        Value::Object(shown)
    }
}

/// Its code, message and hint reach the model only where the client cannot ask the person; elsewhere the question is
/// asked and the tool runs again.
impl From<Unanswered> for ToolError {
    fn from(unanswered: Unanswered) -> ToolError {
        let message = unanswered.to_string();
        let question = unanswered.0;
        let fields: Vec<_> =
            question.fields.iter().map(|field| json!({"name": field.name, "label": field.label})).collect();
        let error = ToolError::new(Code::AnswerNeeded, message, question.otherwise.clone());
        let error = error.with("question", &question.message).with("fields", fields);
        ToolError { question: Some(question), ..error }
    }
}

impl From<NotAccepted> for ToolError {
    fn from(reaction: NotAccepted) -> ToolError {
        let (code, hint) = match reaction {
            NotAccepted::Declined(_) => {
                (Code::Declined, "ask them what they want instead; do not repeat the same call")
            }
            NotAccepted::Dismissed(_) => (Code::Dismissed, "ask them in the conversation whether they still want it"),
        };
        ToolError::new(code, reaction.to_string(), hint)
    }
}

impl From<TooLong> for ToolError {
    fn from(too_long: TooLong) -> ToolError {
        let hint = "nothing was done and nobody was asked; send it in parts: several calls, each with a shorter change";
        ToolError::new(Code::InvalidInput, too_long.to_string(), hint)
    }
}

impl From<hubspot_client::Error> for ToolError {
    fn from(error: hubspot_client::Error) -> ToolError {
        let details = match error.details() {
            Value::Object(details) => details,
            _ => Map::new(),
        };
        let hint = error.hint().unwrap_or_default();
        ToolError { code: error.code(), message: error.to_string(), hint, details: Box::new(details), question: None }
    }
}

#[cfg(test)]
mod tests {
    use super::super::question::ElicitationAnswer;
    use super::*;

    #[test]
    fn declining_and_dismissing_have_codes_of_their_own() {
        let code = |answer: ElicitationAnswer| ToolError::from(answer.accepted("the booking").unwrap_err()).code;
        assert_eq!(code(ElicitationAnswer::Declined), Code::Declined);
        assert_eq!(code(ElicitationAnswer::Cancelled), Code::Dismissed);
    }
}
