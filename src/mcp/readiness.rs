//! Tells an orchestrator, and its operator, which parts of the server are ready. Nothing is asked for it, and nothing secret
//! is told.

use std::sync::{Arc, Mutex, PoisonError};

use domain::code::Code;
use serde_json::{Value, json};

use crate::tool::Ctx;

/// The parts of a server, as they are now. Clones share them.
#[derive(Clone, Debug)]
pub struct Readiness(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    hubspot: Mutex<HubSpotState>,
    ctx: Ctx,
}

/// What is known of HubSpot's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HubSpotState {
    /// It was not asked yet.
    Unchecked,
    /// The embedded HubSpot needs no check.
    Embedded,
    /// It has answered, and accepts the token.
    Reached,
    /// The last check failed, for this reason.
    Failed(Code),
}

impl Readiness {
    /// Nothing is known of HubSpot yet.
    pub(super) fn new(ctx: Ctx) -> Readiness {
        Readiness(Arc::new(Parts { hubspot: Mutex::new(HubSpotState::Unchecked), ctx }))
    }

    /// Notes what was found out about HubSpot.
    pub fn set_hubspot(&self, state: HubSpotState) {
        *self.0.hubspot.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// What `/readyz` shows, with this status in all.
    pub(super) fn shown(&self, status: &str) -> Value {
        let hubspot = *self.0.hubspot.lock().unwrap_or_else(PoisonError::into_inner);
        let documents = &self.0.ctx.documents;
        let documents = match (documents.has_sources(), documents.is_open()) {
            (false, _) => "none",
            (true, true) => "read",
            (true, false) => "not_read_yet",
        };
        let store = if self.0.ctx.store.is_open() { "open" } else { "not_opened_yet" };
        json!({"status": status, "hubspot": hubspot.shown(), "store": store, "documents": documents})
    }
}

impl HubSpotState {
    fn shown(self) -> &'static str {
        match self {
            HubSpotState::Unchecked => "not_checked_yet",
            HubSpotState::Embedded => "embedded",
            HubSpotState::Reached => "reached",
            HubSpotState::Failed(code) => code.as_str(),
        }
    }
}
