//! One call of a tool, from the request to its answer: rounds of running it and asking the person.
//!
//! A tool that needs an answer fails with a question. It is asked here, and the tool runs again with the answer: within
//! this call where the client can be asked, or in a later one that brings the answer along.

use std::collections::BTreeMap;
use std::sync::Arc;

use metrics::{counter, histogram};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, InputRequiredResult, InputResponses,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::{Instrument, info, info_span};
use uuid::Uuid;

use super::auth::identity::Identity;
use super::question::{self, Reach};
use super::state::{Bound, State};
use super::{Server, progress, size};
use crate::tool::call_context::{CallContext, GivenAnswer, REPORTS_WAITING_MAX};
use crate::tool::question::Question;
use crate::tool::{Ctx, Entry, ToolError};
use domain::code::Code;

/// Questions within one call, repeated ones included.
const QUESTIONS_MAX: usize = 8;

impl Server {
    /// Runs the tool until it needs no more answers. `None`: there is no such tool.
    pub(super) async fn call(
        &self,
        request: CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Option<Result<CallToolResponse, ErrorData>> {
        let entry = self.tools.iter().find(|entry| entry.name == request.name)?;
        #[cfg(feature = "conformance")]
        if let Some(error) = super::fixtures::missing_capability(&request.name, context) {
            return Some(Err(error));
        }
        let call = self.watched(context);
        let span = info_span!("call", id = %Uuid::now_v7().simple(), caller = &*call.caller.0);
        let asked = Asked { entry, arguments: request.arguments.unwrap_or_default(), call, context };
        let answering = async {
            match Reach::of(context) {
                Reach::Between => self.between(&asked, request.request_state, request.input_responses).await,
                reach => Ok(self.within(&asked, reach).await),
            }
        };
        Some(answering.instrument(span).await)
    }

    /// A call of whoever made this request, before it brings answers.
    pub(super) fn watched(&self, context: &RequestContext<RoleServer>) -> CallContext {
        let Identity { caller, permissions } = Identity::of(&context.extensions);
        let can_ask = Reach::of(context) != Reach::Nobody;
        let (policy, scopes) = (self.policy.clone(), self.scopes.known());
        CallContext { caller, can_ask, permissions, policy, scopes, ..CallContext::default() }
    }

    /// The client is asked while the call lasts; nothing runs and no permit is held meanwhile.
    async fn within(&self, asked: &Asked<'_>, reach: Reach) -> CallToolResponse {
        let mut given = BTreeMap::new();
        for _ in 0..QUESTIONS_MAX {
            let error = match self.run(asked, given.clone()).await {
                Ok(output) => return CallToolResult::structured(output).into(),
                Err(error) => error,
            };
            let (Some(form), Reach::Within(wording)) = (error.question(), reach) else { return shown(&error).into() };
            let Some(_place) = self.guard.ask() else { return shown(&too_many_wait()).into() };
            let reply = tokio::select! {
                reply = question::within(form, wording, asked.context) => reply,
                () = self.closing.cancelled() => None,
            };
            let Some(reply) = reply else { return shown(&error).into() };
            given.insert(form.key.to_owned(), GivenAnswer { fingerprint: Some(form.fingerprint()), reply });
        }
        shown(&too_many_questions()).into()
    }

    /// The call ends with the question; the next one brings the answer and the state.
    async fn between(
        &self,
        asked: &Asked<'_>,
        state: Option<String>,
        answers: Option<InputResponses>,
    ) -> Result<CallToolResponse, ErrorData> {
        let now = self.ctx.clock.now();
        let mut state = match state {
            Some(sealed) => self.signer.open(&sealed, &asked.bound(), now)?,
            None => State::default(),
        };
        let given = take_up(&mut state, answers.unwrap_or_default());
        let error = match self.run(asked, given).await {
            Ok(output) => return Ok(CallToolResult::structured(output).into()),
            Err(error) => error,
        };
        let Some(form) = error.question() else { return Ok(shown(&error).into()) };
        state.asked = Some((form.key.to_owned(), form.fingerprint()));
        let sealed = self.signer.seal(state, &asked.bound(), now)?;
        Ok(ask(form, sealed).into())
    }

    async fn run(&self, asked: &Asked<'_>, given: BTreeMap<String, GivenAnswer>) -> Result<Value, ToolError> {
        let started = Instant::now();
        let deadline = self.guard.deadline();
        let (sender, reports) = mpsc::channel(REPORTS_WAITING_MAX);
        let token = asked.context.meta.get_progress_token();
        let call =
            CallContext { answers: Arc::new(given), progress: token.as_ref().map(|_| sender), ..asked.call.clone() };
        let ctx = Arc::new(Ctx { hubspot: self.ctx.hubspot.for_call(deadline), call, ..self.ctx.clone() });
        let running = asked.entry.call(Value::Object(asked.arguments.clone()), ctx.clone());
        let guarded = self.guard.run(deadline, &asked.call.caller, running);
        let result = match token {
            Some(token) => progress::beside(guarded, reports, token, &asked.context.peer).await,
            None => guarded.await,
        };
        let result = result.unwrap_or_else(|broken| Err(broken.into())).and_then(size::result);
        report(asked.entry.name, &result, started, &ctx);
        result
    }
}

/// What the client asked for.
struct Asked<'a> {
    entry: &'a Entry,
    arguments: Map<String, Value>,
    call: CallContext,
    context: &'a RequestContext<RoleServer>,
}

