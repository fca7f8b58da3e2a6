//! The conversation as this brain carries it on: what it remembers, what it has learned in this turn, and the few ways in
//! which it calls tools and says something. The files that decide are functions over it.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::audience::Audience;
use super::intents::Intents;
use super::prompts::{self, PromptWithChoices};
use super::state::{LexicalChoice, LexicalState};
use crate::chat::brain::{Decision, Reply, ToolCall, View};
use crate::chat::passage::{self, SEARCH_TOOL};
use crate::chat::texts::kind::Text;
use domain::questions_in_text;

pub(super) const START: &str = "taskgraph_start";
pub(super) const STEP: &str = "taskgraph_step";
pub(super) const RECOGNISE: &str = "find_contact_by_email";
pub(super) const FIND_OWNER: &str = "find_owner_id_by_contact_id";
pub(super) const FIND_TICKETS: &str = "find_tickets";
pub(super) const TIMES: &str = "check_available";
pub(super) const BOOK: &str = "create_meeting";
pub(super) const HAND_OFF: &str = "create_task";
pub(super) const HAND_OVER: &str = "handoff_start";
pub(super) const LOG: &str = "log_activity";
pub(super) const CONTACT: &str = "get_contact";

/// One conversation.
#[derive(Debug)]
pub(super) struct LexicalConversation {
    pub(super) intents: Intents,
    pub(super) audience: Audience,
    pub(super) state: LexicalState,
    pub(super) turn: LexicalTurn,
    /// A person goes on as soon as one is wanted, without being told how the visitor is reached.
    pub(super) at_once: bool,
    /// The taskgraph session is one that an earlier process has begun.
    pub(super) resumed: bool,
    /// Calls made so far, which number them.
    calls: usize,
}

/// What is known within one turn.
#[derive(Debug, Default)]
pub(super) struct LexicalTurn {
    /// What was learned and is to be told.
    pub(super) out: Vec<String>,
    /// The id of the call whose answer is waited for.
    pub(super) awaited: Option<String>,
    /// The session begins again because the visitor wants that.
    pub(super) restarts: bool,
    /// The session was lost and begun again.
    pub(super) renewed: bool,
    /// All that can be done is shown, once the matter is left.
    pub(super) shows_menu: bool,
    /// The matter at hand is left.
    pub(super) left: bool,
    /// And so is the one that was asked for meanwhile.
    pub(super) leaves_both: bool,
    /// A search in the documents is under way, for a message that is like no intent.
    pub(super) guesses: bool,
    /// The intents that the message has perhaps, where no passage answers it.
    pub(super) likely: Vec<String>,
    /// The question for which documents are searched.
    pub(super) question: String,
    /// Further questions of the same message, and the passages that answer those before.
    pub(super) further: VecDeque<String>,
    pub(super) passages: Vec<String>,
    /// Questions of the message that no passage answers.
    pub(super) unanswered: Vec<String>,
    /// Intents that the message says are not wanted.
    pub(super) unwanted: Vec<String>,
    /// Documents are searched beside the matter at hand, which goes on.
    pub(super) aside: bool,
    /// The session is asked where it stands before the message is heard.
    pub(super) catches_up: bool,
    /// And what can be picked is what it asks for then.
    pub(super) resumes: bool,
    /// The part of the message that is heard when the matter at hand is left.
    pub(super) then: Option<String>,
    /// A tool was not open, so that a dead end has this reason.
    pub(super) closed: bool,
    /// A task was made for a person.
    pub(super) passed_on: bool,
    /// A person goes on, and how they reach the visitor is asked outside the session.
    pub(super) hands_over: bool,
    /// A person goes on because the visitor was not understood.
    pub(super) gives_up: bool,
    /// The length of the meeting is asked for.
    pub(super) asks_length: bool,
    /// The last thing to be told is the free times.
    pub(super) tells_times: bool,
    /// What is known of the visitor beside their words was given in this turn.
    pub(super) told_known: bool,
    /// A contact is read in the place of the tool that recognises somebody, which is not open.
    pub(super) recognises: bool,
    /// The day was looked up again for a time that was said.
    pub(super) looks_again: bool,
    /// The answer that the session gets when what is called now has answered.
    pub(super) result: Option<Value>,
}

impl LexicalConversation {
    /// A conversation with these people that follows the graph of these intents.
    pub(super) fn new(intents: Intents, audience: Audience) -> LexicalConversation {
        let (state, turn) = (LexicalState::default(), LexicalTurn::default());
        LexicalConversation { intents, audience, state, turn, at_once: false, resumed: false, calls: 0 }
    }

    /// Goes on with a taskgraph session of an earlier process, once there is a message.
    pub(super) fn resume(&mut self, session: &str) {
        self.state.session = Some(session.to_owned());
        self.resumed = true;
    }

    /// The taskgraph session may have gone on since this was remembered: it is asked where it stands before a message is heard.
    pub(super) fn catch_up(&mut self) {
        self.turn.awaited = Some(String::new());
        self.state.unanswered = false;
    }

