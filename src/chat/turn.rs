//! One turn: the visitor's message in, a reply and done calls out. It ends at every limit with something to say.

use serde_json::{Map, Value, json};
use tokio::time::{Instant, timeout_at};

use super::brain::{Brain, BrainError, Decided, Decision, Done, HandOver, Reply, Tokens, ToolCall, View};
use super::claims::Evidence;
use super::conversation::{Author, Conversation, shortened};
use super::guardrails::Guardrails;
use super::hand_over::{HAND_OFF_TOOL, Pending, Step};
use super::language::Language;
use super::limits::{DECISIONS_OF_RULES_MAX, Limits};
use super::links::Hosts;
use super::passage::{self, SEARCH_TOOL};
use super::visitor::Visitor;
use super::with_person::{self, Heard, WithPerson};
use super::{claims, guardrails, hand_over, language, results, texts};
use crate::tool::view::ToolView;
use domain::{email_in_text, text_cleaning};

/// The steps of a taskgraph: they reach neither HubSpot nor a document, and a model that follows the prompt needs none.
const STEPS: &str = "taskgraph_";
/// Corrections of a reply that claims what was not done; after them its claims are cut out, and a person goes on.
const CORRECTIONS_MAX: usize = 1;
/// The writes of a conversation on which later replies may rest.
const DEEDS_MAX: usize = 50;

/// A conversation with one visitor, between two turns.
#[derive(Debug)]
pub struct Chat {
    talk: Talk,
    brain: Box<dyn Brain>,
    /// Answers when the brain fails.
    fallback: Option<Box<dyn Brain>>,
}

/// What is known in a conversation, whichever brain answers.
#[derive(Debug)]
struct Talk {
    visitor: Visitor,
    conversation: Conversation,
    prompt: String,
    /// Whom visitors meet whom nobody knows.
    representative: Option<String>,
    limits: Limits,
    guardrails: Guardrails,
    /// What earlier turns have written, the latest last.
    deeds: Vec<Done>,
    hosts: Hosts,
    language: Language,
    /// The language that the visitor has settled on, once one was told.
    spoken: Option<Language>,
    hand_over: Pending,
    /// The person who answers in the place of a brain.
    person: Option<WithPerson>,
    /// The choices of the last reply.
    offered: Vec<String>,
}

impl Talk {
    /// The words of the choice whose number a message is, else its own.
    fn meant<'a>(&'a self, message: &'a str) -> &'a str {
        let number: Option<usize> = message.trim().trim_end_matches('.').parse().ok();
        let picked = number.and_then(|number| self.offered.get(number.checked_sub(1)?));
        picked.map_or(message, String::as_str)
    }

    /// Takes in the calls and the reply of a turn.
    fn learn(&mut self, done: &[Done], reply: &Reply) {
        self.guardrails.learn(done, &reply.text, self.visitor.now());
        self.hosts.learn(done);
        let is_deed = |done: &&Done| done.answer.is_ok() && claims::is_write(&done.call.tool);
        self.deeds.extend(done.iter().filter(is_deed).cloned());
        self.deeds.drain(..self.deeds.len().saturating_sub(DEEDS_MAX));
    }

    /// The hosts that may be named, with those of the calls of this turn.
    fn hosts_of(&self, done: &[Done]) -> Hosts {
        let mut hosts = self.hosts.clone();
        hosts.learn(done);
        hosts
    }
}

/// What became of a turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turn {
    /// What the visitor is told.
    pub reply: Reply,
    /// The calls, in order.
    pub done: Vec<Done>,
    /// The name of the brain that answered.
    pub brain: &'static str,
    /// The tokens of all decisions.
    pub tokens: Tokens,
    /// The failure of the first brain, for the operator.
    pub failed: Option<BrainError>,
    /// Decisions that were asked for.
    pub decisions: usize,
    /// The message went to the person who has the conversation: there is nothing to answer.
    pub passed_on: bool,
}

