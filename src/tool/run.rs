//! One run of a tool, by a client or by a script: counted, logged and written to the audit trail when it ends, also when
//! it is dropped half-way.

use std::sync::Arc;
use std::time::Duration;

use hubspot_client::{Usage, WriteFacts, Written};
use metrics::{counter, histogram};
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::time::Instant;
use tracing::{Instrument, Span, info};

use super::context::Ctx;
use super::error::ToolError;
use super::info::{Effect, ToolInfo, Toolset};
use crate::audit::line::{self, CallLine, LateLine, WriteLine};
use crate::audit::{Audit, Reserved, Unavailable};
use domain::code::Code;

/// The code of a run that was dropped before its end: its client cancelled it or left.
const CANCELLED: &str = "cancelled";
/// The outcome, in the audit trail, of a run that ended with a question to the person.
const ASKED: &str = "asked";
const OK: &str = "ok";

/// The party that called the tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The client, by `tools/call`.
    Client,
    /// The script of a taskgraph, within a call of the client.
    Script,
    /// The autopilot, for an attempt at a conversation. It has metrics and a log of its own.
    Autopilot,
}

/// One run of a tool.
#[derive(Debug)]
pub struct ToolRun {
    tool: ToolInfo,
    by: By,
    ctx: Arc<Ctx>,
    started: Instant,
    /// The use of HubSpot before the run, by earlier runs of the same call.
    before: Usage,
    denied: bool,
    reserved: Result<Places, Unavailable>,
    code: &'static str,
    outcome: &'static str,
}

impl ToolRun {
    /// A run that begins in this context, whose consent log is its own.
    pub fn start(tool: &ToolInfo, by: By, ctx: &Arc<Ctx>) -> ToolRun {
        let reserved = if tool.effect == Effect::Read { Ok(Places::default()) } else { Places::keep(&ctx.audit) };
        ToolRun {
            tool: *tool,
            by,
            started: Instant::now(),
            before: ctx.hubspot.usage(),
            denied: ctx.call.denied(tool).is_some(),
            reserved,
            code: CANCELLED,
            outcome: CANCELLED,
            ctx: ctx.clone(),
        }
    }

    /// Refuses a run that could change something while the audit trail cannot be written.
    pub fn check_audit(&self) -> Result<(), ToolError> {
        let Err(unavailable) = self.audit_place() else { return Ok(()) };
        let hint = "nothing was done; call again later, and tell the operator if it goes on: the disk may be full";
        Err(ToolError::new(Code::AuditUnavailable, unavailable.to_string(), hint))
    }

    /// The reason for which the audit trail has no place for what this run may change.
    pub fn audit_place(&self) -> Result<(), &Unavailable> {
        self.reserved.as_ref().map(|_| ())
    }

    /// Ends the run with its result.
    pub fn end(mut self, result: &Result<Value, ToolError>) {
        self.code = result.as_ref().map_or_else(|error| error.code.as_str(), |_| OK);
        let asks = result.as_ref().is_err_and(|error| self.ctx.call.can_ask && error.question().is_some());
        self.outcome = if asks { ASKED } else { self.code };
    }

    /// Ends a run that answers no client, with a code of its own.
    pub fn end_as(mut self, code: &'static str) {
        (self.code, self.outcome) = (code, code);
    }

    fn usage(&self) -> Usage {
        let Usage { requests, attempts, waited } = self.ctx.hubspot.usage();
        Usage {
            requests: requests - self.before.requests,
            attempts: attempts - self.before.attempts,
            waited: waited.saturating_sub(self.before.waited),
        }
    }

    /// A run that could have changed something and went well without changing anything is like a read. What an operator's tools
    /// change is in the store, and not in HubSpot.
    fn has_line(&self, writes: &[Written]) -> bool {
        let can_change = self.tool.effect != Effect::Read;
        // The autopilot tries again and again while HubSpot is away.
        let failed = can_change && self.outcome != OK && self.by != By::Autopilot;
        let steers = can_change && self.tool.toolset == Toolset::Operator;
        !writes.is_empty() || failed || steers || self.denied || self.ctx.audit.covers_reads()
    }

