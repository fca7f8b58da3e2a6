//! Writes raised and lowered text behind the text it belongs to, so that `10⁵` never becomes `105`.

use super::blocks::Blocks;

/// The most letters of a unit that a power stands behind; behind longer words stand marks of notes.
const UNIT_LETTERS_MAX: usize = 2;

/// The signs that a mark of a note stands behind.
const BEFORE_MARKS: [char; 18] =
    ['.', ',', ':', ';', '!', '?', '"', '”', '’', '»', '%', '‰', '°', '®', '™', '*', '…', ']'];

/// The signs of currencies. Behind one that follows a number stands a mark, behind one that leads stands the number.
const CURRENCIES: [char; 7] = ['$', '€', '£', '¥', '₹', '₽', '¢'];

/// The decimals of a price that is set as `$49.` with raised `99`.
const DECIMALS: usize = 2;

/// Appends raised text.
pub(super) fn raise(blocks: &mut Blocks, text: &str) {
    if text.starts_with(char::is_whitespace) {
        blocks.space();
    }
    let mut before = blocks.text_of_line().to_owned();
    if blocks.is_spaced() {
        before.push(' ');
    }
    let raised = raised(&before, text);
    match before.ends_with(' ') && raised.starts_with('[') {
        true => blocks.mark(&raised),
        false => blocks.inline(&raised),
    }
    if text.ends_with(char::is_whitespace) {
        blocks.space();
    }
}

/// Appends a raised number that a fraction bar follows, apart from a whole number before it.
pub(super) fn raise_numerator(blocks: &mut Blocks, number: &str) {
    if blocks.line_before().ends_with(char::is_alphanumeric) {
        blocks.space();
    }
    blocks.inline(number.trim());
}

/// Returns raised text as it is written behind `before`, which may end with a space: a mark of a note in brackets behind a
/// word, a sign or a sentence, a number or a single letter behind a `^`, and an ending such as `st` as it is.
pub(super) fn raised(before: &str, text: &str) -> String {
    let text = text.trim();
    let is_number = is_number(text);
    if (is_number && is_decimals(before, text)) || is_decimal_part(before, text) {
        return text.to_owned();
    }
    if is_mark(before, text) {
        return format!("[{text}]");
    }
    let follows = before.trim_end().chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == ')');
    let is_ending = text.chars().all(char::is_alphabetic) && text.chars().count() > 1;
    let is_marked =
        text.starts_with(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '+' | '−' | '–' | '(' | '.' | ','));
    let is_power = is_number || !before.ends_with(' ');
    let is_apart = follows && is_power && !is_ending && !is_marked && !text.is_empty();
    if is_apart { format!("^{text}") } else { text.to_owned() }
}

/// Returns true if raised text behind `before` is the mark of a note.
pub(super) fn is_mark(before: &str, text: &str) -> bool {
    is_number(text) && takes_mark(before)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == ',')
}

/// Returns true if a raised number ends a price such as `$49.` or `19,`. A sentence may end with a year.
fn is_decimals(before: &str, text: &str) -> bool {
    let Some(whole) = before.strip_suffix(['.', ',']).filter(|whole| whole.ends_with(|c: char| c.is_ascii_digit()))
    else {
        return false;
    };
    let rest = whole.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_year = whole.len() - rest.len() == 4 && !rest.ends_with(CURRENCIES);
    text.len() == DECIMALS && text.chars().all(|c| c.is_ascii_digit()) && !is_year
}

/// Returns true if raised text is the point and the decimals of the number before it, such as `.99` behind `$19`.
fn is_decimal_part(before: &str, text: &str) -> bool {
    let decimals = text.strip_prefix(['.', ',']).filter(|_| before.ends_with(|c: char| c.is_ascii_digit()));
    decimals.is_some_and(|decimals| !decimals.is_empty() && decimals.chars().all(|c| c.is_ascii_digit()))
}

/// Returns true if a raised number behind this text is the mark of a note.
fn takes_mark(before: &str) -> bool {
    let shown = before.trim_end();
    let word = shown.trim_end_matches(')');
    let letters = word.chars().rev().take_while(|c| c.is_alphabetic()).count();
    let before_currency = shown.strip_suffix(CURRENCIES).map(str::trim_end);
    let is_spaced = shown.len() < before.len() && shown.ends_with(|c: char| c.is_alphanumeric() || c == ')');
    letters > UNIT_LETTERS_MAX
        || shown.ends_with(BEFORE_MARKS)
        || before_currency.is_some_and(|amount| amount.ends_with(|c: char| c.is_ascii_digit()))
        || (is_spaced && letters == 0)
        || is_whole_price(shown)
}

/// Returns true if a text ends with a price that has its decimals, such as `$49.00`.
fn is_whole_price(text: &str) -> bool {
    let whole = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let amount = whole.strip_suffix(['.', ',']).filter(|_| text.len() - whole.len() == DECIMALS);
    let sign =
        amount.map(|amount| amount.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ')));
    sign.is_some_and(|sign| sign.len() < amount.unwrap_or_default().len() && sign.ends_with(CURRENCIES))
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
            ("f(x)", "2", "f(x)^2"),
            ("5 %", "1", "5 %[1]"),
            ("20%", "2", "20%[2]"),
            ("30€", "1", "30€[1]"),
            ("30 $", "1", "30 $[1]"),
            ("€", "49", "€49"),
            ("(net)", "1", "(net)[1]"),
            ("Adam®", "3", "Adam®[3]"),
            ("30 ", "1 ", "30 [1]"),
            ("free ", "1", "free [1]"),
            ("$49.", "99", "$49.99"),
            ("19,", "99", "19,99"),
            ("$19", ".99", "$19.99"),
            ("now $1,049.00", "1", "now $1,049.00[1]"),
            ("2.54", "2", "2.54^2"),
            ("19", ",99", "19,99"),
            ("costs 49.", "1", "costs 49.[1]"),
            ("since 2019.", "12", "since 2019.[12]"),
            ("$2019.", "12", "$2019.12"),
            ("10 km/h ", "2", "10 km/h ^2"),
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
        for (before, expected) in [("1", "1 1/2"), ("1 ", "1 1/2"), ("add ", "add 1/2"), ("", "1/2")] {
            let mut blocks = Blocks::default();
            blocks.text(before);
            raise(&mut blocks, "1");
            blocks.text("/");
            lower(&mut blocks, "2");
            assert_eq!(blocks.into_markdown(), expected, "{before}");
        }
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