/// The calls of a turn, as they are made.
pub type Watch<'a> = &'a mut (dyn FnMut(&Done) + Send);

impl Chat {
    /// A conversation that nobody has spoken in yet.
    pub fn new(visitor: Visitor, brain: Box<dyn Brain>, prompt: String, limits: Limits) -> Chat {
        let talk = Talk {
            visitor,
            hosts: Hosts::of(&prompt),
            prompt,
            limits,
            deeds: vec![],
            representative: None,
            conversation: Conversation::default(),
            guardrails: Guardrails::default(),
            language: Language::default(),
            spoken: None,
            hand_over: Pending::default(),
            person: None,
            offered: vec![],
        };
        Chat { talk, brain, fallback: None }
    }

    /// The same with another brain that answers when the first one fails.
    #[must_use]
    pub fn with_fallback(self, brain: Box<dyn Brain>) -> Chat {
        Chat { fallback: Some(brain), ..self }
    }

    /// The same with somebody whom visitors meet whom nobody knows: an owner's id, address or name.
    #[must_use]
    pub fn with_representative(mut self, representative: Option<String>) -> Chat {
        self.talk.representative = representative;
        self
    }

    /// The visitor.
    pub fn visitor(&self) -> &Visitor {
        &self.talk.visitor
    }

    /// The messages so far.
    pub fn conversation(&self) -> &Conversation {
        &self.talk.conversation
    }

    /// The language that the visitor was last understood to write.
    pub fn language(&self) -> Language {
        self.talk.language
    }

    /// Says `text` as the desk, outside of a turn, such as a greeting.
    pub fn say(&mut self, text: &str) {
        self.talk.conversation.add(Author::Desk, text);
    }

    /// Answers one message. A turn that is dropped half-way has said nothing; what it called is done.
    pub async fn turn(&mut self, message: &str, watch: Watch<'_>) -> Turn {
        let Chat { talk, brain, fallback } = self;
        let message = shortened(&text_cleaning::clean(message).text);
        talk.spoken = language::next(talk.spoken, &message);
        talk.language = talk.spoken.unwrap_or_default();
        if let Ok(Some(address)) = email_in_text::read(talk.meant(&message)) {
            talk.visitor.claim(address);
        }
        if let Some(passed) = pass_on(talk, &message, &mut *watch).await {
            return passed;
        }
        let mut run = TurnRun::new(talk, brain.name(), &message, watch);
        let (reply, failed) = run.answer(brain.as_mut(), fallback.as_deref_mut()).await;
        let (reply, pending) = run.handed_over(reply).await;
        let TurnRun { done, tokens, decisions, brain, .. } = run;
        talk.hand_over = pending;
        talk.person = with_person::of(&done);
        let reply = match with_person::told(&done) {
            Some(told) if !reply.text.contains(told) => Reply::text(told),
            _ => reply,
        };
        talk.learn(&done, &reply);
        talk.offered.clone_from(&reply.choices);
        talk.conversation.add(Author::Visitor, &message);
        talk.conversation.add(Author::Desk, &reply.text);
        Turn { reply, done, brain, tokens, failed, decisions, passed_on: false }
    }

    /// True while a person answers in the place of the desk.
    pub fn is_with_person(&self) -> bool {
        self.talk.person.is_some()
    }

    /// Waits for what the person who has the conversation writes or does, at most for so long; `None` if nobody has it, or
    /// nothing could be heard. A wait that is dropped has heard nothing.
    pub async fn listen(&mut self, wait_seconds: u64) -> Option<Heard> {
        let talk = &mut self.talk;
        let arguments = talk.person.as_ref()?.events(wait_seconds);
        let answer = talk.visitor.call(with_person::EVENTS, arguments).await;
        let heard = match answer {
            Ok(answer) => talk.person.as_mut()?.hear(&answer),
            Err(error) if error["code"] == NO_HANDOFF => Heard { ended: true, ..Heard::default() },
            Err(_) => return None,
        };
        let said = heard.texts.iter().chain(&heard.notice);
        said.for_each(|text| talk.conversation.add(Author::Desk, text));
        if heard.ended {
            talk.person = None;
        }
        Some(heard)
    }

