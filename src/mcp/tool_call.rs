//! One call of a tool, from its request to its response.
//!
//! A tool that needs an answer of the person fails with a question. The question is put to the person here, and the tool
//! runs again from its start with the answer: within the same call where the client can be asked during a call, or in a
//! retry of the call that carries the answer (2026-07-28).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use hubspot_client::{CallerKey, Usage};
use metrics::{counter, histogram};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, InputRequiredResult, InputResponses,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Map, Value};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::{Instrument, Span, info, info_span};
use uuid::Uuid;

use super::elicitation::{self, ElicitationMode};
use super::request_state::{CallBinding, RequestState};
use super::server::Server;
use super::{errors, progress, result_limit};
use crate::tool::call_context::{CallContext, GivenAnswer, REPORTS_WAITING_MAX};
use crate::tool::question::Question;
use crate::tool::{Ctx, Entry, ToolError};
use domain::code::Code;

/// Questions within one call, repeated ones included.
const QUESTIONS_MAX: usize = 8;

impl Server {
    /// Runs the tool until it needs no more answers.
    pub(super) async fn run_tool(
        &self,
        request: CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(entry) = self.shared.ctx.tools.get(&request.name) else {
            return Err(errors::unknown_tool(&request.name, &self.similar_tools(&request.name, context)));
        };
        #[cfg(feature = "conformance")]
        if let Some(error) = super::fixtures::missing_capability(&request.name, context) {
            return Err(error);
        }
        let mode = ElicitationMode::of(context);
        let call = self.call_context(context, mode);
        let span = info_span!("call", id = %Uuid::now_v7().simple(), caller = &*call.caller.id.0);
        let arguments = request.arguments.unwrap_or_default();
        let tool_call = ToolCall { server: self, entry, arguments, call, context };
        let response = async {
            match mode {
                ElicitationMode::ByRetry => {
                    tool_call.elicit_by_retry(request.request_state, request.input_responses).await
                }
                mode => Ok(tool_call.elicit_in_call(mode).await),
            }
        };
        response.instrument(span).await
    }
}

/// A call that runs.
struct ToolCall<'a> {
    server: &'a Server,
    entry: &'a Entry,
    arguments: Map<String, Value>,
    call: CallContext,
    context: &'a RequestContext<RoleServer>,
}

impl ToolCall<'_> {
    /// Asks during the call. While the person answers, the tool does not run and holds no permit.
    async fn elicit_in_call(&self, mode: ElicitationMode) -> CallToolResponse {
        let mut answers = BTreeMap::new();
        for _ in 0..QUESTIONS_MAX {
            let error = match self.run(answers.clone()).await {
                Ok(output) => return CallToolResult::structured(output).into(),
                Err(error) => error,
            };
            let (Some(question), ElicitationMode::InCall(style)) = (error.question(), mode) else {
                return failure(&error).into();
            };
            let Some(_permit) = self.server.shared.limits.elicitation_permit() else {
                return failure(&too_many_elicitations()).into();
            };
            let reply = tokio::select! {
                reply = elicitation::elicit(question, style, self.context) => reply,
                () = self.server.shared.closing.cancelled() => None,
            };
            let Some(reply) = reply else { return failure(&error).into() };
            answers.insert(question.key.to_owned(), GivenAnswer { fingerprint: Some(question.fingerprint()), reply });
        }
        failure(&too_many_questions()).into()
    }

    /// Ends the call with the question; the client's retry carries the answer and the request state.
    async fn elicit_by_retry(
        &self,
        state: Option<String>,
        answers: Option<InputResponses>,
    ) -> Result<CallToolResponse, ErrorData> {
        let signer = &self.server.shared.signer;
        let now = self.server.shared.ctx.clock.now();
        let mut state = match state {
            Some(sealed) => signer.open(&sealed, &self.binding(), now)?,
            None => RequestState::default(),
        };
        let answers = merge_answers(&mut state, answers.unwrap_or_default());
        let error = match self.run(answers).await {
            Ok(output) => return Ok(CallToolResult::structured(output).into()),
            Err(error) => error,
        };
        let Some(question) = error.question() else { return Ok(failure(&error).into()) };
        state.asked = Some((question.key.to_owned(), question.fingerprint()));
        let sealed = signer.seal(state, &self.binding(), now)?;
        Ok(input_required(question, sealed).into())
    }

    fn binding(&self) -> CallBinding<'_> {
        CallBinding {
            method: "tools/call",
            caller: &self.call.caller.id.0,
            name: self.entry.name,
            arguments: &self.arguments,
        }
    }

    /// Runs the tool once with the answers so far.
    async fn run(&self, answers: BTreeMap<String, GivenAnswer>) -> Result<Value, ToolError> {
        let (sender, reports) = mpsc::channel(REPORTS_WAITING_MAX);
        let token = self.context.meta.get_progress_token();
        let call =
            CallContext { answers: Arc::new(answers), progress: token.as_ref().map(|_| sender), ..self.call.clone() };
        let running = self.server.run_once(self.entry, self.arguments.clone(), call);
        match token {
            Some(token) => progress::send_beside(running, reports, token, &self.context.peer).await,
            None => running.await,
        }
    }
}

