//! The client's side of one call: the caller, the answers it brings, and the channel for its progress.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use hubspot_client::Written;
use tokio::sync::mpsc;

use super::caller::Caller;
use super::consent::ConsentLog;
use super::policy::ToolPolicy;
use super::question::ElicitationReply;

/// Progress reports that wait to be sent; beyond that, newer ones are dropped.
pub const REPORTS_WAITING_MAX: usize = 16;

/// One call, as the tool and its helpers see it. The default is a call of this machine without progress reports.
#[derive(Clone, Debug, Default)]
pub struct CallContext {
    /// Answers to questions, by the question's key.
    pub answers: Arc<BTreeMap<String, GivenAnswer>>,
    /// The channel for progress reports, if the client asked for them.
    pub progress: Option<mpsc::Sender<Progress>>,
    /// The id of the client's call, in the log and the audit trail.
    pub id: String,
    /// The party that calls.
    pub caller: Caller,
    /// The digest of the client's session, where there is one.
    pub session: Option<String>,
    /// The digest of the client's name and version, where it has told them and there is an audit trail.
    pub client: Option<String>,
    /// The digest of the taskgraph session whose script calls, if one does.
    pub conversation: Option<String>,
    /// The consents of this run.
    pub consent: ConsentLog,
    /// The writes of this call, where somebody waits for what became of them.
    pub written: Option<WriteLog>,
    /// The client can ask the person (MCP elicitation).
    pub can_ask: bool,
    /// The tools that the operator serves.
    pub policy: Arc<ToolPolicy>,
    /// The scopes of HubSpot's token; `None` until HubSpot has answered.
    pub scopes: Option<Arc<BTreeSet<String>>>,
}

/// The writes of one call, of all its runs and of the scripts within. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct WriteLog(Arc<Mutex<Vec<Written>>>);

impl WriteLog {
    /// Adds the writes of a run that has ended, or was dropped.
    pub fn add(&self, writes: &[Written]) {
        // Consistent after every statement, so a poisoned lock does not matter.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(writes);
    }

    /// All writes so far.
    pub fn all(&self) -> Vec<Written> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// An answer as the client sent it, not yet checked against its question.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenAnswer {
    /// The fingerprint of the question; `None` when the client sent the answer without the state that holds it.
    pub fingerprint: Option<String>,
    /// The person's reaction.
    pub reply: ElicitationReply,
}

/// A progress report. `done` grows from report to report.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// The part that is done, in the unit of `total`.
    pub done: f64,
    /// The whole, where it is known.
    pub total: Option<f64>,
    /// The current step, for the person.
    pub message: Option<String>,
}
