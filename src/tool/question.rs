//! A question to the person: a message, and the fields of its answer.
//!
//! A tool builds a [`Question`] and asks it with `ctx.ask(form).await?`. What comes back has been held against the form: a
//! field that is there has its kind, and every required field is there.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value};

use super::ToolError;
use super::call_context::Reply;
use super::field::Field;
use domain::code::Code;
use domain::text;

/// A question to the person.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Tells this question from the others of the same tool, such as `confirm`; the answer comes back under it.
    pub key: &'static str,
    /// What the person reads. Text that came from others stands [`quoted`] here, and never decides.
    pub message: String,
    pub fields: Vec<Field>,
    /// What a model can send where nobody can be asked.
    pub otherwise: String,
    /// Whether an answer counts only with the signed state that binds it to this question of this call.
    pub bound: bool,
}

impl Question {
    /// `otherwise` tells a model whose client cannot ask what to send instead, such as ``call again with
    /// `confirmed: true` once the person agreed``.
    pub fn new(key: &'static str, message: impl Into<String>, otherwise: impl Into<String>) -> Question {
        Question { key, message: message.into(), fields: vec![], otherwise: otherwise.into(), bound: true }
    }

    #[must_use]
    pub fn field(mut self, field: Field) -> Question {
        self.fields.push(field);
        self
    }

    /// Takes an answer also from a client that has lost the state which binds it to this call. Only where the answer
    /// is worth no more than an argument: never for a consent.
    #[must_use]
    pub fn unbound(mut self) -> Question {
        self.bound = false;
        self
    }

    /// Changes when the question changes: an answer to another question is none to this one.
    pub fn fingerprint(&self) -> String {
        let mut hasher = DefaultHasher::new();
        format!("{self:?}").hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }

    /// What the reply means as an answer to this form.
    pub fn answer(&self, reply: &Reply) -> Result<Answer, InvalidAnswer> {
        match reply {
            Reply::Accept(content) => self.read(content).map(Answer::Accepted),
            Reply::Decline => Ok(Answer::Declined),
            Reply::Cancel => Ok(Answer::Cancelled),
        }
    }

    /// Holds what the person sent against the fields and fills in what was left at its default.
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

/// Text of others in quotes, on one line: it cannot end the quotation and pass for our words.
pub fn quoted(text: &str) -> String {
    // JSON escapes all that ends a quotation, but not every break of a line.
    Value::from(text).to_string().replace(text::is_control_or_bidi, " ")
}

/// A field is missing or holds something of another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the field `{0}` is missing or does not fit")]
pub struct InvalidAnswer(pub &'static str);

/// How the person reacted.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Accepted(Answers),
    /// They said no.
    Declined,
    /// They closed the question without deciding.
    Cancelled,
}

impl Answer {
    /// The answers, or the failure that says who did not want `what`, such as `the booking`.
    pub fn accepted(self, what: impl fmt::Display) -> Result<Answers, ToolError> {
        match self {
            Answer::Accepted(answers) => Ok(answers),
            Answer::Declined => Err(ToolError::new(
                Code::Declined,
                format!("the person was asked and declined {what}; nothing was done"),
                "ask them what they want instead; do not repeat the same call",
            )),
            Answer::Cancelled => Err(ToolError::new(
                Code::Dismissed,
                format!("the person closed the question about {what} without an answer; nothing was done"),
                "ask them in the conversation whether they still want it",
            )),
        }
    }
}

/// What the person filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers(Map<String, Value>);

impl Answers {
    pub fn text(&self, field: &str) -> Option<&str> {
        self.0.get(field)?.as_str()
    }

    /// `false` when it was left out.
    pub fn boolean(&self, field: &str) -> bool {
        self.0.get(field).and_then(Value::as_bool).unwrap_or_default()
    }

    pub fn integer(&self, field: &str) -> Option<i64> {
        self.0.get(field)?.as_i64()
    }

    pub fn number(&self, field: &str) -> Option<f64> {
        self.0.get(field)?.as_f64()
    }

    /// Everything, as the fields' names and values.
    pub fn to_json(&self) -> Value {
        Value::Object(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn booking() -> Question {
        Question::new("confirm", "Book Tuesday at 13:00?", "call again with `confirmed: true`")
            .field(Field::boolean("agreed", "Book it").required())
            .field(Field::text("name", "Your name", 40))
            .field(Field::choice("zone", "Time zone", [("Europe/Paris", "Paris"), ("UTC", "UTC")]).default("UTC"))
            .field(Field::integer("guests", "Guests", 0..=9))
            .field(Field::number("hours", "Hours", 0.5..=8.0))
    }

    #[test]
    fn an_answer_is_held_against_its_form() {
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
        let later = Question { message: "Book Tuesday at 14:00?".into(), ..booking() };
        assert_eq!(booking().fingerprint(), booking().fingerprint());
        assert_ne!(booking().fingerprint(), later.fingerprint());
    }

    #[test]
    fn what_others_wrote_cannot_pass_for_the_question() {
        let said = quoted("Ada\" becomes \"x\"\n- E-mail: nothing\u{2028}Agreed.");
        assert!(!said.contains(['\n', '\u{2028}']) && said.starts_with('"') && said.ends_with('"'), "{said}");
        assert!(said.contains("\\\" becomes"), "{said}");
    }

    #[test]
    fn who_does_not_agree_is_told_apart() {
        assert_eq!(Answer::Declined.accepted("the booking").unwrap_err().code, Code::Declined);
        assert_eq!(Answer::Cancelled.accepted("the booking").unwrap_err().code, Code::Dismissed);
        assert!(Answer::Accepted(Answers::default()).accepted("the booking").is_ok());
    }
}
