//! Limits the values of a message before it is parsed.
//!
//! A parsed value takes hundreds of bytes where its text takes two, so the length of a message says little about the memory
//! that parsing it takes. Counting brackets and commas takes none.

use rmcp::model::ErrorCode;

use super::jsonrpc::InvalidMessage;
use super::line_codec::request_id;
use super::text_arguments;

/// Values of one message: a tool takes a thousand in a list, and a batch has a hundred messages.
const VALUES_MAX: usize = 10_000;

/// Depth of lists and objects in one another. Arguments are at most some ten deep.
const DEPTH_MAX: usize = 64;

/// Memory that a value with a name takes while its message is parsed, as measured, and the times that each byte of text is
/// held.
const VALUE_BYTES: usize = 1_700;
const TEXT_COPIES: usize = 4;

/// The reason why a text is not parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum TooComplex {
    #[error("the message has more than {VALUES_MAX} values")]
    Values,
    #[error("the message has lists or objects that are more than {DEPTH_MAX} deep")]
    Depth,
}

/// The memory in bytes that parsing a message of this text takes at most. Where arguments stand in it as one JSON text,
/// which is parsed too, what looks like a value within texts counts as well.
pub(super) fn cost(text: &[u8]) -> Result<usize, TooComplex> {
    let values = if text_arguments::are_in(text) { values_within_texts(text)? } else { values(text)? };
    Ok(values * VALUE_BYTES + text.len() * TEXT_COPIES)
}

impl TooComplex {
    /// The error for the message of this text.
    pub(super) fn answer(self, text: &[u8]) -> InvalidMessage {
        let invalid = InvalidMessage::new(request_id(text), ErrorCode::PARSE_ERROR, self.to_string());
        invalid.explained("TOO_COMPLEX", "send less in one message: no tool takes so many values")
    }
}

/// The number of values, which is at least that of brackets and commas outside of texts.
pub(super) fn values(text: &[u8]) -> Result<usize, TooComplex> {
    let (mut quoted, mut escaped) = (false, false);
    count(
        text.iter()
            .filter(|byte| {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if quoted => escaped = true,
                    b'"' => quoted = !quoted,
                    _ => return !quoted,
                }
                false
            })
            .copied(),
    )
}

/// Counts the values with those within texts, also where they are written as escapes: `\u005b` is a bracket.
fn values_within_texts(text: &[u8]) -> Result<usize, TooComplex> {
    let mut rest = text;
    count(std::iter::from_fn(|| {
        let (byte, length) = match rest {
            [b'\\', b'u', b'0', b'0', high, low, ..] => (unescaped(*high, *low), 6),
            [b'\\', escaped, ..] => (*escaped, 2),
            [byte, ..] => (*byte, 1),
            [] => return None,
        };
        rest = &rest[length..];
        Some(byte)
    }))
}

/// The byte of two hexadecimal digits; of what are none, one that opens nothing.
fn unescaped(high: u8, low: u8) -> u8 {
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let byte = digit(high).zip(digit(low)).map(|(high, low)| high * 16 + low);
    byte.and_then(|byte| u8::try_from(byte).ok()).unwrap_or_default()
}

fn count(bytes: impl Iterator<Item = u8>) -> Result<usize, TooComplex> {
    let (mut values, mut depth) = (1_usize, 0_usize);
    for byte in bytes {
        match byte {
            b'[' | b'{' => {
                values += 1;
                depth += 1;
            }
            b',' => values += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if values > VALUES_MAX {
            return Err(TooComplex::Values);
        }
        if depth > DEPTH_MAX {
            return Err(TooComplex::Depth);
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_counted_outside_of_texts() {
        for (text, count) in [
            ("", 1),
            ("{}", 2),
            ("[1,2,3]", 4),
            (r#"{"a":[[0],[0]],"b":"[[[,,,"}"#, 7),
            (r#""\"[,","#, 2),
            (r#"{"a\\":[]}"#, 3),
        ] {
            assert_eq!(values(text.as_bytes()), Ok(count), "{text}");
        }
    }

    #[test]
    fn a_message_of_many_values_is_refused_with_its_id() {
        let with = |arguments: &str| format!(r#"{{"jsonrpc":"2.0","id":7,"method":"x","params":{arguments}}}"#);
        let list = |item: &str, count: usize| with(&format!("[{}0]", item.repeat(count)));
        for (text, refused) in [
            (list("0,", VALUES_MAX - 10), false),
            (list("0,", VALUES_MAX), true),
            (list("[0],", VALUES_MAX / 2 - 10), false),
            (list("[0],", VALUES_MAX / 2), true),
            (list("{},", VALUES_MAX / 2), true),
            (with(&"[".repeat(DEPTH_MAX - 1)), false),
            (with(&"[".repeat(DEPTH_MAX)), true),
            (with(&format!("\"{}\"", "[{,".repeat(100_000))), false),
            (with(&format!("{{\"arguments\":\"[{}0]\"}}", "0,".repeat(VALUES_MAX - 10))), false),
            (with(&format!("{{\"arguments\":\"[{}0]\"}}", "0,".repeat(VALUES_MAX))), true),
            (with(&format!("{{\"arguments\" : \"{}\"}}", "[".repeat(DEPTH_MAX))), true),
            (with(&format!("{{\"arguments\":\"{}\"}}", r"\u005B0],".repeat(VALUES_MAX / 2))), true),
            (with(&format!("{{\"arguments\":\"{}\"}}", r"\u002c".repeat(VALUES_MAX))), true),
            (with(&format!("{{\"arguments\":\"{}\"}}", r"\u04300".repeat(VALUES_MAX))), false),
        ] {
            let answer = |refused: TooComplex| json!(refused.answer(text.as_bytes()).into_error_response());
            let said = cost(text.as_bytes()).map_err(answer);
            let (id, code) = (json!(7), json!("TOO_COMPLEX"));
            match said {
                Ok(bytes) => assert!(!refused && bytes >= text.len()),
                Err(said) => assert!(refused && said["id"] == id && said["error"]["data"]["code"] == code, "{said}"),
            }
        }
    }
}
