//! The state of a run, complete enough that a run survives a restart and any replica can continue it.
//!
//! The serialised names are part of stored states: they are kept when a field is renamed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    deferred_values::DeferredValues,
    error::StepError,
    event::Failure,
    known_value::{Caller, KnownValue, KnownValues, Source},
    limits::STACK_MAX,
    shown_starts::ShownTimes,
    toolbox::{CHOSEN_ARGUMENTS, CUSTOMER_ARGUMENTS, TICKET},
    topic::Topic,
    waiting::{LeftTopic, PassedOn, SuspendedTopic, Wanted, WrittenMatter},
};
use crate::graph::{Edge, Graph, NodeId};

pub(super) use super::waiting::Phase;

/// The argument that identifies the customer.
pub(super) const CONTACT: &str = "cus_cid";
/// The version of the stored form. It is raised when an older program could misread a state; a field that is added with
/// a default needs no new version.
pub const STATE_VERSION: u32 = 1;
/// The most messages that are kept until they are logged, and the longest part of one, in characters.
pub(super) const MESSAGES_MAX: usize = 50;
pub(super) const MESSAGE_LENGTH_MAX: usize = 1_000;
/// The most nodes of the path that are stored; the oldest are dropped.
const PATH_LENGTH_MAX: usize = 200;

/// The state of one conversation in a graph. Serialise it to store it between steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The version of the stored form, [`STATE_VERSION`].
    pub version: u32,
    /// The graph's name.
    pub graph: String,
    pub(super) seed: u64,
    pub(super) draws: u64,
    /// The number of the customer's messages.
    pub turn: u32,
    pub(super) steps: u32,
    pub(super) at: NodeId,
    pub(super) phase: Phase,
    /// The current topic.
    #[serde(rename = "matter")]
    pub(super) topic: Option<Topic>,
    /// The topics to come back to, the newest last.
    pub(super) stack: Vec<SuspendedTopic>,
    /// The nodes whose nested graphs are being run, the innermost last.
    pub(super) nested: Vec<NodeId>,
    pub(super) visits: BTreeMap<NodeId, u32>,
    /// The completed nodes. Global intents that leave them are available.
    pub(super) done: BTreeSet<NodeId>,
    pub(super) known: KnownValues,
    /// The number of failures of the current node's tool.
    pub(super) tries: u32,
    /// The last of these failures.
    pub(super) failed: Option<Failure>,
    pub(super) path: Vec<Visit>,
    /// The time in Unix milliseconds by which the server's own call of the current tool ends. It is stored before the
    /// call, so that a call that was interrupted by a crash is recognised.
    #[serde(default)]
    pub calling_until_ms: Option<i64>,
    /// The customer's messages, the oldest first, to be logged on the contact that they turn out to be.
    #[serde(default)]
    pub(super) said: Vec<String>,
    /// The conversation is logged: it is not logged again unless they turn out to be somebody else.
    #[serde(default)]
    pub(super) logged: bool,
    /// The last message, until a topic begins with it.
    #[serde(default)]
    pub(super) unheard: Option<String>,
    /// The message with which the customer came to the current topic.
    #[serde(default)]
    pub(super) words: Option<String>,
    /// What was said of topics that were left.
    #[serde(default)]
    pub(super) left: Vec<LeftTopic>,
    /// The nodes that the current topic has entered, until it has done something: one that was left without doing
    /// anything does not count.
    #[serde(default)]
    pub(super) entered: Vec<NodeId>,
    /// The free times that the customer was shown.
    #[serde(default)]
    pub(super) shown: Option<ShownTimes>,
    /// The ids of contacts of which the customer was asked to name one.
    #[serde(default)]
    pub(super) choices: Vec<Value>,
    /// The address by which the customer was identified.
    #[serde(default)]
    pub(super) identified_by: Option<Value>,
    /// The appointments to come that were found for the customer.
    #[serde(default)]
    pub(super) appointments: Vec<Value>,
    /// The node that could not be entered, at a dead end because nothing gives what its tool needs.
    #[serde(default)]
    pub(super) stuck_at: Option<NodeId>,
    /// The current hand-off has asked how the customer is reached.
    #[serde(default)]
    pub(super) reach_asked: bool,
    /// The current hand-off has looked who has the phone number.
    #[serde(default)]
    pub(super) looked_up: bool,
    /// The current hand-off is left to a task, because it could not be made at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) by_task: bool,
    /// The customer was asked how long the meeting is to be, and has named a start without it.
    #[serde(default)]
    pub(super) length_asked: bool,
    /// The values with which a colleague was last asked.
    #[serde(default)]
    pub(super) handed_off: Option<Map<String, Value>>,
    /// The step in which the last matter ended or was left.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) ended_at: u32,
    /// The text for which the customer was last searched without their having asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) searched: Option<String>,
    /// The customer's answer to the question for their matter, where a tool has refused what they had stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) answer: Option<String>,
    /// The tickets that were found for the customer, if all of them were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tickets: Option<Vec<Value>>,
    /// The unfinished or failed matter from which the customer has gone on to a person: their words, and what they wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) wanted: Option<Wanted>,
    /// What a colleague was last told, in the customer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) told: Option<LeftTopic>,
    /// The step within a matter that the customer has named before the matter began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ahead: Option<Topic>,
    /// The address with which the customer has become one in this conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) added_as: Option<Value>,
    /// The addresses of those who the customer at hand is not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) others: Vec<String>,
    /// The address of the customer on whom the conversation was logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) logged_as: Option<Value>,
    /// The customer who asks, while the matter at hand is about a record of a colleague.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) caller: Option<Caller>,
    /// The contact that was added in this conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) added: Option<Value>,
    /// The values that were stated for customers whom the topic at hand is not about.
    #[serde(default, skip_serializing_if = "DeferredValues::is_empty")]
    pub(super) apart: DeferredValues,
    /// The messages that tell something of which no colleague has been told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) untold: Vec<String>,
    /// The values with which colleagues were asked to do something for the customer at hand, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tasks: Vec<Map<String, Value>>,
    /// The values with which those tasks are changed before anything else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) changes: Vec<Map<String, Value>>,
    /// The ticket of the matter right before the one at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ticket_before: Option<Value>,
    /// The matter that was written for another address, while nobody knows whether that address was wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) doubted: Option<WrittenMatter>,
    /// The matter that was written into HubSpot last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) written: Option<WrittenMatter>,
    /// The wishes about appointments that colleagues were told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) passed_on: Vec<PassedOn>,
    /// The appointments of which the owner is still to be told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) remaining: Vec<Value>,
    /// The parts of the last event that were not taken.
    #[serde(default)]
    pub ignored: Vec<Ignored>,
    /// The day as the model was last told it.
    #[serde(default)]
    pub today_told: Option<String>,
    /// The meeting links of which the model was told, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links_told: Vec<String>,
    /// The last step, if it has written something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_step: Option<LastStep>,
    /// The server calls the tools that are due in every step.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub executes: bool,
}

