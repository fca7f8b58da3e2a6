//! Calls that a model has written into its words: a server without a parser for them leaves them there, alone or beside a
//! sentence. They are no words for a customer.

/// Marks of calls in the templates of models: Hermes and Qwen, Mistral, Llama, DeepSeek, Gemma, and what others imitate.
const MARKS: &[&str] = &[
    "<tool_call",
    "</tool_call",
    "<tool_use",
    "<tool_code",
    "```tool_code",
    "<function=",
    "<function_call",
    "<invoke ",
    "<parameter=",
    "[TOOL_CALLS]",
    "[TOOL_CALL]",
    "<\u{ff5c}tool", // DeepSeek's wide bar
    "to=functions.",
    "Action Input:",
];
/// The channel of the harmony format whose words are for the customer.
const FINAL: &str = "<|channel|>final<|message|>";
/// Marks that end an answer and that some servers leave at its end.
const ENDS: &[&str] =
    &["<|im_end|>", "<|end|>", "<|return|>", "<|eot_id|>", "<|eom_id|>", "<|endoftext|>", "<|end_of_text|>", "</s>"];
/// Keys of an object that name a tool, and those of its arguments.
const NAMES: &[&str] = &["name", "tool", "tool_name", "function", "action", "recipient_name"];
const ARGUMENTS: &[&str] = &["arguments", "args", "parameters", "input", "tool_input", "action_input"];
/// Keys that stand for calls alone.
const CALLS: &[&str] = &["tool_calls", "function_call", "tool_call"];

/// The words of the harmony format's final channel, if there is one, and without the marks at the end.
pub(super) fn without_frame(content: &str) -> &str {
    let mut words = content.rsplit_once(FINAL).map_or(content, |(_, words)| words).trim();
    while let Some(rest) = ENDS.iter().find_map(|end| words.strip_suffix(end)) {
        words = rest.trim_end();
    }
    words
}

/// True for a text with a call in it, whatever stands beside it. A mark of a template that is left is one of a call, or of
/// thoughts.
pub(super) fn has_call(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(mark))
        || has_template_mark(text)
        || has_json_call(text)
        || has_code_call(text)
}

/// True for `<|word|>`.
fn has_template_mark(text: &str) -> bool {
    text.split("<|").skip(1).any(|rest| {
        let word = rest.split_once("|>").map_or("", |(word, _)| word);
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// True for JSON, whole or cut, with the name of a tool and its arguments.
fn has_json_call(text: &str) -> bool {
    let has_key = |keys: &[&str]| keys.iter().any(|key| is_key(text, key));
    text.contains('{') && ((has_key(NAMES) && has_key(ARGUMENTS)) || has_key(CALLS))
}

/// True if the text has this key in quotes, with a colon behind it.
fn is_key(text: &str, key: &str) -> bool {
    ['"', '\''].into_iter().any(|quote| {
        let quoted = format!("{quote}{key}{quote}");
        text.match_indices(&quoted).any(|(at, found)| text[at + found.len()..].trim_start().starts_with(':'))
    })
}

/// True for `create_ticket(…`: several words joined by `_`, directly before a bracket; and for the same before an object, as in
/// `functions.create_ticket:0 {…`.
fn has_code_call(text: &str) -> bool {
    text.match_indices(['(', '{']).any(|(at, bracket)| {
        let before = match bracket {
            "{" => text[..at].trim_end().trim_end_matches(|c: char| c.is_ascii_digit() || c == ':'),
            _ => &text[..at],
        };
        let start = before.rfind(|c: char| !c.is_ascii_lowercase() && c != '_').map_or(0, |at| at + 1);
        let name = before.get(start..).unwrap_or_default();
        name.split('_').count() > 1 && name.split('_').all(|word| !word.is_empty())
    })
}

#[test]
fn a_call_is_found_wherever_it_stands() {
    for text in [
        "Sure!\n```json\n{\"name\":\"create_ticket\",\"arguments\":{\"subject\":\"x\"}}\n```",
        "Let me look. {\"name\": \"find_tickets\", \"parameters\": {}} One moment.",
        "Ok: {'name': 'create_ticket', 'arguments': {'subject': 'it b",
        "I will call {\"tool\": \"find_tickets\", \"input\": {}}",
        "{\"tool_calls\": [{\"function\": \"a\"}]}",
        "<|channel|>commentary to=functions.find_tickets <|message|>{\"email\":\"x\"}",
        "<|channel|>analysis<|message|>They want a ticket.",
        "Let me see. <|python_tag|>create_ticket(subject=\"x\")",
        "I'll do that: create_ticket(subject=\"x\")",
        "Thought: look.\nAction: find_tickets\nAction Input: {}",
        "One moment. <invoke name=\"find_tickets\">",
        "<tool_call>{}</tool_call>",
    ] {
        assert!(has_call(without_frame(text)), "{text}");
    }
    for text in [
        "Hello.",
        "The price depends on the configuration (see the quote).",
        "{curly} words",
        "Set snake_case (or not).",
        "Your name: Sarah; arguments: none",
        "5 <| 6",
        "The menu says: \"name\": Sarah.",
    ] {
        assert!(!has_call(without_frame(text)), "{text}");
    }
    for (text, words) in [
        (
            "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Hello!<|return|>",
            "Hello!",
        ),
        ("Hello!<|im_end|>", "Hello!"),
        ("Hello!</s>\n", "Hello!"),
    ] {
        assert_eq!(without_frame(text), words);
    }
}
