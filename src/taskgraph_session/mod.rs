//! Sessions of clients in a taskgraph: read from the store, moved by one step and kept again.

mod called;
mod documents;
pub mod error;
mod free_times;
mod meeting_links;
mod passages;
mod repeated;
mod representative;
pub mod step_result;
pub mod today;
mod toolbox;

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use self::called::Called;
use self::error::Error;
use self::step_result::StepResult;
use crate::store::sessions::StoredSession;
use crate::tool::call_context::CallContext;
use crate::tool::consent::ConsentLog;
use crate::tool::run::{By, ToolRun};
use crate::tool::{Ctx, Registry, ToolEntry, ToolError, digest};
use domain::code::Code;
use taskgraph::engine::context::{DAY_ARGUMENTS, RunContext};
use taskgraph::engine::toolbox::Toolbox;
use taskgraph::engine::{self, action, action::Action, error::StepError, event::Event, state::State};
use taskgraph::graph::Graph;
use taskgraph::render;

/// The prefix of a session's URI; its id follows.
pub const SCHEME: &str = "taskgraph-session://";
/// The tool that makes a task for a person.
const HAND_OFF: &str = "create_task";
/// The most tools that the server calls in one step: no known script has more in a row.
const CALLS_MAX: usize = 5;

/// The party that calls a tool when it is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// The client calls it and sends the result.
    ByClient,
    /// The server calls it within the step.
    ByServer,
}

impl Calls {
    /// The party of a call's `execute`.
    pub fn of(execute: bool) -> Calls {
        if execute { Calls::ByServer } else { Calls::ByClient }
    }
}

/// Starts a session in the graph with this name, or in the default one. `calls` holds for all its steps.
pub async fn start(ctx: &Ctx, name: Option<&str>, calls: Calls) -> Result<StepResult, Error> {
    let graph = find_graph(ctx, name)?;
    let tools = toolbox::of_caller(ctx);
    let script = RunContext { graph: &graph, tools: &tools };
    let today = if script.asks_for_days() { Some(today::of(ctx).await) } else { None };
    // The seed needs no secrecy, only to differ from session to session.
    let (mut state, asks) = engine::start(&script, Uuid::new_v4().as_u64_pair().0);
    state.today_told.clone_from(&today);
    state.executes = calls == Calls::ByServer;
    let session = ctx.store.begin_session(graph.name(), caller(ctx), write(&state)?, now_ms(ctx)).await?;
    let intents = engine::offered_intents(&state, &script);
    let (session, briefing) = (Some(session.id), Some(render::briefing(&graph)));
    let graph = name.is_none().then(|| graph.name().to_owned());
    let result = StepResult { node: None, status: None, ..StepResult::of(&state, asks) };
    Ok(StepResult { session, graph, briefing, today, intents, ..result })
}

/// Reads the state of a session without moving it.
pub async fn show(ctx: &Ctx, id: &str) -> Result<StepResult, Error> {
    SessionRun::load(ctx, id).await?.show().await
}

/// Takes one step of a session, and with [`Calls::ByServer`] makes the calls that it leads to. Without `calls` the session's
/// own holds, except where nothing is sent: then the session is shown.
pub async fn step(ctx: &Ctx, id: &str, event: &Event, calls: Option<Calls>) -> Result<StepResult, Error> {
    let mut run = SessionRun::load(ctx, id).await?;
    let calls = calls.unwrap_or(Calls::of(run.state.executes && *event != Event::default()));
    let calling_until_ms = run.state.calling_until_ms;
    if let Some(pause_ms) = calling_until_ms.map(|until_ms| until_ms - now_ms(ctx)).filter(|pause_ms| *pause_ms > 0) {
        return Err(Error::Busy { seconds: (pause_ms + 999) / 1_000 });
    }
    let only_shows = *event == Event::default() && calls == Calls::ByClient && calling_until_ms.is_none();
    if only_shows {
        return run.show().await;
    }
    if let Some(called) = repeated::calls(&run.state, event) {
        return run.repeat(called);
    }
    let before = run.session.state.clone();
    let asked_before = engine::next_action(&run.state, &run.script())?;
    let intents = run.other_intents();
    let asks = run.step(event)?;
    let (asks, called) = match calls {
        Calls::ByClient => (asks, vec![]),
        Calls::ByServer => {
            let (mut asks, mut called) = run.call_due_tools(asks, before).await?;
            action::without_repeated_ends(&mut asks);
            called::without_twice(&mut called, asks.last(), event);
            let found = documents::search(ctx, &asks).await;
            if found.as_ref().is_some_and(|found| found.succeeded) {
                asks.iter_mut().for_each(Action::searched);
            }
            (asks, called.into_iter().chain(found).collect())
        }
    };
    let today = run.new_day(&asks).await;
    run.state.last_step = repeated::kept(event, &called, &run.tools);
    run.keep().await?;
    let now = run.other_intents();
    let asks = without_known(asks, &intents);
    let asks = if called.is_empty() { without_repeats(asks, &asked_before) } else { asks };
    let result = StepResult { today, called, ..StepResult::of(&run.state, asks) };
    let intents = changed(intents, now, &result.asks);
    let result = if run.state.executes { result.without_tools() } else { result };
    Ok(StepResult { intents, ..result })
}

