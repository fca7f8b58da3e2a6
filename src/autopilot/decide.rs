//! Decides about a conversation in which a customer has written. Pure: a function of what is there, of what is remembered
//! and of the time.

use std::collections::BTreeSet;
use std::time::Duration;

use super::entry::{EntryText, ThreadEntry, What, Who};
use super::memory::ConversationMemory;
use super::reason::{HandOverReason, Ignored, Silence};
use super::robots;
use super::rules::{Late, Rules};
use super::triggers;
use domain::unix_ms::millis;

/// The comment by which a colleague gives a conversation back.
pub const BOT_ON: &str = "/bot on";
/// The comment by which they take it.
pub const BOT_OFF: &str = "/bot off";
/// Equal questions of a customer after which a person goes on.
const EQUAL_QUESTIONS_MAX: usize = 3;
/// A message that seems to come from the future by more than this comes from a clock that is wrong: it is not waited for.
const AHEAD_MAX_MS: i64 = 2_000;
const HOUR_MS: i64 = 60 * 60 * 1_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// The way in which an inbox is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// A comment proposes the reply, and colleagues send it.
    #[default]
    Draft,
    /// The reply is sent.
    Reply,
    /// Nothing is done.
    Off,
}

/// Everything that decides.
#[derive(Clone, Copy, Debug)]
pub struct InboxSituation<'a> {
    /// The conversation, oldest first.
    pub entries: &'a [ThreadEntry],
    /// The actor who has it.
    pub assigned_to: Option<&'a str>,
    /// HubSpot takes it for spam.
    pub is_spam: bool,
    /// The way in which its inbox is answered.
    pub mode: Mode,
    /// The memory of it.
    pub memory: &'a ConversationMemory,
    /// The time since which this account's conversations are answered, in unix milliseconds.
    pub begun_ms: i64,
    /// A hand-over by another part of this server is under way.
    pub has_handoff: bool,
    /// An earlier attempt at it ended in nothing, and no other follows.
    pub is_last_attempt: bool,
    /// The operator's rules.
    pub rules: &'a Rules,
    /// Now, in unix milliseconds.
    pub now_ms: i64,
    /// It is looked at once more before what a turn has made is sent: the customer was waited for, and the turn counts itself.
    pub is_second_look: bool,
}

/// The decision, and the part of the conversation that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Step that follows.
    pub decision: AutopilotDecision,
    /// The places of the customer's messages that nobody has dealt with, oldest first.
    pub pending: Vec<usize>,
    /// The place at which the matter at hand begins: what is older is over.
    pub matter: usize,
}

/// The decision about a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutopilotDecision {
    /// There is nothing to answer.
    Nothing(Ignored),
    /// Somebody else answers.
    Silent(Silence),
    /// The customer may still be writing.
    Wait(Duration),
    /// Only files came: a fixed text says that they cannot be opened.
    Files,
    /// A brain answers. What is late is only proposed.
    Answer {
        /// The message waited for so long that a reply would surprise.
        late: bool,
    },
    /// A person goes on.
    HandOver(HandOverReason),
    /// A hand-over goes on that was interrupted.
    GoOnHandingOver,
}

/// Decides on a conversation from what was read of it, the memory and the rules. Pure: it reads no clock and no store.
pub fn decide(now: &InboxSituation<'_>) -> Decided {
    let matter = matter_of(now);
    let pending = pending_of(now);
    Decided { decision: decision(now, matter, &pending), pending, matter }
}

fn decision(now: &InboxSituation<'_>, matter: usize, pending: &[usize]) -> AutopilotDecision {
    if now.mode == Mode::Off {
        return AutopilotDecision::Nothing(Ignored::Off);
    }
    if now.memory.handing.is_some() {
        return AutopilotDecision::GoOnHandingOver;
    }
    let Some(newest) = pending.last().map(|place| &now.entries[*place]) else {
        return AutopilotDecision::Nothing(Ignored::Answered);
    };
    if now.is_spam {
        return AutopilotDecision::Nothing(Ignored::Spam);
    }
    if newest.at_ms < now.begun_ms {
        return AutopilotDecision::Nothing(Ignored::BeforeBegin);
    }
    if let Some(silence) = silence(now, matter) {
        return AutopilotDecision::Silent(silence);
    }
    let words: Vec<&EntryText> = pending.iter().filter_map(|place| now.entries[*place].words()).collect();
    if is_of_robot(now, matter, pending) {
        return AutopilotDecision::Silent(Silence::Robot);
    }
    if let Some(wait) = wait(now, pending) {
        return AutopilotDecision::Wait(wait);
    }
    let first = &now.entries[pending[0]];
    let late = now.now_ms - first.at_ms.max(now.begun_ms) > millis(now.rules.late_after);
    match hand_over(now, matter, pending) {
        Some(reason) => AutopilotDecision::HandOver(reason),
        None if late && now.rules.late == Late::HandOver => AutopilotDecision::HandOver(HandOverReason::Late),
        None if words.iter().all(|words| words.is_files_alone()) => AutopilotDecision::Files,
        None => AutopilotDecision::Answer { late },
    }
}

