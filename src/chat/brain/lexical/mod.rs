//! A brain without a model and without a network. It follows a taskgraph: intents by likeness, values by readers, a
//! question before every write, and texts that are made from results.
//!
//! | module | content |
//! |---|---|
//! | [`intents`], `label` | the intent of a message, in bands, and its name as a choice |
//! | `readers`, `calendar`, `people` | the values of a message |
//! | `addresses` | which of several addresses is meant |
//! | `meeting` | the time of a meeting, said at any step |
//! | `meant` | the record that a message means of those just shown |
//! | `hear` | the meaning of a message: a choice, a wish, or what the next two read |
//! | `values`, `answer` | values that were asked for, and the answer before a write |
//! | `pick` | the choice that a message picks |
//! | `asks`, `confirm`, `told` | what the visitor is asked, agrees to and is told |
//! | `person`, `leave` | the way to a person, and a colleague for whoever leaves before it is done |
//! | `state` | what is remembered between two messages |

mod addresses;
mod answer;
mod asks;
mod calendar;
mod confirm;
mod hear;
pub mod intents;
mod label;
mod leave;
mod meant;
mod meeting;
mod people;
mod person;
mod pick;
mod readers;
mod state;
mod told;
mod values;

use futures::future::BoxFuture;
use serde_json::{Map, Value, json};

use self::asks::Question;
use self::intents::Intents;
use self::state::{Call, Choice, State};
use super::{Brain, BrainError, Decided, Decision, Done, HandOver, Reply, ToolCall, View};
use crate::chat::language::Language;
use crate::chat::passage::{self, SEARCH_TOOL};
use crate::chat::texts;
use crate::tool::on_behalf_of::OnBehalfOf;
use crate::tool::view::ToolView;
use domain::code::Code;

const START: &str = "taskgraph_start";
const STEP: &str = "taskgraph_step";
const RECOGNISE: &str = "find_contact_by_email";
const FIND_OWNER: &str = "find_owner_id_by_contact_id";
const FIND_TICKETS: &str = "find_tickets";
const TIMES: &str = "check_available";
const BOOK: &str = "create_meeting";
const HAND_OFF: &str = "create_task";
const LOG: &str = "log_activity";

/// The brain of one conversation.
#[derive(Debug)]
pub struct LexicalBrain {
    intents: Intents,
    state: State,
    turn: Turn,
    /// Calls made so far, which number them.
    calls: usize,
}

/// What is known within one turn.
#[derive(Debug, Default)]
struct Turn {
    /// What was learned and is to be told.
    out: Vec<String>,
    /// The id of the call whose answer is waited for.
    awaited: Option<String>,
    /// The session begins again because the visitor wants that.
    restarts: bool,
    /// The session was lost and begun again.
    renewed: bool,
    /// The matter at hand is left.
    left: bool,
    /// And so is the one that was asked for meanwhile.
    leaves_both: bool,
    /// A search in the documents is under way, for a message that is like no intent.
    guesses: bool,
    /// Documents are searched beside the matter at hand, which goes on.
    aside: bool,
    /// The session is asked where it stands before the message is heard.
    catches_up: bool,
    /// The part of the message that is heard when the matter at hand is left.
    then: Option<String>,
    /// A tool was not open, so that a dead end has this reason.
    closed: bool,
    /// A task was made for a person.
    passed_on: bool,
    /// A person goes on, and how they reach the visitor is asked outside the session.
    hands_over: bool,
    /// A person goes on because the visitor was not understood.
    gives_up: bool,
    /// The length of the meeting is asked for.
    asks_length: bool,
    /// The last thing to be told is the free times.
    tells_times: bool,
    /// The day was looked up again for a time that was said.
    looks_again: bool,
    /// The answer that the session gets when what is called now has answered.
    result: Option<Value>,
}

