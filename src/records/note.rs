//! Notes on the timeline of a ticket and of its contacts, for colleagues.

use super::error::Error;
use super::property_value::TEXT_CHARACTERS_MAX;
use crate::tool::Ctx;
use domain::id::RecordId;
use hubspot_client::{Activity, ActivityKind, Created, Object};

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
    Ok(with_files(ctx, ticket, body, vec![]).await?.value)
}

/// The same with files that were uploaded.
pub async fn with_files(
    ctx: &Ctx,
    ticket: &RecordId,
    body: String,
    file_ids: Vec<String>,
) -> Result<Created<RecordId>, Error> {
    let mut contacts = ctx.hubspot.associations().of(Object::Tickets, ticket, Object::Contacts).await?;
    contacts.truncate(CONTACTS_MAX);
    let activity = Activity {
        on: (Object::Tickets, ticket.clone()),
        also_on: contacts.into_iter().map(|id| (Object::Contacts, id)).collect(),
        body,
        at: ctx.clock.now(),
        owner: None,
        kind: ActivityKind::Note,
        file_ids,
    };
    let Created { value, recovered } = ctx.hubspot.activities().log(&activity).await?;
    Ok(Created { value: value.id, recovered })
}

/// Escapes a text for HubSpot, which shows bodies as HTML; line breaks stay.
pub fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace("\r\n", "\n").replace('\n', "<br>")
}

/// The text of a body that HubSpot stores as HTML: without tags, with line breaks.
pub fn plain(html: &str) -> String {
    let (mut text, mut rest) = (String::new(), html);
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        // A sign that opens no tag is text.
        let Some((name, after)) = tag.split_once('>').filter(|(name, _)| is_tag(name)) else {
            text.push('<');
            rest = tag;
            continue;
        };
        if LINES.iter().any(|line| name.to_ascii_lowercase().starts_with(line)) {
            text.push('\n');
        }
        rest = after;
    }
    text.push_str(rest);
    for (entity, sign) in ENTITIES {
        text = text.replace(entity, sign);
    }
    text.trim().to_owned()
}

/// Beginnings of the tags that end a line.
const LINES: [&str; 5] = ["br", "/p", "/div", "/li", "/h"];
/// The entities of HubSpot's editor; the last one may stand for the beginning of another.
const ENTITIES: [(&str, &str); 6] =
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")];

fn is_tag(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_body_is_read_as_text() {
        for text in ["a < b & c\nd", "&lt; <b> is a tag", "5 > 3"] {
            assert_eq!(plain(&html(text)), text);
        }
        assert_eq!(
            plain("<div><p>Called&nbsp;back.</p><p>Wheel <b>ordered</b></p></div>"),
            "Called back.\nWheel ordered"
        );
        assert_eq!(plain("1 < 2 <br/>ok <unclosed"), "1 < 2 \nok <unclosed");
    }

    #[test]
    fn text_does_not_become_markup() {
        assert_eq!(html("a < b & c\nd"), "a &lt; b &amp; c<br>d");
        assert_eq!(checked("note", Some("  ")).unwrap(), None);
        assert!(checked("note", Some(&"<".repeat(20_000))).is_err());
    }
}