/// The place behind the last event with which a matter ended: it was closed, or given back by a colleague or an operator.
fn matter_of(now: &InboxSituation<'_>) -> usize {
    let ends = |entry: &ThreadEntry| match &entry.what {
        What::Closed => true,
        What::Note(text) => entry.who == Who::Person && is_command(text, BOT_ON),
        _ => false,
    };
    let by_event = now.entries.iter().rposition(ends).map_or(0, |place| place + 1);
    let given_back = now.memory.given_back_ms.map(|at_ms| first_from(now.entries, at_ms)).unwrap_or_default();
    by_event.max(given_back).max(idle_from(now, by_event.max(given_back)).unwrap_or_default())
}

/// The place of the first entry that is not older.
fn first_from(entries: &[ThreadEntry], at_ms: i64) -> usize {
    entries.iter().position(|entry| entry.at_ms >= at_ms).unwrap_or(entries.len())
}

/// The place behind a person's last words, if nobody has the conversation and they are as old as the operator says.
fn idle_from(now: &InboxSituation<'_>, matter: usize) -> Option<usize> {
    let idle = now.rules.give_back_after.filter(|_| !is_person(now.rules, now.assigned_to))?;
    let is_persons = |entry: &ThreadEntry| entry.who == Who::Person && entry.words().is_some();
    let last = now.entries.iter().rposition(is_persons).filter(|place| *place >= matter)?;
    let newest = now.entries.iter().rfind(|entry| entry.customers_words().is_some())?;
    (newest.at_ms - now.entries[last].at_ms > millis(idle)).then_some(last + 1)
}

/// The customer's messages that nobody has dealt with.
fn pending_of(now: &InboxSituation<'_>) -> Vec<usize> {
    let handled = now.memory.handled.as_deref();
    let known = handled.and_then(|id| now.entries.iter().rposition(|entry| entry.id == id)).map(|place| place + 1);
    // Of a long conversation the message may not be among those that were read.
    let behind = known.unwrap_or_else(|| match handled {
        Some(_) => first_from(now.entries, now.memory.handled_ms + 1),
        None => 0,
    });
    let answered = |entry: &ThreadEntry| entry.who == Who::Person && entry.words().is_some();
    let by_person = now.entries.iter().rposition(answered).map_or(0, |place| place + 1);
    // A message that opens a conversation again stands behind the event that closed it. What came before it was given back
    // and was not dealt with still waits.
    let closed = now.entries.iter().rposition(|entry| entry.what == What::Closed).map_or(0, |place| place + 1);
    let start = behind.max(closed).max(by_person);
    (start..now.entries.len()).filter(|place| now.entries[*place].customers_words().is_some()).collect()
}

/// The one who has the conversation now, apart from the autopilot's own hand-over of it. Pure.
pub fn taken(now: &InboxSituation<'_>) -> Option<Silence> {
    let memory = ConversationMemory { handed_over_ms: None, ..now.memory.clone() };
    silence(&InboxSituation { memory: &memory, ..*now }, matter_of(now))
}

/// True while the customer who wrote this message waits for a person, and none is seen at it. Pure.
pub fn waits_for_person(now: &InboxSituation<'_>, trigger: &str) -> bool {
    let place = now.entries.iter().position(|entry| entry.id == trigger);
    now.mode != Mode::Off && place.is_none_or(|place| place >= matter_of(now)) && taken(now).is_none()
}

/// True if the autopilot has handed the conversation over and it has not come back. Pure.
pub fn is_given_away(now: &InboxSituation<'_>) -> bool {
    is_handed_over(now, matter_of(now))
}

fn silence(now: &InboxSituation<'_>, matter: usize) -> Option<Silence> {
    let since = &now.entries[matter..];
    if now.entries.iter().any(|entry| entry.who == Who::Assistant) {
        return Some(Silence::OtherAssistant);
    }
    if now.has_handoff || is_handed_over(now, matter) {
        return Some(Silence::HandedOver);
    }
    let wrote = |entry: &ThreadEntry| match &entry.what {
        What::Said(_) => entry.who == Who::Person,
        What::Note(text) => entry.who == Who::Person && is_command(text, BOT_OFF),
        _ => false,
    };
    if since.iter().any(wrote) {
        return Some(Silence::PersonAtWork);
    }
    let assigned = since.iter().rev().find_map(|entry| match &entry.what {
        What::Assigned(to) => Some(to.as_deref()),
        _ => None,
    });
    // An assignment from before the matter ended says nothing about the new one.
    let has_it = assigned.unwrap_or(if matter == 0 { now.assigned_to } else { None });
    is_person(now.rules, has_it).then_some(Silence::AssignedToPerson)
}

