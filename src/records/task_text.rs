//! The text of a task, in which it stands how to reach the customer, and the kind of work that follows from it. Pure.

use super::note;
use domain::email_in_text;
use domain::phone::Phone;
use hubspot_client::TaskKind;

/// The words before the way to reach the customer.
const REACH: &str = "Reach the customer: ";

/// The text of a task in HTML.
pub fn body(reason: String, reach: Option<&str>) -> String {
    match reach {
        Some(reach) => format!("{reason}<br><br>{REACH}{}", note::html(reach)),
        None => reason,
    }
}

/// A call for a number, an e-mail for an address, and anything else.
pub fn kind(reach: Option<&str>) -> TaskKind {
    match reach {
        Some(text) if matches!(email_in_text::read(text), Ok(Some(_))) => TaskKind::Email,
        Some(text) if is_number(text) => TaskKind::Call,
        _ => TaskKind::ToDo,
    }
}

/// True for a phone number, which words may follow.
fn is_number(text: &str) -> bool {
    let number = text.split([',', ';', '(']).next().unwrap_or_default();
    Phone::parse(text).is_ok() || Phone::parse(number).is_ok()
}

/// The reason in the text of a task, in HTML.
pub fn reason(body: &str) -> String {
    match body.rsplit_once(&format!("<br><br>{REACH}")) {
        Some((reason, _)) => reason.to_owned(),
        None if parted(body).1.is_none() => body.to_owned(),
        None => note::html(&parted(body).0),
    }
}

/// The reason and the way to reach the customer in the text of a task.
pub fn parted(body: &str) -> (String, Option<String>) {
    let text = note::plain(body);
    match text.rsplit_once(REACH) {
        Some((reason, reach)) => (reason.trim_end().to_owned(), Some(reach.trim().to_owned())),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_work_follows_from_how_the_customer_is_reached() {
        for (reach, expected) in [
            (Some("+1 702 555 0143"), TaskKind::Call),
            (Some("+1 702 555 0143, after 3pm"), TaskKind::Call),
            (Some("sarah@gmail.com"), TaskKind::Email),
            (Some("write to sarah@gmail.com please"), TaskKind::Email),
            (Some("in this chat"), TaskKind::ToDo),
            (None, TaskKind::ToDo),
        ] {
            assert_eq!(kind(reach), expected, "{reach:?}");
        }
    }

    #[test]
    fn the_text_says_how_to_reach_the_customer_and_becomes_no_markup() {
        assert_eq!(body("Call me.".into(), None), "Call me.");
        assert_eq!(body("Call me.".into(), Some("<b>")), "Call me.<br><br>Reach the customer: &lt;b&gt;");
    }

    #[test]
    fn the_way_to_reach_the_customer_is_found_in_the_text() {
        let both = body("Call me.<br>Now".into(), Some("+1 702 555 0143"));
        assert_eq!(parted(&both), ("Call me.\nNow".to_owned(), Some("+1 702 555 0143".to_owned())));
        assert_eq!(parted("Call me."), ("Call me.".to_owned(), None));
    }
}
