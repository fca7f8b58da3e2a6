//! The order in which the wishes of one message are heard.

use super::intents::IntentMatch;
use super::session::LexicalConversation;
use super::two_wishes;
use crate::chat::brain::View;

/// Of two wishes in one message the one that is heard first; the other is kept until that is done. A problem of which it has to be
/// asked comes behind the wish that is sure.
pub(super) fn first_of_two(session: &mut LexicalConversation, view: &View<'_>) -> Option<String> {
    if session.state.next_wish.is_some() {
        return None;
    }
    if let Some((first, others)) = several(session, view.message) {
        session.state.next_wish = Some(others);
        return Some(first);
    }
    if view.message.contains('?') {
        return None;
    }
    let (first, second) = two_wishes::parted(view.message)?;
    let wanted = |message: &str| session.intents.match_intent(message, &session.state.intents);
    let IntentMatch::Sure(later, _) = wanted(&second) else { return None };
    let (heard, kept) = match wanted(&first) {
        IntentMatch::Sure(intent, _) if intent != later => (first, second),
        IntentMatch::Perhaps(likely) if likely[0] != later && session.intents.goes_to("create_ticket", &likely[0]) => {
            let (before, rest) = first.split_once(". ").unwrap_or((&first, ""));
            (format!("{second} {rest}").trim().to_owned(), before.to_owned())
        }
        _ => return None,
    };
    session.state.next_wish = Some(kept);
    Some(heard)
}

/// The first of several wishes, each of which is sure in its own clause, and the others: questions come last.
fn several(session: &LexicalConversation, message: &str) -> Option<(String, String)> {
    let (mut clauses, addresses) = two_wishes::clauses(message)?;
    let sure = |clause: &String| match session.intents.match_intent(clause, &session.state.intents) {
        IntentMatch::Sure(intent, _) => Some(intent),
        _ => None,
    };
    let wanted: Vec<String> = clauses.iter().map(sure).collect::<Option<_>>()?;
    if wanted.windows(2).any(|pair| pair[0] == pair[1]) {
        return None;
    }
    clauses.sort_by_key(|clause| sure(clause).is_some_and(|intent| session.intents.answers(&intent)));
    let first = clauses.remove(0);
    // What tells who they are goes with the wish that is heard first.
    let first = std::iter::once(first.as_str()).chain(addresses).collect::<Vec<_>>().join(". ");
    Some((first, clauses.join(", ")))
}
