//! The way of a message to an intent: it is acted on, asked about, looked for in documents, or not understood.

use serde_json::{Map, Value, json};

use super::intents::IntentMatch;
use super::person::MISSES_MAX;
use super::prompts::{self, PromptWithChoices};
use super::readers::{self, Reading};
use super::session::{BOOK, LexicalConversation, RECOGNISE};
use super::{
    addresses, calendar, choice_selection, doubt, farewell, meeting, meeting_wish, new_values, people, person,
    record_reference, wish_order,
};
use crate::chat::brain::{Decision, View};
use crate::chat::language::{self, Denial, folded};
use crate::chat::texts::{self, outcomes, staff};
use domain::email_in_text;

/// Words that cancel, words for tickets, and those for appointments.
const CANCELS: &[&str] = &[
    "cancel",
    "withdraw",
    "annuller",
    "annullere",
    "annuler",
    "annulez",
    "annule",
    "annulla",
    "annullare",
    "annulli",
    "storniere",
    "stornieren",
    "zurückziehen",
];
const TICKETS: &[&str] = &["ticket", "tickets", "case", "sag", "sagen", "dossier", "segnalazione", "vorgang"];
const MEETINGS: &[&str] = &[
    "meeting",
    "appointment",
    "demo",
    "visit",
    "call",
    "møde",
    "mødet",
    "aftale",
    "aftalen",
    "rendez-vous",
    "réunion",
    "appuntamento",
    "incontro",
    "riunione",
    "termin",
    "vorführung",
];

/// Words that ask for a time, words for what is one's own, and how near an appointment stands behind them.
const WHEN: &[&str] = &["when", "hvornår", "quand", "quando", "wann"];
const OWN: &[&str] = &["my", "min", "mit", "mon", "mio", "mia", "mein", "meine"];
const OWN_BEFORE_MEETING: usize = 3;

/// A message of which an intent is wanted.
pub(super) fn route(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    if let Some(decision) = denied(session, view) {
        return decision;
    }
    if language::asks_to_erase(view.message) || language::complains(view.message) {
        return person::person(session, view);
    }
    if let Some(first) = wish_order::first_of_two(session, view) {
        return route(session, &View { message: &first, ..*view });
    }
    if is_unknown_purchase(session, view) {
        session.turn.out.push(outcomes::PURCHASES_NOT_SEEN.in_language(view.language).to_owned());
        return person::person(session, view);
    }
    if choice_selection::names_place(view.message) {
        return session.ask_menu(view);
    }
    if cancels_ticket(view.message) {
        let message = texts::CLOSE_TICKET.in_language(view.language);
        if let IntentMatch::Sure(intent, _) = session.intents.match_intent(message, &session.state.intents) {
            return follow(session, view, &intent);
        }
    }
    if let Some(intent) = correction(session, view) {
        return follow(session, view, &intent);
    }
    if let Some(intent) = further_correction(session, view) {
        return follow(session, view, &intent);
    }
    if let Some(intent) = somebody_named(session, view) {
        return follow(session, view, &intent);
    }
    if let Some(intent) = own_meetings(session, view) {
        return follow(session, view, &intent);
    }
    if meeting_wish::moves_one(view.message)
        && let Some(intent) = moving(session, view)
    {
        return follow(session, view, &intent);
    }
    let mut offered = session.state.candidates();
    let open = session.open_intents();
    offered.extend(open.into_iter().filter(|intent| !offered.contains(intent)).collect::<Vec<_>>());
    match session.intents.match_intent(view.message, &offered) {
        IntentMatch::Sure(intent, _) if is_on_condition(session, view, &intent) => {
            session.turn.out.push(outcomes::ON_CONDITION.in_language(view.language).to_owned());
            session.asked_which(view, texts::WHICH_OF_THESE, &[intent])
        }
        IntentMatch::Sure(intent, _) => follow(session, view, &intent),
        wish => unsure(session, view, wish),
    }
}

