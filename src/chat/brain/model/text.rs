//! The part of a model's content that a customer may read.

use serde_json::Value;

use super::{call_in_text, plain};
use crate::chat::brain::BrainError;
use crate::chat::conversation::shortened;
use domain::text_cleaning;

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
    let text = call_in_text::without_frame(without_reasoning(content));
    let garbage = |why: &str| Err(BrainError::Garbage(why.to_owned()));
    match () {
        () if call_in_text::has_call(text) => garbage(AS_TEXT),
        () if is_cut && whole_sentences(text).is_empty() => garbage(CUT),
        () if text.is_empty() => garbage(NOTHING),
        () if is_cut => Ok(cleaned(whole_sentences(text))),
        () => Ok(cleaned(text)),
    }
}

fn cleaned(text: &str) -> String {
    shortened(&plain::plain(&text_cleaning::clean(text).text))
}

/// The marks around the reasoning of models, as servers without a parser for them leave them in: Qwen, DeepSeek and others; those
/// that are told to think; Magistral; Kimi.
const REASONING: &[(&str, &str)] = &[
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("<reflection>", "</reflection>"),
    ("<analysis>", "</analysis>"),
    ("<scratchpad>", "</scratchpad>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
];

/// The text after the reasoning: some servers leave it in without its beginning.
fn without_reasoning(content: &str) -> &str {
    let ends = REASONING.iter().filter_map(|(_, end)| content.rfind(end).map(|at| at + end.len()));
    match ends.max() {
        Some(end) => content.get(end..).unwrap_or_default(),
        None if REASONING.iter().any(|(begin, _)| content.trim_start().starts_with(begin)) => "",
        None => content,
    }
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
            ("<thinking>They want a robot.</thinking>Hello.", Some("Hello.")),
            ("<reasoning>They want a robot.</reasoning>Hello.", Some("Hello.")),
            ("[THINK]They want a robot.[/THINK]Hello.", Some("Hello.")),
            ("◁think▷They want a robot.◁/think▷Hello.", Some("Hello.")),
            ("[THINK]They want", None),
            ("functions.create_ticket:0 {\"subject\":\"x\"}", None),
            ("create_ticket\n{\"subject\":\"x\"}", None),
            ("  \n", None),
            ("<tool_call>{\"name\": \"a\"}</tool_call>", None),
            ("[TOOL_CALLS] [{\"name\": \"a\"}]", None),
            ("{\"name\": \"a\", \"arguments\": {}}", None),
            ("```json\n[{\"name\": \"a\", \"parameters\": {}}]\n```", None),
            ("Sure!\n```json\n{\"name\": \"a\", \"arguments\": {}}\n```", None),
            ("<|channel|>commentary to=functions.a <|message|>{\"email\": \"x\"}", None),
            (
                "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Hello.",
                Some("Hello."),
            ),
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
