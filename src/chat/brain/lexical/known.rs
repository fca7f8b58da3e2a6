//! What is known of the visitor beside their words: an address that they have proved, and the time zone of their browser.
//! They are not asked for it.

use serde_json::{Map, Value, json};

use super::session::LexicalConversation;
use crate::chat::brain::{Decision, View};
use crate::tool::on_behalf_of::OnBehalfOf;

/// The arguments that take the visitor's own address.
const OWN_ADDRESS: [&str; 2] = ["email", "cus_email"];
const TIME_ZONE: &str = "time_zone";

/// Gives what is known where it is asked for; `None` where nothing is, or it is asked for again.
pub(super) fn given(session: &mut LexicalConversation, view: &View<'_>) -> Option<Decision> {
    let missing = session.state.missing();
    let values = values(&missing, view);
    if values.is_empty() || session.state.failure().is_some() || session.turn.told_known {
        return None;
    }
    session.turn.told_known = true;
    Some(session.step(json!({ "slots": values })))
}

fn values(missing: &[String], view: &View<'_>) -> Map<String, Value> {
    let is_missing = |name: &&str| missing.iter().any(|missing| missing == name);
    let address = match view.on_behalf_of {
        OnBehalfOf::Verified { address, .. } => Some(address.as_str()),
        _ => None,
    };
    let address = address.and_then(|address| Some((OWN_ADDRESS.into_iter().find(is_missing)?, address)));
    let zone = view.time_zone.filter(|_| is_missing(&TIME_ZONE)).map(|zone| (TIME_ZONE, zone));
    address.into_iter().chain(zone).map(|(name, value)| (name.to_owned(), value.into())).collect()
}