/// True for a message about an order, an invoice or a delivery of the visitor's, in a graph that has no intent for them: they are
/// a colleague's. A fault of what was delivered is reported as any other.
fn is_unknown_purchase(session: &LexicalConversation, view: &View<'_>) -> bool {
    if session.audience.is_staff() || !language::is_about_purchase(view.message) || session.intents.knows_purchases() {
        return false;
    }
    match session.intents.match_intent(view.message, &session.state.intents) {
        IntentMatch::Sure(intent, _) => session.intents.answers(&intent),
        IntentMatch::Perhaps(_) | IntentMatch::Unknown => true,
    }
}

/// True for an intent that writes and is wanted on a condition only. A problem has conditions of its own.
fn is_on_condition(session: &LexicalConversation, view: &View<'_>, intent: &str) -> bool {
    let tells_problem = session.intents.goes_to("create_ticket", intent);
    let books = session.intents.goes_to(BOOK, intent);
    let is_conditional = language::begins_with_if(view.message, view.language)
        || language::is_conditional_order(view.message, view.language);
    // `If you have time next Tuesday I would like to book a meeting`: the times are asked for anyway.
    !tells_problem && !books && session.intents.writes(intent) && is_conditional
}

/// The intent by which whoever keeps contacts looks for somebody of whom they only say the name.
fn somebody_named(session: &LexicalConversation, view: &View<'_>) -> Option<String> {
    people::introduced_in_full(view.message).filter(|_| session.intents.keeps_contacts())?;
    if let Some(intent) = record_reference::after_search(session, view) {
        return Some(intent);
    }
    session.intents.leading_to("search_contacts", &session.state.intents)
}

/// The intent that tells the visitor's appointments, for a question when one is.
fn own_meetings(session: &LexicalConversation, view: &View<'_>) -> Option<String> {
    let words = folded(view.message);
    let words: Vec<&str> = words.split(' ').collect();
    let first = words.iter().position(|word| WHEN.contains(word))?;
    let own = words[first..].iter().position(|word| OWN.contains(word))?;
    let is_own = words[first + own..].iter().take(OWN_BEFORE_MEETING).any(|word| MEETINGS.contains(word));
    is_own.then(|| session.intents.leading_to("find_meetings", &session.state.intents)).flatten()
}

/// The intent by which an appointment is moved.
fn moving(session: &LexicalConversation, view: &View<'_>) -> Option<String> {
    let wish = texts::MOVE_APPOINTMENT.in_language(view.language);
    match session.intents.match_intent(wish, &session.state.intents) {
        IntentMatch::Sure(intent, _) => Some(intent),
        IntentMatch::Perhaps(likely) => likely.into_iter().next(),
        IntentMatch::Unknown => None,
    }
}

/// Whoever says what they do not want gets nothing of it; what they want in its place is heard.
pub(super) fn denied(session: &mut LexicalConversation, view: &View<'_>) -> Option<Decision> {
    let Denial { forbids, instead } = language::denied(view.message)?;
    if let Some(instead) = instead {
        session.turn.unwanted.extend(unwanted(session, view.message, &instead));
        return Some(route(session, &View { message: &instead, ..*view }));
    }
    let is_known = !matches!(session.intents.match_intent(view.message, &session.state.intents), IntentMatch::Unknown);
    (forbids || is_known).then(|| {
        if session.state.unconfirmed.is_some() || session.state.kind() == "slots" {
            return farewell::leave(session, view);
        }
        session.state.doubtful = None;
        session.turn.out.push(texts::AS_YOU_LIKE.in_language(view.language).to_owned());
        let menu = prompts::menu(&session.state, &session.intents, view.language);
        session.say(PromptWithChoices { text: String::new(), choices: menu.choices })
    })
}

