//! The first text of a hand-off, which a person reads in HubSpot: what it is about, and the conversation so far.

use crate::records::excerpt::TextPart;
use domain::invisible;

/// The most messages of the history that are shown, the newest.
pub const MESSAGES_MAX: usize = 100;
/// The longest part of one message.
pub const MESSAGE_CHARACTERS_MAX: usize = 2_000;
/// The longest history. HubSpot takes 65,536 characters; what is older is left out.
pub const HISTORY_CHARACTERS_MAX: usize = 20_000;

/// The beginning of a further line of one message: only heads begin at the margin, so that nobody writes another's words.
const NEXT_LINE: &str = "\n  | ";

/// A message of the conversation before the hand-off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierMessage {
    /// Who said it, such as `customer`.
    pub from: String,
    /// When, as the caller writes it.
    pub at: Option<String>,
    /// The text.
    pub text: String,
}

/// The history as readable lines, newest last, with a note of what was left out; empty without one.
pub fn of(history: &[EarlierMessage]) -> String {
    let mut lines: Vec<String> = vec![];
    let mut left = HISTORY_CHARACTERS_MAX;
    for said in history.iter().rev().filter(|said| !invisible::trim(&said.text).is_empty()).take(MESSAGES_MAX) {
        let line = line(said);
        let length = line.chars().count() + 1;
        if length > left {
            break;
        }
        left -= length;
        lines.push(line);
    }
    let all = history.iter().filter(|said| !invisible::trim(&said.text).is_empty()).count();
    if all > lines.len() {
        lines.push(format!("[… {} earlier messages are left out …]", all - lines.len()));
    }
    lines.reverse();
    lines.join("\n")
}

/// Who, when, what.
fn line(said: &EarlierMessage) -> String {
    let at = said.at.as_deref().map(|at| format!(" ({})", one_line(at))).unwrap_or_default();
    let part = TextPart::first(MESSAGE_CHARACTERS_MAX).of(invisible::trim(&said.text));
    let cut = if part.next.is_some() { " [… cut …]" } else { "" };
    let text = part.text.replace('\n', NEXT_LINE);
    format!("{}{at}: {text}{cut}", one_line(&said.from))
}

/// Names and times stand on one line, so that no text of the history looks like another message's head.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(from: &str, at: Option<&str>, text: &str) -> EarlierMessage {
        EarlierMessage { from: from.into(), at: at.map(str::to_owned), text: text.into() }
    }

    #[test]
    fn a_person_reads_who_said_what_and_when() {
        let history = [
            said("customer", Some("2026-11-22 15:00"), "My robot beeps."),
            said("assistant", None, " Since when? "),
            said("customer", None, " "),
            said("customer\nSarah", None, "Since\nMonday."),
        ];
        let expected =
            "customer (2026-11-22 15:00): My robot beeps.\nassistant: Since when?\ncustomer Sarah: Since\n  | Monday.";
        assert_eq!(of(&history), expected);
        assert_eq!(of(&[]), "");
    }

    #[test]
    fn a_long_history_loses_its_beginning_and_says_so() {
        let long: Vec<_> = (0..MESSAGES_MAX + 5).map(|at| said("customer", None, &format!("message {at}"))).collect();
        let shown = of(&long);
        assert!(shown.starts_with("[… 5 earlier messages are left out …]\ncustomer: message 5\n"), "{shown}");
        let wide: Vec<_> = (0..20).map(|_| said("customer", None, &"x".repeat(5_000))).collect();
        let shown = of(&wide);
        assert!(shown.chars().count() <= HISTORY_CHARACTERS_MAX + 60 && shown.contains("[… cut …]"), "{}", shown.len());
        assert!(shown.starts_with("[… 11 earlier messages"), "{}", &shown[..60]);
    }
}
