//! The bodies that programs send, read and checked. Pure.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::answer::ApiError;
use crate::chat::handoff_relay::VisitorFile;
use domain::time_zone::{self, rules::ZoneRules};

/// The longest message.
pub const TEXT_CHARACTERS_MAX: usize = 4_000;
/// The longest id of a message or of a program's own conversation.
const ID_CHARACTERS_MAX: usize = 64;
/// The most files of one message.
const FILES_MAX: usize = 5;
const FILE_NAME_CHARACTERS_MAX: usize = 255;

/// The beginning of a conversation.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Start {
    /// The visitor's language, such as `da` or `fr-CH`.
    pub language: Option<String>,
    /// The visitor's time zone, such as `Europe/Berlin`.
    pub time_zone: Option<String>,
    /// The host page's signed claim of who they are.
    pub claim: Option<String>,
    /// The conversation's id at the program that begins it, which webhooks repeat.
    pub reference: Option<String>,
}

/// A message of the visitor.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Send {
    /// The id by which a repeat is known.
    pub id: String,
    /// The words.
    #[serde(default)]
    pub text: String,
    /// A wish in the place of words.
    pub action: Option<Action>,
    /// Files for the person who has the conversation.
    #[serde(default)]
    pub files: Vec<FileInput>,
}

/// A wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A person.
    Person,
    /// The desk, in the place of the person.
    Desk,
}

/// A file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileInput {
    /// The name with its ending.
    pub name: String,
    mime: String,
    base64: String,
}

/// Reads a body.
///
/// # Errors
/// A refusal that says what is wrong.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    // A list would be read as the fields in their order.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(ApiError::input("the body must be a JSON object"));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    // The value itself is not repeated: it may be somebody's words.
    let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." { "the body".to_owned() } else { format!("`{path}`") };
        ApiError::input(format!("{place}: {}", shortened(&error.inner().to_string())))
    })?;
    json.end().map_err(|_| ApiError::input("the body must be one JSON object, with nothing behind it"))?;
    Ok(read)
}

impl Start {
    /// The name of the time zone; `None` for one that nobody knows, which is no reason to refuse a visitor.
    pub fn zone(&self) -> Option<String> {
        let name = self.time_zone.as_deref().filter(|name| is_id(name))?;
        time_zone::known(name, ZoneRules::embedded()).map(|zone| zone.name().to_owned())
    }

    /// Checks the lengths.
    ///
    /// # Errors
    /// A refusal that says what is wrong.
    pub fn checked(self) -> Result<Start, ApiError> {
        if self.reference.as_deref().is_some_and(|reference| !is_id(reference)) {
            return Err(ApiError::input(not_an_id("reference")));
        }
        Ok(self)
    }
}

impl Send {
    /// Checks the message.
    ///
    /// # Errors
    /// A refusal that says what is wrong.
    pub fn checked(self) -> Result<Send, ApiError> {
        let has_words = !self.text.trim().is_empty() || !self.files.is_empty();
        let bad_file = |file: &FileInput| {
            let length = file.name.chars().count();
            length == 0 || length > FILE_NAME_CHARACTERS_MAX || file.mime.len() > FILE_NAME_CHARACTERS_MAX
        };
        let problem = match () {
            () if !is_id(&self.id) => Some(not_an_id("id")),
            () if self.text.chars().count() > TEXT_CHARACTERS_MAX => {
                Some(format!("`text` may have {TEXT_CHARACTERS_MAX} characters"))
            }
            () if has_words == self.action.is_some() => {
                Some("send either `text`, with or without `files`, or an `action`".into())
            }
            () if self.files.len() > FILES_MAX => {
                Some(format!("at most {FILES_MAX} files can be sent with one message"))
            }
            () if self.files.iter().any(bad_file) => {
                Some("a file has a `name` and a `mime` of up to 255 characters".into())
            }
            () => None,
        };
        problem.map_or(Ok(self), |problem| Err(ApiError::input(problem)))
    }
}

impl FileInput {
    /// The file as it is passed on.
    pub fn into_file(self) -> VisitorFile {
        VisitorFile { name: self.name, mime: self.mime, base64: self.base64 }
    }
}

/// True for 1 to 64 visible characters of ASCII.
fn is_id(text: &str) -> bool {
    (1..=ID_CHARACTERS_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn not_an_id(name: &str) -> String {
    format!("`{name}` must have 1 to {ID_CHARACTERS_MAX} visible characters of ASCII")
}

fn shortened(text: &str) -> String {
    const CHARACTERS_MAX: usize = 120;
    text.chars().take(CHARACTERS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use serde_json::{Value, json};

    use super::*;

    fn refused(body: &Value) -> bool {
        let read = read::<Send>(body.to_string().as_bytes()).and_then(Send::checked);
        read.is_err_and(|refusal| refusal.into_response().status() == 400)
    }

    #[test]
    fn a_message_has_words_files_or_a_wish() {
        let file = json!({"name": "a.png", "mime": "image/png", "base64": "SGk="});
        let long = |characters: usize| json!({"id": "1", "text": "é".repeat(characters)});
        for body in [
            json!({"id": "1", "text": "hi"}),
            json!({"id": "1", "text": "hi", "files": [file]}),
            json!({"id": "1", "files": [file]}),
            json!({"id": "1", "action": "person"}),
            json!({"id": "a".repeat(64), "action": "desk"}),
            long(TEXT_CHARACTERS_MAX),
        ] {
            assert!(!refused(&body), "{body}");
        }
        for body in [
            json!({"text": "hi"}),
            json!({"id": "", "text": "hi"}),
            json!({"id": "a b", "text": "hi"}),
            json!({"id": "a".repeat(65), "text": "hi"}),
            json!({"id": "1"}),
            json!({"id": "1", "text": "  "}),
            json!({"id": "1", "text": "hi", "action": "person"}),
            json!({"id": "1", "action": "robot"}),
            json!({"id": "1", "text": "hi", "to": "x"}),
            json!({"id": 1, "text": "hi"}),
            json!({"id": "1", "files": vec![file.clone(); 6]}),
            json!({"id": "1", "files": [{"name": "", "mime": "a/b", "base64": ""}]}),
            json!([]),
            long(TEXT_CHARACTERS_MAX + 1),
        ] {
            assert!(refused(&body), "{body}");
        }
    }
}