/// The intent that a message denies before it says what is wanted.
fn unwanted(session: &LexicalConversation, message: &str, instead: &str) -> Option<String> {
    let denied = message.trim().strip_suffix(instead.trim()).unwrap_or(message);
    match session.intents.match_intent(denied, &session.state.intents) {
        IntentMatch::Sure(intent, _) => Some(intent),
        IntentMatch::Perhaps(likely) => likely.into_iter().next(),
        IntentMatch::Unknown => None,
    }
}

/// A question of which the intent was picked before. Another matter is heard all the same.
pub(super) fn question(session: &mut LexicalConversation, view: &View<'_>, intent: &str) -> Decision {
    if let Some(decision) = denied(session, view) {
        return decision;
    }
    match session.intents.match_intent(view.message, &session.state.intents) {
        IntentMatch::Sure(other, _) => follow(session, view, &other),
        _ => follow(session, view, intent),
    }
}

/// True for a message that surely has another intent than the one at hand.
pub(super) fn is_another_matter(session: &LexicalConversation, view: &View<'_>) -> bool {
    match session.intents.match_intent(view.message, &session.state.intents) {
        IntentMatch::Sure(intent, _) => session.state.topic.as_ref() != Some(&intent),
        _ => language::denied(view.message).is_some(),
    }
}

/// True for a message that cancels a ticket: it is closed, and no appointment is meant.
fn cancels_ticket(message: &str) -> bool {
    let words = folded(message);
    let has = |known: &[&str]| words.split(' ').any(|word| known.contains(&word));
    has(CANCELS) && has(TICKETS) && !has(MEETINGS)
}

/// A message of which no intent is sure.
fn unsure(session: &mut LexicalConversation, view: &View<'_>, wish: IntentMatch) -> Decision {
    if let Some(intent) = record_reference::after_search(session, view) {
        return follow(session, view, &intent);
    }
    if let Some(decision) = record_reference::ticket_meant(session, view) {
        return decision;
    }
    match wish {
        _ if doubt::is_open(session, view) && !readers::volunteered(&Reading::of(view)).is_empty() => {
            doubt::still_in_doubt(session, view)
        }
        // A passage that answers is told before anything is asked.
        IntentMatch::Perhaps(likely) if session.intents.answers(&likely[0]) => guess(session, view),
        IntentMatch::Perhaps(likely) if language::asks_about_company(view.message) => {
            session.turn.likely = likely;
            guess(session, view)
        }
        IntentMatch::Perhaps(likely) => {
            let likely = doubt::with_problem(session, view, doubt::with_meeting(session, view, likely));
            doubt::asked_which(session, view, texts::WHICH_OF_THESE, &likely)
        }
        IntentMatch::Sure(..) | IntentMatch::Unknown => guess(session, view),
    }
}

/// Looks whether a passage answers a message of which no intent is sure.
fn guess(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    session.turn.guesses = true;
    session.search(view.message)
}

/// The candidate by which a contact is changed, if the message has what to change it to.
fn correction(session: &LexicalConversation, view: &View<'_>) -> Option<String> {
    let changing = session.intents.leading_to("update_contact", &session.state.candidates())?;
    (!readers::properties(&Reading::of(view)).is_empty()).then_some(changing)
}

/// The tool that changes a contact.
const CHANGE: &str = "update_contact";

/// The matter that has just corrected the visitor's data, if the message names more of them: `and the city is now Aarhus`.
fn further_correction(session: &LexicalConversation, view: &View<'_>) -> Option<String> {
    let goes_on = session.state.deed.as_deref() == Some(CHANGE) && !view.message.contains('?');
    let tells = goes_on && !people::labelled(view.message, view.language).is_empty();
    let is_of_visitor = |topic: &&String| session.intents.first_tool(topic) == Some(RECOGNISE);
    session.state.topic.as_ref().filter(|_| tells).filter(is_of_visitor).cloned()
}