/// A session between its load and its last write.
struct SessionRun<'a> {
    ctx: &'a Ctx,
    graph: Arc<Graph>,
    tools: Cow<'a, Toolbox>,
    session: StoredSession,
    state: State,
}

impl<'a> SessionRun<'a> {
    async fn load(ctx: &'a Ctx, id: &str) -> Result<SessionRun<'a>, Error> {
        let session = ctx.store.session(id, caller(ctx), now_ms(ctx)).await?.ok_or(Error::Ended)?;
        let graph = ctx.taskgraphs.get(&session.graph).ok_or(StepError::GraphChanged)?;
        // A state that cannot be read was written by another version.
        let state = serde_json::from_str(&session.state).map_err(|_| StepError::OtherVersion { version: 0 })?;
        Ok(SessionRun { ctx, graph, tools: toolbox::of_caller(ctx), session, state })
    }

    fn script(&self) -> RunContext<'_> {
        RunContext { graph: &self.graph, tools: &self.tools }
    }

    fn step(&mut self, event: &Event) -> Result<Vec<Action>, Error> {
        let (state, asks) = engine::step(&self.state, event, &self.script())?;
        self.state = state;
        Ok(asks)
    }

    async fn show(&self) -> Result<StepResult, Error> {
        let ask = engine::next_action(&self.state, &self.script())?;
        let today = if asks_for_day(&ask) { Some(today::of(self.ctx).await) } else { None };
        let result = StepResult { today, ..StepResult::of(&self.state, vec![ask]) };
        Ok(result.with_state(&self.session.id, &self.state, self.intents(), self.session.expires_ms))
    }

    /// Answers a step once more that has written something.
    fn repeat(&self, called: Vec<Called>) -> Result<StepResult, Error> {
        let ask = engine::next_action(&self.state, &self.script())?;
        let ignored = vec![repeated::note()];
        let result = StepResult { ignored, called, ..StepResult::of(&self.state, vec![ask]) };
        Ok(if self.state.executes { result.without_tools() } else { result })
    }

    fn intents(&self) -> Vec<String> {
        engine::offered_intents(&self.state, &self.script())
    }

    fn other_intents(&self) -> Vec<String> {
        engine::other_intents(&self.state, &self.script())
    }

    /// Calls the tools that are due and continues with their results. If the first call asks the person, the session goes
    /// back to the state of `before`.
    async fn call_due_tools(
        &mut self,
        mut asks: Vec<Action>,
        before: String,
    ) -> Result<(Vec<Action>, Vec<Called>), Error> {
        let ctx = self.ctx;
        let mut called = vec![];
        while called.len() < CALLS_MAX
            && let Some(due) = due(asks.last(), &ctx.tools, &called)
        {
            self.state.calling_until_ms = Some(now_ms(ctx) + ctx.hubspot.time_left().as_millis() as i64);
            // Before the call: of two steps at once only one gets here, and a crash leaves a trace.
            self.keep().await?;
            let answer = self.call(&due).await;
            match answer.as_ref().err().filter(|error| ctx.call.can_ask && error.question().is_some()) {
                Some(error) if called.is_empty() => {
                    // The step is taken again from its start with the person's answer.
                    self.keep_state(before).await?;
                    return Err(Error::Asks(Box::new(error.clone())));
                }
                Some(_) => {
                    // Earlier calls of this step must not be repeated: the next step begins with this call, and asks.
                    self.state.calling_until_ms = None;
                    break;
                }
                None => {}
            }
            let succeeded = answer.is_ok();
            let mut result = answer.unwrap_or_else(|error| error.to_json());
            asks.pop();
            asks.extend(self.step(&Event { tool_result: Some(result.clone()), ..Event::default() })?);
            if succeeded && let Some(name) = representative::name(ctx, due.entry.name, &due.arguments).await {
                result["representative"] = name.into();
            }
            let mut call = Called::of(due.entry.name, due.arguments, succeeded, result);
            meeting_links::without_told(&mut call.result, &mut self.state.links_told);
            called.push(call);
        }
        Ok((asks, called))
    }

