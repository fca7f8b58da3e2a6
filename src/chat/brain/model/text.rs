//! The part of a model's content that a customer may read.

use serde_json::Value;

use super::plain;
use crate::chat::brain::BrainError;
use crate::chat::conversation::shortened;
use domain::text_cleaning;

/// Calls that stand in the text, because the server was started without a parser for them.
const CALLS_AS_TEXT: [&str; 6] =
    ["<tool_call>", "[TOOL_CALLS]", "<function=", "<|python_tag|>", "<|tool_call", "<\u{ff5c}tool"];

const AS_TEXT: &str = "a tool call was written as text: start the server with its parser of tool calls (llama.cpp: --jinja, \
    vLLM: --enable-auto-tool-choice and --tool-call-parser), or take a model that can call tools";
const NOTHING: &str = "it has neither a text nor a call";
const CUT: &str =
    "it was cut off before its first sentence ended: raise --model-max-tokens, or lower the reasoning effort";

/// The text of a message's content: a string, or parts of which those of type `text` count.
pub(super) fn of_content(content: Option<&Value>) -> String {
    match content {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            let texts = parts.iter().filter(|part| part["type"] == "text");
            texts.filter_map(|part| part["text"].as_str()).collect()
        }
        _ => String::new(),
    }
}

/// The words for the customer: without reasoning, hidden characters and marks of Markdown. `is_cut` says that the answer reached its
/// longest length; then it ends with its last whole sentence.
///
/// # Errors
/// [`BrainError::Garbage`] if nothing is left, or if it is a call.
pub(super) fn shown(content: &str, is_cut: bool) -> Result<String, BrainError> {
    let text = without_reasoning(content).trim();
    let garbage = |why: &str| Err(BrainError::Garbage(why.to_owned()));
    match () {
        () if CALLS_AS_TEXT.iter().any(|marker| text.contains(marker)) || is_bare_call(text) => garbage(AS_TEXT),
        () if is_cut && whole_sentences(text).is_empty() => garbage(CUT),
        () if text.is_empty() => garbage(NOTHING),
        () if is_cut => Ok(cleaned(whole_sentences(text))),
        () => Ok(cleaned(text)),
    }
}

fn cleaned(text: &str) -> String {
    shortened(&plain::plain(&text_cleaning::clean(text).text))
}

/// The text after `</think>`: servers without a parser of reasoning leave it in, some without its beginning.
fn without_reasoning(content: &str) -> &str {
    match content.rsplit_once("</think>") {
        Some((_, text)) => text,
        None if content.trim_start().starts_with("<think>") => "",
        None => content,
    }
}

/// True for `{"name": …, "arguments": …}`, alone or in a block of code.
fn is_bare_call(text: &str) -> bool {
    let inner = text.trim_start_matches("```json").trim_matches('`').trim();
    if !inner.starts_with(['{', '[']) {
        return false;
    }
    let parsed = serde_json::from_str::<Value>(inner).unwrap_or_default();
    let first = parsed.get(0).unwrap_or(&parsed);
    first.get("name").is_some() && (first.get("arguments").is_some() || first.get("parameters").is_some())
}

fn whole_sentences(text: &str) -> &str {
    let end = text.rfind(['.', '!', '?', '\n', '。']);
    end.map_or("", |at| text[..at + text[at..].chars().next().map_or(0, char::len_utf8)].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasoning_and_calls_are_not_shown() {
        for (content, expected) in [
            ("Hello.", Some("Hello.")),
            ("<think>They want a robot.</think>\n\nHello.", Some("Hello.")),
            ("They want a robot.</think>Hello.", Some("Hello.")),
            ("<think>They want", None),
            ("  \n", None),
            ("<tool_call>{\"name\": \"a\"}</tool_call>", None),
            ("[TOOL_CALLS] [{\"name\": \"a\"}]", None),
            ("{\"name\": \"a\", \"arguments\": {}}", None),
            ("```json\n[{\"name\": \"a\", \"parameters\": {}}]\n```", None),
            ("{curly} words", Some("{curly} words")),
            ("a\u{200b}b\u{1b}[2J", Some("ab[2J")),
        ] {
            assert_eq!(shown(content, false).ok().as_deref(), expected, "{content:?}");
        }
    }

    #[test]
    fn a_cut_answer_ends_with_a_whole_sentence() {
        assert_eq!(shown("One. Two is lo", true).as_deref(), Ok("One."));
        assert!(shown("One is lo", true).is_err());
    }
}
