//! Notes: what colleagues read on the timeline of a ticket and of its contacts.

use crate::tool::{Ctx, ToolError};
use domain::id::RecordId;
use hubspot_client::{Activity, ActivityKind, Object};

use super::property_value::TEXT_CHARACTERS_MAX;

/// Contacts of a ticket on whose timelines its notes appear.
const CONTACTS_MAX: usize = 10;

/// The text that was given as a timeline shows it, if there is one and it fits.
pub fn checked(argument: &str, text: Option<&str>) -> Result<Option<String>, ToolError> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    match text.map(html) {
        Some(text) if text.chars().count() > TEXT_CHARACTERS_MAX => Err(ToolError::input(
            argument,
            format!("with its markup escaped it is longer than {TEXT_CHARACTERS_MAX} characters"),
        )),
        text => Ok(text),
    }
}

/// A note on a ticket and its contacts.
pub async fn on_ticket(ctx: &Ctx, ticket: &RecordId, body: String) -> Result<RecordId, ToolError> {
    let mut contacts = ctx.hubspot.associations().of(Object::Tickets, ticket, Object::Contacts).await?;
    contacts.truncate(CONTACTS_MAX);
    let activity = Activity {
        on: (Object::Tickets, ticket.clone()),
        also_on: contacts.into_iter().map(|id| (Object::Contacts, id)).collect(),
        body,
        at: ctx.clock.now(),
        owner: None,
        kind: ActivityKind::Note,
    };
    Ok(ctx.hubspot.activities().log(&activity).await?.value.id)
}

/// HubSpot shows bodies as HTML: what was written must not become markup, and lines stay lines.
pub fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace("\r\n", "\n").replace('\n', "<br>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_does_not_become_markup() {
        assert_eq!(html("a < b & c\nd"), "a &lt; b &amp; c<br>d");
        assert_eq!(checked("note", Some("  ")).unwrap(), None);
        assert!(checked("note", Some(&"<".repeat(20_000))).is_err());
    }
}