    /// Runs a tool as a part of this session, with a line of its own in the log and the audit trail.
    async fn call(&self, due: &Due<'_>) -> Result<Value, ToolError> {
        let call = CallContext {
            conversation: Some(digest::short(&self.session.id)),
            consent: ConsentLog::default(),
            ..self.ctx.call.clone()
        };
        let ctx = Arc::new(Ctx { call, ..self.ctx.clone() });
        let run = ToolRun::start(due.entry, By::Script, &ctx);
        let answer = match run.check_audit() {
            Ok(()) => due.entry.call(Value::Object(due.arguments.clone()), ctx).await,
            Err(error) => Err(error),
        };
        run.end(&answer);
        answer
    }

    async fn keep(&mut self) -> Result<(), Error> {
        let state = write(&self.state)?;
        self.keep_state(state).await
    }

    async fn keep_state(&mut self, state: String) -> Result<(), Error> {
        let kept = self.ctx.store.advance_session(self.session.clone(), state, now_ms(self.ctx)).await?;
        self.session = kept.ok_or(Error::Overtaken)?;
        self.ctx.changes.announce(format!("{SCHEME}{}", self.session.id));
        Ok(())
    }

    /// The day where one is asked for, if it is not the one that was told last.
    async fn new_day(&mut self, asks: &[Action]) -> Option<String> {
        if !asks.iter().any(asks_for_day) {
            return None;
        }
        let today = Some(today::of(self.ctx).await).filter(|today| self.state.today_told.as_ref() != Some(today))?;
        self.state.today_told = Some(today.clone());
        Some(today)
    }
}

/// Leaves out the intents to choose from where they are all those of before: each list was named when it began.
fn without_known(mut asks: Vec<Action>, before: &[String]) -> Vec<Action> {
    if let Some(Action::Intent { candidates, .. } | Action::Nothing { candidates, .. }) = asks.last_mut()
        && candidates.iter().map(|candidate| &candidate.intent).eq(before)
    {
        candidates.clear();
    }
    asks
}

/// Leaves of a question that is asked once more only what is missing.
fn without_repeats(mut asks: Vec<Action>, before: &Action) -> Vec<Action> {
    let repeated = |ask: &&mut Action| **ask == *before;
    if let Some(Action::Slots { missing, optional, failed, .. }) = asks.last_mut().filter(repeated) {
        optional.clear();
        *failed = None;
        for missing in missing {
            (missing.description, missing.example) = (String::new(), None);
        }
    }
    asks
}

/// The intents to answer: those of now if they have changed and the last instruction does not name them.
fn changed(before: Vec<String>, now: Vec<String>, asks: &[Action]) -> Vec<String> {
    let named = matches!(asks.last(), Some(Action::Intent { .. } | Action::Nothing { .. }));
    if named || before == now { vec![] } else { now }
}

/// True if the customer is asked for a day or a time.
fn asks_for_day(ask: &Action) -> bool {
    let Action::Slots { missing, .. } = ask else { return false };
    missing.iter().any(|missing| DAY_ARGUMENTS.contains(&missing.name.as_str()))
}

/// A call that the server can make itself.
struct Due<'a> {
    entry: &'a ToolEntry,
    arguments: Map<String, Value>,
}

/// A tool that has just failed is called again only when the model asks for it anew; a task for a person at once, where
/// nobody has the address and it is made without.
fn due<'a>(ask: Option<&Action>, tools: &'a Registry, called: &[Called]) -> Option<Due<'a>> {
    let last = called.last();
    let without_contact =
        |tool: &str| last.is_some_and(|last| last.tool == tool && last.result["code"] == Code::UserNotFound.as_str());
    match ask {
        Some(Action::Call { tool, arguments, ours: true, failed, .. })
            if last.is_none()
                || failed.is_none()
                || (tool == HAND_OFF && without_contact(tool) && !arguments.contains_key("contact")) =>
        {
            Some(Due { entry: tools.get(tool)?, arguments: arguments.clone() })
        }
        _ => None,
    }
}

fn find_graph(ctx: &Ctx, name: Option<&str>) -> Result<Arc<Graph>, Error> {
    let wanted = name.map_or_else(|| ctx.taskgraphs.default_name(), str::to_owned);
    ctx.taskgraphs.get(&wanted).ok_or_else(|| Error::GraphUnknown(ctx.taskgraphs.names()))
}

fn caller(ctx: &Ctx) -> &str {
    &ctx.call.caller.id.0
}

fn now_ms(ctx: &Ctx) -> i64 {
    ctx.clock.now().timestamp_millis()
}

fn write(state: &State) -> Result<String, Error> {
    serde_json::to_string(state).map_err(|error| Error::Unwritable(error.to_string()))
}