/// The most parts of one event that are reported as ignored.
const IGNORED_MAX: usize = 20;
/// The most characters of the name of an ignored part that are repeated.
const NAME_MAX: usize = 100;

/// A part of an event that was not taken; the rest was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Ignored {
    /// The slot's name, or `intent`.
    pub name: String,
    /// The reason, with what can be sent.
    pub reason: String,
}

/// A step that has written something, as the caller keeps it: sent once more, it is answered and not taken again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LastStep {
    /// The digest of the event.
    pub digest: String,
    /// The tools that have written, with their results as they were told.
    pub called: Vec<(String, Value)>,
}

/// A node of the path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Visit {
    pub(super) node: NodeId,
    pub(super) skipped: bool,
    /// The node's topic was left before it had done anything.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) left: bool,
}

impl State {
    /// Reports a part of the event that was not taken, at most [`IGNORED_MAX`] of them.
    pub(super) fn ignore(&mut self, name: &str, reason: &impl ToString) {
        if self.ignored.len() < IGNORED_MAX {
            let name = name.chars().take(NAME_MAX).collect();
            self.ignored.push(Ignored { name, reason: reason.to_string() });
        }
    }

    pub(super) fn new(graph: &Graph, seed: u64) -> State {
        State {
            version: STATE_VERSION,
            graph: graph.name().to_owned(),
            seed,
            draws: 0,
            turn: 0,
            steps: 0,
            at: graph.start().id.clone(),
            phase: Phase::Speak,
            topic: None,
            stack: vec![],
            nested: vec![],
            visits: BTreeMap::new(),
            done: BTreeSet::new(),
            known: BTreeMap::new(),
            tries: 0,
            failed: None,
            path: vec![],
            calling_until_ms: None,
            said: vec![],
            logged: false,
            unheard: None,
            words: None,
            left: vec![],
            entered: vec![],
            shown: None,
            choices: vec![],
            identified_by: None,
            appointments: vec![],
            stuck_at: None,
            reach_asked: false,
            looked_up: false,
            by_task: false,
            length_asked: false,
            handed_off: None,
            ended_at: 0,
            searched: None,
            answer: None,
            tickets: None,
            wanted: None,
            told: None,
            ahead: None,
            added_as: None,
            others: vec![],
            logged_as: None,
            caller: None,
            added: None,
            apart: DeferredValues::default(),
            untold: vec![],
            tasks: vec![],
            changes: vec![],
            ticket_before: None,
            doubted: None,
            written: None,
            passed_on: vec![],
            remaining: vec![],
            ignored: vec![],
            today_told: None,
            links_told: vec![],
            last_step: None,
            executes: false,
        }
    }

