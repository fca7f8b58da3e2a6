//! The way from a message to a reply: a brain is asked until it says something, calls are made, claims are held against
//! what was done, and a person goes on where nobody else can.

use serde_json::{Map, Value, json};
use tokio::time::{Instant, timeout_at};

use super::brain::{Brain, BrainError, Decided, Decision, FinishedCall, HandOver, Reply, Tokens, ToolCall, View};
use super::chat_state::ChatState;
use super::claims::Evidence;
use super::guardrails::GuardedCall;
use super::handoff_request::{HAND_OFF_TOOL, HandoffStep, Pending};
use super::limits::DECISIONS_OF_RULES_MAX;
use super::passage::{self, QuestionCertainty, SEARCH_TOOL};
use super::texts::{outcomes, staff};
use super::{claims, consent, guardrails, handoff_relay, handoff_request, language, persona, results, texts};
use crate::tool::view::ToolView;
use domain::code::Code;
use domain::questions_in_text;

/// The steps of a taskgraph: they reach neither HubSpot nor a document, and a model that follows the prompt needs none.
const STEPS: &str = "taskgraph_";
/// Corrections of a reply that claims what was not done; after them its claims are cut out, and a person goes on.
const CORRECTIONS_MAX: usize = 1;

/// The failure of a model that recites its prompt, for the operator.
const RECITES: &str = "it tells its instructions to the visitor";

/// A callback for each finished tool call of a turn.
pub type Watch<'a> = &'a mut (dyn FnMut(&FinishedCall) + Send + Sync);

/// A turn under way.
pub(super) struct TurnRun<'a> {
    talk: &'a ChatState,
    message: &'a str,
    watch: Watch<'a>,
    deadline: Instant,
    pub(super) done: Vec<FinishedCall>,
    pub(super) tokens: Tokens,
    pub(super) decisions: usize,
    pub(super) brain: &'static str,
    /// A model has given the conversation to a person by its tool.
    given_away: bool,
}