/// True if it was handed over and has not ended or been given back since.
fn is_handed_over(now: &InboxSituation<'_>, matter: usize) -> bool {
    let Some(at_ms) = now.memory.handed_over_ms else { return false };
    if now.memory.given_back_ms.is_some_and(|given_back_ms| given_back_ms >= at_ms) {
        return false;
    }
    let ended = matter.checked_sub(1).map(|place| now.entries[place].at_ms);
    ended.is_none_or(|ended_ms| ended_ms < at_ms)
}

/// True for an actor who is a person: no bot, and no seat of which the settings say that nobody has it.
pub fn is_person(rules: &Rules, actor: Option<&str>) -> bool {
    actor.is_some_and(|actor| actor.starts_with("A-") && !rules.not_people.contains(actor))
}

fn is_command(note: &str, command: &str) -> bool {
    let words: Vec<String> = note.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ") == command
}

/// A robot's mail, one that repeats itself, or our own words that came back.
fn is_of_robot(now: &InboxSituation<'_>, matter: usize, pending: &[usize]) -> bool {
    let earlier = |place: usize| now.entries[matter.min(place)..place].iter();
    pending.iter().any(|place| {
        let Some(words) = now.entries[*place].words() else { return false };
        let same = |entry: &&ThreadEntry| entry.words().is_some_and(|other| is_same(&other.text, &words.text));
        let echoes = earlier(*place).filter(|entry| entry.who == Who::Ours).any(|entry| same(&entry));
        let repeats = || earlier(*place).filter(|entry| entry.who == Who::Customer).filter(same).count() > 0;
        let was_answered = || earlier(*place).any(|entry| entry.who == Who::Ours && entry.words().is_some());
        echoes
            || (words.is_mail && robots::is_robot(words.address.as_deref(), words.subject.as_deref()))
            || (words.is_mail && was_answered() && repeats())
    })
}

fn is_same(one: &str, other: &str) -> bool {
    let words = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    let (one, other) = (words(one), words(other));
    !one.is_empty() && one == other
}

/// The time for which the customer is waited for.
fn wait(now: &InboxSituation<'_>, pending: &[usize]) -> Option<Duration> {
    if now.is_second_look {
        return None;
    }
    let (first, newest) = (&now.entries[pending[0]], &now.entries[*pending.last()?]);
    let debounce = if newest.words()?.is_mail { now.rules.mail } else { now.rules.chat };
    let ages = [first, newest].map(|entry| now.now_ms - entry.at_ms);
    if ages.iter().any(|age| *age < -AHEAD_MAX_MS) {
        return None;
    }
    let left = (millis(debounce.quiet) - ages[1].max(0)).min(millis(debounce.longest) - ages[0].max(0));
    u64::try_from(left).ok().filter(|left| *left > 0).map(Duration::from_millis)
}

/// The reason why a person goes on before any brain is asked.
fn hand_over(now: &InboxSituation<'_>, matter: usize, pending: &[usize]) -> Option<HandOverReason> {
    let InboxSituation { rules, memory, .. } = now;
    let said: Vec<&str> = pending.iter().filter_map(|place| Some(now.entries[*place].words()?.text.as_str())).collect();
    let ours_since = |span_ms: i64| {
        let is_recent = |entry: &&ThreadEntry| {
            entry.who == Who::Ours && entry.words().is_some() && entry.at_ms > now.now_ms - span_ms
        };
        now.entries.iter().filter(is_recent).count()
    };
    match () {
        () if now.is_last_attempt => Some(HandOverReason::Failed),
        () if said.iter().any(|text| triggers::asks_for_person(text, &rules.person_words)) => {
            Some(HandOverReason::Asked)
        }
        () if said.iter().any(|text| triggers::holds_one(text, &rules.complaint_words)) => {
            Some(HandOverReason::Complaint)
        }
        () if now.is_second_look => is_asked_again(now, matter, pending).then_some(HandOverReason::AskedAgain),
        () if ours_since(HOUR_MS) >= rules.replies_per_hour || ours_since(DAY_MS) >= rules.replies_per_day => {
            Some(HandOverReason::TooManyReplies)
        }
        () if memory.turns >= rules.turns_per_day || memory.tokens >= rules.tokens_per_conversation => {
            Some(HandOverReason::TooMuchWork)
        }
        () if is_asked_again(now, matter, pending) => Some(HandOverReason::AskedAgain),
        () => None,
    }
}

/// The customer asks one question for the third time, with replies of ours between.
fn is_asked_again(now: &InboxSituation<'_>, matter: usize, pending: &[usize]) -> bool {
    let Some(newest) = pending.last() else { return false };
    let text = now.entries[*newest].words().map_or("", |words| words.text.as_str());
    let equal: BTreeSet<usize> = (matter..=*newest)
        .filter(|place| now.entries[*place].customers_words().is_some_and(|words| is_same(&words.text, text)))
        // Of a burst, all messages are one question.
        .map(|place| now.entries[matter..place].iter().filter(|entry| entry.who == Who::Ours).count())
        .collect();
    triggers::is_question(text) && equal.len() >= EQUAL_QUESTIONS_MAX
}

#[cfg(test)]
mod tests;