    /// Leaves the taskgraph session where it stands: another one begins with the next message. What was said stays known.
    pub(super) fn leave(&mut self) {
        let LexicalState { said, reach, introduced, added, .. } = std::mem::take(&mut self.state);
        self.state = LexicalState { said, reach, introduced, added, ..LexicalState::default() };
        self.turn = LexicalTurn::default();
    }

    /// Begins the taskgraph session.
    pub(super) fn start(&mut self) -> Decision {
        self.call(START, json!({ "graph": self.intents.graph().name() }))
    }

    /// The intents that are open and that the message does not deny.
    pub(super) fn open_intents(&self) -> Vec<String> {
        self.state.intents.iter().filter(|intent| !self.turn.unwanted.contains(intent)).cloned().collect()
    }

    /// Looks whether a passage answers a question beside the matter at hand.
    pub(super) fn aside(&mut self, question: &str) -> Decision {
        self.turn.aside = true;
        self.search(question)
    }

    /// Searches for each question of a message in turn.
    pub(super) fn search(&mut self, message: &str) -> Decision {
        self.turn.further = questions_in_text::of(message).into();
        self.search_next().unwrap_or_else(|| self.search_for(message))
    }

    /// Searches for the next question of the message; `None` if there is none.
    pub(super) fn search_next(&mut self) -> Option<Decision> {
        let question = self.turn.further.pop_front()?;
        Some(self.search_for(&question))
    }

    fn search_for(&mut self, question: &str) -> Decision {
        self.turn.question = question.to_owned();
        self.call(SEARCH_TOOL, Value::Object(passage::search(question)))
    }

    pub(super) fn step(&mut self, mut step: Value) -> Decision {
        self.state.unserved = false;
        step["session"] = json!(self.state.session);
        self.call(STEP, step)
    }

    pub(super) fn call(&mut self, tool: &str, arguments: Value) -> Decision {
        self.calls += 1;
        let id = format!("lexical{}", self.calls);
        self.turn.awaited = Some(id.clone());
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        Decision::Call(vec![ToolCall { id, tool: tool.to_owned(), arguments: Ok(arguments) }])
    }

    pub(super) fn say(&mut self, question: PromptWithChoices) -> Decision {
        Decision::Say(self.reply(question))
    }

    /// What was learned, then the question; its choices can be picked from now on.
    pub(super) fn reply(&mut self, question: PromptWithChoices) -> Reply {
        self.turn.awaited = None;
        let out = std::mem::take(&mut self.turn.out);
        let asked = question.text.clone();
        let parts = out.into_iter().chain([question.text]).filter(|part| !part.is_empty());
        let text = parts.collect::<Vec<_>>().join("\n");
        self.state.asked = asked;
        let offered = question.choices.into_iter();
        self.state.choices = offered.filter(|choice| self.audience.is_offered(&self.intents, choice)).collect();
        let choices = self.state.choices.iter().map(|choice| choice.label.clone()).collect();
        let details = self.state.choices.iter().map(LexicalChoice::detail).collect();
        Reply { text, choices, details, hand_over: None }
    }

    /// Keeps a message of which it is asked what it means; an earlier one that was not answered is not forgotten.
    pub(super) fn doubt(&mut self, message: &str) {
        self.keep_unheard();
        self.state.doubtful = Some(message.to_owned());
    }

    /// Keeps the message in doubt if nothing was answered to it.
    pub(super) fn keep_unheard(&mut self) {
        if self.state.unserved {
            self.state.unheard = self.state.doubtful.take().or(self.state.unheard.take());
        }
    }

    /// Shows all that can be done.
    pub(super) fn ask_menu(&mut self, view: &View<'_>) -> Decision {
        let menu = prompts::menu(&self.state, &self.intents, view.language);
        self.say(menu)
    }

    /// Asks what the session asks for, and remembers that it was asked.
    pub(super) fn ask(&mut self, view: &View<'_>) -> Decision {
        if self.state.kind() == "slots" {
            self.state.leave_trail();
        }
        let question = prompts::question(&self.state, &self.intents, view.language);
        self.say(question)
    }

    /// Another matter begins: what belongs to the one before is forgotten.
    pub(super) fn begin_matter(&mut self, topic: &str) {
        (self.state.misses, self.state.doubts) = (0, 0);
        self.state.waits = false;
        self.state.colleague_offered = false;
        self.state.topic = Some(topic.to_owned());
        self.state.unconfirmed = None;
        self.state.trail.clear();
        self.state.deed = None;
        self.state.question = None;
        self.state.awaits_question = false;
    }

    /// Asks which intent the message has.
    pub(super) fn asked_which(&mut self, view: &View<'_>, text: Text, likely: &[String]) -> Decision {
        self.doubt(view.message);
        self.state.unserved = true;
        let question = prompts::which(text, likely, &self.intents, view.language);
        self.say(question)
    }
}