    /// Leaves the person who has the conversation: they are told, and what waits for them stays open.
    pub async fn leave_person(&mut self) {
        let Some(person) = self.talk.person.take() else { return };
        // A person who cannot be told sees that nothing more is written.
        let _told = self.talk.visitor.call(with_person::STOP, person.stop()).await;
    }
}

/// The codes with which a hand-off says that there is none any more.
const ENDED: [&str; 2] = ["HANDOFF_ENDED_ERROR", NO_HANDOFF];
const NO_HANDOFF: &str = "HANDOFF_NOT_FOUND_ERROR";

/// Passes a message on to the person who has the conversation; `None` if nobody has it any more.
async fn pass_on(talk: &mut Talk, message: &str, watch: Watch<'_>) -> Option<Turn> {
    let arguments = talk.person.as_mut()?.send(message);
    let answer = talk.visitor.call(with_person::SEND, arguments.clone()).await;
    if answer.as_ref().is_err_and(|error| ENDED.iter().any(|code| error["code"] == *code)) {
        talk.person = None;
        return None;
    }
    let sent = answer.is_ok();
    let call = ToolCall { id: "pass_on".into(), tool: with_person::SEND.into(), arguments: Ok(arguments) };
    let done = Done { call, round: 0, answer };
    watch(&done);
    talk.conversation.add(Author::Visitor, message);
    let reply = if sent { Reply::default() } else { Reply::text(texts::NOT_PASSED_ON.in_language(talk.language)) };
    Some(Turn { reply, done: vec![done], passed_on: sent, ..Turn::default() })
}

/// A turn under way.
struct TurnRun<'a> {
    talk: &'a Talk,
    message: &'a str,
    watch: Watch<'a>,
    deadline: Instant,
    done: Vec<Done>,
    tokens: Tokens,
    decisions: usize,
    brain: &'static str,
}