impl LexicalBrain {
    /// A brain that follows the graph of these intents, which several conversations share.
    pub fn new(intents: Intents) -> LexicalBrain {
        LexicalBrain { intents, state: State::default(), turn: Turn::default(), calls: 0 }
    }

    fn next(&mut self, view: &View<'_>) -> Result<Decision, BrainError> {
        let last = view.done.last().filter(|done| self.turn.awaited.as_ref() == Some(&done.call.id));
        match last {
            // Calls of another brain that has failed are none of this one's.
            None => {
                let dropped = self.turn.awaited.is_some() && self.state.session.is_some();
                self.turn = Turn { catches_up: dropped, ..Turn::default() };
                Ok(if dropped { self.catch_up() } else { self.begin(view) })
            }
            Some(done) => self.learn(view, done),
        }
    }

    fn begin(&mut self, view: &View<'_>) -> Decision {
        if self.state.session.is_none() {
            return self.call(START, json!({ "graph": self.intents.graph().name() }));
        }
        self.hear(view)
    }

    /// The turn before was dropped while a call was under way: nobody knows what it did.
    fn catch_up(&mut self) -> Decision {
        if !std::mem::take(&mut self.state.unanswered) {
            return self.step(json!({}));
        }
        self.turn.catches_up = false;
        let unknown = json!({
            "code": Code::OutcomeUnknown.as_str(), "message": "the call was interrupted", "hint": "look before it is repeated",
        });
        self.step(json!({ "tool_result": unknown }))
    }

    /// Takes in the answer of the call that was waited for.
    fn learn(&mut self, view: &View<'_>, done: &Done) -> Result<Decision, BrainError> {
        match (done.call.tool.as_str(), &done.answer) {
            (START, Ok(answer)) => {
                self.state.session = answer["session"].as_str().map(str::to_owned);
                self.take_in(answer);
                if self.turn.restarts {
                    let question = self.welcome(view.language);
                    return Ok(self.say(question));
                }
                Ok(self.hear(view))
            }
            (START, Err(error)) => {
                Err(BrainError::Unavailable(format!("the conversation cannot be kept: {}", error["code"])))
            }
            (STEP, Ok(answer)) => {
                self.take_in(answer);
                if std::mem::take(&mut self.turn.catches_up) {
                    return Ok(self.hear(view));
                }
                Ok(self.advance(view))
            }
            (STEP, Err(error)) => Ok(self.step_failed(view, error)),
            (SEARCH_TOOL, answer) => Ok(self.found(view, answer)),
            (tool, answer) => Ok(self.called(view, tool, &done.call, answer)),
        }
    }

