//! One call of a tool, from its request to its response.
//!
//! A tool that needs an answer of the person fails with a question. The question is put to the person here, and the tool
//! runs again from its start with the answer: within the same call where the client can be asked during a call, or in a
//! retry of the call that carries the answer (2026-07-28).

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::FutureExt;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, InputRequiredResult, InputResponses,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tracing::{Instrument, info_span, warn};
use uuid::Uuid;

use super::elicitation::{self, ElicitationMode};
use super::idempotency_key::{self, IdempotencyKey};
use super::idempotent_call::IdempotentCall;
use super::quota_key::MessagePermits;
use super::request_state::{CallBinding, OpenedState, RequestState};
use super::server::Server;
use super::used_answers::Use;
use super::{errors, progress, result_limit};
use crate::store::{self, idempotent_calls::NewCall};
use crate::tool::call_context::{CallContext, GivenAnswer, REPORTS_WAITING_MAX, WriteLog};
use crate::tool::consent::ConsentLog;
use crate::tool::question::{ElicitationReply, ElicitationRequest};
use crate::tool::run::{By, ToolRun};
use crate::tool::{Ctx, Effect, ToolEntry, ToolError, refused_state};
use domain::code::Code;

/// Questions within one call, repeated ones included.
const QUESTIONS_MAX: usize = 8;

impl Server {
    /// Runs the tool until it needs no more answers.
    pub(super) async fn run_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(entry) = self.shared.ctx.tools.get(&request.name) else {
            return Err(errors::unknown_tool(&request.name, &self.similar_tools(&request.name, &context)));
        };
        #[cfg(feature = "conformance")]
        if let Some(error) = super::fixtures::missing_capability(&request.name, &context) {
            return Err(error);
        }
        let mode = ElicitationMode::of(&context);
        let id = Uuid::now_v7().simple().to_string();
        let call = CallContext { id, ..self.call_context(&context, mode) };
        let span = info_span!("call", id = call.id, caller = &*call.caller.id.0);
        // What only reads may be repeated as it is.
        let key = context.meta.get(idempotency_key::NAME).filter(|_| entry.effect != Effect::Read);
        let key = match IdempotencyKey::of(key) {
            Ok(key) => key,
            Err(error) => return Ok(failure(&error).into()),
        };
        let arguments = request.arguments.unwrap_or_default();
        let carried = Carried { state: request.request_state, answers: request.input_responses };
        let tool_call = McpToolCall { server: self.clone(), entry: entry.clone(), arguments, call, context };
        match key {
            None => tool_call.answer(mode, carried).instrument(span).await,
            Some(key) => tool_call.answer_once(key, mode, carried).instrument(span).await,
        }
    }
}

/// Things that the client carries from a question to the retry with its answer.
struct Carried {
    state: Option<String>,
    answers: Option<InputResponses>,
}

/// A call that runs.
struct McpToolCall {
    server: Server,
    entry: ToolEntry,
    arguments: Map<String, Value>,
    call: CallContext,
    context: RequestContext<RoleServer>,
}

impl McpToolCall {
    /// Answers it, with the questions of the tool.
    async fn answer(&self, mode: ElicitationMode, carried: Carried) -> Result<CallToolResponse, ErrorData> {
        match mode {
            ElicitationMode::ByRetry => self.elicit_by_retry(carried.state, carried.answers).await,
            mode => Ok(self.elicit_in_call(mode).await),
        }
    }

