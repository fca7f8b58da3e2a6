//! Notes on the timeline of a ticket and of its contacts, for colleagues.

use super::error::Error;
use super::property_value::TEXT_CHARACTERS_MAX;
use crate::tool::Ctx;
use domain::id::RecordId;
use hubspot_client::{Activity, ActivityKind, Object};

/// The most contacts of a ticket on whose timelines its note appears.
const CONTACTS_MAX: usize = 10;

/// The text of an argument as HTML for a timeline; `None` if it is empty.
pub fn checked(argument: &'static str, text: Option<&str>) -> Result<Option<String>, Error> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    match text.map(html) {
        Some(text) if text.chars().count() > TEXT_CHARACTERS_MAX => Err(Error::argument(
            argument,
            format!("with its markup escaped it is longer than {TEXT_CHARACTERS_MAX} characters"),
        )),
        text => Ok(text),
    }
}

/// Logs a note on a ticket and its contacts.
pub async fn on_ticket(ctx: &Ctx, ticket: &RecordId, body: String) -> Result<RecordId, Error> {
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

/// Escapes a text for HubSpot, which shows bodies as HTML; line breaks stay.
pub fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace("\r\n", "\n").replace('\n', "<br>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_does_not_become_markup() {
        assert_eq!(html("a < b & c\nd"), "a &lt; b &amp; c<br>d");
        assert_eq!(checked("note", Some("  ")).unwrap(), None);
        assert!(checked("note", Some(&"<".repeat(20_000))).is_err());
    }
}
