//! The visitor's yes, without which nothing is written for them.

use super::language;
use crate::tool::Effect;
use crate::tool::view::ToolView;
use domain::email_in_text;
use domain::phone::in_text;

/// Tools that write nothing the visitor would have to agree to: they recognise and log.
const UNASKED: &[&str] = &["find_contact_by_email", "log_activity", "taskgraph_start", "taskgraph_step"];

/// True for a tool whose call the visitor has to agree to.
pub fn is_needed(tool: &ToolView) -> bool {
    tool.effect != Effect::Read && !UNASKED.contains(&tool.name)
}

/// True for a message that agrees to what the reply before it has proposed; for a person, so does a way to be reached.
pub fn is_given(tool: &str, message: &str, reply_before: &str) -> bool {
    let asked = reply_before.contains(['?', '？']);
    let reaches = tool == super::hand_over::HAND_OFF_TOOL
        && (email_in_text::read(message).is_ok_and(|found| found.is_some())
            || in_text::read(message).is_ok_and(|found| found.is_some()));
    asked && (language::consents(message) || reaches)
}

#[test]
fn a_yes_answers_a_question() {
    let asked = "It is free. Shall I?";
    for (tool, message, before, given) in [
        ("create_ticket", "yes", asked, true),
        ("create_ticket", "Yes please, and thank you for the quick help", asked, true),
        ("create_ticket", "open it", asked, true),
        ("create_ticket", "ja, gerne", asked, true),
        ("create_ticket", "yes", "It is free.", false),
        ("create_ticket", "hello", asked, false),
        ("create_ticket", "yes but not now", asked, false),
        ("create_ticket", "yes?", asked, false),
        ("create_ticket", "no", asked, false),
        ("create_ticket", "I am ann@x.example", asked, false),
        ("create_task", "I am ann@x.example", asked, true),
        ("create_task", "+1 702 555 0143", asked, true),
    ] {
        assert_eq!(is_given(tool, message, before), given, "{message}");
    }
}