/// Neither an intent nor a passage fits.
pub(super) fn missed(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    let likely = std::mem::take(&mut session.turn.likely);
    if !likely.is_empty() {
        return doubt::asked_which(session, view, texts::WHICH_OF_THESE, &likely);
    }
    if let Some(decision) = wish_without_right(session, view) {
        return decision;
    }
    session.state.misses += 1;
    if session.state.misses >= MISSES_MAX || session.audience.is_staff() {
        return person::give_up(session, view);
    }
    if let Some(decision) = doubt::asked_before(session, view) {
        return decision;
    }
    let topics = session.intents.nearest(view.message, &session.open_intents());
    doubt::asked_which(session, view, texts::REPHRASE, &topics)
}

/// The visitor has picked this intent by its label or its number, which says nothing beside it.
pub(super) fn bare_intent(session: &mut LexicalConversation, view: &View<'_>, intent: &str) -> Decision {
    if session.intents.answers(intent) && view.message.contains('?') {
        return follow(session, view, intent);
    }
    if let Some(decision) = without_right(session, view, intent) {
        return decision;
    }
    session.begin_matter(intent);
    if session.intents.leads_to_person(intent) {
        return person::person(session, view);
    }
    if session.intents.answers(intent) {
        // A number is no question.
        session.state.question_for = Some(intent.to_owned());
        let text = texts::ASK_QUESTION.in_language(view.language).to_owned();
        return session.say(PromptWithChoices { text, choices: vec![] });
    }
    let changes = session.intents.first_tool(intent) == Some("update_ticket");
    let mut slots = if changes { record_reference::of_ticket_meant(session, "") } else { Map::new() };
    if session.intents.first_tool(intent) == Some(RECOGNISE)
        && let Some(address) = &session.state.introduced
    {
        slots.insert("email".to_owned(), json!(address));
    }
    // The label is the desk's words, not the visitor's.
    session.step(json!({ "intent": intent, "slots": slots }))
}

/// The visitor has no address by which they are known: the matter at hand goes on once they are found.
pub(super) fn known_otherwise(session: &mut LexicalConversation, intent: &str) -> Decision {
    session.begin_matter(intent);
    session.step(json!({ "intent": intent, "switch": "come_back" }))
}

/// The visitor has this intent; what the message says beside it comes along.
pub(super) fn follow(session: &mut LexicalConversation, view: &View<'_>, intent: &str) -> Decision {
    if session.intents.answers(intent) && session.intents.is_named(intent, view.message) {
        return bare_intent(session, view, intent);
    }
    if session.intents.answers(intent) && (session.state.unconfirmed.is_some() || session.state.kind() == "slots") {
        return session.aside(view.message);
    }
    if let Some(decision) = without_right(session, view, intent) {
        return decision;
    }
    let whole = with_unheard(session, view.message, intent);
    let view = &View { message: &whole, ..*view };
    let slots = slots_beside(session, view, intent);
    session.state.past_day = calendar::is_past(view.message, view.language, view.now);
    session.begin_matter(intent);
    session.state.question = Some(view.message.to_owned());
    session.state.doubtful = None;
    session.step(json!({ "user_text": view.message, "intent": intent, "slots": slots }))
}

/// The answer to staff who want something that their conversation does not offer, since their token may not do it.
fn wish_without_right(session: &mut LexicalConversation, view: &View<'_>) -> Option<Decision> {
    let wanted = match session.intents.match_intent(view.message, &session.intents.first()) {
        IntentMatch::Sure(intent, _) => intent,
        IntentMatch::Perhaps(likely) => likely.into_iter().next()?,
        IntentMatch::Unknown => return None,
    };
    without_right(session, view, &wanted)
}

/// The answer to staff whose token may not do all of it: nobody asks them for values in vain.
fn without_right(session: &mut LexicalConversation, view: &View<'_>, intent: &str) -> Option<Decision> {
    if session.audience.may_follow(&session.intents, intent) {
        return None;
    }
    session.state.misses = 0;
    let choices = prompts::menu(&session.state, &session.intents, view.language).choices;
    let text = staff::NO_RIGHT.in_language(view.language).to_owned();
    Some(session.say(PromptWithChoices { text, choices }))
}

