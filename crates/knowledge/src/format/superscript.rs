//! Writes raised and lowered text behind the text it belongs to, so that `10⁵` never becomes `105`.

use super::blocks::Blocks;

/// The most letters of a unit that a power stands behind; behind longer words stand marks of notes.
const UNIT_LETTERS_MAX: usize = 2;

/// The signs that a mark of a note stands behind.
const ENDS_OF_SENTENCES: [char; 10] = ['.', ',', ':', ';', '!', '?', '"', '”', '’', '»'];

/// Appends raised text.
pub(super) fn raise(blocks: &mut Blocks, text: &str) {
    let raised = raised(blocks.line_before(), text);
    blocks.inline(&raised);
}

/// Returns raised text as it is written behind `before`: a mark of a note in brackets behind a word or a sentence, a number
/// or a single letter behind a `^`, and an ending such as `st` as it is.
pub(super) fn raised(before: &str, text: &str) -> String {
    let text = text.trim();
    let follows = before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == ')');
    let letters = before.chars().rev().take_while(|c| c.is_alphabetic()).count();
    let is_mark = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == ',');
    if is_mark && (letters > UNIT_LETTERS_MAX || before.ends_with(ENDS_OF_SENTENCES)) {
        return format!("[{text}]");
    }
    let is_ending = text.chars().all(char::is_alphabetic) && text.chars().count() > 1;
    let is_marked =
        text.starts_with(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '+' | '−' | '–' | '(' | '.' | ','));
    let is_apart = follows && !is_ending && !is_marked && !text.is_empty();
    if is_apart { format!("^{text}") } else { text.to_owned() }
}

/// Appends lowered text. Behind a digit, a number stands behind a `_`; below a fraction bar it ends the fraction.
pub(super) fn lower(blocks: &mut Blocks, text: &str) {
    let text = text.trim();
    if let Some(from_end) = numerator(blocks.line_before()) {
        blocks.space_at(from_end);
    }
    let is_number = |c: Option<char>| c.is_some_and(char::is_numeric);
    if is_number(blocks.line_before().chars().next_back()) && is_number(text.chars().next()) {
        blocks.inline("_");
    }
    blocks.inline(text);
}

/// Finds the `^` before the raised numerator of a fraction at the end of a line, such as `1^1⁄`, counted in bytes from
/// the end. The whole number before it is set apart by a space instead.
fn numerator(line: &str) -> Option<usize> {
    let before = line.strip_suffix(['/', '\u{2044}'])?;
    let digits = before.trim_end_matches(|c: char| c.is_ascii_digit());
    (digits.len() < before.len() && digits.ends_with('^')).then(|| line.len() - digits.len() + 1)
}

/// Appends the mark of a note, apart from the text.
pub(super) fn note(blocks: &mut Blocks, mark: &str) {
    let mark = mark.trim().trim_matches(['[', ']', '(', ')']);
    if !mark.is_empty() {
        blocks.inline(&format!("[{mark}]"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raised_text_never_joins_a_number() {
        let cases = [
            ("$19", "99", "$19^99"),
            ("10", "5", "10^5"),
            ("1", "st", "1st"),
            ("x", "n", "x^n"),
            ("ADAM", "®", "ADAM®"),
            ("10", "-3", "10^-3"),
            ("", "1", "1"),
            ("30 days", "1", "30 days[1]"),
            ("On Sundays.", "1,2", "On Sundays.[1,2]"),
            ("25 m", "2", "25 m^2"),
        ];
        for (before, raised, expected) in cases {
            let mut blocks = Blocks::default();
            blocks.text(before);
            raise(&mut blocks, raised);
            assert_eq!(blocks.into_markdown(), expected);
        }
    }

    #[test]
    fn fractions_and_lowered_numbers_keep_their_value() {
        let mut blocks = Blocks::default();
        blocks.text("1");
        raise(&mut blocks, "1");
        blocks.text("/");
        lower(&mut blocks, "2");
        blocks.text(" hours, H");
        lower(&mut blocks, "2");
        blocks.text("O, 10");
        lower(&mut blocks, "2");
        assert_eq!(blocks.into_markdown(), "1 1/2 hours, H2O, 10_2");
    }
}
