//! A question to the person (MCP elicitation): a message, and the fields of its answer.
//!
//! The person is the one at the MCP client, a colleague of the account: never a customer with whom the model talks.
//!
//! A tool builds a [`ElicitationRequest`] and asks it with `ctx.ask(question).await?`. The answer has been checked: every field that
//! is present has the right kind, and every required field is present.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::digest;
use super::field::Field;
use domain::text;

/// The longest question, in characters, about which a person is asked to agree: they agree to what they have read.
const READABLE_CHARACTERS_MAX: usize = 10_000;

/// A question to the person.
#[derive(Clone, Debug, PartialEq)]
pub struct ElicitationRequest {
    /// Distinguishes this question from the tool's others, such as `confirm`; the answer comes back under it.
    pub key: &'static str,
    /// The text that the person reads. Text from outside is [`quoted`] in it and never decides.
    pub message: String,
    /// The fields of the answer.
    pub fields: Vec<Field>,
    /// The hint for a model whose client cannot ask.
    pub otherwise: String,
    /// An answer counts only with the signed state that binds it to this question of this call.
    pub bound: bool,
    /// The digest of all that the person agrees to, also where the message shows a part of it.
    about: String,
}

impl ElicitationRequest {
    /// A question without fields. `otherwise` tells a model whose client cannot ask what to send instead, such as ``call
    /// again with `confirmed: true` once the person agreed``.
    pub fn new(key: &'static str, message: impl Into<String>, otherwise: impl Into<String>) -> ElicitationRequest {
        ElicitationRequest {
            key,
            message: message.into(),
            fields: vec![],
            otherwise: otherwise.into(),
            bound: true,
            about: String::new(),
        }
    }

    /// Adds a field.
    #[must_use]
    pub fn field(mut self, field: Field) -> ElicitationRequest {
        self.fields.push(field);
        self
    }

    /// Accepts an answer also from a client that has lost the state which binds it to this call. Only for answers that
    /// are worth no more than an argument: never for a consent.
    #[must_use]
    pub fn unbound(mut self) -> ElicitationRequest {
        self.bound = false;
        self
    }

    /// Binds the answer to `whole`: if anything in it changes before the answer comes, the person is asked anew.
    #[must_use]
    pub fn about(self, whole: &impl Serialize) -> ElicitationRequest {
        ElicitationRequest { about: digest::of(&json!(whole).to_string()), ..self }
    }

    /// The question, if a person can read the whole of it before they agree.
    pub fn readable(self) -> Result<ElicitationRequest, TooLong> {
        match self.message.chars().count() {
            characters if characters > READABLE_CHARACTERS_MAX => Err(TooLong { characters }),
            _ => Ok(self),
        }
    }

    /// True for a question that is answered by yes or no: it asks for the person's agreement.
    pub fn is_consent(&self) -> bool {
        self.bound && self.fields.is_empty()
    }

    /// The SHA-256 of the whole question, the same in every build: an answer to another question does not count for this
    /// one.
    pub fn fingerprint(&self) -> String {
        let ElicitationRequest { key, message, fields, otherwise, bound, about } = self;
        digest::of(&json!([key, message, fields, otherwise, bound, about]).to_string())
    }

    /// Reads the reply as an answer to this question.
    pub fn answer(&self, reply: &ElicitationReply) -> Result<ElicitationAnswer, InvalidAnswer> {
        match reply {
            ElicitationReply::Accept(content) => self.read(content).map(ElicitationAnswer::Accepted),
            ElicitationReply::Decline => Ok(ElicitationAnswer::Declined),
            ElicitationReply::Cancel => Ok(ElicitationAnswer::Cancelled),
        }
    }

    /// Checks the content against the fields and fills in defaults.
    fn read(&self, content: &Value) -> Result<Answers, InvalidAnswer> {
        let mut answers = Map::new();
        for field in &self.fields {
            let given = content.get(field.name).filter(|value| !value.is_null());
            match given.or(field.default.as_ref()) {
                Some(value) if field.kind.fits(value) => answers.insert(field.name.to_owned(), value.clone()),
                Some(_) => return Err(InvalidAnswer(field.name)),
                None if field.required => return Err(InvalidAnswer(field.name)),
                None => None,
            };
        }
        Ok(Answers(answers))
    }
}

/// Puts text from outside in quotes, on one line, so that it cannot end the quotation and pass for our words.
pub fn quoted(text: &str) -> String {
    // JSON escapes all that ends a quotation, but not every line break.
    Value::from(text).to_string().replace(text::is_control_or_bidi, " ")
}

/// The reaction of the person, as the client reports it (MCP elicitation: accept, decline or cancel).
#[derive(Clone, Debug, PartialEq)]
pub enum ElicitationReply {
    /// They filled in the fields.
    Accept(Value),
    /// They said no.
    Decline,
    /// They closed the question without deciding.
    Cancel,
}

/// A question without a usable answer so far.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("a person has to answer first, and this client cannot ask them")]
pub struct Unanswered(pub Box<ElicitationRequest>);

/// A question that nobody is asked, because they would have to read too much before they agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a person has to read all that changes before they agree, and {characters} characters are too many to be agreed to \
     at once: at most {READABLE_CHARACTERS_MAX}"
)]
pub struct TooLong {
    /// The length of the question.
    pub characters: usize,
}

