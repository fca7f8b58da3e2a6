//! The truncation of e-mails: HubSpot shows the most recent reply only, and cuts long texts. The rest is the original
//! content.

use serde::{Deserialize, Serialize};

use crate::assumptions::EMAIL_TEXT_MAX;

/// The completeness of a message's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Truncation {
    #[default]
    NotTruncated,
    /// Without the earlier messages that the reply quotes.
    TruncatedToMostRecentReply,
    /// Cut in its length.
    Truncated,
}

/// Returns the part of an e-mail that its message shows.
pub(crate) fn truncate(text: &str) -> (&str, Truncation) {
    let reply = most_recent_reply(text);
    match (reply.char_indices().nth(EMAIL_TEXT_MAX), reply.len() < text.len()) {
        (Some((end, _)), _) => (&reply[..end], Truncation::Truncated),
        (None, true) => (reply, Truncation::TruncatedToMostRecentReply),
        (None, false) => (text, Truncation::NotTruncated),
    }
}

/// Returns an e-mail up to the message that it quotes, or the whole of it if nothing stands before the quote.
fn most_recent_reply(text: &str) -> &str {
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if starts_quote(line.trim()) && !text[..offset].trim().is_empty() {
            return text[..offset].trim_end();
        }
        offset += line.len();
    }
    text
}

/// Says that a line begins the quoted part, as mail programs write it.
fn starts_quote(line: &str) -> bool {
    line.starts_with('>')
        || line.starts_with("On ") && line.ends_with("wrote:")
        || line.eq_ignore_ascii_case("-----Original Message-----")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_most_recent_reply_is_shown() {
        let quoted = "Yes, please.\n\nOn Mon, Nov 23, 2026 at 9:00 AM Mei wrote:\n> Shall we come?\n";
        assert_eq!(truncate(quoted), ("Yes, please.", Truncation::TruncatedToMostRecentReply));
        assert_eq!(truncate("Yes.\n> Shall we?"), ("Yes.", Truncation::TruncatedToMostRecentReply));
        assert_eq!(truncate("> only a quote"), ("> only a quote", Truncation::NotTruncated));
        assert_eq!(truncate("On my way\n"), ("On my way\n", Truncation::NotTruncated));
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let long = "ö".repeat(EMAIL_TEXT_MAX + 1);
        let (shown, truncation) = truncate(&long);
        assert_eq!((shown.chars().count(), truncation), (EMAIL_TEXT_MAX, Truncation::Truncated));
        assert_eq!(truncate(shown), (shown, Truncation::NotTruncated));
    }
}