/// The message behind an earlier one to which nothing was answered: `and now that other thing` alone is no problem.
fn with_unheard(session: &mut LexicalConversation, message: &str, intent: &str) -> String {
    let earlier = session.state.unheard.take().filter(|earlier| earlier != message);
    match earlier.filter(|_| session.intents.goes_to("create_ticket", intent)) {
        Some(earlier) => format!("{earlier}\n{message}"),
        None => message.to_owned(),
    }
}

/// The values that a message has beside its intent.
fn slots_beside(session: &mut LexicalConversation, view: &View<'_>, intent: &str) -> Map<String, Value> {
    let reading = Reading::of(view);
    let said_later = std::mem::take(&mut session.state.beside);
    let mut slots = said_later.clone();
    slots.extend(readers::volunteered(&reading));
    if slots.contains_key("meeting_date") {
        session.state.wanted = meeting::wanted_beside(view.message).or(session.state.wanted);
    }
    match session.intents.first_tool(intent) {
        Some(RECOGNISE) => {
            recognised_by(session, view, &mut slots);
            // What is told of somebody else's matter corrects no address.
            if session.state.who.is_some() && slots.contains_key("email") && addresses::tells_of_another(view.message) {
                slots.insert(prompts::CORRECTION.to_owned(), json!(false));
            }
            // By an address that was said behind one that is new, they are known.
            slots.extend(said_later);
        }
        // The label typed out is the desk's words: nobody is called `Rechercher`.
        Some("search_contacts") if session.intents.is_label(intent, view.message) => {}
        Some("search_contacts") => add_query(session, view, &mut slots, session.intents.changes_contact(intent)),
        Some("create_contact" | "update_contact") => slots.extend(readers::properties(&reading)),
        Some("update_ticket") => slots.extend(record_reference::of_ticket_meant(session, view.message)),
        _ => {}
    }
    slots
}

/// Leaves what recognises the customer: a new address or number is none of theirs yet, and one with which they have
/// introduced themselves is.
fn recognised_by(session: &mut LexicalConversation, view: &View<'_>, slots: &mut Map<String, Value>) {
    let goes_on = session.state.deed.as_deref() == Some(CHANGE);
    session.state.new_values = people::labelled(view.message, view.language);
    session.state.new_values.retain(|name, _| goes_on || name == "jobtitle");
    if new_values::tells_one(view.message) {
        let all = email_in_text::all(view.message);
        let is_new =
            |name: &&str| *name == "phone" || all.iter().any(|one| addresses::is_changed_to(view.message, one));
        let new: Vec<&str> = ["phone", "email"].into_iter().filter(is_new).collect();
        let values = new.iter().filter_map(|name| Some(((*name).to_owned(), slots.remove(*name)?)));
        session.state.new_values.extend(values.collect::<Map<_, _>>());
    }
    if let Some(address) = session.state.introduced.as_ref().filter(|_| !slots.contains_key("email")) {
        slots.insert("email".to_owned(), json!(address));
    }
}

/// Adds whom to look for, and what is to be changed of them.
fn add_query(session: &LexicalConversation, view: &View<'_>, slots: &mut Map<String, Value>, changes: bool) {
    let reading = Reading::of(view);
    match record_reference::person_meant(session, view).filter(|_| changes) {
        Some(id) => {
            slots.insert("query".to_owned(), json!(id));
            slots.extend(readers::properties(&reading));
        }
        None => {
            let looked_for = readers::query(&reading, slots, changes);
            slots.extend(looked_for);
            if let [before, .., after] = &email_in_text::all(view.message)[..]
                && changes
                && addresses::is_changed_to(view.message, after)
            {
                slots.insert("query".to_owned(), json!(before.as_str()));
                slots.insert("email".to_owned(), json!(after.as_str()));
            }
        }
    }
}
