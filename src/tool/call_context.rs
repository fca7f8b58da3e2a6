//! What one call knows about the client that made it: the answers it brings, and where its progress goes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::mpsc;

use super::permissions::Permissions;
use super::policy::ToolPolicy;

/// Reports that wait to be sent; when the client does not keep up, newer ones are dropped.
pub const REPORTS_WAITING_MAX: usize = 16;

/// One call, as its tool and the tool's helpers see it. The default is a call that nobody watches.
#[derive(Clone, Debug, Default)]
pub struct CallContext {
    /// Answers by their form's key.
    pub answers: Arc<BTreeMap<String, GivenAnswer>>,
    /// Where progress goes, if the client asked for it.
    pub progress: Option<mpsc::Sender<Progress>>,
    pub caller: CallerId,
    /// Whether the client can put a question to the person.
    pub can_ask: bool,
    /// What the caller may use.
    pub permissions: Permissions,
    /// What anybody may use.
    pub policy: Arc<ToolPolicy>,
    /// What HubSpot's token may do; `None` while HubSpot has not told.
    pub scopes: Option<Arc<BTreeSet<String>>>,
}

/// What came back for a question, and which question that was. It is not yet held against the form.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenAnswer {
    /// The form's fingerprint; `None` when the client gave the answer without saying to what.
    pub fingerprint: Option<String>,
    pub reply: Reply,
}

/// How the person reacted, as the client tells it.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    Accept(Value),
    Decline,
    Cancel,
}

/// How far a call has come. `done` grows from report to report.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    pub done: f64,
    pub total: Option<f64>,
    /// What is being done now, for the person.
    pub message: Option<String>,
}

/// Who calls: the name of a token, or this machine.
#[derive(Clone, PartialEq, Eq)]
pub struct CallerId(pub Arc<str>);

impl Default for CallerId {
    fn default() -> CallerId {
        CallerId("local".into())
    }
}

impl fmt::Debug for CallerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}