impl Server {
    /// Runs a tool once, under the limits of calls. Every call passes here: of clients, and of parts of this server.
    pub(super) async fn run_once(
        &self,
        entry: &Entry,
        arguments: Map<String, Value>,
        call: CallContext,
    ) -> Result<Value, ToolError> {
        let shared = &self.shared;
        let (deadline, caller) = (shared.limits.deadline(), call.caller.clone());
        let hubspot = shared.ctx.hubspot.for_call(deadline).charged_to(CallerKey::new(caller.id.0.clone()));
        let ctx = Arc::new(Ctx { hubspot, call, ..shared.ctx.clone() });
        let mut run = Run { tool: entry.name, code: CANCELLED, started: Instant::now(), ctx: ctx.clone() };
        let running = entry.call(Value::Object(arguments), ctx).boxed();
        let result = shared.limits.run(deadline, &caller, running).await;
        let result = result.unwrap_or_else(|aborted| Err(aborted.into())).and_then(result_limit::result);
        run.code = result.as_ref().map_or_else(|error| error.code.as_str(), |_| "ok");
        result
    }
}

/// The answers of this call and of earlier ones. Those whose question is known are kept in the state.
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

fn input_required(question: &Question, sealed: String) -> InputRequiredResult {
    let questions = BTreeMap::from([(question.key.to_owned(), elicitation::input_request(question))]);
    InputRequiredResult::new(Some(questions), Some(sealed))
}

/// The code of a run that was dropped before its end: its client cancelled it or left.
const CANCELLED: &str = "cancelled";

/// One run, reported when this is dropped, also half-way.
struct Run {
    tool: &'static str,
    code: &'static str,
    started: Instant,
    ctx: Arc<Ctx>,
}

impl Drop for Run {
    fn drop(&mut self) {
        let Run { tool, code, .. } = *self;
        report(CallReport { tool, code, duration: self.started.elapsed(), usage: self.ctx.hubspot.usage() });
    }
}

/// The log line of one run, written when this is dropped.
struct CallReport {
    tool: &'static str,
    code: &'static str,
    duration: Duration,
    usage: Usage,
}

/// Counts the run now, and logs it after the response was queued: a task that yields is polled again only when the
/// runtime has nothing else to do. At the end of the runtime the task is dropped, and the line is still written.
fn report(report: CallReport) {
    counter!("mcp_calls_total", "tool" => report.tool, "code" => report.code).increment(1);
    histogram!("mcp_call_seconds", "tool" => report.tool).record(report.duration);
    let log = async move {
        tokio::task::yield_now().await;
        drop(report);
    };
    // Without a runtime the process ends, and the task is dropped here.
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(log.instrument(Span::current()));
    }
}

impl Drop for CallReport {
    fn drop(&mut self) {
        let said =
            if self.code == CANCELLED { "Stopped, because its client cancelled it or left:" } else { "Answered" };
        info!(
            tool = self.tool,
            code = self.code,
            duration_ms = self.duration.as_millis() as u64,
            hubspot_requests = self.usage.requests,
            attempts = self.usage.attempts,
            waited_ms = self.usage.waited.as_millis() as u64,
            "{said} `{}`.",
            self.tool
        );
    }
}

/// A failure as the model sees it. It is sent as text alone: clients hold structured content, even that of a failure,
/// against the tool's output schema and would show a schema error in its place (TypeScript SDK 1.x).
fn failure(error: &ToolError) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(result_limit::failure(error).to_string())])
}

fn too_many_questions() -> ToolError {
    let message = format!("the person was asked {QUESTIONS_MAX} times and no answer fitted its question");
    ToolError::new(Code::Dismissed, message, "ask them in the conversation and send the answer in the arguments")
}

fn too_many_elicitations() -> ToolError {
    let message = "too many calls already wait for a person's answer";
    ToolError::new(Code::AnswerNeeded, message, "ask the person in the conversation, or call again later")
}