impl Asked<'_> {
    fn bound(&self) -> Bound<'_> {
        Bound { method: "tools/call", caller: &self.call.caller.0, name: self.entry.name, arguments: &self.arguments }
    }
}

/// The answers of this call and of the ones before; the state keeps those whose question is known.
fn take_up(state: &mut State, answers: InputResponses) -> BTreeMap<String, GivenAnswer> {
    let mut given = BTreeMap::new();
    for (key, answer) in answers {
        let fingerprint = state.asked.as_ref().filter(|(asked, _)| *asked == key).map(|(_, print)| print.clone());
        let Some(reply) = question::read(&answer) else { continue };
        match fingerprint {
            Some(print) => drop(state.answered.insert(key, (print, answer))),
            None => drop(given.insert(key, GivenAnswer { fingerprint: None, reply })),
        }
    }
    for (key, (print, answer)) in &state.answered {
        if let Some(reply) = question::read(answer) {
            given.insert(key.clone(), GivenAnswer { fingerprint: Some(print.clone()), reply });
        }
    }
    given
}

fn ask(form: &Question, sealed: String) -> InputRequiredResult {
    let questions = BTreeMap::from([(form.key.to_owned(), question::between(form))]);
    InputRequiredResult::new(Some(questions), Some(sealed))
}

/// The one line of a call, and its numbers.
fn report(tool: &'static str, result: &Result<Value, ToolError>, started: Instant, ctx: &Ctx) {
    let usage = ctx.hubspot.usage();
    let code = result.as_ref().map_or_else(|error| error.code.as_str(), |_| "ok");
    counter!("mcp_calls_total", "tool" => tool, "code" => code).increment(1);
    histogram!("mcp_call_seconds", "tool" => tool).record(started.elapsed());
    info!(
        tool,
        code,
        duration_ms = started.elapsed().as_millis() as u64,
        hubspot_requests = usage.requests,
        attempts = usage.attempts,
        waited_ms = usage.waited.as_millis() as u64,
        "Answered `{tool}`."
    );
}

/// A failure as the model sees it. It goes out as text alone: clients hold structured content, also that of a failure,
/// against the tool's output schema and would show a schema error in its place (TypeScript SDK 1.x).
fn shown(error: &ToolError) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(size::failure(error).to_string())])
}

fn too_many_questions() -> ToolError {
    let message = format!("the person was asked {QUESTIONS_MAX} times and no answer fitted its question");
    ToolError::new(Code::Dismissed, message, "ask them in the conversation and send the answer in the arguments")
}

fn too_many_wait() -> ToolError {
    let message = "too many calls already wait for a person's answer";
    ToolError::new(Code::AnswerNeeded, message, "ask the person in the conversation, or call again later")
}