    fn line(&self, writes: &[WriteFacts]) -> CallLine {
        let call = &self.ctx.call;
        CallLine {
            time: line::time(self.ctx.clock.now()),
            event: "call",
            call: call.id.clone(),
            caller: call.caller.id.0.to_string(),
            session: call.session.clone(),
            client: call.client.clone(),
            chat: call.caller.origin.chat.as_deref().map(str::to_owned),
            actor: call.caller.origin.actor.as_deref().map(str::to_owned),
            conversation: call.conversation.clone(),
            tool: self.tool.name,
            by: self.by.name(),
            outcome: self.outcome,
            asked: call.consent.was_asked(),
            agreed: call.consent.was_given(),
            writes: writes.iter().map(WriteLine::from).collect(),
            hubspot_requests: self.usage().requests,
        }
    }

    fn audit(&mut self) {
        let writes = self.ctx.hubspot.take_writes();
        self.ctx.call.written.iter().for_each(|log| log.add(&writes));
        let reserved = std::mem::replace(&mut self.reserved, Ok(Places::default()));
        if !self.ctx.audit.is_on() || !self.has_line(&writes) {
            return;
        }
        // Before the facts, so that a write that ends in between has a line of its own too.
        let pending: Vec<_> = writes.iter().filter(|write| !write.has_ended()).cloned().collect();
        let facts: Vec<_> = writes.iter().map(Written::facts).collect();
        let line = self.line(&facts);
        let late = match reserved {
            Ok(places) if self.tool.effect != Effect::Read => {
                places.call.write(&line);
                places.late
            }
            _ => {
                self.ctx.audit.note(&line);
                Reserved::default()
            }
        };
        if !pending.is_empty() {
            self.tell_later(pending, late);
        }
    }

    /// Writes a line when the writes have ended that go on without their call.
    fn tell_later(&self, pending: Vec<Written>, late: Reserved) {
        if Handle::try_current().is_err() {
            return; // The process ends, and the outcome stays unknown.
        }
        let clock = self.ctx.clock;
        let (call, caller, tool) = (self.ctx.call.id.clone(), self.ctx.call.caller.id.0.to_string(), self.tool.name);
        self.ctx.audit.later(async move {
            for write in &pending {
                write.ended().await;
            }
            let writes = pending.iter().map(|write| WriteLine::from(&write.facts())).collect();
            late.write(&LateLine { time: line::time(clock.now()), event: "write_ended", call, caller, tool, writes });
        });
    }
}

/// The places of the lines of one run, which could change something.
#[derive(Debug, Default)]
struct Places {
    call: Reserved,
    /// For the writes that end after the run.
    late: Reserved,
}

impl Places {
    fn keep(audit: &Audit) -> Result<Places, Unavailable> {
        Ok(Places { call: audit.reserve()?, late: audit.reserve()? })
    }
}

impl Drop for ToolRun {
    fn drop(&mut self) {
        self.audit();
        let ToolRun { tool, by, code, .. } = *self;
        if by != By::Autopilot {
            report(RunReport { tool: tool.name, by, code, duration: self.started.elapsed(), usage: self.usage() });
        }
    }
}

impl By {
    fn name(self) -> &'static str {
        match self {
            By::Client => "client",
            By::Script => "script",
            By::Autopilot => "autopilot",
        }
    }
}

/// The log line of one run, written when this is dropped.
struct RunReport {
    tool: &'static str,
    by: By,
    code: &'static str,
    duration: Duration,
    usage: Usage,
}

/// Counts the run now, and logs it after the response was queued: a task that yields is polled again only when the
/// runtime has nothing else to do. At the end of the runtime the task is dropped, and the line is still written.
fn report(report: RunReport) {
    match report.by {
        By::Client => {
            counter!("mcp_calls_total", "tool" => report.tool, "code" => report.code).increment(1);
            histogram!("mcp_call_seconds", "tool" => report.tool).record(report.duration);
        }
        By::Script => counter!("mcp_script_calls_total", "tool" => report.tool, "code" => report.code).increment(1),
        By::Autopilot => {}
    }
    let log = async move {
        tokio::task::yield_now().await;
        drop(report);
    };
    // Without a runtime the process ends, and the task is dropped here.
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(log.instrument(Span::current()));
    }
}

impl Drop for RunReport {
    fn drop(&mut self) {
        let said =
            if self.code == CANCELLED { "Stopped, because its client cancelled it or left:" } else { "Answered" };
        info!(
            tool = self.tool,
            by = self.by.name(),
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
