//! The operator's pauses, as they hold for one conversation.

use crate::store::autopilot::{ALL, Switch, inbox_scope, thread_scope};
use crate::store::{Error, Store};

/// The switches for everything, for the conversation, and for its inbox where that is known.
pub async fn of(store: &Store, thread: &str, inbox: &str) -> Result<Vec<Switch>, Error> {
    let inbox = (!inbox.is_empty()).then(|| inbox_scope(inbox));
    let scopes = [Some(ALL.to_owned()), Some(thread_scope(thread)), inbox];
    store.autopilot_switches(scopes.into_iter().flatten().collect()).await
}

/// True if one of them pauses.
pub fn are_paused(switches: &[Switch]) -> bool {
    switches.iter().any(|switch| switch.paused)
}
