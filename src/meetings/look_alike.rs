//! Contacts whom a booking for an unknown address may be meant for. HubSpot makes a contact for it, and the customer's
//! meetings would then hang on two.

use serde_json::Value;

use super::customer::CustomerNames;
use crate::records::contact;
use crate::records::similar_people::{self, Similar};
use crate::tool::{Ctx, ToolError};
use domain::code::Code;
use domain::email::Email;

/// The most of them that the error names.
const CANDIDATES_MAX: usize = 5;
const HINT: &str = "nothing was booked; ask whether they are one of `candidates`: if so, book with the address that \
                    `get_contact` shows, or add this one first with `update_contact`; else add them first with \
                    `create_contact`";

/// Refuses an unknown address where somebody has the same mailbox or the same names. Without the look-up the booking is
/// made: it was asked for.
pub async fn check(ctx: &Ctx, email: &Email, names: &CustomerNames) -> Result<(), ToolError> {
    let written = [("email", email.as_str()), ("firstname", &names.first), ("lastname", &names.last)];
    let written = written.into_iter().filter(|(_, text)| !text.is_empty());
    let new = written.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    let Similar { same_mailbox, same_name } = similar_people::find(ctx, &new).await.unwrap_or_default();
    let candidates: Vec<Value> = same_mailbox
        .iter()
        .chain(same_name.iter().filter(|record| same_mailbox.as_ref().is_none_or(|same| same.id != record.id)))
        .take(CANDIDATES_MAX)
        .map(contact::named)
        .collect();
    if candidates.is_empty() {
        return Ok(());
    }
    let message = "no contact has this e-mail address, but a contact has this name or another spelling of the address";
    Err(ToolError::new(Code::UserNotFound, message, HINT).with("candidates", candidates))
}
