//! Tells an orchestrator, and its operator, which parts of the server are ready. Nothing is asked for it, and nothing secret
//! is told.

use std::sync::{Arc, Mutex, PoisonError};

use domain::code::Code;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use super::database_state::DatabaseState;
use crate::tool::Ctx;

/// The parts of a server, as they are now. Clones share them.
#[derive(Clone, Debug)]
pub struct Readiness(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    hubspot: Mutex<HubSpotState>,
    database: Mutex<DatabaseState>,
    leaving: CancellationToken,
    ctx: Ctx,
}

/// The answer of `/readyz`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Report {
    /// True if requests may be sent here.
    pub(super) is_ready: bool,
    /// What is shown.
    pub(super) body: Value,
}

/// The parts that decide whether the server is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Considered {
    /// All of them.
    All,
    /// All but the store: without its database reads go on, and so may be wanted.
    AllButStore,
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
    /// Nothing is known of HubSpot and the database yet.
    pub(super) fn new(ctx: Ctx) -> Readiness {
        Readiness(Arc::new(Parts {
            hubspot: Mutex::new(HubSpotState::Unchecked),
            database: Mutex::new(DatabaseState::Unchecked),
            leaving: CancellationToken::new(),
            ctx,
        }))
    }

    /// Notes what was found out about HubSpot.
    pub fn set_hubspot(&self, state: HubSpotState) {
        *self.0.hubspot.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// Notes what was found out about the database, and returns what was known before.
    pub fn set_database(&self, state: DatabaseState) -> DatabaseState {
        std::mem::replace(&mut *self.0.database.lock().unwrap_or_else(PoisonError::into_inner), state)
    }

    /// Notes that the server leaves: it is not ready from now on, and still serves what comes.
    pub fn leave(&self) {
        self.0.leaving.cancel();
    }

    /// The answer of `/readyz`, without asking anybody. `is_stopping` is true once no more calls are taken.
    pub(super) fn report(&self, considered: Considered, is_stopping: bool) -> Report {
        let database = *self.0.database.lock().unwrap_or_else(PoisonError::into_inner);
        let problem = database.problem().filter(|_| considered == Considered::All);
        let (status, reason) = match (is_stopping || self.0.leaving.is_cancelled(), problem) {
            (true, _) => ("stopping", None),
            (false, Some(reason)) => ("not_ready", Some(reason)),
            (false, None) => ("ready", None),
        };
        let mut body = self.shown(status, database);
        if let Some(reason) = reason {
            body.insert("reason".into(), reason.into());
        }
        Report { is_ready: status == "ready", body: Value::Object(body) }
    }

    fn shown(&self, status: &str, database: DatabaseState) -> Map<String, Value> {
        let hubspot = *self.0.hubspot.lock().unwrap_or_else(PoisonError::into_inner);
        let (documents, store) = (&self.0.ctx.documents, &self.0.ctx.store);
        let documents = match (documents.has_sources(), documents.is_open()) {
            (false, _) => "none",
            (true, true) => "read",
            (true, false) => "not_read_yet",
        };
        let opened = if store.is_open() { "open" } else { "not_opened_yet" };
        let shown = [
            ("status", json!(status)),
            ("hubspot", json!(hubspot.shown())),
            ("store", json!(opened)),
            ("database", json!(database.shown())),
            ("migration", database.migration()),
            ("leases", json!(store.held_leases())),
            ("documents", json!(documents)),
        ];
        shown.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
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