impl<'a> TurnRun<'a> {
    fn new(talk: &'a Talk, brain: &'static str, message: &'a str, watch: Watch<'a>) -> TurnRun<'a> {
        let deadline = Instant::now() + talk.limits.time;
        TurnRun { talk, message, watch, deadline, done: vec![], tokens: Tokens::default(), decisions: 0, brain }
    }

    /// The reply of the first brain, or of the other one when it fails; else a person has to go on.
    async fn answer(
        &mut self,
        brain: &mut dyn Brain,
        fallback: Option<&mut (dyn Brain + 'static)>,
    ) -> (Reply, Option<BrainError>) {
        if self.message.trim().is_empty() {
            return (Reply::text(texts::EMPTY.in_language(self.talk.language)), None);
        }
        if self.talk.hand_over.is_waiting() || (brain.is_model() && language::asks_for_person(self.message)) {
            return (Reply::handing_over(HandOver::Asked), None);
        }
        let error = match self.ask(brain).await {
            Ok(reply) => return (reply, None),
            Err(error) => error,
        };
        if let Some(other) = fallback {
            self.brain = other.name();
            if let Ok(reply) = self.ask(other).await {
                return (reply, Some(error));
            }
        }
        let why = if error == BrainError::Refused { HandOver::Refused } else { HandOver::Failed };
        (Reply::handing_over(why), Some(error))
    }

    /// The reply, and what is still to be learned where a person has to go on: then a task is made for them.
    async fn handed_over(&mut self, reply: Reply) -> (Reply, Pending) {
        let Some(why) = reply.hand_over else { return (reply, Pending::default()) };
        let answer = self.answer_of_documents().await;
        let (reply, pending) = self.next_of_hand_over(reply, why).await;
        let text = answer.into_iter().chain([reply.text]).collect::<Vec<_>>().join("\n");
        (Reply { text, ..reply }, pending)
    }

    /// The answer of the documents to a question in the message: who waits for a person is answered what can be answered.
    async fn answer_of_documents(&mut self) -> Option<String> {
        let asks = self.message.contains(['?', '？']) && !language::asks_for_person(self.message);
        let is_searched = self.done.iter().any(|done| done.call.tool == SEARCH_TOOL);
        if !asks || is_searched || !self.talk.visitor.tools().iter().any(|tool| tool.name == SEARCH_TOOL) {
            return None;
        }
        let arguments = Ok(passage::search(self.message));
        self.call_all(
            vec![ToolCall { id: "question".into(), tool: SEARCH_TOOL.into(), arguments }],
            self.decisions,
            false,
        )
        .await;
        let found = self.done.last().and_then(|done| done.answer.as_ref().ok())?;
        passage::told(found, self.talk.language)
    }

    /// What comes next on the way to a person.
    async fn next_of_hand_over(&mut self, reply: Reply, why: HandOver) -> (Reply, Pending) {
        let talk = self.talk;
        let step = hand_over::next(&talk.hand_over, why, self.message, &talk.conversation, talk.visitor.on_behalf_of());
        match step {
            Step::Ask(pending) => {
                let asked = texts::HOW_TO_REACH.in_language(talk.language);
                let text = [reply.text.as_str(), why.apology(talk.language), asked];
                let said = text.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
                (Reply { text: said, ..reply }, pending)
            }
            Step::Leave => (Reply::text(texts::AS_YOU_LIKE.in_language(talk.language)), Pending::default()),
            Step::Task(arguments) => {
                if let Some(reply) = self.handed_to_person(&arguments, why).await {
                    return (reply, Pending::default());
                }
                let call = ToolCall { id: "hand_over".into(), tool: HAND_OFF_TOOL.into(), arguments: Ok(arguments) };
                self.call_all(vec![call], self.decisions, false).await;
                let made = self.done.last().is_some_and(|done| done.answer.is_ok());
                let told = if made { texts::PASSED_ON } else { texts::NOT_PASSED_ON };
                let parts = [reply.text.as_str(), told.in_language(talk.language)];
                let said = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
                (Reply { text: said, ..reply }, Pending::default())
            }
        }
    }

    /// Hands the conversation over at once, where the toolset for it is there; `None` leaves it to a task.
    async fn handed_to_person(&mut self, arguments: &Map<String, Value>, why: HandOver) -> Option<Reply> {
        let talk = self.talk;
        if !talk.visitor.tools().iter().any(|tool| tool.name == with_person::START) {
            return None;
        }
        let who = talk.visitor.on_behalf_of();
        let arguments = with_person::start(arguments, why, &talk.conversation, who, talk.language);
        let call = ToolCall { id: "hand_over".into(), tool: with_person::START.into(), arguments: Ok(arguments) };
        let answer = self.call(&call, false).await;
        self.note(Done { call, round: self.decisions, answer });
        let answer = self.done.last()?.answer.as_ref().ok()?;
        Some(Reply::text(answer["tell_customer"].as_str()?))
    }

    /// Asks a brain until it says something.
    async fn ask(&mut self, brain: &mut dyn Brain) -> Result<Reply, BrainError> {
        let decisions_max = if brain.is_model() { self.talk.limits.decisions } else { DECISIONS_OF_RULES_MAX };
        let mut correction: Option<String> = None;
        let mut corrections = 0;
        for round in 0..decisions_max {
            let must_answer = round + 1 == decisions_max || self.calls_left() == 0 || self.tokens_are_spent();
            let decided = self.decide(brain, must_answer, correction.take().as_deref()).await?;
            self.tokens = self.tokens.and(decided.tokens);
            match decided.decision {
                Decision::Call(_) if must_answer => break,
                Decision::Call(calls) => self.call_all(calls, round, brain.is_model()).await,
                Decision::Say(reply) if brain.is_model() => match self.unfounded(&reply) {
                    Some(wrong) if corrections < CORRECTIONS_MAX && !must_answer => {
                        corrections += 1;
                        correction = Some(wrong);
                    }
                    wrong => return Ok(self.confirmed(reply, wrong.is_some())),
                },
                Decision::Say(reply) => return Ok(or_a_person(reply)),
            }
            if self.deadline <= Instant::now() {
                break;
            }
        }
        Ok(Reply { hand_over: Some(HandOver::Limit), ..Reply::default() })
    }

    /// The claim of a model's reply that nothing supports, in words for the model.
    fn unfounded(&self, reply: &Reply) -> Option<String> {
        let said = self.said();
        claims::unfounded(&reply.text, &Evidence { turn: &self.done, earlier: &self.talk.deeds, said: &said })
    }

    /// A model's reply as the visitor gets it: what was written is told from the results and not in its words, without links
    /// to unknown hosts. A reply that claimed too much leaves the rest to a person.
    fn confirmed(&self, reply: Reply, claims_too_much: bool) -> Reply {
        let (talk, said) = (self.talk, self.said());
        let written = |done: &Done| {
            let arguments = done.call.arguments.clone().unwrap_or_default();
            results::written(&done.call.tool, &arguments, done.answer.as_ref().ok()?, talk.language)
        };
        let confirmations: Vec<String> = self.done.iter().filter_map(written).collect();
        let reads: Vec<Done> = self.done.iter().filter(|done| !claims::is_write(&done.call.tool)).cloned().collect();
        let reply = if confirmations.is_empty() && !claims_too_much {
            reply
        } else {
            claims::without(reply, &Evidence { turn: &reads, earlier: &talk.deeds, said: &said })
        };
        let own = talk.hosts_of(&self.done).without_others(&reply.text);
        let text = [own].into_iter().chain(confirmations).filter(|part| !part.trim().is_empty());
        let text = text.collect::<Vec<_>>().join("\n");
        let hand_over = reply.hand_over.or(claims_too_much.then_some(HandOver::Limit));
        or_a_person(Reply { text, hand_over, ..reply })
    }

    /// The messages of the conversation, the newest among them.
    fn said(&self) -> Vec<String> {
        let earlier = self.talk.conversation.messages().map(|message| message.text.clone());
        earlier.chain([self.message.to_owned()]).collect()
    }

    async fn decide(
        &mut self,
        brain: &mut dyn Brain,
        must_answer: bool,
        correction: Option<&str>,
    ) -> Result<Decided, BrainError> {
        let limits = self.talk.limits;
        let history = self.talk.conversation.window(limits.window_messages, limits.window_tokens);
        let tools = self.tools(brain.is_model());
        let view = View {
            prompt: &self.talk.prompt,
            history: &history,
            message: self.message,
            done: &self.done,
            tools: &tools,
            on_behalf_of: self.talk.visitor.on_behalf_of(),
            representative: self.talk.representative.as_deref(),
            must_answer,
            correction,
            now: self.talk.visitor.now(),
            language: self.talk.language,
            deadline: self.deadline,
        };
        self.decisions += 1;
        let deciding = timeout_at(self.deadline, brain.decide(view));
        deciding.await.unwrap_or_else(|_| Err(BrainError::TimedOut(limits.time.as_secs())))
    }

    /// The tools that a brain is shown. A model follows the prompt, and so needs no steps of a taskgraph.
    fn tools(&self, is_model: bool) -> Vec<ToolView> {
        let all = self.talk.visitor.tools().into_iter();
        let open = all.filter(|tool| !with_person::OWN_TOOLS.contains(&tool.name));
        open.filter(|tool| !is_model || !tool.name.starts_with(STEPS)).collect()
    }

    async fn call_all(&mut self, calls: Vec<ToolCall>, round: usize, is_model: bool) {
        for call in calls {
            let answer = match self.handed_in_place_of(&call, is_model).await {
                Some(answer) => Ok(answer),
                None => self.call(&call, is_model).await,
            };
            self.note(Done { call, round, answer });
        }
    }

    fn note(&mut self, done: Done) {
        (self.watch)(&done);
        self.done.push(done);
    }

    /// Hands the conversation over in the place of a task by which a script asks for a person; `None` leaves it to the task,
    /// as for callbacks. The answer is what the script waits for.
    async fn handed_in_place_of(&mut self, call: &ToolCall, is_model: bool) -> Option<Value> {
        let arguments = call.arguments.as_ref().ok().filter(|_| !is_model && call.tool == HAND_OFF_TOOL)?;
        let reason = arguments.get("reason")?.as_str()?;
        if !reason.lines().any(language::asks_for_person) {
            return None;
        }
        let mut start = arguments.clone();
        if let Some(contact) = arguments.get("contact") {
            start.insert("reach".to_owned(), contact.clone());
        }
        self.handed_to_person(&start, HandOver::Asked).await?;
        Some(json!({ "subject": HandOver::Asked.for_colleagues() }))
    }

    async fn call(&self, call: &ToolCall, is_model: bool) -> Result<Value, Value> {
        let arguments = call.arguments.as_ref().map_err(|why| error("INVALID_INPUT_ERROR", why))?;
        if is_model {
            self.refused(call, arguments).map_or(Ok(()), Err)?;
        }
        let called = timeout_at(self.deadline, self.talk.visitor.call(&call.tool, arguments.clone()));
        let late = "the turn's time is over; it is not known whether the call was carried out";
        called.await.unwrap_or_else(|_| Err(error("OUTCOME_UNKNOWN_ERROR", late)))
    }

    /// The reason why a call that a model wants is not made.
    fn refused(&self, call: &ToolCall, arguments: &Map<String, Value>) -> Option<Value> {
        let tools = self.tools(true);
        let Some(tool) = tools.iter().find(|tool| tool.name == call.tool) else {
            let names: Vec<_> = tools.iter().map(|tool| tool.name).collect();
            return Some(error("NOT_FOUND_ERROR", &format!("there is no such tool; there are {}", names.join(", "))));
        };
        let equal =
            self.done.iter().filter(|done| done.call.tool == call.tool && done.call.arguments == call.arguments);
        if equal.count() >= self.talk.limits.equal_calls {
            return Some(error("BUSY_ERROR", "this call was made already in this turn: use its answer"));
        }
        if self.calls_left() == 0 {
            return Some(error("BUSY_ERROR", "no more tools can be called in this turn: answer the customer"));
        }
        let now = self.talk.visitor.now();
        guardrails::refused(tool, arguments, self.message, &self.talk.guardrails, now)
            .map(|why| error("ANSWER_NEEDED_ERROR", why))
    }

    fn calls_left(&self) -> usize {
        let made = self.done.iter().filter(|done| !done.call.tool.starts_with(STEPS)).count();
        self.talk.limits.tool_calls.saturating_sub(made)
    }

    fn tokens_are_spent(&self) -> bool {
        self.tokens.total() >= self.talk.limits.tokens
    }
}

/// The reply, or a person where it says nothing: no visitor gets an empty one.
fn or_a_person(reply: Reply) -> Reply {
    let is_empty = reply.text.trim().is_empty() && reply.choices.is_empty() && reply.hand_over.is_none();
    if is_empty { Reply::handing_over(HandOver::Limit) } else { reply }
}

/// A failure in the form of a tool's.
fn error(code: &str, message: &str) -> Value {
    json!({ "code": code, "message": message, "hint": "go on without this call" })
}