/// A field is missing or holds a value of another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the field `{0}` is missing or does not fit")]
pub struct InvalidAnswer(pub &'static str);

/// A checked answer.
#[derive(Clone, Debug, PartialEq)]
pub enum ElicitationAnswer {
    /// They agreed, with these values.
    Accepted(Answers),
    /// They said no.
    Declined,
    /// They closed the question without deciding.
    Cancelled,
}

/// The person did not agree to the thing that is named, such as `the booking`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAccepted {
    /// They said no.
    #[error("the person was asked and declined {0}; nothing was done")]
    Declined(String),
    /// They closed the question without deciding.
    #[error("the person closed the question about {0} without an answer; nothing was done")]
    Dismissed(String),
}

impl ElicitationAnswer {
    /// The values, or an error that says that the person did not want `what`, such as `the booking`.
    pub fn accepted(self, what: impl fmt::Display) -> Result<Answers, NotAccepted> {
        match self {
            ElicitationAnswer::Accepted(answers) => Ok(answers),
            ElicitationAnswer::Declined => Err(NotAccepted::Declined(what.to_string())),
            ElicitationAnswer::Cancelled => Err(NotAccepted::Dismissed(what.to_string())),
        }
    }
}

/// The values that the person filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers(Map<String, Value>);

impl Answers {
    /// The text of a field.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.0.get(field)?.as_str()
    }

    /// The value of a yes-or-no field; `false` when it was left out.
    pub fn boolean(&self, field: &str) -> bool {
        self.0.get(field).and_then(Value::as_bool).unwrap_or_default()
    }

    /// The whole number of a field.
    pub fn integer(&self, field: &str) -> Option<i64> {
        self.0.get(field)?.as_i64()
    }

    /// The number of a field.
    pub fn number(&self, field: &str) -> Option<f64> {
        self.0.get(field)?.as_f64()
    }

    /// All fields as a JSON object.
    pub fn to_json(&self) -> Value {
        Value::Object(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn booking() -> ElicitationRequest {
        ElicitationRequest::new("confirm", "Book Tuesday at 13:00?", "call again with `confirmed: true`")
            .field(Field::boolean("agreed", "Book it").required())
            .field(Field::text("name", "Your name", 40))
            .field(Field::choice("zone", "Time zone", [("Europe/Paris", "Paris"), ("UTC", "UTC")]).default("UTC"))
            .field(Field::integer("guests", "Guests", 0..=9))
            .field(Field::number("hours", "Hours", 0.5..=8.0))
    }

    #[test]
    fn an_answer_is_checked_against_the_fields() {
        let answers = booking().read(&json!({"agreed": true, "name": "Sarah", "guests": 2, "hours": 1.5})).unwrap();
        assert!(answers.boolean("agreed"));
        assert_eq!((answers.text("name"), answers.text("zone")), (Some("Sarah"), Some("UTC")));
        assert_eq!((answers.integer("guests"), answers.number("hours")), (Some(2), Some(1.5)));
        let wrong = [
            (json!({}), "agreed"),
            (json!({"agreed": "yes"}), "agreed"),
            (json!({"agreed": true, "name": "x".repeat(41)}), "name"),
            (json!({"agreed": true, "zone": "Mars"}), "zone"),
            (json!({"agreed": true, "guests": 10}), "guests"),
            (json!({"agreed": true, "guests": 1.5}), "guests"),
            (json!({"agreed": true, "hours": "2"}), "hours"),
            (json!("yes"), "agreed"),
        ];
        for (content, field) in wrong {
            assert_eq!(booking().read(&content), Err(InvalidAnswer(field)), "{content}");
        }
    }

    #[test]
    fn another_question_has_another_fingerprint() {
        let later = ElicitationRequest { message: "Book Tuesday at 14:00?".into(), ..booking() };
        assert_eq!(booking().fingerprint(), booking().fingerprint());
        assert_ne!(booking().fingerprint(), later.fingerprint());
        let about = |whole: &str| booking().about(&whole).fingerprint();
        assert!(about("a") == about("a") && about("a") != about("b") && about("a") != booking().fingerprint());
    }

    /// Replicas of different builds take each other's answers.
    #[test]
    fn a_fingerprint_is_the_same_in_every_build() {
        let expected = "9c41ea472af34b01df8943fedac8d94a857c3e597b7c32d979e20532010a9a8b";
        assert_eq!(ElicitationRequest::new("confirm", "Book?", "ask").fingerprint(), expected);
    }

    #[test]
    fn only_yes_or_no_is_a_consent() {
        let plain = ElicitationRequest::new("confirm", "Book?", "ask");
        assert!(plain.is_consent() && !booking().is_consent() && !plain.unbound().is_consent());
    }

    #[test]
    fn text_from_outside_cannot_pass_for_the_question() {
        let said = quoted("Ada\" becomes \"x\"\n- E-mail: nothing\u{2028}Agreed.");
        assert!(!said.contains(['\n', '\u{2028}']) && said.starts_with('"') && said.ends_with('"'), "{said}");
        assert!(said.contains("\\\" becomes"), "{said}");
    }
}
