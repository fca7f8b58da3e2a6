//! The mark of a note that is for the customer: `@customer The wheel is on its way.`

use crate::records::note;
use domain::invisible;

/// Signs between the mark and the text.
const AFTER_MARK: [char; 5] = [':', ',', '-', '–', '—'];
/// Entities by which editors write the sign of a mark or a space, beside those of every note.
const ENTITIES: [(&str, &str); 4] = [("&#64;", "@"), ("&commat;", "@"), ("&#160;", " "), ("&#xa0;", " ")];

/// The text for the customer in a note of HubSpot's (HTML); `None` for a note that does not begin with the mark.
pub fn text_for_customer(html: &str, mark: &str) -> Option<String> {
    let mut html = html.to_owned();
    for (entity, sign) in ENTITIES {
        html = html.replace(entity, sign);
    }
    let plain = note::plain(&html).replace('\u{a0}', " ");
    let text = invisible::trim(&plain);
    let rest = strip_prefix(text, mark)?;
    let is_whole_word = rest.chars().next().is_none_or(|next| !next.is_alphanumeric() && next != '_');
    is_whole_word.then(|| invisible::trim(invisible::trim(rest).trim_start_matches(AFTER_MARK)).to_owned())
}

/// A note of this server (HTML) as colleagues read it: one that begins with the mark gets a word before it, since the mark
/// is for people who write in HubSpot. Else whoever may log a note would speak to the customer as a colleague.
pub fn internal(html: String, mark: &str) -> String {
    if text_for_customer(&html, mark).is_some() { format!("Note: {html}") } else { html }
}

/// The text after a prefix in any case.
fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    for wanted in prefix.chars() {
        let found = rest.next()?;
        if !found.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    Some(rest.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_for_the_customer_if_it_begins_with_the_mark() {
        for (html, expected) in [
            ("@customer Hello", Some("Hello")),
            ("@Customer: Hello", Some("Hello")),
            ("@CUSTOMER - Hello", Some("Hello")),
            ("<div><p>@customer&nbsp;The wheel<br>is on its way.</p></div>", Some("The wheel\nis on its way.")),
            ("<div dir=\"auto\"><p style=\"margin:0;\"><strong>@customer</strong> Hello</p></div>", Some("Hello")),
            ("<p>@customer</p><p>Hello</p><p>Bye</p>", Some("Hello\nBye")),
            ("\u{a0}\u{200b}@customer\u{a0}Hello", Some("Hello")),
            ("<p>&#64;customer&#160;Hello &amp; bye</p>", Some("Hello & bye")),
            ("@customer", Some("")),
            ("@customers Hello", None),
            ("Please tell @customer hello", None),
            ("customer Hello", None),
            ("", None),
        ] {
            assert_eq!(text_for_customer(html, "@customer").as_deref(), expected, "{html}");
        }
        assert_eq!(text_for_customer("<p>Kunde: Hallo</p>", "kunde").as_deref(), Some("Hallo"), "another mark");
        assert_eq!(text_for_customer("@Ümit hej", "@ümit").as_deref(), Some("hej"));
    }

    #[test]
    fn a_note_of_this_server_is_never_for_the_customer() {
        for text in ["@customer Hello", "\u{200b}@CUSTOMER: Hello", "&#64;customer Hello", "@customer"] {
            let note = internal(note::html(text), "@customer");
            assert_eq!(text_for_customer(&note, "@customer"), None, "{note}");
        }
        assert_eq!(internal("Please tell @customer".into(), "@customer"), "Please tell @customer");
    }
}
