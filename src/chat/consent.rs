//! The visitor's yes, without which nothing is written for them: it answers a reply that has named the deed, and what is
//! written stands in what was asked or said.

mod proposal;
pub(super) mod values;

use serde_json::{Map, Value};

use self::proposal::Proposal;
use self::values::Said;
use super::language;
use crate::tool::Effect;
use crate::tool::view::ToolView;
use domain::email_in_text;
use domain::phone::in_text;

/// Tools that write nothing the visitor would have to agree to: they recognise and log.
const UNASKED: &[&str] = &["find_contact_by_email", "log_activity", "taskgraph_start", "taskgraph_step"];

/// The reason why a call is not agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoConsent {
    /// The visitor has not said yes to this deed.
    NotAgreed,
    /// They have, and other values would be written than were asked or said.
    OtherValues,
}

/// True for a tool whose call the visitor has to agree to.
pub fn is_needed(tool: &ToolView) -> bool {
    tool.effect != Effect::Read && !UNASKED.contains(&tool.name)
}

/// The reason why this call is not what the visitor's message agrees to. `said` is everything that was said so far, the
/// message among it, and what was found for the visitor.
pub fn missing(
    tool: &str,
    arguments: &Map<String, Value>,
    message: &str,
    reply_before: &str,
    said: &Said,
) -> Option<NoConsent> {
    if !is_given(tool, arguments, message, reply_before) {
        return Some(NoConsent::NotAgreed);
    }
    (!said.has_all(arguments)).then_some(NoConsent::OtherValues)
}

/// True for a message that agrees to what the reply before it has proposed; for a person, so does a way to be reached.
fn is_given(tool: &str, arguments: &Map<String, Value>, message: &str, reply_before: &str) -> bool {
    let Some(proposal) = Proposal::of(reply_before) else { return false };
    let reaches = super::handoff_request::TOOLS.contains(&tool)
        && (email_in_text::read(message).is_ok_and(|found| found.is_some())
            || in_text::read(message).is_ok_and(|found| found.is_some()));
    if reaches {
        return proposal.names(tool, arguments);
    }
    let Some(rest) = language::consent(message) else { return false };
    let told = format!("{reply_before} {}", Value::Object(arguments.clone()));
    adds_nothing(&rest, &told) && proposal.is_for(tool, arguments, &rest)
}

/// True if what stands behind a yes was in the question: whoever says more has not simply agreed.
fn adds_nothing(rest: &str, told: &str) -> bool {
    let known = language::content_words(told);
    language::content_words(rest).iter().all(|word| known.iter().any(|known| language::are_alike(known, word)))
}

#[test]
fn a_yes_answers_a_question_that_names_the_deed() {
    use serde_json::json;
    let asked = "It is free. Shall I open a ticket?";
    let nothing = Map::new();
    for (tool, message, before, given) in [
        ("create_ticket", "yes", asked, true),
        ("create_ticket", "Yes please, and thank you for the quick help", asked, true),
        ("create_ticket", "open it", asked, true),
        ("create_ticket", "ja, gerne", asked, true),
        ("create_ticket", "yes, open the ticket please", asked, true),
        ("create_ticket", "yes", "It is free.", false),
        ("create_ticket", "hello", asked, false),
        ("create_ticket", "yes but not now", asked, false),
        ("create_ticket", "yes?", asked, false),
        ("create_ticket", "no", asked, false),
        ("create_ticket", "I am ann@x.example", asked, false),
        ("create_ticket", "yes once you have told me the price", asked, false),
        ("create_ticket", "yes after lunch", asked, false),
        ("create_ticket", "yes as soon as I am back", asked, false),
        ("create_ticket", "yes tomorrow", asked, false),
        ("create_ticket", "yes later", asked, false),
        ("create_ticket", "sure, right after you answer my question", asked, false),
        ("create_ticket", "ok so what now", asked, false),
        ("create_ticket", "ja sobald ich zurück bin", asked, false),
        ("create_ticket", "ja, morgen früh", asked, false),
        ("create_ticket", "oui après le déjeuner", asked, false),
        ("create_ticket", "oui, dès que possible... plus tard", asked, false),
        ("create_ticket", "sì dopo pranzo", asked, false),
        ("create_ticket", "sì, appena torno", asked, false),
        ("create_ticket", "ja efter frokost", asked, false),
        ("create_ticket", "ja, når jeg er hjemme", asked, false),
        ("create_ticket", "yes to the first question", asked, false),
        ("create_ticket", "yes you already asked me that", asked, false),
        ("create_ticket", "yes", "Do you like coffee?", false),
        ("create_ticket", "yes", "I could open a ticket. Do you like coffee?", false),
        ("create_ticket", "yes", "Do you still have the problem?", false),
        ("create_ticket", "yes", "Did you open a ticket before?", false),
        ("create_ticket", "yes", "Shall I open a ticket, or would you rather book a meeting?", false),
        ("create_ticket", "yes, a ticket please", "Shall I open a ticket, or would you rather book a meeting?", true),
        ("create_ticket", "yes", "I can open a ticket with these words: it beeps. Shall I?", true),
        ("create_ticket", "yes", "I would open a ticket about it. Is that all right?", true),
        ("create_ticket", "ja", "Soll ich ein Ticket dazu eröffnen?", true),
        ("create_ticket", "ja tak", "Skal jeg oprette en sag om det?", true),
        ("create_ticket", "oui", "Voulez-vous que j'ouvre un ticket ?", true),
        ("create_ticket", "sì", "Vuole che apra un ticket?", true),
        ("update_contact", "yes", "Shall I open a ticket?", false),
        ("update_contact", "yes", "Shall I change your phone number to +1 702 555 0199?", true),
        ("create_contact", "ja", "Soll ich diese Angaben speichern?", true),
        ("create_meeting", "yes", "Shall I book Tuesday at 3 pm?", true),
        ("create_task", "I am ann@x.example", "How can a colleague reach you?", true),
        ("create_task", "+1 702 555 0143", "How can a colleague reach you?", true),
        ("create_task", "+1 702 555 0143", "What is your phone number?", false),
        ("handoff_start", "+1 702 555 0143", "How can a colleague reach you?", true),
        ("handoff_start", "yes", "Shall I connect you with a person?", true),
    ] {
        assert_eq!(is_given(tool, &nothing, message, before), given, "{tool}: {before} {message}");
    }
    let stage = |stage: &str| Map::from_iter([("stage".to_owned(), json!(stage))]);
    for (stage, before, given) in [
        (stage("close"), "Shall I close your ticket?", true),
        (stage("close"), "Shall I add this to your ticket?", false),
        (stage("reopen"), "Skal jeg genåbne sagen?", true),
        (stage("reopen"), "Skal jeg lukke sagen?", false),
    ] {
        assert_eq!(is_given("update_ticket", &stage, "yes", before), given, "{before}");
    }
}
