//! The hand-off to a person: who the customer is, which tool brings them there, and whether a colleague has been asked
//! already.
//!
//! A hand-off at once needs a contact. Whoever is not known, or whom it fails for, is passed on by a task; so is the wish
//! about an appointment, which its owner sees to.

use serde_json::{Map, Value};

use super::{
    context::RunContext,
    event::Failure,
    failure_response::{self, FailureResponse},
    known_value::{KnownValue, Source},
    said_before,
    state::{CONTACT, Phase, State},
    toolbox::{self, DUE, LIVE_TOOL, OWNER, REACH, TASK_TOOL},
    waiting::Wanted,
    words,
};
use crate::{graph::Node, instructions::DeadEnd, resource::Behavior, rules::IDENTIFY_TOOL};
use domain::code::Code;

/// The tool that the node calls, if it is a hand-off: at once where the customer is known, else by a task.
pub(super) fn tool(state: &State, context: &RunContext<'_>, node: &Node) -> Option<&'static str> {
    let mut open = context.person_tools().filter(|_| node.behavior == Behavior::HandOff);
    let first = open.next()?;
    let second = open.next();
    let again = asked_before(state, context).map(|(tool, _)| tool).filter(|tool| Some(*tool) == second);
    let by_task = || second.filter(|_| is_for_task(state, context));
    Some(again.or_else(by_task).unwrap_or(first))
}

/// Returns `true` if the node asks a colleague by a task.
pub(super) fn is_task(state: &State, context: &RunContext<'_>, node: &Node) -> bool {
    context.own_tool(node).or_else(|| tool(state, context, node)) == Some(TASK_TOOL)
}

/// Returns `true` if a task does what a hand-off at once cannot.
fn is_for_task(state: &State, context: &RunContext<'_>) -> bool {
    let told = state.known.get(REACH).is_some_and(|known| !known.refused && !known.stale);
    let unknown = || contact(state, LIVE_TOOL).is_none() && (told || !must_ask_reach(state));
    state.by_task || is_about_appointments(state, context) || unknown()
}

/// Returns `true` if this failure of a hand-off at once leaves the customer to a task: nothing was done, and neither
/// another try nor the person's word is asked for.
pub(super) fn is_left_to_task(context: &RunContext<'_>, node: &Node, tool: &str, failure: &Failure) -> bool {
    let ends_it = [Code::InvalidInput, Code::Declined, Code::Dismissed, Code::AnswerNeeded];
    let again = failure_response::decide(failure, 1, false) == FailureResponse::TryAgain;
    tool == LIVE_TOOL
        && node.behavior == Behavior::HandOff
        && context.tools.is_open(TASK_TOOL)
        && failure_response::nothing_was_done(failure)
        && !again
        && !ends_it.iter().any(|code| code.as_str() == failure.code)
}

/// Returns `true` if a person is asked for by somebody of whom nothing is known. They are asked once, and not held.
pub(super) fn must_ask_reach(state: &State) -> bool {
    let known = [CONTACT, "email", "phone"].iter().any(|name| state.known.contains_key(*name));
    !known && !state.reach_asked && !state.said.iter().any(|text| words::reaches(text))
}

/// Returns `true` if appointments were looked up in the topic at hand.
pub(super) fn is_about_appointments(state: &State, context: &RunContext<'_>) -> bool {
    let looks = |id| context.own_tool(context.node(id)) == Some(toolbox::MEETINGS_TOOL);
    state.entered.iter().any(looks)
}

/// The contact for this tool, as the customer is known.
fn contact(state: &State, tool: &str) -> Option<Value> {
    let known = state.known.get("contact").filter(|known| !known.refused && !known.stale);
    known.map(|known| known.value.clone()).or_else(|| by_address(state, tool, "contact"))
}

/// Whose hand-off it is, where a person is asked for before anybody was looked up, and how to reach them.
pub(super) fn by_address(state: &State, tool: &str, name: &str) -> Option<Value> {
    let is_known = state.known.contains_key(CONTACT);
    let number = || number(state).filter(|_| tool == LIVE_TOOL && is_number_enough(state)).map(Value::from);
    match name {
        _ if ![LIVE_TOOL, TASK_TOOL].contains(&tool) => None,
        "contact" if !is_known => address(state).or_else(number),
        REACH => {
            // The number that they have said, or else an address that nobody has: it reaches them all the same.
            let phone = state.known.get("phone").filter(|known| !known.faulty && !known.stale);
            let email = || state.known.get("email").filter(|email| email.refused && !is_known);
            phone.or_else(email).map(|known| known.value.clone())
        }
        _ => None,
    }
}

/// The address of somebody who is not known yet: the one that was stated, or the one in what was said of how they are
/// reached.
fn address(state: &State) -> Option<Value> {
    let stated = state.known.get("email").filter(|email| !email.refused).map(|email| email.value.clone());
    stated.or_else(|| said_address(state).map(Value::from)).filter(|_| !state.known.contains_key(CONTACT))
}

/// Extracts the e-mail address from the customer's words on how to reach them.
fn said_address(state: &State) -> Option<&str> {
    let reach = state.known.get(REACH).filter(|reach| !reach.refused && !reach.stale)?;
    let refused = state.known.get("email").filter(|email| email.refused).map(|email| &email.value);
    words::address(reach.value.as_str()?).filter(|address| refused.is_none_or(|refused| refused != address))
}

/// The phone number that was said.
fn number(state: &State) -> Option<String> {
    let said = usable(state, "phone").or_else(|| usable(state, REACH))?;
    words::phone(said.value.as_str()?)
}

/// Returns `false` if nobody has the number, and nobody is to be added with it.
fn is_number_enough(state: &State) -> bool {
    let creates = state.known.get("create_contact").is_some_and(|known| known.value == true);
    !state.looked_up || creates
}

/// The arguments with which somebody who asks for a person is looked up before a colleague is asked: they may be known, and
/// what they said is logged on them.
pub(super) fn look_up(state: &State, context: &RunContext<'_>, node: &Node) -> Option<Map<String, Value>> {
    let open = state.phase == Phase::Fill
        && context.is_hand_off(node)
        && context.tools.is_open(IDENTIFY_TOOL)
        && !state.looked_up;
    let by_task = || is_task(state, context, node) && context.has_tool(IDENTIFY_TOOL);
    let email = || address(state).filter(|_| by_task()).map(|email| ("email", email));
    let logs = !state.logged && !state.said.is_empty();
    let has_email = state.known.contains_key("email");
    let (name, value) = match state.known.contains_key(CONTACT) {
        _ if !open => None,
        true => usable(state, "email").filter(|_| logs && by_task()).map(|email| ("email", email.value.clone())),
        false => email().or_else(|| number(state).filter(|_| !has_email).map(|number| ("phone", number.into()))),
    }?;
    let mut arguments = Map::from_iter([(name.to_owned(), value)]);
    if logs {
        arguments.insert("chat".to_owned(), state.elided(&state.said.join("\n")).into());
    }
    Some(arguments)
}

fn usable<'s>(state: &'s State, name: &str) -> Option<&'s KnownValue> {
    state.known.get(name).filter(|known| !known.refused && !known.stale)
}

