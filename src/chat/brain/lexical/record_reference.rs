//! The record that a message means of those just shown: the contact by `her`, a ticket by a word of its name.

use serde_json::{Map, Value, json};

use super::readers::{self, Reading};
use super::session::{BOOK, LexicalConversation, TIMES};
use super::{choice_selection, people};
use crate::chat::brain::{Decision, View};
use crate::chat::language::{are_alike, content_words, folded};
use crate::chat::texts;

/// Words for a person who was spoken of, in every language of the fixed texts.
const PRONOUNS: &[&str] = &[
    "her", "hers", "his", "him", "their", "theirs", "them", "she", "he", "hendes", "hans", "hende", "ham", "deres",
    "hun", "han", "son", "sa", "ses", "lui", "elle", "il", "leur", "suo", "sua", "suoi", "sue", "lei", "ihr", "ihre",
    "ihren", "ihrem", "ihrer", "sein", "seine", "seinen", "seinem", "seiner", "ihn", "ihm",
];

/// The intent of a message that goes on with a search: whoever was found is changed, whoever was not is added.
pub(super) fn after_search(session: &LexicalConversation, view: &View<'_>) -> Option<String> {
    let reading = Reading::of(view);
    let open = &session.state.intents;
    match &session.state.found.as_ref()?[..] {
        [] if readers::email(view.message).is_some() => session.intents.leading_to("create_contact", open),
        [_] if readers::tells_values(&reading)
            || (speaks_of_somebody(view.message) && people::introduces(view.message)) =>
        {
            open.iter().find(|intent| session.intents.changes_contact(intent)).cloned()
        }
        _ => None,
    }
}

/// The only contact that was found last, for a message that names nobody and says what is to be changed.
pub(super) fn person_meant<'a>(session: &'a LexicalConversation, view: &View<'_>) -> Option<&'a str> {
    let [only] = &session.state.found.as_ref()?[..] else { return None };
    let says = speaks_of_somebody(view.message)
        || (readers::email(view.message).is_none() && readers::tells_values(&Reading::of(view)));
    let parts = people::labelled(view.message, view.language);
    let name = readers::named_beside(&Reading::of(view), &parts);
    // The name that is introduced is the new one.
    let is_new = speaks_of_somebody(view.message) && people::introduces(view.message);
    (says && (name.is_none() || is_new)).then_some(only.as_str())
}

/// A ticket that was shown and that a word of the message means, where it is asked how it goes on with one: what the
/// message says beside it is kept for the answer.
pub(super) fn ticket_meant(session: &mut LexicalConversation, view: &View<'_>) -> Option<Decision> {
    let ways = session.state.candidates();
    session.intents.leading_to("update_ticket", &ways)?;
    let id = choice_selection::record(&session.state.shown, view.message)?.to_owned();
    session.state.held = Map::from_iter([("ticket_id".to_owned(), json!(id))]);
    Some(session.asked_which(view, texts::WHICH_OF_THESE, &ways))
}

/// The ticket that was meant, for an intent that changes one.
pub(super) fn of_ticket_meant(session: &mut LexicalConversation, message: &str) -> Map<String, Value> {
    let mut values = std::mem::take(&mut session.state.held);
    if let Some(id) = choice_selection::record(&session.state.shown, message) {
        values.insert("ticket_id".to_owned(), json!(id));
    }
    values
}

/// The ticket that was told and that a wish for a person is about: a word of its title stands there, and of no other's.
pub(super) fn ticket_spoken_of(session: &LexicalConversation, message: &str) -> Option<String> {
    let said = content_words(message);
    let is_meant = |(_, label): &&(String, String)| {
        let title = label.split(['“', '”']).nth(1).map(content_words).unwrap_or_default();
        title.iter().any(|word| said.iter().any(|other| are_alike(word, other)))
    };
    let mut meant = session.state.shown.iter().filter(is_meant);
    let (id, _) = meant.next().filter(|_| meant.next().is_none())?;
    Some(id.clone())
}

/// True for an address of somebody else than the customer who was recognised, at a step that is for that customer.
pub(super) fn is_somebody_else(session: &LexicalConversation, email: &Value) -> bool {
    const FOR_CUSTOMER: &[&str] = &[TIMES, BOOK, "find_tickets", "create_ticket", "update_ticket"];
    let tool = session.state.ask["tool"].as_str().unwrap_or_default();
    let known = session.state.who.as_deref().filter(|who| who.contains('@'));
    FOR_CUSTOMER.contains(&tool) && known.is_some_and(|known| email != known)
}

/// True for a message with a word for a person who was spoken of.
pub(super) fn speaks_of_somebody(message: &str) -> bool {
    folded(message).split(' ').any(|word| PRONOUNS.contains(&word))
}
