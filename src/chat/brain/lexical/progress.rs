//! What comes next, when the session or a tool has answered: what may be called is called, and the visitor is asked for the
//! rest.

use serde_json::{Map, Value, json};

use super::prompts::{self, Question};
use super::session::{FIND_OWNER, FIND_TICKETS, HAND_OFF, LOG, RECOGNISE, Session, TIMES};
use super::state::{Call, Choice, State};
use super::{calendar, confirm, meeting, repeat, replies, routing};
use crate::chat::brain::{Decision, HandOver, Reply, ToolCall, View};
use crate::chat::{claims, consent, passage, texts};
use crate::tool::on_behalf_of::OnBehalfOf;
use crate::tool::view::ToolView;
use domain::code::Code;

/// Takes in what the session asks for.
pub(super) fn take_in(session: &mut Session, answer: &Value) {
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
pub(super) fn advance(session: &mut Session, view: &View<'_>) -> Decision {
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
            let text = texts::ANYTHING_ELSE.in_language(view.language).to_owned();
            session.say(Question { text, choices: vec![] })
        }
        "nothing" if session.turn.closed && ask["failed"].is_null() => {
            session.state.unserved = true;
            session.say(prompts::closed(view.language))
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
            let query = ask["query"].as_str().unwrap_or(view.message).to_owned();
            session.search(&query)
        }
        _ => session.ask(view),
    }
}