/// The tool and the values with which a colleague was asked before, if this request tells nothing more: it finds the same
/// task or hand-off. How to reach the customer, where it was not known, is added.
pub(super) fn asked_before(state: &State, context: &RunContext<'_>) -> Option<(&'static str, Map<String, Value>)> {
    if is_about_appointments(state, context) {
        return None;
    }
    let before = state.handed_off.as_ref()?;
    let words_of = |tool| toolbox::request_argument(tool).and_then(|name| before.get(name)?.as_str());
    let (tool, reason) = [LIVE_TOOL, TASK_TOOL].into_iter().find_map(|tool| Some((tool, words_of(tool)?)))?;
    let spec = context.spec_of(tool)?;
    let waiting = state.stack.last().and_then(|frame| frame.words.as_deref());
    let is_new_reach = is_reached_otherwise(state);
    let untold = state.untold.iter().map(String::as_str);
    let new = |text: &&str| {
        words::tell_something(text, state, context.graph)
            && !words::say_all_of(reason, text)
            && !(is_new_reach && words::only_reach(text))
    };
    let mut news: Vec<&str> = vec![];
    for text in [waiting, state.words.as_deref()].into_iter().flatten().chain(untold).filter(new) {
        if !news.iter().any(|told| words::say_all_of(told, text)) {
            news.push(text);
        }
    }
    let said = state.known.iter().filter(|(name, known)| {
        matches!(known.source, Source::Said(_)) && !known.stale && !known.refused && spec.has(name)
    });
    let said = said.filter(|(name, known)| before.get(*name) != Some(&known.value));
    let more: Vec<(String, Value)> = said.map(|(name, known)| (name.clone(), known.value.clone())).collect();
    let goes_on = more.iter().all(|(name, _)| GOING_ON.contains(&name.as_str()));
    if !goes_on || (more.is_empty() && !news.is_empty()) {
        return None;
    }
    let mut values: Map<String, Value> = before.clone().into_iter().chain(more).collect();
    // Words beside it go on with what was said before: the task is the same.
    let whole = [reason].into_iter().chain(news).collect::<Vec<_>>().join("\n");
    values.insert(toolbox::request_argument(tool)?.to_owned(), whole.into());
    Some((tool, values))
}

/// The values that change a request for a person and make no other.
const GOING_ON: &[&str] = &[REACH, OWNER, DUE];

