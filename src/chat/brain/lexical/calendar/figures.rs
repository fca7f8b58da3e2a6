//! Dates in figures, such as `3.12.` or `2026-12-01`, among the words of a message.

use chrono::Month;

use crate::chat::language::{Language, folded};

/// Figures that are no dates.
const NO_DATES: &[&str] = &["24/7", "1/2"];
/// Words before a number that is a time of day.
pub(super) const TIMES_FOLLOW: &[&str] = &[
    "at", "around", "about", "from", "after", "before", "until", "till", "between", "and", "to", "by", "kl", "klokken",
    "à", "alle", "ore", "um", "gegen", "vers", "ab", "ca", "dalle", "dès", "fra", "halb", "halv", "past", "nach",
    "vor", "over", "viertel", "kvart", "dopo", "prima", "delle",
];

/// A word of a message, in English where it is one for a day.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) text: String,
    /// It may name a day: an English word is none in another language, as in `mon conseiller`.
    pub(super) counts: bool,
}

/// The words in lower case without the punctuation around them, and dates in figures as they are meant in the language:
/// outside English the day stands before the month.
pub(super) fn in_figures(said: &[String], language: Language) -> Vec<Word> {
    let mut words = vec![];
    let mut at = 0;
    while let Some(word) = said.get(at) {
        let foreign = language != Language::English;
        let word = &if foreign && !NO_DATES.contains(&word.as_str()) { word.replace('/', ".") } else { word.clone() };
        let figures = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '.');
        let next = said.get(at + 1).map(|next| next.trim_matches(|c: char| !c.is_alphanumeric() && c != '.'));
        let pair = next.filter(|next| is_dotted_number(figures) && next.starts_with(|c: char| c.is_ascii_digit()));
        let pair = pair.filter(|next| next.contains('.')).map(|next| format!("{figures}{next}"));
        let marked = at > 0 && TIMES_FOLLOW.contains(&folded(&said[at - 1]).as_str());
        let is_day = foreign && (!marked || figures.ends_with('.'));
        if let Some(date) = pair.as_deref().and_then(dotted).filter(|_| foreign) {
            words.push(Word { text: date, counts: true });
            at += 1;
        } else if let Some(date) = dotted(figures).filter(|_| is_day) {
            words.push(Word { text: date, counts: true });
        } else {
            let text = if is_date(figures) && !marked { figures.to_owned() } else { folded(word) };
            let counts = language == Language::English || is_date(&text);
            words.push(Word { text, counts });
        }
        at += 1;
    }
    words.retain(|word| !word.text.is_empty());
    words
}

/// `3.`
fn is_dotted_number(word: &str) -> bool {
    word.strip_suffix('.').is_some_and(|day| is_number(day) && day.len() <= 2)
}

/// `3.12.`, `3.12.2026` and `3.12` with the day before the month, in words of the grammar.
fn dotted(figures: &str) -> Option<String> {
    let bare = figures.strip_suffix('.').unwrap_or(figures);
    let mut parts = bare.split('.');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next());
    let number = |text: &str| (1..=2).contains(&text.len()).then(|| text.parse::<u8>().ok()).flatten();
    let (day, month_number) = (number(day)?, number(month)?);
    let name = Month::try_from(month_number).ok()?.name();
    if parts.next().is_some() || !(1..=31).contains(&day) {
        return None;
    }
    match year {
        // `9.10` may be a time.
        None if bare == figures && month.len() == 2 && month_number % 5 == 0 && day < 24 => None,
        None => Some(format!("{day} {name}")),
        Some(year) if year.len() == 4 => Some(format!("{day} {name} {}", year.parse::<u32>().ok()?)),
        Some(year) => Some(format!("{day} {name} 20{:02}", number(year).filter(|_| year.len() == 2)?)),
    }
}

/// `13`, `13th`, `1er`.
pub(super) fn is_number(word: &str) -> bool {
    let end = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
    (1..=2).contains(&end) && ["", "st", "nd", "rd", "th", "er", "."].contains(&&word[end..])
}

/// True for a date in figures, such as `2026-12-01` or `1.12.`.
pub(super) fn is_date(word: &str) -> bool {
    let separators = word.trim_end_matches('.').chars().filter(|c| "-/.".contains(*c)).count();
    separators > 0
        && word.starts_with(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_digit() || "-/.".contains(c))
}