/// The name of the meeting link whose times an answer shows, which its organiser gave it. Later pages do not tell it.
fn link_name(times: &Value) -> Option<String> {
    let mut links = times["links"].as_array()?.iter();
    let name = links.find(|link| link["slug"] == times["slug"])?["name"].as_str()?;
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

fn asks_day(session: &Session) -> bool {
    session.state.missing().iter().any(|name| name == "meeting_date") && session.state.failure().is_none()
}

/// Changes what the visitor has said to have changed, now that it is known whose it is. They are asked before it is written.
fn with_new_values(session: &mut Session) -> Option<Decision> {
    let values = std::mem::take(&mut session.state.new_values);
    let intent = session.intents.leading_to("update_contact", &session.state.candidates())?;
    (!values.is_empty()).then(|| session.step(json!({ "intent": intent, "slots": values })))
}

/// True if this call is not the one that failed: something in it was corrected.
fn is_another_call(session: &Session, ask: &Value) -> bool {
    let failed = session.state.failed.as_ref();
    failed.is_some_and(|call| {
        ask["tool"] == call.tool.as_str() && ask["arguments"] != Value::from(call.arguments.clone())
    })
}

/// Calls the tool that is due, if it is open and needs no consent.
fn due(session: &mut Session, view: &View<'_>, ask: &Value) -> Decision {
    let name = ask["tool"].as_str().unwrap_or_default().to_owned();
    let arguments = ask["arguments"].as_object().cloned().unwrap_or_default();
    let Some(tool) = view.tools.iter().find(|tool| tool.name == name && ask["ours"] == true) else {
        return closed(session, view, &name, &arguments, ask["skippable"] == true);
    };
    let arguments = own_arguments(arguments, tool, view.on_behalf_of);
    if !consent::is_needed(tool) || is_agreed(session, &name, &arguments) {
        return session.call(&name, Value::Object(arguments));
    }
    let call = Call { tool: name, arguments };
    let text = confirm::question(&call, tool, &repeat::known(session, view), view.language);
    let choices = confirm::choices(&call, view.language);
    session.state.unconfirmed = Some(call);
    session.say(Question { text, choices })
}

/// True for a task that the visitor has agreed to, and that failed because nobody has the address: it is made without.
fn is_agreed(session: &Session, tool: &str, arguments: &Map<String, Value>) -> bool {
    let same = |failed: &&Call| failed.tool == tool && failed.arguments.get("reason") == arguments.get("reason");
    tool == HAND_OFF && session.state.failed.as_ref().filter(same).is_some()
}

/// A tool that is not open to the visitor. Whoever only claims an address is known by it and no more; a look-up that
/// may be passed over is; for the rest there are people.
fn closed(
    session: &mut Session,
    view: &View<'_>,
    tool: &str,
    arguments: &Map<String, Value>,
    skippable: bool,
) -> Decision {
    if let (RECOGNISE, OnBehalfOf::Claimed { address }) = (tool, view.on_behalf_of) {
        let known = json!({ "contact_id": address.as_str(), "contact_email": address.as_str() });
        let logs = view.tools.iter().any(|tool| tool.name == LOG);
        return match arguments.get("chat").filter(|_| logs) {
            Some(chat) => {
                session.turn.result = Some(known);
                session.call(LOG, json!({ "text": chat }))
            }
            None => session.step(json!({ "tool_result": known })),
        };
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
    if tool == HAND_OFF {
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
    session: &mut Session,
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
    if tool == RECOGNISE {
        let who = ["email", "phone"].iter().find_map(|name| arguments.get(*name).and_then(Value::as_str));
        session.state.who = who.map(str::to_owned);
    }
    match answer {
        Ok(answer) => {
            (session.state.failed, session.state.failed_again) = (None, false);
            session.turn.passed_on |= tool == HAND_OFF;
            if claims::is_write(tool) {
                session.state.deed = Some(tool.to_owned());
            }
            if tool == TIMES {
                session.turn.tells_times = true;
                session.state.shown_at = Some(view.now);
                if answer.get("links").is_some() {
                    session.state.link = link_name(answer);
                }
                session.state.day_asked = arguments.get("meeting_date").and_then(Value::as_str).map(str::to_owned);
            }
            session.state.later = answer["next_after"].as_str().map(str::to_owned);
            let told = replies::result(tool, arguments, answer, view.language, &mut session.state);
            session.turn.out.extend(Some(told).filter(|told| !told.is_empty()));
            session.step(json!({ "tool_result": answer }))
        }
        Err(error) => {
            let failed = Some(Call { tool: tool.to_owned(), arguments: arguments.clone() });
            session.state.failed_again = session.state.failed == failed;
            session.state.failed = failed;
            session.turn.hands_over = tool == HAND_OFF && error["code"] == Code::Forbidden.as_str();
            session.state.show_candidates(error);
            session.step(json!({ "tool_result": error }))
        }
    }
}

pub(super) fn step_failed(session: &mut Session, view: &View<'_>, error: &Value) -> Decision {
    if error["code"] == Code::SessionNotFound.as_str() && !session.turn.renewed {
        session.turn.renewed = true;
        session.state = State::default();
        return session.start();
    }
    let text = prompts::failure(&session.state, error["code"].as_str().unwrap_or_default(), view.language);
    session.say(Question { text, choices: vec![prompts::person(view.language)] })
}

/// The documents were searched, for a question or for a message that was not understood.
pub(super) fn found(session: &mut Session, view: &View<'_>, answer: &Result<Value, Value>) -> Decision {
    let language = view.language;
    let passage = answer.as_ref().ok().and_then(|answer| passage::told(answer, language));
    let guesses = std::mem::take(&mut session.turn.guesses);
    if std::mem::take(&mut session.turn.aside) {
        return found_aside(session, view, passage);
    }
    match passage {
        Some(passage) => {
            session.state.misses = 0;
            session.state.unserved = false;
            session.turn.out.push(passage);
            let likely = if guesses { others(session, view) } else { vec![] };
            let text = texts::DID_IT_HELP.in_language(language).to_owned();
            session.say(Question { text, choices: prompts::helped(likely, language) })
        }
        None if guesses => routing::missed(session, view),
        None => {
            session.state.unserved = true;
            let text = texts::NO_PASSAGE.in_language(language).to_owned();
            session.say(Question { text, choices: vec![prompts::person(language)] })
        }
    }
}

/// The question that is open is asked again, after the passage.
fn found_aside(session: &mut Session, view: &View<'_>, passage: Option<String>) -> Decision {
    let Some(passage) = passage else { return repeat::asked_again(session, view) };
    session.state.misses = 0;
    session.turn.out.push(passage);
    let question = repeat::open_question(session, view);
    session.say(question)
}

/// The intents that a message may have beside the question that a passage has answered.
fn others(session: &mut Session, view: &View<'_>) -> Vec<Choice> {
    let mut likely = session.intents.nearest(view.message, &session.state.intents);
    likely.retain(|intent| !session.intents.answers(intent) && !session.intents.leads_to_person(intent));
    session.doubt(view.message);
    session.intents.choices(&likely, view.language)
}

/// The matter is left: what else the message says is heard. `None` if one that was interrupted goes on.
fn left(session: &mut Session, view: &View<'_>) -> Option<Decision> {
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
    (!goes_on).then(|| session.say(Question { text, choices: vec![] }))
}

/// The arguments that a customer may send; ids that the server fills in for them, and others, are left out.
fn own_arguments(arguments: Map<String, Value>, tool: &ToolView, who: &OnBehalfOf) -> Map<String, Value> {
    let open = |name: &str| tool.input.get("properties").is_some_and(|known| known.get(name).is_some());
    let operator = *who == OnBehalfOf::Operator;
    arguments.into_iter().filter(|(name, _)| operator || open(name)).collect()
}