impl<'a> TurnRun<'a> {
    pub(super) fn new(talk: &'a ChatState, brain: &'static str, message: &'a str, watch: Watch<'a>) -> TurnRun<'a> {
        let deadline = Instant::now() + talk.limits.time;
        TurnRun {
            talk,
            message,
            watch,
            deadline,
            done: vec![],
            tokens: Tokens::default(),
            decisions: 0,
            brain,
            given_away: false,
        }
    }

    /// The reply of the first brain, or of the other one when it fails; else a person has to go on.
    pub(super) async fn answer(
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
    pub(super) async fn handed_over(&mut self, reply: Reply) -> (Reply, Pending) {
        let given_away = self.given_away.then_some(HandOver::Asked);
        let Some(why) = reply.hand_over.or(given_away).filter(|_| handoff_relay::of(&self.done).is_none()) else {
            return (Reply { hand_over: None, ..reply }, Pending::default());
        };
        let answer = self.answer_of_documents().await;
        if self.talk.at_once {
            let text =
                answer.into_iter().chain([reply.text]).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
            return (Reply { text, hand_over: Some(why), ..reply }, Pending::default());
        }
        let (reply, pending) = self.next_of_hand_over(reply, why).await;
        let text = answer.into_iter().chain([reply.text]).collect::<Vec<_>>().join("\n");
        (Reply { text, ..reply }, pending)
    }

    /// The answer of the documents to a question in the message: who waits for a person is answered what can be answered.
    async fn answer_of_documents(&mut self) -> Option<String> {
        let asks = self.message.contains(['?', '？']) && !language::asks_for_person(self.message);
        let is_searched = self.done.iter().any(|done| done.call.tool == SEARCH_TOOL);
        if !asks || is_searched || !self.talk.visitor.may_use(SEARCH_TOOL) {
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
        let told = |question: &str| passage::told(found, question, QuestionCertainty::Perhaps, self.talk.language);
        // Of several questions each is weighed alone.
        let questions = questions_in_text::of(self.message);
        questions.iter().find_map(|question| told(question)).or_else(|| told(self.message))
    }

    /// What comes next on the way to a person.
    async fn next_of_hand_over(&mut self, reply: Reply, why: HandOver) -> (Reply, Pending) {
        let talk = self.talk;
        if !self.can_tell_people() {
            let told = match why {
                _ if !talk.visitor.is_staff() => outcomes::NOBODY_TO_TELL,
                HandOver::Asked => staff::NO_PERSON,
                _ => staff::CANNOT_NOW,
            };
            let text = format!("{}\n{}", reply.text, told.in_language(talk.language));
            return (Reply { text: text.trim().to_owned(), ..reply }, Pending::default());
        }
        let step =
            handoff_request::next(&talk.hand_over, why, self.message, &talk.conversation, talk.visitor.on_behalf_of());
        match step {
            HandoffStep::Ask(pending) => {
                let asked = texts::HOW_TO_REACH.in_language(talk.language);
                let text = [reply.text.as_str(), why.apology(talk.language), asked];
                let said = text.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
                (Reply { text: said, ..reply }, pending)
            }
            HandoffStep::Here(arguments) => (self.kept_here(reply, why, arguments).await, Pending::default()),
            HandoffStep::Leave => (Reply::text(texts::AS_YOU_LIKE.in_language(talk.language)), Pending::default()),
            HandoffStep::Task(arguments) => {
                if let Some(reply) = self.handed_to_person(&arguments, why).await {
                    return (reply, Pending::default());
                }
                let call = ToolCall { id: "hand_over".into(), tool: HAND_OFF_TOOL.into(), arguments: Ok(arguments) };
                self.call_all(vec![call], self.decisions, false).await;
                let told = match self.done.last().map(|done| &done.answer) {
                    Some(Ok(answer)) if claims::is_planned(answer) => outcomes::TRIAL_RUN,
                    Some(Ok(_)) => texts::PASSED_ON,
                    _ => texts::NOT_PASSED_ON,
                };
                let parts = [reply.text.as_str(), told.in_language(talk.language)];
                let said = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
                (Reply { text: said, ..reply }, Pending::default())
            }
        }
    }

    /// What becomes of a visitor who can be reached in no other way than this one: the conversation itself goes to a person, or
    /// a task does that says so, or they hear where else to turn.
    async fn kept_here(&mut self, reply: Reply, why: HandOver, arguments: Map<String, Value>) -> Reply {
        let language = self.talk.language;
        let said = |text: &str| {
            let parts = [reply.text.as_str(), text].into_iter().filter(|part| !part.is_empty());
            Reply { text: parts.collect::<Vec<_>>().join("\n"), hand_over: Some(why), ..Reply::default() }
        };
        if self.keeps_conversation()
            && let Some(told) = self.handed_over_unknown(&arguments, why).await
        {
            return said(&told);
        }
        if !self.talk.visitor.may_use(HAND_OFF_TOOL) {
            let other_way = self.talk.other_way.as_deref().unwrap_or_default();
            return said(&outcomes::NO_WAY_BACK.with(language, &[("way", other_way)]));
        }
        let call = ToolCall { id: "hand_over".into(), tool: HAND_OFF_TOOL.into(), arguments: Ok(arguments) };
        self.call_all(vec![call], self.decisions, false).await;
        said(match self.done.last().map(|done| &done.answer) {
            Some(Ok(answer)) if claims::is_planned(answer) => outcomes::TRIAL_RUN.in_language(language),
            Some(Ok(_)) => texts::PASSED_ON_WITHOUT_REACH.in_language(language),
            _ => texts::NOT_PASSED_ON.in_language(language),
        })
    }

    /// Hands the conversation of a visitor over of whom nothing is known; what they are told, `None` if it failed.
    async fn handed_over_unknown(&mut self, arguments: &Map<String, Value>, why: HandOver) -> Option<String> {
        let talk = self.talk;
        let mut start =
            handoff_relay::start(arguments, why, &talk.conversation, talk.visitor.on_behalf_of(), talk.language);
        let words = arguments.get("reason").and_then(Value::as_str).unwrap_or_default();
        let reach = format!("{words}\nReach the customer: {}", handoff_request::ONLY_HERE);
        start.insert("description".to_owned(), reach.into());
        let call = ToolCall { id: "hand_over".into(), tool: handoff_relay::START.into(), arguments: Ok(start.clone()) };
        let answer = timeout_at(self.deadline, talk.visitor.hand_over_unknown(start)).await;
        let late = "the turn's time is over; it is not known whether the call was carried out";
        let answer = answer.unwrap_or_else(|_| Err(error("OUTCOME_UNKNOWN_ERROR", late)));
        self.note(FinishedCall { call, round: self.decisions, answer });
        let answer = match &self.done.last()?.answer {
            // It may have reached a person: nothing else is begun.
            Err(error) if error["code"] == Code::OutcomeUnknown.as_str() => {
                return Some(texts::UNCLEAR.in_language(talk.language).to_owned());
            }
            answer => answer.as_ref().ok()?,
        };
        if claims::is_planned(answer) {
            return Some(outcomes::TRIAL_RUN.in_language(talk.language).to_owned());
        }
        let only_here = outcomes::ONLY_HERE.in_language(talk.language);
        Some(format!("{}\n{only_here}", answer["tell_customer"].as_str()?))
    }

    /// True if the conversation itself can be brought to a person.
    fn keeps_conversation(&self) -> bool {
        !self.talk.visitor.is_staff() && self.talk.visitor.may_use_once_known(&[handoff_relay::START])
    }

    /// True if a tool is open that brings a wish to a person. Staff are the people.
    fn can_tell_people(&self) -> bool {
        !self.talk.visitor.is_staff() && self.talk.visitor.may_use_once_known(&handoff_request::TOOLS)
    }

    /// Hands the conversation over at once, where the toolset for it is there; `None` leaves it to a task.
    async fn handed_to_person(&mut self, arguments: &Map<String, Value>, why: HandOver) -> Option<Reply> {
        let talk = self.talk;
        if !talk.visitor.may_use(handoff_relay::START) {
            return None;
        }
        let who = talk.visitor.on_behalf_of();
        let arguments = handoff_relay::start(arguments, why, &talk.conversation, who, talk.language);
        let call = ToolCall { id: "hand_over".into(), tool: handoff_relay::START.into(), arguments: Ok(arguments) };
        let answer = self.call(&call, false).await;
        self.note(FinishedCall { call, round: self.decisions, answer });
        let answer = self.done.last()?.answer.as_ref().ok()?;
        let trial = claims::is_planned(answer).then(|| outcomes::TRIAL_RUN.in_language(talk.language));
        Some(Reply::text(trial.or(answer["tell_customer"].as_str())?))
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
                Decision::Say(reply) if brain.is_model() && persona::recites(&self.talk.prompt, &reply.text) => {
                    return Err(BrainError::Garbage(RECITES.to_owned()));
                }
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
        claims::unfounded(&reply.text, &self.evidence(&self.done, &said))
    }

    /// What a reply may rest on, with these calls of this turn.
    fn evidence<'b>(&'b self, turn: &'b [FinishedCall], said: &'b [String]) -> Evidence<'b> {
        let talk = self.talk;
        let offers = talk.guardrails.has_offers(talk.visitor.now());
        Evidence { turn, earlier: &talk.deeds, said, own: &talk.prompt, offers }
    }

    /// A model's reply as the visitor gets it: what was written is told from the results and not in its words, without links
    /// to unknown hosts. A reply that claimed too much leaves the rest to a person.
    fn confirmed(&self, reply: Reply, claims_too_much: bool) -> Reply {
        let (talk, said) = (self.talk, self.said());
        let written = |done: &FinishedCall| {
            let arguments = done.call.arguments.clone().unwrap_or_default();
            results::written(&done.call.tool, &arguments, done.answer.as_ref().ok()?, talk.language)
        };
        let mut confirmations: Vec<String> = self.done.iter().filter_map(written).collect();
        // Several writes of a trial run have one line.
        confirmations.dedup();
        let reads: Vec<FinishedCall> =
            self.done.iter().filter(|done| !claims::is_write(&done.call.tool)).cloned().collect();
        let reply = if confirmations.is_empty() && !claims_too_much {
            reply
        } else {
            claims::without(reply, &self.evidence(&reads, &said))
        };
        let own = talk.hosts_of(&self.done).without_others(&reply.text);
        let text = [own].into_iter().chain(confirmations).filter(|part| !part.trim().is_empty());
        let text = text.collect::<Vec<_>>().join("\n");
        let hand_over = reply.hand_over.or(claims_too_much.then_some(HandOver::Limit));
        or_a_person(Reply { text, hand_over, ..reply })
    }

    /// The messages of the conversation, the newest among them, and what the operator has written: its numbers may be told.
    fn said(&self) -> Vec<String> {
        self.talk.texts().into_iter().chain([self.message.to_owned(), self.talk.prompt.to_string()]).collect()
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
        let reaches_people = self.can_tell_people();
        let view = View {
            prompt: &self.talk.prompt,
            history: &history,
            message: self.message,
            done: &self.done,
            tools: &tools,
            reaches_people,
            keeps_conversation: self.keeps_conversation(),
            on_behalf_of: self.talk.visitor.on_behalf_of(),
            representative: self.talk.representative.as_deref(),
            time_zone: self.talk.time_zone.as_deref(),
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

    /// The tools that a brain is shown. A model follows the prompt, and so needs no steps of a taskgraph. Staff are handed over
    /// to nobody.
    fn tools(&self, is_model: bool) -> Vec<ToolView> {
        let is_staff = self.talk.visitor.is_staff();
        let all = self.talk.visitor.tools().into_iter();
        let open = all.filter(|tool| !handoff_relay::OWN_TOOLS.contains(&tool.name));
        let open = open.filter(|tool| !is_staff || tool.name != handoff_relay::START);
        open.filter(|tool| !is_model || !tool.name.starts_with(STEPS)).collect()
    }

    async fn call_all(&mut self, calls: Vec<ToolCall>, round: usize, is_model: bool) {
        for call in calls {
            let call = self.told_whole(call, is_model);
            let answer = match self.given_away(&call, is_model) {
                Some(answer) => Ok(answer),
                None => self.call(&call, is_model).await,
            };
            self.note(FinishedCall { call, round, answer });
        }
    }

    fn note(&mut self, done: FinishedCall) {
        (self.watch)(&done);
        self.done.push(done);
    }

    /// Notes that the conversation itself goes to a person, in the place of a call that would make a task or another
    /// conversation of it; `None` for every other call. The answer is what the caller waits for.
    fn given_away(&mut self, call: &ToolCall, is_model: bool) -> Option<Value> {
        let asks = call.tool == handoff_relay::START || (is_model && call.tool == HAND_OFF_TOOL);
        if !self.talk.at_once || !asks || call.arguments.is_err() {
            return None;
        }
        self.given_away = true;
        Some(json!({ "subject": HandOver::Asked.for_colleagues() }))
    }

    /// A call that hands the conversation over, with what was said so far: neither a script nor a model repeats it.
    fn told_whole(&self, mut call: ToolCall, is_model: bool) -> ToolCall {
        let talk = self.talk;
        let Ok(arguments) = call.arguments.as_ref().map_err(drop) else { return call };
        if call.tool == handoff_relay::START {
            let who = talk.visitor.on_behalf_of();
            let whole = match is_model {
                true => handoff_relay::of_model(arguments, &talk.conversation, talk.language),
                false => handoff_relay::of_script(arguments, &talk.conversation, who, talk.language),
            };
            call.arguments = Ok(whole);
        }
        call
    }

    /// Makes a call. What waits holds nothing of this run, whose watcher no other thread may see.
    fn call(&self, call: &ToolCall, is_model: bool) -> impl Future<Output = Result<Value, Value>> + Send + use<'a> {
        let (visitor, deadline, tool) = (&self.talk.visitor, self.deadline, call.tool.clone());
        let arguments = self.arguments(call, is_model);
        async move {
            let called = timeout_at(deadline, visitor.call(&tool, arguments?));
            let late = "the turn's time is over; it is not known whether the call was carried out";
            called.await.unwrap_or_else(|_| Err(error("OUTCOME_UNKNOWN_ERROR", late)))
        }
    }

    /// The arguments of a call that may be made.
    fn arguments(&self, call: &ToolCall, is_model: bool) -> Result<Map<String, Value>, Value> {
        let arguments = call.arguments.as_ref().map_err(|why| error("INVALID_INPUT_ERROR", why))?;
        if is_model {
            self.refused(call, arguments).map_or(Ok(()), Err)?;
        }
        Ok(arguments.clone())
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
        if call.tool == handoff_relay::START && handoff_relay::of(&self.done).is_some() {
            return Some(error("BUSY_ERROR", "a person has the conversation already: tell the customer so"));
        }
        if equal.count() >= self.talk.limits.equal_calls {
            return Some(error("BUSY_ERROR", "this call was made already in this turn: use its answer"));
        }
        if self.calls_left() == 0 {
            return Some(error("BUSY_ERROR", "no more tools can be called in this turn: answer the customer"));
        }
        let earlier = self.talk.texts();
        let wanted = GuardedCall {
            tool,
            arguments,
            message: self.message,
            earlier: &earlier,
            own: &self.talk.prompt,
            done: &self.done,
            is_spent: self.is_spent(call, &tools),
        };
        guardrails::refused(&wanted, &self.talk.guardrails, self.talk.visitor.now())
            .map(|why| error("ANSWER_NEEDED_ERROR", why))
    }

    /// True if a write of this turn has used up the visitor's yes. One of which nobody knows whether it was carried out may
    /// be sent again as it was: the tool looks first.
    fn is_spent(&self, call: &ToolCall, tools: &[ToolView]) -> bool {
        let writes =
            |done: &&FinishedCall| tools.iter().any(|tool| tool.name == done.call.tool && consent::is_needed(tool));
        self.done.iter().filter(writes).any(|done| match &done.answer {
            Ok(_) => true,
            Err(error) if error["code"] == Code::OutcomeUnknown.as_str() => {
                (&done.call.tool, &done.call.arguments) != (&call.tool, &call.arguments)
            }
            Err(_) => false,
        })
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
