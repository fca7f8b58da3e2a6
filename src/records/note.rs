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

/// Writes the note with files that were uploaded.
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

/// The word before what a customer said, on a note that passes it on to colleagues.
const CUSTOMER: &str = "Customer";

/// The head of a note (HTML) that passes on what a customer of this name said; the name may be empty.
pub fn customer_head(name: &str) -> String {
    let name = if name.is_empty() { String::new() } else { format!(" ({})", html(name)) };
    format!("<p><strong>{CUSTOMER}{name}:</strong></p>")
}

/// The words of a customer in the text of a note with [`customer_head`]; `None` for another note.
pub fn words_of_customer(plain: &str) -> Option<&str> {
    let (head, words) = plain.split_once('\n')?;
    let name = head.trim_end().strip_prefix(CUSTOMER)?.strip_suffix(':')?;
    (name.is_empty() || (name.starts_with(" (") && name.ends_with(')'))).then_some(words.trim_start())
}

/// Escapes a text for HubSpot, which shows bodies as HTML; line breaks stay.
pub fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace("\r\n", "\n").replace('\n', "<br>")
}

/// The text of a body that HubSpot stores as HTML: without tags, styles, scripts and comments, with line breaks. Each
/// byte is looked at a few times, whatever the text: a mail of a stranger may be made to take long.
pub fn plain(html: &str) -> String {
    let (mut text, mut rest) = (String::new(), html);
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        rest = match tag {
            // A sign that opens no tag is text.
            _ if !is_tag(tag) => {
                text.push('<');
                tag
            }
            _ if tag.starts_with("!--") => tag.split_once("-->").map_or("", |(_, after)| after),
            _ => match tag.split_once('>') {
                Some((name, after)) => {
                    if LINES.iter().any(|line| begins(name, line)) {
                        text.push('\n');
                    }
                    HIDDEN.iter().find(|hidden| is_named(name, hidden)).map_or(after, |hidden| behind(after, hidden))
                }
                // Nothing that follows closes a tag, so all of it is text.
                None => {
                    text.push('<');
                    text.push_str(tag);
                    ""
                }
            },
        };
    }
    text.push_str(rest);
    for (entity, sign) in ENTITIES {
        if text.contains(entity) {
            text = text.replace(entity, sign);
        }
    }
    text.trim().to_owned()
}

/// Beginnings of the tags that end a line.
const LINES: [&str; 6] = ["br", "/p", "/div", "/li", "/tr", "/h"];
/// The elements whose content nobody reads.
const HIDDEN: [&str; 3] = ["style", "script", "title"];
/// The entities of HubSpot's editor; the last one may stand for the beginning of another.
const ENTITIES: [(&str, &str); 6] =
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")];

fn is_tag(tag: &str) -> bool {
    tag.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'))
}

fn begins(name: &str, with: &str) -> bool {
    name.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with))
}

fn is_named(tag: &str, name: &str) -> bool {
    is_element(tag, name) && !tag.ends_with('/')
}

fn is_element(tag: &str, name: &str) -> bool {
    begins(tag, name) && !tag[name.len()..].starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// The text behind the end of an element; nothing if it does not end.
fn behind<'a>(html: &'a str, element: &str) -> &'a str {
    let mut rest = html;
    while let Some((_, tag)) = rest.split_once("</") {
        if is_element(tag, element) {
            return tag.split_once('>').map_or("", |(_, after)| after);
        }
        rest = tag;
    }
    ""
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
    fn only_what_people_read_is_text() {
        for (html, text) in [
            ("<html><head><title>x</title><STYLE type=a>p > a { b: c }</Style ></head><p>Hi</p></html>", "Hi"),
            ("<script>if (a</b) {}</scripts>1</script>Hi", "Hi"),
            ("a<!-- <b> > -->b<!---->c", "abc"),
            ("<styled>a</styled><style/>b", "ab"),
            ("a<style>never closed", "a"),
            ("a<!-- never closed", "a"),
            ("<table><tr><td>a</td></tr><tr><td>b</td></tr></table>", "a\nb"),
        ] {
            assert_eq!(plain(html), text, "{html}");
        }
    }

    /// A text that is twice as long takes about twice the steps: the largest here would take minutes otherwise.
    #[test]
    fn no_text_takes_long() {
        for part in ["<1", "<a", "<", "</", "<!--", "<style>", "<style></", "<script></script", "&", "<a>", "<!"] {
            let html = part.repeat(2_000_000 / part.len());
            assert!(plain(&html).len() <= html.len(), "{part}");
            assert!(plain(&(html + ">")).len() <= 2_000_001, "{part}");
        }
    }

    #[test]
    fn text_does_not_become_markup() {
        assert_eq!(html("a < b & c\nd"), "a &lt; b &amp; c<br>d");
        assert_eq!(checked("note", Some("  ")).unwrap(), None);
        assert!(checked("note", Some(&"<".repeat(20_000))).is_err());
    }
}
