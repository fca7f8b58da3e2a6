//! Walks of clients through taskgraphs: taken up from the store, moved one step, kept again.

mod step_result;

use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use self::step_result::Called;
pub use self::step_result::StepResult;
use crate::change_feed::Change;
use crate::store::sessions::Session;
use crate::tool::{Ctx, Effect, Entry, ToolError};
use domain::code::Code;
use taskgraph::engine::{
    self,
    action::Action,
    context::RunContext,
    error::StepError,
    event::Event,
    state::State,
    toolbox::{ToolSpec, Toolbox},
};
use taskgraph::graph::Graph;
use taskgraph::render;

/// A session's address is this and its id.
pub const SCHEME: &str = "taskgraph-session://";
/// So many tools the server calls in one step: no known script has more in a row.
const CALLS_MAX: usize = 5;

/// Whether the server calls a tool that is due itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    ByClient,
    ByServer,
}

/// Begins a walk through the graph with this name.
pub async fn start(ctx: &Ctx, tools: &[Entry], graph: Option<&str>) -> Result<StepResult, ToolError> {
    let graph = find_graph(ctx, graph)?;
    let toolbox = toolbox(tools);
    let script = RunContext { graph: &graph, tools: &toolbox };
    // Chance needs no secrecy, only to differ from walk to walk.
    let (state, asks) = engine::start(&script, Uuid::new_v4().as_u64_pair().0);
    let session = ctx.store.begin_session(graph.name(), caller(ctx), write(&state)?, now_ms(ctx)).await?;
    let intents = engine::offered_intents(&state, &script);
    let turn = StepResult::of(&session.id, session.expires_ms, &state, asks, intents);
    Ok(StepResult { briefing: Some(render::briefing(&graph)), ..turn })
}

/// Where a session stands, without moving it.
pub async fn show(ctx: &Ctx, tools: &[Entry], id: &str) -> Result<StepResult, ToolError> {
    SessionRun::take_up(ctx, tools, id).await?.look()
}

/// Takes one step of a session, and with [`Calls::ByServer`] the calls that it leads to.
pub async fn step(ctx: &Ctx, tools: &[Entry], id: &str, event: &Event, calls: Calls) -> Result<StepResult, ToolError> {
    let mut walk = SessionRun::take_up(ctx, tools, id).await?;
    let called_until_ms = walk.state.calling_until_ms;
    if let Some(pause_ms) = called_until_ms.map(|until_ms| until_ms - now_ms(ctx)).filter(|pause_ms| *pause_ms > 0) {
        return Err(under_way(pause_ms));
    }
    let only_looks = *event == Event::default() && calls == Calls::ByClient && called_until_ms.is_none();
    if only_looks {
        return walk.look();
    }
    let before = walk.session.state.clone();
    let asks = walk.step(event)?;
    let (asks, called) = match calls {
        Calls::ByClient => (asks, vec![]),
        Calls::ByServer => walk.call_what_is_due(ctx, tools, asks, before).await?,
    };
    walk.keep(ctx).await?;
    Ok(walk.turn(asks, called))
}

/// A session in hand.
struct SessionRun {
    graph: Arc<Graph>,
    toolbox: Toolbox,
    session: Session,
    state: State,
}

impl SessionRun {
    async fn take_up(ctx: &Ctx, tools: &[Entry], id: &str) -> Result<SessionRun, ToolError> {
        let session = ctx.store.session(id, caller(ctx), now_ms(ctx)).await?.ok_or_else(ended)?;
        let graph = ctx.taskgraphs.get(&session.graph).ok_or_else(|| refused(StepError::GraphChanged))?;
        // A state that cannot be read was written by another version.
        let state =
            serde_json::from_str(&session.state).map_err(|_| refused(StepError::OtherVersion { version: 0 }))?;
        Ok(SessionRun { graph, toolbox: toolbox(tools), session, state })
    }

