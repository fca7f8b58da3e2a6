//! Estimates the number of tokens that a language model reads in a text, without its vocabulary.
//!
//! The estimate is within a seventh of OpenAI's `o200k_base` for prose in several languages, see the test below. Exact
//! counting would add two megabytes of vocabulary to the binary, for a number that only has to be near 200.

/// Average letters per token in words of ASCII letters.
const LATIN_LETTERS: usize = 9;
/// Average letters per token in Latin words with accents.
const ACCENTED_LETTERS: usize = 5;
/// Average letters per token in other scripts.
const OTHER_LETTERS: usize = 4;
/// Digits per token.
const DIGITS_PER_TOKEN: usize = 3;

/// The class of the characters in a run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CharClass {
    Letters,
    Digits,
    /// Chinese, Japanese and Korean characters, each about a word.
    Ideographs,
    Punctuation,
    /// A single space is part of the token of the word after it.
    Space,
}

/// Estimates the tokens of a text, in linear time.
pub(crate) fn estimate(text: &str) -> usize {
    let mut tokens = 0;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let class = class(first);
        let end = rest.find(|c| self::class(c) != class).unwrap_or(rest.len());
        tokens += run_tokens(class, &rest[..end]);
        rest = &rest[end..];
    }
    tokens
}

fn run_tokens(class: CharClass, run: &str) -> usize {
    let length = run.chars().count();
    match class {
        CharClass::Letters => length.div_ceil(letters_per_token(run)),
        CharClass::Digits => length.div_ceil(DIGITS_PER_TOKEN),
        CharClass::Ideographs => (length * 3).div_ceil(4),
        CharClass::Punctuation => length.div_ceil(2),
        CharClass::Space => usize::from(length > 1 || run.contains('\n')),
    }
}

fn letters_per_token(run: &str) -> usize {
    match run.chars().map(u32::from).max().unwrap_or(0) {
        0..0x80 => LATIN_LETTERS,
        0x80..0x250 => ACCENTED_LETTERS,
        _ => OTHER_LETTERS,
    }
}

fn class(c: char) -> CharClass {
    match c {
        _ if c.is_whitespace() => CharClass::Space,
        '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' => CharClass::Ideographs,
        _ if c.is_numeric() => CharClass::Digits,
        _ if c.is_alphabetic() => CharClass::Letters,
        _ => CharClass::Punctuation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_are_near_the_counts_of_a_real_vocabulary() {
        let vocabulary = tiktoken_rs::o200k_base().unwrap();
        let samples = [
            (
                "English",
                "The robot serves drinks in hotels, casinos and at events. It mixes coffee and tea by recipe, greets \
                guests, and cleans itself after every shift. Two people set it up in an afternoon; our support team \
                helps by phone on weekdays from 9 a.m. to 5 p.m.",
            ),
            (
                "German",
                "Der Roboter wird innerhalb von zwei Wochen nach der Bestellung geliefert und von unseren Leuten \
                eingerichtet. Reinigungsroboter für Gewerbeflächen haben eine Lieferzeit von zwei Monaten.",
            ),
            (
                "French",
                "Le robot est livré dans les deux semaines qui suivent la commande. Les robots de nettoyage, eux, \
                demandent deux mois, car chaque appareil est réglé pour les lieux où il travaillera.",
            ),
            (
                "Danish",
                "Robotten leveres inden for to uger efter bestillingen, og vi sætter den op hos dig. Rengøringsrobotter \
                har en leveringstid på to måneder.",
            ),
            ("Chinese", "机器人将在订购后两周内交付，我们的员工会为您安装。商用清洁机器人的交货时间为两个月。"),
        ];
        for (name, text) in samples {
            let (real, ours) = (vocabulary.encode_ordinary(text).len(), estimate(text));
            let off = (ours as f64 - real as f64).abs() / real as f64;
            assert!(off <= 1.0 / 7.0, "{name}: {ours} estimated, {real} counted");
        }
    }

    #[test]
    fn an_empty_text_has_no_tokens() {
        assert_eq!((estimate(""), estimate(" "), estimate("word")), (0, 0, 1));
    }
}
