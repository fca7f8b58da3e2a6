//! What a customer writes into HubSpot's own inbox, as the request by which the embedded account takes it. Pure.

use domain::id::ThreadId;
use http::Method;
use serde::Deserialize;
use serde_json::json;

use super::colleague::PlannedRequest;

/// The customer of the embedded account whom the page's hint names.
const CUSTOMER: &str = "sarah@gmail.com";
/// The longest message.
const TEXT_CHARACTERS_MAX: usize = 4_000;

/// A message of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerMessage {
    /// The words.
    pub text: String,
    /// The conversation that goes on; a new one begins without it.
    #[serde(default)]
    pub id: String,
}

/// The request of a message; the reason why there is none.
///
/// # Errors
/// A sentence for the person at the page.
pub fn plan(message: &CustomerMessage) -> Result<PlannedRequest, &'static str> {
    let text = message.text.trim();
    match text.chars().count() {
        0 => return Err("write something first"),
        1..=TEXT_CHARACTERS_MAX => {}
        _ => return Err("a message may have 4,000 characters"),
    }
    let body = match message.id.as_str() {
        "" => json!({"channel": "chat", "email": CUSTOMER, "text": text}),
        id => {
            id.parse::<ThreadId>().map_err(|_| "there is no such conversation")?;
            json!({"channel": "chat", "thread": id, "text": text})
        }
    };
    let path = "/__sandbox/conversations/visitor-messages".to_owned();
    Ok(PlannedRequest { method: Method::POST, path, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_begins_a_conversation_or_goes_on_with_one() {
        let body = |text: &str, id: &str| {
            plan(&CustomerMessage { text: text.to_owned(), id: id.to_owned() }).map(|planned| planned.body)
        };
        assert_eq!(body(" Hi ", "").unwrap(), json!({"channel": "chat", "email": "sarah@gmail.com", "text": "Hi"}));
        assert_eq!(body("Hi", "77").unwrap(), json!({"channel": "chat", "thread": "77", "text": "Hi"}));
        assert!(body(" ", "").is_err() && body("x", "../x").is_err() && body(&"x".repeat(4_001), "").is_err());
    }
}
