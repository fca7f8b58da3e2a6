//! Resources and prompts without characters that nobody sees, as answers of tools are. `_meta` says how many were removed.

use rmcp::model::{ContentBlock, GetPromptResult, MetaObject, ReadResourceResult, ResourceContents};
use serde_json::{Value, json};

use crate::tool::output_cleaning::{self, HIDDEN_REMOVED};

/// The MIME type of JSON.
pub(super) const JSON: &str = "application/json";

/// A resource of this text.
pub(super) fn text_resource(uri: &str, mut text: String, mime: &str) -> ReadResourceResult {
    let removed = output_cleaning::clean_text(&mut text);
    contents(uri, text, mime, removed)
}

/// A resource of this value. It is cleaned before it is written: in JSON's text a control character is spelt out.
pub(super) fn json_resource(uri: &str, mut value: Value) -> ReadResourceResult {
    let removed = output_cleaning::clean(&mut value);
    contents(uri, format!("{value:#}"), JSON, removed)
}

fn contents(uri: &str, text: String, mime: &str, removed: usize) -> ReadResourceResult {
    let mut contents = ResourceContents::text(text, uri).with_mime_type(mime);
    if let ResourceContents::TextResourceContents { meta, .. } = &mut contents {
        *meta = told(removed);
    }
    ReadResourceResult::new(vec![contents])
}

/// The prompt without hidden characters; `of_arguments` were removed before it was made.
pub(super) fn prompt(mut prompt: GetPromptResult, of_arguments: usize) -> GetPromptResult {
    let mut removed = of_arguments + prompt.description.as_mut().map_or(0, output_cleaning::clean_text);
    for message in &mut prompt.messages {
        if let ContentBlock::Text(content) = &mut message.content {
            removed += output_cleaning::clean_text(&mut content.text);
        }
    }
    prompt.meta = told(removed).or(prompt.meta);
    prompt
}

fn told(removed: usize) -> Option<MetaObject> {
    let field = || [(HIDDEN_REMOVED.to_owned(), json!(removed))].into_iter().collect();
    (removed > 0).then(|| MetaObject(field()))
}

#[cfg(test)]
mod tests {
    use rmcp::model::{PromptMessage, Role};

    use super::*;

    #[test]
    fn resources_and_prompts_say_what_was_removed() {
        let shown = json!(text_resource("doc://a", "a\u{200b}\u{1b}b".to_owned(), "text/markdown"));
        assert_eq!(
            (&shown["contents"][0]["text"], &shown["contents"][0]["_meta"][HIDDEN_REMOVED]),
            (&json!("ab"), &json!(2))
        );
        let shown = json!(json_resource("taskgraph://a", json!({"intro": "a\u{1b}b"})));
        assert!(!shown.to_string().contains("001b"), "{shown}");
        let said = PromptMessage::new_text(Role::User, "Say \u{e0041}hello.");
        let shown = json!(prompt(GetPromptResult::new(vec![said]), 2));
        assert_eq!(
            (&shown["messages"][0]["content"]["text"], &shown["_meta"][HIDDEN_REMOVED]),
            (&json!("Say hello."), &json!(3))
        );
        assert_eq!(prompt(GetPromptResult::new(vec![]), 0).meta, None);
    }
}