    /// Takes in what the session asks for.
    fn take_in(&mut self, answer: &Value) {
        let asks = answer["asks"].as_array().map(Vec::as_slice).unwrap_or_default();
        if let Some((last, earlier)) = asks.split_last() {
            // The greeting was said before the first message.
            let said = earlier.iter().filter_map(|ask| ask["text"].as_str()).filter(|text| !text.is_empty());
            self.turn.out.extend(said.map(str::to_owned));
            self.state.ask = last.clone();
        }
        let intents: Vec<String> =
            answer["intents"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        if !intents.is_empty() {
            self.state.intents = intents;
        }
        self.state.unconfirmed = None;
        self.state.changing = None;
        self.state.held.clear();
    }

    /// Goes on with what the session asks for: calls what may be called, and asks the visitor for the rest.
    fn advance(&mut self, view: &View<'_>) -> Decision {
        let ask = self.state.ask.clone();
        if std::mem::take(&mut self.turn.left)
            && let Some(decision) = self.left(view)
        {
            return decision;
        }
        if std::mem::take(&mut self.turn.hands_over) {
            self.state.ask = Value::Null;
            self.turn.awaited = None;
            let why = if self.turn.gives_up { HandOver::NotUnderstood } else { HandOver::Asked };
            return Decision::Say(Reply::handing_over(why));
        }
        match self.state.kind() {
            "call" if ask["failed"].is_null() || self.is_another_call(&ask) => self.due(view, &ask),
            // Whoever got a person is not asked about what the person will see to.
            "go_on" if self.turn.passed_on => {
                self.state.ask = Value::Null;
                let text = texts::ANYTHING_ELSE.in_language(view.language).to_owned();
                self.say(Question { text, choices: vec![] })
            }
            "nothing" if self.turn.closed && ask["failed"].is_null() => {
                self.state.unserved = true;
                self.say(asks::closed(view.language))
            }
            // What only tells something needs no question whether to come back.
            "switch" if ask["to"]["intent"].as_str().is_some_and(|to| self.intents.only_tells(to)) => {
                self.step(json!({ "switch": "come_back" }))
            }
            "slots" if self.wants_time() => self.wanted_time(view),
            "slots" if self.state.past_day && self.state.missing().iter().any(|name| name == "meeting_date") => {
                self.state.past_day = false;
                self.turn.out.push(texts::DAY_IS_PAST.in_language(view.language).to_owned());
                let question = asks::question(&self.state, &self.intents, view.language);
                self.say(question)
            }
            "answer" => {
                let query = ask["query"].as_str().unwrap_or(view.message).to_owned();
                self.search(&query)
            }
            _ => {
                let question = asks::question(&self.state, &self.intents, view.language);
                self.say(question)
            }
        }
    }

    /// True if this call is not the one that failed: something in it was corrected.
    fn is_another_call(&self, ask: &Value) -> bool {
        let failed = self.state.failed.as_ref();
        failed.is_some_and(|call| {
            ask["tool"] == call.tool.as_str() && ask["arguments"] != Value::from(call.arguments.clone())
        })
    }

    /// Calls the tool that is due, if it is open and needs no consent.
    fn due(&mut self, view: &View<'_>, ask: &Value) -> Decision {
        let name = ask["tool"].as_str().unwrap_or_default().to_owned();
        let arguments = ask["arguments"].as_object().cloned().unwrap_or_default();
        let Some(tool) = view.tools.iter().find(|tool| tool.name == name && ask["ours"] == true) else {
            return self.closed(view, &name, &arguments, ask["skippable"] == true);
        };
        let arguments = own_arguments(arguments, tool, view.on_behalf_of);
        if !confirm::is_needed(tool) || self.is_agreed(&name, &arguments) {
            return self.call(&name, Value::Object(arguments));
        }
        let call = Call { tool: name, arguments };
        let text = confirm::question(&call, tool, &self.state.shown, view.language);
        let choices = confirm::choices(&call, view.language);
        self.state.unconfirmed = Some(call);
        self.say(Question { text, choices })
    }

    /// True for a task that the visitor has agreed to, and that failed because nobody has the address: it is made without.
    fn is_agreed(&self, tool: &str, arguments: &Map<String, Value>) -> bool {
        let same = |failed: &&Call| failed.tool == tool && failed.arguments.get("reason") == arguments.get("reason");
        tool == HAND_OFF && self.state.failed.as_ref().filter(same).is_some()
    }

    /// A tool that is not open to the visitor. Whoever only claims an address is known by it and no more; a look-up that
    /// may be passed over is; for the rest there are people.
    fn closed(&mut self, view: &View<'_>, tool: &str, arguments: &Map<String, Value>, skippable: bool) -> Decision {
        if let (RECOGNISE, OnBehalfOf::Claimed { address }) = (tool, view.on_behalf_of) {
            let known = json!({ "contact_id": address.as_str(), "contact_email": address.as_str() });
            let logs = view.tools.iter().any(|tool| tool.name == LOG);
            return match arguments.get("chat").filter(|_| logs) {
                Some(chat) => {
                    self.turn.result = Some(known);
                    self.call(LOG, json!({ "text": chat }))
                }
                None => self.step(json!({ "tool_result": known })),
            };
        }
        let claims = matches!(view.on_behalf_of, OnBehalfOf::Claimed { .. });
        if tool == FIND_TICKETS && claims && arguments.get("status").is_some_and(|status| status == "open") {
            // What they have open already is not looked at: a new one is opened.
            return self.step(json!({ "tool_result": { "total": 0, "open": 0, "tickets": [] } }));
        }
        if let (FIND_OWNER, Some(representative)) = (tool, view.representative) {
            return self.step(json!({ "tool_result": { "owner_id": representative } }));
        }
        self.turn.closed = true;
        if tool == HAND_OFF {
            self.turn.hands_over = true;
        } else if skippable {
            return self.step(json!({ "skip": true }));
        }
        let refused = json!({
            "code": Code::Forbidden.as_str(), "message": "it is not open in this conversation", "hint": "a colleague can help",
        });
        self.step(json!({ "tool_result": refused }))
    }

    /// A tool has answered, and the session is told.
    fn called(&mut self, view: &View<'_>, tool: &str, call: &ToolCall, answer: &Result<Value, Value>) -> Decision {
        self.state.unanswered = false;
        if let Some(result) = self.turn.result.take() {
            return self.step(json!({ "tool_result": result }));
        }
        let none = Map::new();
        let arguments = call.arguments.as_ref().unwrap_or(&none);
        if tool == RECOGNISE {
            let who = ["email", "phone"].iter().find_map(|name| arguments.get(*name).and_then(Value::as_str));
            self.state.who = who.map(str::to_owned);
        }
        match answer {
            Ok(answer) => {
                self.state.failed = None;
                self.turn.passed_on |= tool == HAND_OFF;
                if tool == TIMES {
                    self.turn.tells_times = true;
                    self.state.shown_at = Some(view.now);
                    self.state.day_asked = arguments.get("meeting_date").and_then(Value::as_str).map(str::to_owned);
                }
                self.state.later = answer["next_after"].as_str().map(str::to_owned);
                let told = told::result(tool, arguments, answer, view.language, &mut self.state);
                self.turn.out.extend(Some(told).filter(|told| !told.is_empty()));
                self.step(json!({ "tool_result": answer }))
            }
            Err(error) => {
                self.state.failed = Some(Call { tool: tool.to_owned(), arguments: arguments.clone() });
                self.turn.hands_over = tool == HAND_OFF && error["code"] == Code::Forbidden.as_str();
                self.state.show_candidates(error);
                self.step(json!({ "tool_result": error }))
            }
        }
    }

    fn step_failed(&mut self, view: &View<'_>, error: &Value) -> Decision {
        if error["code"] == Code::SessionNotFound.as_str() && !self.turn.renewed {
            self.turn.renewed = true;
            self.state = State::default();
            return self.call(START, json!({ "graph": self.intents.graph().name() }));
        }
        let text = asks::failure(&self.state, error["code"].as_str().unwrap_or_default(), view.language);
        self.say(Question { text, choices: vec![asks::person(view.language)] })
    }

    /// The documents were searched, for a question or for a message that was not understood.
    fn found(&mut self, view: &View<'_>, answer: &Result<Value, Value>) -> Decision {
        let language = view.language;
        let passage = answer.as_ref().ok().and_then(|answer| passage::told(answer, language));
        let guesses = std::mem::take(&mut self.turn.guesses);
        if std::mem::take(&mut self.turn.aside) {
            return self.found_aside(view, passage);
        }
        match passage {
            Some(passage) => {
                self.state.misses = 0;
                self.state.unserved = false;
                self.turn.out.push(passage);
                let likely = if guesses { self.others(view) } else { vec![] };
                let text = texts::DID_IT_HELP.in_language(language).to_owned();
                self.say(Question { text, choices: asks::helped(likely, language) })
            }
            None if guesses => self.missed(view),
            None => {
                self.state.unserved = true;
                let text = texts::NO_PASSAGE.in_language(language).to_owned();
                self.say(Question { text, choices: vec![asks::person(language)] })
            }
        }
    }

    /// The question that is open is asked again, after the passage.
    fn found_aside(&mut self, view: &View<'_>, passage: Option<String>) -> Decision {
        let Some(passage) = passage else { return self.asked_again(view) };
        self.state.misses = 0;
        self.turn.out.push(passage);
        let question = self.open_question(view);
        self.say(question)
    }

    /// Looks whether a passage answers a question beside the matter at hand.
    fn aside(&mut self, question: &str) -> Decision {
        self.turn.aside = true;
        self.search(question)
    }

    /// The intents that a message may have beside the question that a passage has answered.
    fn others(&mut self, view: &View<'_>) -> Vec<Choice> {
        let mut likely = self.intents.nearest(view.message, &self.state.intents);
        likely.retain(|intent| !self.intents.answers(intent) && !self.intents.leads_to_person(intent));
        self.doubt(view.message);
        self.intents.choices(&likely, view.language)
    }

    /// What the brain says of itself and of what it can do.
    fn welcome(&mut self, language: Language) -> Question {
        let automatic = texts::AUTOMATIC.in_language(language);
        let menu = asks::menu(&self.state, &self.intents, language);
        let greeting = self.intents.graph().greeting().unwrap_or(&menu.text).trim();
        Question { text: format!("{greeting}\n{automatic}"), choices: menu.choices }
    }

    fn search(&mut self, query: &str) -> Decision {
        self.call(SEARCH_TOOL, Value::Object(passage::search(query)))
    }

    fn step(&mut self, mut step: Value) -> Decision {
        self.state.unserved = false;
        step["session"] = json!(self.state.session);
        self.call(STEP, step)
    }

    fn call(&mut self, tool: &str, arguments: Value) -> Decision {
        self.calls += 1;
        let id = format!("lexical{}", self.calls);
        self.turn.awaited = Some(id.clone());
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        Decision::Call(vec![ToolCall { id, tool: tool.to_owned(), arguments: Ok(arguments) }])
    }

    fn say(&mut self, question: Question) -> Decision {
        self.turn.awaited = None;
        let out = std::mem::take(&mut self.turn.out);
        let parts = out.into_iter().chain([question.text]).filter(|part| !part.is_empty());
        let text = parts.collect::<Vec<_>>().join("\n");
        self.state.choices = question.choices;
        let choices = self.state.choices.iter().map(|choice| choice.label.clone()).collect();
        let details = self.state.choices.iter().map(Choice::detail).collect();
        Decision::Say(Reply { text, choices, details, hand_over: None })
    }
}

/// The arguments that a customer may send; ids that the server fills in for them, and others, are left out.
fn own_arguments(arguments: Map<String, Value>, tool: &ToolView, who: &OnBehalfOf) -> Map<String, Value> {
    let open = |name: &str| tool.input.get("properties").is_some_and(|known| known.get(name).is_some());
    let operator = *who == OnBehalfOf::Operator;
    arguments.into_iter().filter(|(name, _)| operator || open(name)).collect()
}

impl Brain for LexicalBrain {
    fn name(&self) -> &'static str {
        "lexical"
    }

    fn decide<'a>(&'a mut self, view: View<'a>) -> BoxFuture<'a, Result<Decided, BrainError>> {
        let decision = self.next(&view);
        Box::pin(async move { decision.map(Decided::free) })
    }

    fn greeting(&mut self) -> Option<Reply> {
        let start = &self.intents.graph().start().id;
        let first = self.intents.graph().edges_from(start).filter_map(|edge| edge.intent.as_ref());
        self.state.intents = first.map(|intent| intent.text.clone()).collect();
        let question = self.welcome(Language::English);
        match self.say(question) {
            Decision::Say(reply) => Some(reply),
            Decision::Call(_) => None,
        }
    }
}
