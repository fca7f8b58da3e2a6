//! Ends a conversation: open topics stay as they are; if nothing was done about one, a colleague is offered for it once.

use serde_json::json;

use super::intents::IntentMatch;
use super::person::PERSON;
use super::prompts::{self, PromptWithChoices};
use super::session::LexicalConversation;
use crate::chat::brain::{Decision, View};
use crate::chat::language;
use crate::chat::texts;
use crate::chat::texts::kind::Text;

/// The fewest words behind a no that are a wish of their own.
const REST_WORDS_MIN: usize = 3;

/// Thanks or a goodbye.
pub(super) fn depart(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    let is_asked_already = std::mem::replace(&mut session.state.colleague_offered, true);
    if is_unfinished(session) && !is_asked_already && !session.audience.is_staff() {
        return offer_colleague(session, view, texts::NOT_FINISHED);
    }
    leave_unfinished(session, view)
}

/// True if the visitor came for something of which nothing is done yet.
fn is_unfinished(session: &LexicalConversation) -> bool {
    let is_person = session.state.topic.as_deref() == Some(PERSON);
    let is_asked = match session.state.kind() {
        "slots" | "switch" | "go_on" => true,
        "call" | "nothing" => session.state.failure().is_some(),
        _ => false,
    };
    !is_person && (is_asked || session.state.unserved || session.state.unconfirmed.is_some())
}

/// The question whether a colleague goes on.
fn offer_colleague(session: &mut LexicalConversation, view: &View<'_>, text: Text) -> Decision {
    let text = text.in_language(view.language).to_owned();
    session.say(PromptWithChoices { text, choices: prompts::colleague(view.language) })
}

/// What is under way is left, and without anything the visitor leaves.
pub(super) fn leave_unfinished(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    if session.state.unconfirmed.is_some() || ["slots", "switch", "go_on", "call"].contains(&session.state.kind()) {
        return leave(session, view);
    }
    session.state.topic = None;
    session.state.unserved = false;
    let text = texts::GOODBYE.in_language(view.language).to_owned();
    session.say(PromptWithChoices { text, choices: vec![] })
}

/// Leaves the matter at hand for what else the message says: `Never mind. What does ADAM cost?`
pub(super) fn leave_for_more(session: &mut LexicalConversation, view: &View<'_>) -> Option<Decision> {
    let in_matter = session.state.unconfirmed.is_some() || ["slots", "switch"].contains(&session.state.kind());
    let (first, rest) = view.message.split_once(['.', '!', ';', '\n']).filter(|_| in_matter)?;
    let says_more = rest.split_whitespace().count() >= REST_WORDS_MIN && language::declines(first);
    says_more.then(|| {
        session.turn.then = Some(rest.trim().to_owned());
        leave(session, view)
    })
}

/// Leaves what is open when the message drops it, whatever reason stands beside: `it works now, forget it`. A wish that stands
/// there is heard behind a matter that is left.
pub(super) fn dropped(session: &mut LexicalConversation, view: &View<'_>) -> Option<Decision> {
    let in_matter = session.state.unconfirmed.is_some() || ["slots", "switch"].contains(&session.state.kind());
    let in_doubt = session.state.doubtful.is_some() && !session.state.choices.is_empty();
    let beside = language::drops_wish(view.message).filter(|_| in_matter || in_doubt)?;
    let is_wish = matches!(session.intents.match_intent(&beside, &session.state.intents), IntentMatch::Sure(..));
    if in_matter {
        session.turn.then = Some(beside).filter(|_| is_wish);
        return Some(leave(session, view));
    }
    if is_wish {
        return None;
    }
    (session.state.doubtful, session.state.unserved) = (None, false);
    let text = texts::AS_YOU_LIKE.in_language(view.language).to_owned();
    Some(session.say(PromptWithChoices { text, choices: vec![] }))
}

/// Leaves the matter at hand.
pub(super) fn leave(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    session.state.unconfirmed = None;
    session.turn.left = true;
    session.turn.leaves_both = session.state.kind() == "switch";
    session.step(json!({ "user_text": view.message, "switch": "leave" }))
}