    fn script(&self) -> RunContext<'_> {
        RunContext { graph: &self.graph, tools: &self.toolbox }
    }

    fn step(&mut self, event: &Event) -> Result<Vec<Action>, ToolError> {
        let (state, asks) = engine::step(&self.state, event, &self.script()).map_err(refused)?;
        self.state = state;
        Ok(asks)
    }

    /// Where it stands, without moving it.
    fn look(&self) -> Result<StepResult, ToolError> {
        let ask = engine::next_action(&self.state, &self.script()).map_err(refused)?;
        Ok(self.turn(vec![ask], vec![]))
    }

    /// Calls the tools that are due and goes on with their answers. A step that asks the person with its first call goes
    /// back to the state of `before`.
    async fn call_what_is_due(
        &mut self,
        ctx: &Ctx,
        tools: &[Entry],
        mut asks: Vec<Action>,
        before: String,
    ) -> Result<(Vec<Action>, Vec<Called>), ToolError> {
        let mut called = vec![];
        while called.len() < CALLS_MAX
            && let Some(due) = due(asks.last(), tools, called.is_empty())
        {
            self.state.calling_until_ms = Some(now_ms(ctx) + ctx.hubspot.time_left().as_millis() as i64);
            // Before the call: of two steps at once only one comes here, and a crash leaves a trace.
            self.keep(ctx).await?;
            let answer = due.entry.call(Value::Object(due.arguments.clone()), Arc::new(ctx.clone())).await;
            match answer.as_ref().err().filter(|error| ctx.call.can_ask && error.question().is_some()) {
                Some(error) if called.is_empty() => {
                    // The step is taken again from its start with the person's answer.
                    self.put_back(ctx, before).await?;
                    return Err(error.clone());
                }
                Some(_) => {
                    // What has been called already would be called twice: the next step begins with this call, and asks.
                    self.state.calling_until_ms = None;
                    break;
                }
                None => {}
            }
            let done = due.done(answer);
            asks.pop();
            asks.extend(self.step(&Event { tool_result: Some(done.result.clone()), ..Event::default() })?);
            called.push(done);
        }
        Ok((asks, called))
    }

    async fn keep(&mut self, ctx: &Ctx) -> Result<(), ToolError> {
        let state = write(&self.state)?;
        self.put_back(ctx, state).await
    }

    async fn put_back(&mut self, ctx: &Ctx, state: String) -> Result<(), ToolError> {
        let kept = ctx.store.advance_session(self.session.clone(), state, now_ms(ctx)).await?;
        self.session = kept.ok_or_else(overtaken)?;
        ctx.changes.publish(&Change::Resource(format!("{SCHEME}{}", self.session.id)));
        Ok(())
    }

    fn turn(&self, asks: Vec<Action>, called: Vec<Called>) -> StepResult {
        let intents = engine::offered_intents(&self.state, &self.script());
        let turn = StepResult::of(&self.session.id, self.session.expires_ms, &self.state, asks, intents);
        StepResult { called, ..turn }
    }
}

/// A call that the server can make itself.
struct Due<'a> {
    entry: &'a Entry,
    arguments: Map<String, Value>,
}

/// A tool that has just failed is called again only when the model asks for it anew.
fn due<'a>(ask: Option<&Action>, tools: &'a [Entry], first: bool) -> Option<Due<'a>> {
    match ask {
        Some(Action::Call { tool, arguments, ours: true, failed, .. }) if first || failed.is_none() => {
            let entry = tools.iter().find(|entry| entry.name == tool)?;
            Some(Due { entry, arguments: arguments.clone() })
        }
        _ => None,
    }
}

impl Due<'_> {
    fn done(self, answer: Result<Value, ToolError>) -> Called {
        let succeeded = answer.is_ok();
        let result = answer.unwrap_or_else(|error| error.to_json());
        Called { tool: self.entry.name.to_owned(), arguments: self.arguments, succeeded, result }
    }
}

/// What the walk knows of the tools.
pub fn toolbox(tools: &[Entry]) -> Toolbox {
    let spec = |entry: &Entry| {
        let mut input_schema = entry.input.as_value().clone();
        if let Some(schema) = input_schema.as_object_mut() {
            schema.retain(|key, _| !matches!(key.as_str(), "$schema" | "title" | "description"));
        }
        ToolSpec { input_schema, repeatable: entry.effect == Effect::Read }
    };
    Toolbox { tools: tools.iter().map(|entry| (entry.name.to_owned(), spec(entry))).collect() }
}

fn find_graph(ctx: &Ctx, name: Option<&str>) -> Result<Arc<Graph>, ToolError> {
    let wanted = name.map_or_else(|| ctx.taskgraphs.default_name(), str::to_owned);
    ctx.taskgraphs.get(&wanted).ok_or_else(|| {
        let (hint, names) = ("send one of the names in `graphs`, or leave `graph` out", ctx.taskgraphs.names());
        ToolError::new(Code::TaskgraphNotFound, "there is no taskgraph with this name", hint).with("graphs", names)
    })
}

fn caller(ctx: &Ctx) -> &str {
    &ctx.call.caller.0
}

fn now_ms(ctx: &Ctx) -> i64 {
    ctx.clock.now().timestamp_millis()
}

fn write(state: &State) -> Result<String, ToolError> {
    serde_json::to_string(state).map_err(|error| {
        ToolError::new(Code::Internal, format!("the walk could not be written: {error}"), "report this fault")
    })
}

fn ended() -> ToolError {
    let message = "there is no such session: it ends 24 hours after its last step";
    ToolError::new(Code::SessionNotFound, message, "begin another with `taskgraph_start`")
}

/// What is running is not judged before it has had its time: its result may still come.
fn under_way(pause_ms: i64) -> ToolError {
    let seconds = (pause_ms + 999) / 1_000;
    let message = "a tool is being called for this session, and nothing else is done with it meanwhile";
    let hint =
        format!("wait for the answer to that step; if none comes, call `taskgraph_step` again in {seconds} seconds");
    ToolError::new(Code::Busy, message, hint)
}

fn overtaken() -> ToolError {
    let message = "another step of this session was taken at the same time";
    ToolError::new(Code::StepRefused, message, "call `taskgraph_step` with `session` alone to see where it stands")
}

fn refused(refused: StepError) -> ToolError {
    let hint = match refused {
        StepError::TooManySteps | StepError::GraphChanged | StepError::OtherVersion { .. } => {
            "begin another session with `taskgraph_start`"
        }
        _ => "the walk stands where it stood: call `taskgraph_step` with `session` alone to be asked again",
    };
    ToolError::new(Code::StepRefused, refused.to_string(), hint)
}
