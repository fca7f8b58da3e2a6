//! The spelling of a phrase: one form for what looks alike, and the words that short forms stand for.

use super::error::Reason;

/// The longest phrase that is read: three times the longest that people and models send.
pub(super) const PHRASE_CHARS_MAX: usize = 120;
/// Normalises a phrase: trimmed, in lower case, with plain apostrophes, hyphens and full stops, without quotation marks
/// and characters that nobody sees.
pub(super) fn normalise(words: &str) -> Result<String, Reason> {
    if words.trim().chars().count() > PHRASE_CHARS_MAX {
        return Err(Reason::TooLong(PHRASE_CHARS_MAX));
    }
    let seen = words.chars().filter(|c| !is_invisible(*c));
    let plain: String = seen.map(plain).collect();
    let plain = plain.trim();
    let quoted = plain.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    Ok(quoted.filter(|inner| !inner.trim().is_empty()).unwrap_or(plain).to_lowercase())
}

fn plain(c: char) -> char {
    match c {
        '’' | '‘' | '‛' | '′' => '\'',
        '–' | '—' | '−' | '‐' | '‑' | '‒' | '―' => '-',
        '"' | '“' | '”' | '„' | '«' | '»' | '`' => ' ',
        // Full-width forms, which keyboards of East Asia write.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    }
}

/// Returns `true` for characters that are shown as nothing: Unicode's default-ignorable ones that copied text has.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Returns the word that a short form of text messages stands for.
pub(super) fn short_form(word: &str) -> Option<&'static str> {
    Some(match word {
        "2moro" | "2morro" | "2morow" | "2morrow" | "2mrw" | "2mro" | "tmrw" | "tmrrw" | "tmr" | "tmw" | "tomoz"
        | "2moz" => "tomorrow",
        "2day" | "tdy" => "today",
        "2nite" | "2night" | "2nyt" | "tonite" | "tnite" => "tonight",
        "nite" => "night",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_has_one_form() {
        for (words, plain) in [
            (" Dec\u{a0}3 ", "dec\u{a0}3"),
            ("tomorrow\u{200b} 3pm", "tomorrow 3pm"),
            ("“Thursday”", " thursday ".trim()),
            ("'Thursday'", "thursday"),
            ("５ o’clock", "5 o'clock"),
            ("\u{202a}3\u{2009}pm\u{202c}", "3\u{2009}pm"),
            ("''", "''"),
        ] {
            assert_eq!(normalise(words).unwrap(), plain, "{words:?}");
        }
        assert_eq!(normalise(&"a".repeat(121)), Err(Reason::TooLong(PHRASE_CHARS_MAX)));
    }
}
