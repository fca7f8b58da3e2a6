//! Companies of which somebody says that they are from there, without a legal form: `I am from Newman Diner`.

use super::entries::is_capital;
use super::words::{is_no_name, plain};

/// Words between a name and a company.
const OF: &[&str] = &["of", "from", "at", "with", "fra", "hos", "von", "bei", "de", "chez", "di", "da"];
/// The company or the place of which somebody says that they are from there: `I am from Newman Diner`, with no name before it.
pub(in crate::chat::brain::lexical) fn company_from(message: &str) -> Option<String> {
    let message = plain(message);
    let words: Vec<&str> = message.split_whitespace().collect();
    let at = words.iter().position(|word| FROM.contains(&word.to_lowercase().as_str()))?;
    let names_somebody =
        words[1..at.max(1)].iter().any(|word| is_capital(word) && !is_no_name(word) && !is_introducing(word));
    let mut company: Vec<&str> = vec![];
    for word in &words[at + 1..] {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        if !is_capital(bare) || bare.contains('@') {
            break;
        }
        company.push(bare);
        if word.ends_with([',', '.', ';', '!', '?', ':']) {
            break;
        }
    }
    (at > 0 && !names_somebody && is_introduced(&words[..at]) && !company.is_empty()).then(|| company.join(" "))
}

/// Words before a company, and those with which somebody says where they are from.
const FROM: &[&str] =
    &["from", "fra", "du", "de", "chez", "von", "vom", "aus", "dal", "della", "del", "di", "da", "at", "with", "of"];
const INTRODUCING: &[&str] = &[
    "am", "i'm", "we're", "are", "er", "jeg", "vi", "suis", "sommes", "sono", "siamo", "bin", "sind", "calling",
    "ringer", "appelle", "chiamo",
];

fn is_introducing(word: &str) -> bool {
    INTRODUCING.contains(&word.to_lowercase().as_str())
}

fn is_introduced(before: &[&str]) -> bool {
    before.last().is_some_and(|word| is_introducing(word))
}

/// The company behind a name, as in `Joe Baker of New Bakery`.
pub(in crate::chat::brain::lexical) fn company_behind(message: &str, name: &str) -> Option<String> {
    let (_, behind) = message.split_once(name)?;
    let (link, rest) = behind.trim_start().split_once(' ')?;
    let mut company: Vec<&str> = vec![];
    for word in rest.split_whitespace().filter(|_| OF.contains(&link)) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        if !is_capital(bare) {
            break;
        }
        company.push(bare);
        if word.ends_with([',', '.', ';', '!', '?', ':']) {
            break;
        }
    }
    (!company.is_empty()).then(|| company.join(" "))
}

/// An entry without the word by which somebody says where they are from: `from NewCo`.
pub(super) fn without_from(entry: &str) -> &str {
    let entry = entry.trim();
    match entry.split_once(' ') {
        Some((first, rest)) if FROM.contains(&first.to_lowercase().as_str()) && is_capital(rest.trim()) => rest.trim(),
        _ => entry,
    }
}