    /// Checks a state that was read from a store: it may be of a newer program, or of a graph that has changed.
    pub(super) fn check(&self, graph: &Graph) -> Result<(), StepError> {
        let stacked = self.stack.iter().flat_map(|frame| std::iter::once(&frame.at).chain(&frame.nested));
        let mut nodes = std::iter::once(&self.at).chain(&self.nested).chain(stacked);
        if self.version != STATE_VERSION {
            return Err(StepError::OtherVersion { version: self.version });
        }
        if self.graph != graph.name() || nodes.any(|id| graph.node(id).is_none()) {
            return Err(StepError::GraphChanged);
        }
        Ok(())
    }

    pub(super) fn visited(&self, id: &NodeId) -> u32 {
        self.visits.get(id).copied().unwrap_or(0)
    }

    /// Returns the id of the current node.
    pub fn node(&self) -> &NodeId {
        &self.at
    }

    /// Returns `true` if the current node is completed.
    pub fn is_complete(&self) -> bool {
        self.done.contains(&self.at)
    }

    /// Lists the ids of the nodes passed, the newest last, without skipped ones.
    pub fn path(&self) -> Vec<NodeId> {
        self.path.iter().filter(|passed| !passed.skipped).map(|passed| passed.node.clone()).collect()
    }

    pub(super) fn record_visit(&mut self, passed: Visit) {
        if self.path.len() >= PATH_LENGTH_MAX {
            self.path.remove(0);
        }
        self.path.push(passed);
    }

    /// Ends the current topic: values that the customer stated for it before `step` are stale, but not those that
    /// describe the customer. Nothing is forgotten.
    pub(super) fn age_topic(&mut self, step: u32) {
        self.ended_at = step.saturating_sub(1);
        let of_topic = |known: &KnownValue| matches!(known.source, Source::Said(said) if said < step);
        // Whom they wanted to meet once is not their representative.
        self.known.retain(|name, known| !CHOSEN_ARGUMENTS.contains(&name.as_str()) || !of_topic(known));
        for (name, known) in &mut self.known {
            let of_topic = of_topic(known);
            known.stale |= of_topic && !CUSTOMER_ARGUMENTS.contains(&name.as_str());
        }
    }

    /// Another matter begins: the ticket that was found or changed is none of it, and what a colleague was told when a person
    /// was asked for neither.
    pub(super) fn leave_records(&mut self, is_person: impl Fn(&Topic) -> bool) {
        let ticket = self.known.get_mut(TICKET).filter(|ticket| ticket.source == Source::Tool && !ticket.stale);
        self.ticket_before = ticket.map(|ticket| {
            ticket.stale = true;
            ticket.value.clone()
        });
        self.told.take_if(|told| is_person(&told.topic));
    }

    /// Keeps a message of the customer until it is logged.
    pub(super) fn keep_message(&mut self, text: &str) {
        let text: String = text.trim().chars().take(MESSAGE_LENGTH_MAX).collect();
        if !self.said.contains(&text) {
            if self.said.len() >= MESSAGES_MAX {
                self.said.remove(1); // The first one says what they came for.
            }
            self.said.push(text.clone());
        }
        self.unheard = Some(text);
    }

    /// Keeps the words of a topic that is left, for the case that the customer comes back to it.
    pub(super) fn keep_words(&mut self) {
        if let (Some(topic), Some(words)) = (self.topic.clone(), self.words.take()) {
            self.left.retain(|left| left.topic != topic);
            if self.left.len() >= STACK_MAX {
                self.left.remove(0);
            }
            self.left.push(LeftTopic { topic, words });
        }
    }

    /// Takes the words with which a topic began before it was left.
    pub(super) fn take_left_words(&mut self, topic: Option<&Topic>) -> Option<String> {
        let before = self.left.iter().position(|left| Some(&left.topic) == topic);
        before.map(|position| self.left.remove(position).words)
    }

    /// Counts the nodes of the current topic as used.
    pub(super) fn commit(&mut self) {
        self.entered.clear();
    }

    /// Takes back the visits of the current topic, which has done nothing.
    pub(super) fn take_back_visits(&mut self) {
        for id in std::mem::take(&mut self.entered) {
            self.take_back_visit(&id);
        }
    }

    pub(super) fn take_back_visit(&mut self, id: &NodeId) {
        if let Some(visits) = self.visits.get_mut(id) {
            *visits = visits.saturating_sub(1);
        }
        if let Some(visit) = self.path.iter_mut().rev().find(|visit| visit.node == *id && !visit.left) {
            visit.left = true;
        }
    }

    /// Returns `true` if the current topic began with this edge.
    pub(super) fn is_about(&self, edge: &Edge) -> bool {
        self.topic.as_ref().is_some_and(|topic| topic.started_by(edge))
    }

    /// Returns `true` if the customer at hand was added in this conversation. A search may not find them yet.
    pub(super) fn is_added(&self) -> bool {
        let contact = self.known.get(CONTACT).map(|known| &known.value);
        contact.is_some() && contact == self.added.as_ref()
    }

    /// Forgets the values from tools, because another customer is being identified.
    pub(super) fn forget_tool_values(&mut self) {
        self.known.retain(|_, known| known.source != Source::Tool);
        self.tickets = None;
    }
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}