    /// Answers it once, however often it is sent with this key.
    async fn answer_once(
        mut self,
        key: IdempotencyKey,
        mode: ElicitationMode,
        carried: Carried,
    ) -> Result<CallToolResponse, ErrorData> {
        let (caller, writes) = (&self.call.caller.id, WriteLog::default());
        let call = NewCall {
            key: key.digest(caller),
            caller: caller.0.to_string(),
            request: idempotency_key::request_digest(self.entry.name, &self.arguments),
            holder: self.call.id.clone(),
        };
        let shared = &self.server.shared;
        let (store, limits) = (shared.ctx.store.clone(), shared.limits.clone());
        let once = IdempotentCall { store, limits, entry: self.entry.clone(), call, writes: writes.clone() };
        self.call.written = Some(writes);
        let answered = once.once(async move { self.answer(mode, carried).await }).await;
        answered.unwrap_or_else(|error| Ok(failure(&error).into()))
    }

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
            let extensions = &self.context.extensions;
            let place = self.server.question_place(extensions);
            let Some(place) = place else { return failure(&too_many_elicitations()).into() };
            MessagePermits::give_back(extensions);
            let shown = renewed(question, &answers);
            let reply = tokio::select! {
                reply = elicitation::elicit(&shown, style, &self.context) => reply,
                () = self.server.hold(place, extensions) => None,
                () = self.server.shared.closing.cancelled() => None,
                () = self.context.ct.cancelled() => None,
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
        let shared = &self.server.shared;
        let (store, now) = (&shared.ctx.store, shared.ctx.clock.now());
        let OpenedState { mut state, nonce } = match state {
            None => OpenedState::default(),
            Some(sealed) => match shared.state_keys.signer(store).await {
                Ok(signer) => signer.open(&sealed, &self.binding(), now).inspect_err(|_| self.note_refused_state())?,
                Err(error) => return Ok(failure(&no_questions(&error)).into()),
            },
        };
        let answers = answers.unwrap_or_default();
        let mut given = merge_answers(&mut state, answers.clone());
        if let Some(nonce) = nonce.filter(|_| has_acceptance(&state)) {
            match shared.used_answers.accept(store, &self.call.caller.id, nonce, now).await {
                Ok(Use::First) => {}
                // As after its time: the person is asked anew.
                Ok(Use::Again) => {
                    state = RequestState::default();
                    given = merge_answers(&mut state, answers);
                }
                Ok(Use::TooMany) => return Ok(failure(&too_many_answers()).into()),
                Err(error) => return Ok(failure(&no_questions(&error)).into()),
            }
        }
        let error = match self.run(given.clone()).await {
            Ok(output) => return Ok(CallToolResult::structured(output).into()),
            Err(error) => error,
        };
        let Some(question) = error.question() else { return Ok(failure(&error).into()) };
        // Only a question needs the store: what asks none goes on without it.
        let signer = match shared.state_keys.signer(store).await {
            Ok(signer) => signer,
            Err(error) => return Ok(failure(&no_questions(&error)).into()),
        };
        state.asked = Some((question.key.to_owned(), question.fingerprint()));
        let sealed = signer.seal(state, &self.binding(), now)?;
        Ok(input_required(&renewed(question, &given), sealed).into())
    }

    /// Tells the operator of a state that was not signed for this call: it may be forged, or somebody else's.
    fn note_refused_state(&self) {
        let shared = &self.server.shared;
        refused_state::note(&shared.ctx, &self.call, &self.entry);
        if shared.refused_states.may_say(()) {
            let (caller, tool) = (&*self.call.caller.id.0, self.entry.name);
            warn!(caller, tool, "Refused a request state that was not signed for this call of `{tool}`.");
        }
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
        let running = self.server.run_once(&self.entry, self.arguments.clone(), call);
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
        entry: &ToolEntry,
        arguments: Map<String, Value>,
        call: CallContext,
    ) -> Result<Value, ToolError> {
        let shared = &self.shared;
        let (deadline, caller) = (shared.limits.deadline(), call.caller.clone());
        let hubspot = shared.ctx.hubspot.for_call(deadline).charged_to(caller.quota_key());
        let call = CallContext { consent: ConsentLog::default(), ..call };
        let ctx = Arc::new(Ctx { hubspot, call, ..shared.ctx.clone() });
        let run = ToolRun::start(entry, By::Client, &ctx);
        if let Err(error) = run.check_audit() {
            let result = Err(error);
            run.end(&result);
            return result;
        }
        let running = entry.call(Value::Object(arguments), ctx).boxed();
        let result = shared.limits.run(deadline, &caller, running).await;
        let result = result.unwrap_or_else(|aborted| Err(aborted.into())).and_then(result_limit::result);
        run.end(&result);
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

/// True if a person has accepted something on the way here.
fn has_acceptance(state: &RequestState) -> bool {
    let accepted = |answer: &Value| matches!(elicitation::parse_reply(answer), Some(ElicitationReply::Accept(_)));
    state.answered.values().any(|(_, answer)| accepted(answer))
}

/// The question for a person who has answered it already, before something in it changed.
fn renewed(question: &ElicitationRequest, given: &BTreeMap<String, GivenAnswer>) -> ElicitationRequest {
    let answered = given.get(question.key).and_then(|answer| answer.fingerprint.as_ref());
    let is_outdated = question.is_consent() && answered.is_some_and(|print| *print != question.fingerprint());
    let first = if is_outdated { "Something has changed since you were asked. " } else { "" };
    let mut shown = question.clone();
    shown.message.insert_str(0, first);
    shown
}

fn input_required(question: &ElicitationRequest, sealed: String) -> InputRequiredResult {
    let questions = BTreeMap::from([(question.key.to_owned(), elicitation::input_request(question))]);
    InputRequiredResult::new(Some(questions), Some(sealed))
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

fn too_many_answers() -> ToolError {
    let message = "people have answered too many questions of this caller in the last minutes";
    ToolError::new(Code::Busy, message, "nothing was done; call again in a few minutes")
}

/// Replicas cannot agree now on what a person has answered.
fn no_questions(error: &store::Error) -> ToolError {
    let message = format!("nobody can be asked while the store cannot be used: {error}");
    ToolError::new(Code::StoreFailed, message, "nothing was done; call again in a moment")
}

fn too_many_elicitations() -> ToolError {
    let message = "too many calls already wait for a person's answer";
    ToolError::new(Code::AnswerNeeded, message, "ask the person in the conversation, or call again later")
}