/// Returns `true` if a colleague was asked before the customer said how they are reached, or with another way.
pub(super) fn is_reached_otherwise(state: &State) -> bool {
    let said = usable(state, REACH).map(|known| &known.value);
    said.is_some() && state.handed_off.as_ref().is_some_and(|sent| sent.get(REACH) != said)
}

/// What a person reads of the customer's wish: their words of the matter, what they came with before, or at least their
/// last message, what they had wanted where that could not be done, and what else they have said before. Whoever has an
/// appointment reads only of that.
pub(super) fn request(state: &State, context: &RunContext<'_>) -> String {
    let graph = context.graph;
    let tells = |text: &&str| words::tell_something(text, state, graph);
    let own = state.words.as_deref();
    let wanted = state.wanted.as_ref();
    let waiting = state.stack.last().and_then(|frame| frame.words.as_deref());
    let failed = wanted.and_then(|wanted| wanted.words.as_deref()).filter(tells);
    let left = state.left.last().map(|left| left.words.as_str());
    let mut lines: Vec<&str> = match own.filter(tells) {
        Some(own) => vec![own],
        None if failed.is_some() => own.into_iter().collect(),
        None => [waiting.or(left).filter(tells), own].into_iter().flatten().collect(),
    };
    lines.extend(failed.filter(|failed| !lines.iter().any(|line| words::say_all_of(line, failed))));
    if lines.is_empty() && !state.logged {
        lines.extend(state.said.iter().map(String::as_str));
    }
    lines.extend(wanted.map(|wanted| wanted.values.as_str()).filter(|values| !values.is_empty()));
    let untold = state.untold.iter().rev().map(String::as_str).filter(|_| !is_about_appointments(state, context));
    let text = said_before::with_earlier(lines.join("\n"), earlier(state).chain(untold), state, graph);
    let text = if text.trim().is_empty() { WISH_UNSAID.to_owned() } else { text };
    match name_of_stranger(state).filter(|name| !words::say_all_of(&text, name)) {
        Some(name) => format!("{text}\n{name}"),
        None => text,
    }
}

/// The name that somebody has said who is on no contact: the colleague reads it nowhere else.
fn name_of_stranger(state: &State) -> Option<String> {
    let said = |name: &str| usable(state, name).and_then(|known| known.value.as_str()).map(str::to_owned);
    let parts = || ["firstname", "lastname"].into_iter().filter_map(said).collect::<Vec<_>>().join(" ");
    let name = said(toolbox::NAME).unwrap_or_else(parts);
    Some(name).filter(|name| !name.trim().is_empty() && !state.known.contains_key(CONTACT))
}

/// What was said before of the matter at hand, or of the one that it interrupts.
pub(super) fn earlier(state: &State) -> impl Iterator<Item = &str> {
    [interrupted(state), of_same_matter(state)].into_iter().flatten()
}

/// The words of the matter that the customer has interrupted to ask for a person: "I said delete it!" tells nothing alone.
fn interrupted(state: &State) -> Option<&str> {
    state.stack.last().filter(|frame| frame.unasked).and_then(|frame| frame.words.as_deref())
}

/// What a colleague was told before of the same matter: "and the other one too" tells nothing alone.
fn of_same_matter(state: &State) -> Option<&str> {
    let told = state.told.as_ref().filter(|told| state.topic.as_ref() == Some(&told.topic));
    told.map(|told| told.words.as_str())
}

/// The reason of a customer who asks for a person and says nothing else.
const WISH_UNSAID: &str = "The customer asks for a person.";

/// The matter from which the customer goes on to a person, if it is not done.
pub(super) fn wanted(state: &State, context: &RunContext<'_>, is_unfinished: bool) -> Option<Wanted> {
    let is_over = matches!(&state.phase, Phase::DeadEnd { why: DeadEnd::NoIntent | DeadEnd::Left });
    let has_failed = state.failed.is_some() || matches!(&state.phase, Phase::DeadEnd { .. });
    if state.topic.is_none() || is_over || !(has_failed || is_unfinished) {
        return None;
    }
    let edge = context.graph.all_edges().find(|edge| state.is_about(edge));
    let intent = edge.and_then(|edge| edge.intent.as_ref()).map_or("", |intent| intent.text.as_str());
    let values = WANTED.iter().filter_map(|name| {
        let known = state.known.get(*name).filter(|known| !known.stale && known.source != Source::Tool)?;
        Some(known.value.as_str().map_or_else(|| known.value.to_string(), str::to_owned))
    });
    let values: Vec<String> = values.collect();
    let values = if values.is_empty() { String::new() } else { format!("{intent}: {}", values.join(", ")) };
    Some(Wanted { words: state.words.clone().filter(|_| has_failed), values })
}

/// The values of a matter that whoever sees to it needs.
const WANTED: &[&str] = &["meeting_date", "meeting_start_time", "time_zone", "duration", "owner_id", "topic"];
