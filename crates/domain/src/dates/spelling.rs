//! The spelling of a phrase: one form for what looks alike, and the words that short forms stand for.

use super::date::YEARS;
use super::error::Reason;
use crate::digits;
use crate::invisible::is_invisible;

/// The longest phrase that is read: three times the longest that people and models send.
pub(super) const PHRASE_CHARS_MAX: usize = 120;
/// Normalises a phrase: trimmed, in lower case, with plain apostrophes, hyphens and full stops, without quotation marks
/// and characters that nobody sees.
pub(super) fn normalise(words: &str) -> Result<String, Reason> {
    if words.trim().chars().count() > PHRASE_CHARS_MAX {
        return Err(Reason::TooLong(PHRASE_CHARS_MAX));
    }
    let seen = words.chars().filter(|c| !is_invisible(*c));
    let plain = fractions(seen.map(plain).collect());
    let plain = plain.trim();
    let quoted = plain.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    Ok(quoted.filter(|inner| !inner.trim().is_empty()).unwrap_or(plain).to_lowercase())
}

/// Closes the gaps of `30. 11. 2026`, which would part the date.
pub(super) fn without_gaps(phrase: &str) -> String {
    let mut closed = String::new();
    for word in phrase.split_whitespace() {
        let before = closed.rsplit(' ').next().unwrap_or_default();
        let belongs = match (is_dotted(before), word.trim_end_matches([',', '?', '!'])) {
            (Some(1), word) => word.split_once('.').is_some_and(|(day, _)| is_day_or_month(day)),
            (Some(2), year) => year.parse().is_ok_and(|year: u32| YEARS.contains(&year)),
            _ => false,
        };
        if !belongs && !closed.is_empty() {
            closed.push(' ');
        }
        closed.push_str(word);
    }
    closed
}

/// The numbers of `30.` or `30.11.`.
fn is_dotted(word: &str) -> Option<usize> {
    let inner = word.strip_suffix('.')?;
    inner.split('.').all(is_day_or_month).then(|| inner.split('.').count())
}

fn is_day_or_month(number: &str) -> bool {
    matches!(number.len(), 1 | 2) && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Writes `1½` and `1 ½` as `1.5`, and `½` alone as `half`.
fn fractions(mut text: String) -> String {
    for (sign, decimals, words) in [('½', ".5", "half"), ('¼', ".25", "quarter"), ('¾', ".75", "three quarters")] {
        while let Some(at) = text.find(sign) {
            let (before, after) = (&text[..at], &text[at + sign.len_utf8()..]);
            let whole = before.trim_end_matches(' ');
            text = match whole.ends_with(|c: char| c.is_ascii_digit()) {
                true => format!("{whole}{decimals}{after}"),
                false => format!("{before}{words}{after}"),
            };
        }
    }
    text
}

fn plain(c: char) -> char {
    match c {
        '’' | '‘' | '‛' | '′' => '\'',
        '–' | '—' | '−' | '‐' | '‑' | '‒' | '―' => '-',
        '"' | '“' | '”' | '„' | '«' | '»' | '`' => ' ',
        // Full-width forms, which keyboards of East Asia write.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => digits::ascii(other).unwrap_or(other),
    }
}

/// Returns the word that a short form of text messages stands for.
pub(super) fn short_form(word: &str) -> Option<&'static str> {
    Some(match word {
        "2moro" | "2morro" | "2morow" | "2morrow" | "2mrw" | "2mro" | "tmrw" | "tmrrw" | "tmr" | "tmw" | "tomoz"
        | "2moz" => "tomorrow",
        "2day" | "tdy" => "today",
        "2nite" | "2night" | "2nyt" | "tonite" | "tnite" => "tonight",
        "nite" => "night",
        "upcoming" => "coming",
        "mid-day" => "midday",
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
            ("tomorrow\u{2800}\u{fffc} 3pm\u{e000}", "tomorrow 3pm"),
            ("in 1½ hours", "in 1.5 hours"),
            ("2 ¼ h", "2.25 h"),
            ("½ an hour", "half an hour"),
            ("¾ of an hour", "three quarters of an hour"),
            ("''", "''"),
        ] {
            assert_eq!(normalise(words).unwrap(), plain, "{words:?}");
        }
        for (words, closed) in [
            ("30. 11. 2026", "30.11.2026"),
            ("sat 5. 12. at 10", "sat 5.12. at 10"),
            ("30. 11.2026, 3pm", "30.11.2026, 3pm"),
            ("4.12. 16.30", "4.12. 16.30"),
            ("at 3. 4 pm", "at 3. 4 pm"),
        ] {
            assert_eq!(without_gaps(words), closed, "{words:?}");
        }
        assert_eq!(normalise(&"a".repeat(121)), Err(Reason::TooLong(PHRASE_CHARS_MAX)));
    }
}
