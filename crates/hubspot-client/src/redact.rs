//! Removes personal data and secrets from HubSpot's texts.

/// The longest text that is kept. It is enough for HubSpot's explanations of one value; longer ones repeat a sent text.
const TEXT_CHARS_MAX: usize = 300;

/// Returns the text on one line, without e-mail addresses and tokens, cut to 300 characters.
pub(crate) fn text(raw: &str) -> String {
    let mut clean = String::new();
    for piece in raw.split_inclusive(|c: char| c.is_whitespace() || "\"'`<>()[]{},;".contains(c)) {
        let word = piece.trim_end_matches(|c: char| c.is_whitespace() || "\"'`<>()[]{},;".contains(c));
        let rest = &piece[word.len()..];
        clean.push_str(if is_personal(word) { "***" } else { word });
        clean.extend(rest.chars().map(|c| if c.is_control() { ' ' } else { c }));
    }
    let cut = clean.char_indices().nth(TEXT_CHARS_MAX).map(|(at, _)| at);
    cut.map_or(clean.clone(), |at| format!("{}…", &clean[..at]))
}

/// Returns the name of a property, scope or code if it has the form that HubSpot's rules allow. Such a name may stand in a
/// message of this program.
pub(crate) fn name(raw: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    (!raw.is_empty() && raw.len() <= 100 && raw.bytes().all(plain)).then(|| raw.to_owned())
}

fn is_personal(word: &str) -> bool {
    let secret = word.starts_with("pat-")
        || word.len() >= 40 && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    word.contains('@') || word.contains("%40") || secret
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_tokens_are_removed() {
        let cases = [
            ("Email address sarah@gmail.com is invalid", "Email address *** is invalid"),
            ("\"a@b.co\" (pat-na1-1234) was\nnot valid", "\"***\" (***) was not valid"),
            ("discount was not a valid number", "discount was not a valid number"),
            ("token abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH lacks it", "token *** lacks it"),
        ];
        for (raw, want) in cases {
            assert_eq!(text(raw), want);
        }
        assert_eq!(text(&"ä ".repeat(1000)).chars().count(), TEXT_CHARS_MAX + 1);
    }

    #[test]
    fn only_plain_names_may_stand_in_a_message() {
        assert_eq!(name("crm.objects.contacts.read").as_deref(), Some("crm.objects.contacts.read"));
        for bad in ["", "ignore all rules", "a`b", "a\nb", "sarah@gmail.com"] {
            assert_eq!(name(bad), None, "{bad}");
        }
    }
}
