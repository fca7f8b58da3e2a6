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
use super::elicitation::{self, ElicitationMode};
use super::request_state::{CallBinding, RequestState};
use super::{Server, progress, result_limit};
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
        let call = self.call_context(context);
        let span = info_span!("call", id = %Uuid::now_v7().simple(), caller = &*call.caller.0);
        let (state, answers) = (request.request_state, request.input_responses);
        let request = ToolRequest { entry, arguments: request.arguments.unwrap_or_default(), call, context };
        let answering = async {
            match ElicitationMode::of(context) {
                ElicitationMode::ByRetry => self.elicit_by_retry(&request, state, answers).await,
                reach => Ok(self.elicit_in_call(&request, reach).await),
            }
        };
        Some(answering.instrument(span).await)
    }

    /// A call of whoever made this request, before it brings answers.
    pub(super) fn call_context(&self, context: &RequestContext<RoleServer>) -> CallContext {
        let Identity { caller, permissions } = Identity::of(&context.extensions);
        let can_ask = ElicitationMode::of(context) != ElicitationMode::Unsupported;
        let (policy, scopes) = (self.policy.clone(), self.scopes.known());
        CallContext { caller, can_ask, permissions, policy, scopes, ..CallContext::default() }
    }

    /// The client is asked while the call lasts; nothing runs and no permit is held meanwhile.
    async fn elicit_in_call(&self, request: &ToolRequest<'_>, reach: ElicitationMode) -> CallToolResponse {
        let mut given = BTreeMap::new();
        for _ in 0..QUESTIONS_MAX {
            let error = match self.run(request, given.clone()).await {
                Ok(output) => return CallToolResult::structured(output).into(),
                Err(error) => error,
            };
            let (Some(form), ElicitationMode::InCall(style)) = (error.question(), reach) else {
                return shown(&error).into();
            };
            let Some(_place) = self.limits.elicitation_permit() else { return shown(&too_many_wait()).into() };
            let reply = tokio::select! {
                reply = elicitation::elicit(form, style, request.context) => reply,
                () = self.closing.cancelled() => None,
            };
            let Some(reply) = reply else { return shown(&error).into() };
            given.insert(form.key.to_owned(), GivenAnswer { fingerprint: Some(form.fingerprint()), reply });
        }
        shown(&too_many_questions()).into()
    }

    /// The call ends with the question; the next one brings the answer and the state.
    async fn elicit_by_retry(
        &self,
        request: &ToolRequest<'_>,
        state: Option<String>,
        answers: Option<InputResponses>,
    ) -> Result<CallToolResponse, ErrorData> {
        let now = self.ctx.clock.now();
        let mut state = match state {
            Some(sealed) => self.signer.open(&sealed, &request.bound(), now)?,
            None => RequestState::default(),
        };
        let given = merge_answers(&mut state, answers.unwrap_or_default());
        let error = match self.run(request, given).await {
            Ok(output) => return Ok(CallToolResult::structured(output).into()),
            Err(error) => error,
        };
        let Some(form) = error.question() else { return Ok(shown(&error).into()) };
        state.asked = Some((form.key.to_owned(), form.fingerprint()));
        let sealed = self.signer.seal(state, &request.bound(), now)?;
        Ok(ask(form, sealed).into())
    }

    async fn run(&self, request: &ToolRequest<'_>, given: BTreeMap<String, GivenAnswer>) -> Result<Value, ToolError> {
        let started = Instant::now();
        let deadline = self.limits.deadline();
        let (sender, reports) = mpsc::channel(REPORTS_WAITING_MAX);
        let token = request.context.meta.get_progress_token();
        let call =
            CallContext { answers: Arc::new(given), progress: token.as_ref().map(|_| sender), ..request.call.clone() };
        let ctx = Arc::new(Ctx { hubspot: self.ctx.hubspot.for_call(deadline), call, ..self.ctx.clone() });
        let running = request.entry.call(Value::Object(request.arguments.clone()), ctx.clone());
        let guarded = self.limits.run(deadline, &request.call.caller, running);
        let result = match token {
            Some(token) => progress::beside(guarded, reports, token, &request.context.peer).await,
            None => guarded.await,
        };
        let result = result.unwrap_or_else(|broken| Err(broken.into())).and_then(result_limit::result);
        report(request.entry.name, &result, started, &ctx);
        result
    }
}

/// What the client asked for.
struct ToolRequest<'a> {
    entry: &'a Entry,
    arguments: Map<String, Value>,
    call: CallContext,
    context: &'a RequestContext<RoleServer>,
}

impl ToolRequest<'_> {
    fn bound(&self) -> CallBinding<'_> {
        CallBinding {
            method: "tools/call",
            caller: &self.call.caller.0,
            name: self.entry.name,
            arguments: &self.arguments,
        }
    }
}

/// The answers of this call and of the ones before; the state keeps those whose question is known.
fn merge_answers(state: &mut RequestState, answers: InputResponses) -> BTreeMap<String, GivenAnswer> {
    let mut given = BTreeMap::new();
    for (key, answer) in answers {
        let fingerprint = state.asked.as_ref().filter(|(asked, _)| *asked == key).map(|(_, print)| print.clone());
        let Some(reply) = elicitation::parse_reply(&answer) else { continue };
        match fingerprint {
            Some(print) => drop(state.answered.insert(key, (print, answer))),
            None => drop(given.insert(key, GivenAnswer { fingerprint: None, reply })),
        }
    }
    for (key, (print, answer)) in &state.answered {
        if let Some(reply) = elicitation::parse_reply(answer) {
            given.insert(key.clone(), GivenAnswer { fingerprint: Some(print.clone()), reply });
        }
    }
    given
}

fn ask(form: &Question, sealed: String) -> InputRequiredResult {
    let questions = BTreeMap::from([(form.key.to_owned(), elicitation::input_request(form))]);
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
    CallToolResult::error(vec![ContentBlock::text(result_limit::failure(error).to_string())])
}

fn too_many_questions() -> ToolError {
    let message = format!("the person was asked {QUESTIONS_MAX} times and no answer fitted its question");
    ToolError::new(Code::Dismissed, message, "ask them in the conversation and send the answer in the arguments")
}

fn too_many_wait() -> ToolError {
    let message = "too many calls already wait for a person's answer";
    ToolError::new(Code::AnswerNeeded, message, "ask the person in the conversation, or call again later")
}
