//! The question that is open, asked once more.

use super::person::{self, MISSES_MAX};
use super::prompts::{self, PromptWithChoices};
use super::session::LexicalConversation;
use super::state::LexicalState;
use super::{calendar, confirm};
use crate::chat::brain::{Decision, View};
use crate::chat::language::Language;
use crate::chat::texts;
use crate::tool::on_behalf_of::OnBehalfOf;

/// The arguments whose example helps somebody who was not understood.
const WITH_EXAMPLES: &[&str] = &["email", "cus_email", "time_zone"];

/// The question is asked once more; whoever is not understood again and again gets a person.
pub(super) fn asked_again(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    session.state.misses += 1;
    if session.state.misses > MISSES_MAX {
        return person::give_up(session, view);
    }
    let asks_day = session.state.missing().iter().any(|name| ["meeting_date", "due"].contains(&name.as_str()));
    let is_past = asks_day && calendar::is_past(view.message, view.language, view.now);
    let is_day = asks_day && calendar::mentions_day(view.message, view.language);
    let why = match (is_past, is_day) {
        (true, _) => texts::DAY_IS_PAST,
        (_, true) => texts::DAY_IS_NOT_PLAIN,
        _ => texts::NOT_READ,
    };
    session.turn.out.push(why.in_language(view.language).to_owned());
    let question = open_question(session, view);
    session.say(question)
}

/// The question that is open.
pub(super) fn open_question(session: &LexicalConversation, view: &View<'_>) -> PromptWithChoices {
    let call = session.state.unconfirmed.clone();
    let tool = call.as_ref().and_then(|call| view.tools.iter().find(|tool| tool.name == call.tool));
    match (&call, tool) {
        (Some(call), Some(tool)) => PromptWithChoices {
            text: confirm::question(call, tool, &known(session, view), view.language),
            choices: confirm::choices(call, view.language),
        },
        _ => {
            let asked = prompts::question(&session.state, &session.intents, view.language);
            PromptWithChoices { text: with_example(asked.text, &session.state, view.language), ..asked }
        }
    }
}

fn with_example(text: String, state: &LexicalState, language: Language) -> String {
    let first = &state.ask["missing"][0];
    let helps = first["name"].as_str().is_some_and(|name| WITH_EXAMPLES.contains(&name));
    match first["example"].as_str().filter(|_| helps) {
        Some(example) => format!("{text} {}", texts::example(example, language)),
        None => text,
    }
}

/// What the question before a write can name.
pub(super) fn known<'a>(session: &'a LexicalConversation, view: &'a View<'_>) -> confirm::KnownRecords<'a> {
    let address = match view.on_behalf_of {
        OnBehalfOf::Claimed { address } | OnBehalfOf::Verified { address, .. } => Some(address.as_str()),
        _ => None,
    };
    confirm::KnownRecords { shown: &session.state.shown, link: session.state.link.as_deref(), address }
}

/// The last question with its choices, for an answer that picks none of them.
pub(super) fn pick_one(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    // A greeting is not said again.
    let text = Some(session.state.asked.clone()).filter(|asked| !asked.contains('\n')).unwrap_or_default();
    let choices = session.state.choices.clone();
    session.turn.out.push(texts::PICK_ONE.in_language(view.language).to_owned());
    session.say(PromptWithChoices { text, choices })
}
