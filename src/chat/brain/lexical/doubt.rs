//! The question what a message means: the intents that it may have, and what is kept of the answers.

use super::prompts::PromptWithChoices;
use super::readers::{self, Reading};
use super::session::{BOOK, LexicalConversation};
use super::state::Means;
use super::{calendar, meeting_wish, person};
use crate::chat::brain::{Decision, View};
use crate::chat::language::folded;
use crate::chat::texts;
use crate::chat::texts::kind::Text;

/// The most words of a message that is nothing but a value.
const VALUE_WORDS_MAX: usize = 4;
/// The most messages in a row of which it is asked what they mean; after them a person goes on.
const DOUBTS_MAX: u8 = 3;

/// Asks which intent a message has; nobody is asked without end.
pub(super) fn asked_which(
    session: &mut LexicalConversation,
    view: &View<'_>,
    text: Text,
    likely: &[String],
) -> Decision {
    session.state.doubts += 1;
    if session.state.doubts > DOUBTS_MAX && !session.audience.is_staff() {
        session.state.doubts = 0;
        return person::give_up(session, view);
    }
    session.asked_which(view, text, likely)
}

/// What was asked of the message before, for an answer that is like nothing: what was offered then is still offered.
pub(super) fn asked_before(session: &mut LexicalConversation, view: &View<'_>) -> Option<Decision> {
    if !is_open(session, view) {
        return None;
    }
    session.turn.out.push(texts::NOT_READ.in_language(view.language).to_owned());
    let text = texts::WHICH_OF_THESE.in_language(view.language).to_owned();
    let choices = session.state.choices.clone();
    Some(session.say(PromptWithChoices { text, choices }))
}

/// True while it is asked which intent an earlier message has, for one that asks nothing itself.
pub(super) fn is_open(session: &LexicalConversation, view: &View<'_>) -> bool {
    let offers = session.state.choices.iter().any(|choice| matches!(choice.means, Means::Intent(_)));
    session.state.doubtful.is_some() && offers && !view.message.contains('?')
}

/// What was asked is not answered, but values were given: they are kept for the answer.
pub(super) fn still_in_doubt(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    session.state.beside.extend(readers::volunteered(&Reading::of(view)));
    session.turn.out.push(texts::THANKS.in_language(view.language).to_owned());
    let text = texts::WHICH_OF_THESE.in_language(view.language).to_owned();
    let choices = session.state.choices.clone();
    session.say(PromptWithChoices { text, choices })
}

/// A short message that is nothing but a value, while it is asked what was meant before: a day, a time, a place, an address.
pub(super) fn beside_doubt(session: &mut LexicalConversation, view: &View<'_>) -> Option<Decision> {
    let is_wish = meeting_wish::moves_one(view.message);
    if is_wish || view.message.split_whitespace().count() > VALUE_WORDS_MAX || session.state.choices.is_empty() {
        return None;
    }
    let is_past = calendar::is_past(view.message, view.language, view.now);
    let values = readers::answers(&Reading::of(view), &["time_zone".to_owned()]);
    let time = calendar::time(view.message, false);
    let is_number = !view.message.trim().is_empty() && view.message.trim().chars().all(|c| c.is_ascii_digit());
    let is_day = is_past || calendar::mentions_day(view.message, view.language);
    if values.is_empty() && !is_day && time.is_none() && !is_number {
        return None;
    }
    session.state.wanted = time.or(session.state.wanted);
    if is_past {
        session.turn.out.push(texts::DAY_IS_PAST.in_language(view.language).to_owned());
    }
    session.state.beside.extend(values);
    Some(still_in_doubt(session, view))
}

/// The intents that a message probably has: one with a day may be about a meeting.
pub(super) fn with_meeting(session: &LexicalConversation, view: &View<'_>, mut likely: Vec<String>) -> Vec<String> {
    let meets = |intent: &&String| session.intents.goes_to(BOOK, intent);
    let meeting = session.state.intents.iter().find(meets);
    let names_day =
        calendar::names_weekday(view.message) || readers::volunteered(&Reading::of(view)).contains_key("meeting_date");
    let names_day = names_day && !calendar::is_past(view.message, view.language, view.now);
    if let Some(meeting) = meeting.filter(|meeting| names_day && !likely.contains(meeting)) {
        likely.pop();
        likely.push(meeting.clone());
    }
    likely
}

#[rustfmt::skip]
/// Words for what the visitor has, in every language of the fixed texts.
const OWNED: &[&str] = &[
    "my", "our", "min", "mit", "mine", "vores", "mon", "ma", "mes", "notre", "nos", "mio", "mia", "miei", "mie", "nostro", "nostra", "mein", "meine", "unser", "unsere",
];

/// The intents that a message probably has: one that tells something of what is the visitor's may be about a problem.
pub(super) fn with_problem(session: &LexicalConversation, view: &View<'_>, mut likely: Vec<String>) -> Vec<String> {
    let tells = !view.message.contains('?') && folded(view.message).split(' ').any(|word| OWNED.contains(&word));
    let reports = |intent: &&String| session.intents.goes_to("create_ticket", intent);
    let problem = session.state.intents.iter().find(reports);
    if let Some(problem) = problem.filter(|problem| tells && !likely.contains(problem)) {
        if likely.len() >= LIKELY_MAX {
            likely.pop();
        }
        likely.push(problem.clone());
    }
    likely
}

/// The most intents among which a message is asked about.
const LIKELY_MAX: usize = 3;
