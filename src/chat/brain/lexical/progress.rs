//! What comes next, when the session or a tool has answered: what may be called is called, and the visitor is asked for the
//! rest.

use serde_json::{Map, Value, json};

use super::people::introductions;
use super::person::NOBODY;
use super::prompts::{self, PromptWithChoices};
use super::session::{
    CONTACT, FIND_OWNER, FIND_TICKETS, HAND_OFF, HAND_OVER, LOG, LexicalConversation, RECOGNISE, TIMES,
};
use super::state::{Call, LexicalChoice, LexicalState};
use super::{addresses, calendar, confirm, known, meeting, repeat, replies, routing};
use crate::chat::brain::{Decision, HandOver, Reply, ToolCall, View};
use crate::chat::passage::{self, QuestionCertainty};
use crate::chat::texts::outcomes;
use crate::chat::{claims, consent, texts};
use crate::tool::on_behalf_of::OnBehalfOf;
use crate::tool::view::ToolView;
use domain::code::Code;

/// The arguments of a task that name its colleague, and the task that changes.
const OWNER: &str = "owner";
const TASK: &str = "task_id";

/// Takes in what the session asks for.
pub(super) fn take_in(session: &mut LexicalConversation, answer: &Value) {
    let asks = answer["asks"].as_array().map(Vec::as_slice).unwrap_or_default();
    if let Some((last, earlier)) = asks.split_last() {
        // The greeting was said before the first message.
        let said = earlier.iter().filter_map(|ask| ask["text"].as_str()).filter(|text| !text.is_empty());
        session.turn.out.extend(said.map(str::to_owned));
        session.state.ask = last.clone();
    }
    let intents: Vec<String> =
        answer["intents"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    if !intents.is_empty() {
        session.state.intents = intents;
    }
    session.state.unconfirmed = None;
    session.state.changing = None;
    session.state.held.clear();
}

/// Goes on with what the session asks for: calls what may be called, and asks the visitor for the rest.
pub(super) fn advance(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    let ask = session.state.ask.clone();
    if std::mem::take(&mut session.turn.left)
        && let Some(decision) = left(session, view)
    {
        return decision;
    }
    if std::mem::take(&mut session.turn.hands_over) {
        session.state.ask = Value::Null;
        session.turn.awaited = None;
        let why = if session.turn.gives_up { HandOver::NotUnderstood } else { HandOver::Asked };
        return Decision::Say(Reply::handing_over(why));
    }
    if session.state.kind() == "slots"
        && let Some(decision) = known::given(session, view)
    {
        return decision;
    }
    if session.state.kind() == "slots"
        && let Some(decision) = meeting::wanted_time(session, view)
    {
        return decision;
    }
    if !["slots", "call", "switch"].contains(&session.state.kind())
        && session.state.failure().is_none()
        && let Some(wish) = session.state.next_wish.take()
    {
        return routing::route(session, &View { message: &wish, ..*view });
    }
    if session.state.kind() == "intent"
        && let Some(decision) = with_new_values(session)
    {
        return decision;
    }
    match session.state.kind() {
        "call" if ask["failed"].is_null() || is_another_call(session, &ask) => due(session, view, &ask),
        // Whoever got a person is not asked about what the person will see to.
        "go_on" if session.turn.passed_on => {
            session.state.ask = Value::Null;
            session.state.waits = true;
            let text = texts::ANYTHING_ELSE.in_language(view.language).to_owned();
            session.say(PromptWithChoices { text, choices: vec![] })
        }
        "nothing" if session.turn.closed && ask["failed"].is_null() => {
            session.state.unserved = true;
            let question = prompts::closed(&session.state, view.language);
            session.say(question)
        }
        // What only tells something needs no question whether to come back.
        "switch" if ask["to"]["intent"].as_str().is_some_and(|to| session.intents.only_tells(to)) => {
            session.step(json!({ "switch": "come_back" }))
        }
        "slots" if session.state.past_day && session.state.missing().iter().any(|name| name == "meeting_date") => {
            session.state.past_day = false;
            session.turn.out.push(texts::DAY_IS_PAST.in_language(view.language).to_owned());
            session.ask(view)
        }
        "slots" if asks_day(session) && calendar::mentions_day(view.message, view.language) => {
            session.turn.out.push(texts::DAY_IS_NOT_PLAIN.in_language(view.language).to_owned());
            session.ask(view)
        }
        "answer" => {
            let asked = ask["query"].as_str().or(Some(view.message)).filter(|text| asks_something(session, text));
            match session.state.question.take().or(asked.map(str::to_owned)) {
                Some(query) => session.search(&query),
                None => {
                    session.state.awaits_question = true;
                    let text = texts::ASK_QUESTION.in_language(view.language).to_owned();
                    session.say(PromptWithChoices { text, choices: vec![] })
                }
            }
        }
        _ => session.ask(view),
    }
}

/// True for words that documents may answer: neither the name of the matter nor only who somebody is.
fn asks_something(session: &LexicalConversation, text: &str) -> bool {
    let is_name = session.state.topic.as_deref().is_some_and(|topic| session.intents.is_named(topic, text));
    let words = text.split_whitespace().filter(|word| !word.contains('@')).collect::<Vec<_>>().join(" ");
    !is_name && words.chars().any(char::is_alphabetic) && !introductions::only_introduces(text, false)
}

/// The name of the meeting link whose times an answer shows, which its organiser gave it. Later pages do not tell it.
fn link_name(times: &Value) -> Option<String> {
    let mut links = times["links"].as_array()?.iter();
    let name = links.find(|link| link["slug"] == times["slug"])?["name"].as_str()?;
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

fn asks_day(session: &LexicalConversation) -> bool {
    session.state.missing().iter().any(|name| name == "meeting_date") && session.state.failure().is_none()
}

/// Changes what the visitor has said to have changed, now that it is known whose it is. They are asked before it is written.
fn with_new_values(session: &mut LexicalConversation) -> Option<Decision> {
    let values = std::mem::take(&mut session.state.new_values);
    let intent = session.intents.leading_to("update_contact", &session.state.candidates())?;
    (!values.is_empty()).then(|| session.step(json!({ "intent": intent, "slots": values })))
}

/// True if this call is not the one that failed: something in it was corrected.
fn is_another_call(session: &LexicalConversation, ask: &Value) -> bool {
    let failed = session.state.failed.as_ref();
    failed.is_some_and(|call| {
        ask["tool"] == call.tool.as_str() && ask["arguments"] != Value::from(call.arguments.clone())
    })
}

/// Calls the tool that is due, if it is open and needs no consent.
fn due(session: &mut LexicalConversation, view: &View<'_>, ask: &Value) -> Decision {
    let name = ask["tool"].as_str().unwrap_or_default().to_owned();
    let arguments = ask["arguments"].as_object().cloned().unwrap_or_default();
    let Some(tool) = view.tools.iter().find(|tool| tool.name == name && ask["ours"] == true) else {
        return closed(session, view, &name, &arguments, ask["skippable"] == true);
    };
    let arguments = for_another(session, own_arguments(arguments, tool, view.on_behalf_of), tool);
    if !consent::is_needed(tool) || is_agreed(session, &name, &arguments) {
        return session.call(&name, Value::Object(arguments));
    }
    let call = Call { tool: name, arguments };
    let text = confirm::question(&call, tool, &repeat::known(session, view), view.language);
    let choices = confirm::choices(&call, view.language);
    session.state.unconfirmed = Some(call);
    session.say(PromptWithChoices { text, choices })
}

/// A task for a visitor who wants another colleague than theirs: nobody has it yet, where the caller may say so.
fn for_another(
    session: &mut LexicalConversation,
    mut arguments: Map<String, Value>,
    tool: &ToolView,
) -> Map<String, Value> {
    if !session.state.excludes || tool.name != HAND_OFF {
        return arguments;
    }
    let changed = session.state.task.clone().filter(|_| std::mem::take(&mut session.state.changes_task));
    let takes = |name: &str| tool.input.get("properties").is_some_and(|known| known.get(name).is_some());
    let values = [(OWNER, Some(NOBODY.to_owned())), (TASK, changed)];
    let taken = values.into_iter().filter(|(name, _)| takes(name));
    arguments.extend(taken.filter_map(|(name, value)| Some((name.to_owned(), value?.into()))));
    arguments
}

/// True for a task with words that the visitor has agreed to: the one before failed because nobody has the address, or a
/// person could not be reached at once.
fn is_agreed(session: &LexicalConversation, tool: &str, arguments: &Map<String, Value>) -> bool {
    let words = |call: &Call| confirm::changeable(call).and_then(|name| call.arguments.get(name)).cloned();
    let new = Call { tool: tool.to_owned(), arguments: arguments.clone() };
    let same = |failed: &&Call| is_for_person(&failed.tool) && words(failed) == words(&new);
    tool == HAND_OFF && session.state.failed.as_ref().filter(same).is_some()
}

fn is_for_person(tool: &str) -> bool {
    [HAND_OFF, HAND_OVER].contains(&tool)
}

/// A tool that is not open to the visitor. Whoever only claims an address is known by it and no more; a look-up that
/// may be passed over is; for the rest there are people.
fn closed(
    session: &mut LexicalConversation,
    view: &View<'_>,
    tool: &str,
    arguments: &Map<String, Value>,
    skippable: bool,
) -> Decision {
    if let (RECOGNISE, OnBehalfOf::Claimed { address }) = (tool, view.on_behalf_of) {
        let known = json!({ "contact_id": address.as_str(), "contact_email": address.as_str() });
        // Anybody may have typed the address: nothing is written for it before the visitor agrees to a write.
        let chat = arguments.get("chat").and_then(Value::as_str);
        session.state.unlogged = chat.filter(|_| view.tools.iter().any(|tool| tool.name == LOG)).map(str::to_owned);
        return session.step(json!({ "tool_result": known }));
    }
    if let (RECOGNISE, Some(address)) = (tool, arguments.get("email"))
        && view.tools.iter().any(|tool| tool.name == CONTACT)
    {
        // Who may write nothing is recognised all the same.
        session.turn.recognises = true;
        return session.call(CONTACT, json!({ "contact": address }));
    }
    let claims = matches!(view.on_behalf_of, OnBehalfOf::Claimed { .. });
    if tool == FIND_TICKETS && claims && arguments.get("status").is_some_and(|status| status == "open") {
        // What they have open already is not looked at: a new one is opened.
        return session.step(json!({ "tool_result": { "total": 0, "open": 0, "tickets": [] } }));
    }
    if let (FIND_OWNER, Some(representative)) = (tool, view.representative) {
        return session.step(json!({ "tool_result": { "owner_id": representative } }));
    }
    session.turn.closed = true;
    if is_for_person(tool) {
        session.turn.hands_over = true;
    } else if skippable {
        return session.step(json!({ "skip": true }));
    }
    let refused = json!({
        "code": Code::Forbidden.as_str(), "message": "it is not open in this conversation", "hint": "a colleague can help",
    });
    session.step(json!({ "tool_result": refused }))
}

/// A tool has answered, and the session is told.
pub(super) fn called(
    session: &mut LexicalConversation,
    view: &View<'_>,
    tool: &str,
    call: &ToolCall,
    answer: &Result<Value, Value>,
) -> Decision {
    session.state.unanswered = false;
    if let Some(result) = session.turn.result.take() {
        return session.step(json!({ "tool_result": result }));
    }
    let none = Map::new();
    let arguments = call.arguments.as_ref().unwrap_or(&none);
    if std::mem::take(&mut session.turn.recognises) {
        let read = ToolCall { tool: RECOGNISE.to_owned(), arguments: Ok(recognised_with(arguments)), ..call.clone() };
        return called(session, view, RECOGNISE, &read, &recognised(answer));
    }
    if tool == RECOGNISE {
        let who = ["email", "phone"].iter().find_map(|name| arguments.get(*name).and_then(Value::as_str));
        session.state.who = who.map(str::to_owned);
    }
    match answer {
        Ok(answer) => {
            (session.state.failed, session.state.failed_again) = (None, false);
            session.turn.passed_on |= is_for_person(tool);
            if claims::is_write(tool) && !claims::is_planned(answer) {
                session.state.deed = Some(tool.to_owned());
                note_written(session, arguments);
                session.state.has_task |= tool == HAND_OFF;
                session.state.task = answer[TASK].as_str().map(str::to_owned).or(session.state.task.take());
            }
            session.state.added = addresses::added_under(tool, arguments, answer).or(session.state.added.take());
            if tool == TIMES {
                session.turn.tells_times = true;
                session.state.shown_at = Some(view.now);
                if answer.get("links").is_some() {
                    session.state.link = link_name(answer);
                    session.turn.out.extend(meeting::other_colleague(session, view));
                }
                session.state.day_asked = arguments.get("meeting_date").and_then(Value::as_str).map(str::to_owned);
            }
            session.state.later = answer["next_after"].as_str().map(str::to_owned);
            let told = replies::result(tool, arguments, &untold(session, answer), view.language, &mut session.state);
            session.turn.out.extend(Some(told).filter(|told| !told.is_empty()));
            session.turn.out.extend(similar_names(session, view, answer));
            if claims::is_write(tool)
                && let Some(chat) = session.state.unlogged.take()
            {
                session.turn.result = Some(answer.clone());
                return session.call(LOG, json!({ "text": chat }));
            }
            session.step(json!({ "tool_result": answer }))
        }
        Err(error) => {
            let failed = Some(Call { tool: tool.to_owned(), arguments: arguments.clone() });
            session.state.failed_again = session.state.failed == failed;
            session.state.failed = failed;
            session.turn.hands_over = is_for_person(tool) && error["code"] == Code::Forbidden.as_str();
            session.state.show_candidates(error);
            session.step(json!({ "tool_result": error }))
        }
    }
}

/// Arguments with the visitor's own words.
const OWN_WORDS: &[&str] = &["issue", "note", "reason", "description"];
/// The most of what was written that is remembered.
const WRITTEN_MAX: usize = 20;

/// Remembers what was written of the visitor's matter.
fn note_written(session: &mut LexicalConversation, arguments: &Map<String, Value>) {
    let words = OWN_WORDS.iter().filter_map(|name| arguments.get(*name)?.as_str());
    session.state.written.extend(words.map(str::to_owned));
    let excess = session.state.written.len().saturating_sub(WRITTEN_MAX);
    session.state.written.drain(..excess);
}

/// The answer as it may be told: a colleague whom the visitor does not want is not named to them.
fn untold(session: &LexicalConversation, answer: &Value) -> Value {
    let mut told = answer.clone();
    if session.state.excludes && told.get("seen_by").is_some() {
        told["seen_by"] = NOBODY.into();
    }
    told
}

/// The names that are like one that nobody has, for whoever keeps contacts: a customer hears none of them.
fn similar_names(session: &LexicalConversation, view: &View<'_>, answer: &Value) -> Option<String> {
    let names = answer["similar_names"].as_array().filter(|names| !names.is_empty())?;
    if *view.on_behalf_of != OnBehalfOf::Operator || !session.intents.keeps_contacts() {
        return None;
    }
    let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
    Some(outcomes::SIMILAR_NAMES.with(view.language, &[("names", &names.join(", "))]))
}

/// The arguments with which somebody is recognised, in the place of those that have read their contact.
fn recognised_with(read: &Map<String, Value>) -> Map<String, Value> {
    Map::from_iter([("email".to_owned(), read.get("contact").cloned().unwrap_or_default())])
}

/// The answer of a contact that was read, as the one that recognises somebody gives it.
fn recognised(read: &Result<Value, Value>) -> Result<Value, Value> {
    match read {
        Ok(contact) => {
            let property = |name: &str| contact["properties"][name].clone();
            Ok(json!({
                "contact_id": contact["contact_id"], "contact_email": property("email"),
                "contact_first_name": property("firstname"), "contact_last_name": property("lastname"),
            }))
        }
        Err(error) if error["code"] == Code::ContactNotFound.as_str() => {
            let mut unknown = error.clone();
            unknown["code"] = json!(Code::UserNotFound.as_str());
            Err(unknown)
        }
        Err(error) => Err(error.clone()),
    }
}

pub(super) fn step_failed(session: &mut LexicalConversation, view: &View<'_>, error: &Value) -> Decision {
    if error["code"] == Code::SessionNotFound.as_str() && !session.turn.renewed {
        session.turn.renewed = true;
        session.state = LexicalState::default();
        return session.start();
    }
    let text = prompts::failure(&session.state, error["code"].as_str().unwrap_or_default(), view.language);
    session.say(PromptWithChoices { text, choices: vec![prompts::person(view.language)] })
}

/// The documents were searched, for a question or for a message that was not understood.
pub(super) fn found(session: &mut LexicalConversation, view: &View<'_>, answer: &Result<Value, Value>) -> Decision {
    let language = view.language;
    let question = std::mem::take(&mut session.turn.question);
    let is_asked = !session.turn.guesses && !session.turn.aside;
    let asked = if is_asked { QuestionCertainty::Surely } else { QuestionCertainty::Perhaps };
    let passage = answer.as_ref().ok().and_then(|answer| passage::told(answer, &question, asked, language));
    if passage.is_none() && is_asked {
        session.turn.unanswered.push(question.trim().to_owned());
    }
    let passage = passage.filter(|passage| !session.turn.passages.contains(passage));
    session.turn.passages.extend(passage);
    if let Some(decision) = session.search_next() {
        return decision;
    }
    let passages = std::mem::take(&mut session.turn.passages);
    let passage = (!passages.is_empty()).then(|| passages.join("\n"));
    let guesses = std::mem::take(&mut session.turn.guesses);
    if std::mem::take(&mut session.turn.aside) {
        return found_aside(session, view, passage);
    }
    match passage {
        Some(passage) => {
            (session.state.misses, session.state.doubts) = (0, 0);
            session.state.unserved = false;
            session.turn.out.push(passage);
            // Of several questions each is answered, or said not to be.
            for question in std::mem::take(&mut session.turn.unanswered) {
                session.turn.out.push(outcomes::NO_PASSAGE_ABOUT.with(language, &[("question", &question)]));
            }
            let likely = if guesses { others(session, view) } else { vec![] };
            let text = texts::DID_IT_HELP.in_language(language).to_owned();
            session.say(PromptWithChoices { text, choices: prompts::helped(likely, language) })
        }
        // Staff have no colleague who may know.
        None if guesses || session.audience.is_staff() => routing::missed(session, view),
        None => {
            session.state.unserved = true;
            let text = texts::NO_PASSAGE.in_language(language).to_owned();
            // What is no question may be another matter.
            let likely = if question.contains('?') { vec![] } else { others(session, view) };
            let choices = likely.into_iter().chain([prompts::person(language)]).collect();
            session.say(PromptWithChoices { text, choices })
        }
    }
}

/// The question that is open is asked again, after the passage.
fn found_aside(session: &mut LexicalConversation, view: &View<'_>, passage: Option<String>) -> Decision {
    let Some(passage) = passage else { return repeat::asked_again(session, view) };
    session.state.misses = 0;
    session.turn.out.push(passage);
    let question = repeat::open_question(session, view);
    session.say(question)
}

/// The intents that a message may have beside the question that a passage has answered.
fn others(session: &mut LexicalConversation, view: &View<'_>) -> Vec<LexicalChoice> {
    let mut likely = session.intents.nearest(view.message, &session.open_intents());
    likely.retain(|intent| !session.intents.answers(intent) && !session.intents.leads_to_person(intent));
    session.doubt(view.message);
    session.intents.choices(&likely, view.language)
}

/// The matter is left: what else the message says is heard. `None` if one that was interrupted goes on.
fn left(session: &mut LexicalConversation, view: &View<'_>) -> Option<Decision> {
    if std::mem::take(&mut session.turn.leaves_both) {
        session.turn.left = true;
        return Some(session.step(json!({ "switch": "leave" })));
    }
    session.state.topic = None;
    session.state.trail.clear();
    if std::mem::take(&mut session.turn.shows_menu) {
        return Some(session.ask_menu(view));
    }
    session.turn.out.push(texts::LEFT.in_language(view.language).to_owned());
    if let Some(rest) = session.turn.then.take() {
        return Some(routing::route(session, &View { message: &rest, ..*view }));
    }
    let goes_on = ["slots", "call"].contains(&session.state.kind()) && session.state.failure().is_none();
    let text = texts::ANYTHING_ELSE.in_language(view.language).to_owned();
    (!goes_on).then(|| session.say(PromptWithChoices { text, choices: vec![] }))
}

/// The arguments that a customer may send; ids that the server fills in for them, and others, are left out.
fn own_arguments(arguments: Map<String, Value>, tool: &ToolView, who: &OnBehalfOf) -> Map<String, Value> {
    let open = |name: &str| tool.input.get("properties").is_some_and(|known| known.get(name).is_some());
    let operator = *who == OnBehalfOf::Operator;
    arguments.into_iter().filter(|(name, _)| operator || open(name)).collect()
}
