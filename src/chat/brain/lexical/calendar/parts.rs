//! Quarters and halves of an hour in words, put into figures: `half past ten`, `kvart over ni`, `alle tre e mezza`.

use super::hours::HOURS;

/// The words before an hour, with the minutes that they add to it.
const BEFORE: &[(&[&str], i32)] = &[
    (&["half", "past"], 30),
    (&["a", "quarter", "past"], 15),
    (&["quarter", "past"], 15),
    (&["a", "quarter", "to"], -15),
    (&["quarter", "to"], -15),
    (&["kvart", "over"], 15),
    (&["et", "kvarter", "over"], 15),
    (&["kvart", "i"], -15),
    (&["viertel", "nach"], 15),
    (&["viertel", "vor"], -15),
    (&["dreiviertel"], -15),
];
/// The words behind it, likewise.
const BEHIND: &[(&[&str], i32)] = &[
    (&["heures", "et", "demie"], 30),
    (&["heure", "et", "demie"], 30),
    (&["h", "et", "demie"], 30),
    (&["heures", "et", "quart"], 15),
    (&["heure", "et", "quart"], 15),
    (&["heures", "moins", "le", "quart"], -15),
    (&["heure", "moins", "le", "quart"], -15),
    (&["e", "mezza"], 30),
    (&["e", "mezzo"], 30),
    (&["e", "un", "quarto"], 15),
    (&["meno", "un", "quarto"], -15),
];
/// Minutes that are written out behind an hour, where it is plainly a time.
const MINUTES: &[(&str, i32)] = &[("fifteen", 15), ("thirty", 30), ("forty-five", 45), ("fortyfive", 45)];
/// Words before such a time.
const BEFORE_MINUTES: &[&str] = &["at", "around", "say", "yes", "ok", "then", "take", "make", "it", "please", "no"];

/// The words, with an hour and its part as one figure, such as `10:30`.
pub(super) fn in_figures(words: &[&str]) -> Vec<String> {
    let mut all = vec![];
    let mut at = 0;
    while at < words.len() {
        let (count, text) = time_at(words, at).unwrap_or_else(|| (1, words[at].to_owned()));
        all.push(text);
        at += count;
    }
    all
}

/// The time that begins at a word, and the words that it has.
fn time_at(words: &[&str], at: usize) -> Option<(usize, String)> {
    let rest = &words[at..];
    let before = BEFORE.iter().find_map(|(parts, minutes)| {
        let hour = hour(rest.strip_prefix(*parts)?.first()?)?;
        Some((parts.len() + 1, hour, *minutes))
    });
    let behind = || {
        let (first, following) = rest.split_first()?;
        let hour = hour(first)?;
        let found = BEHIND.iter().find(|(parts, _)| following.starts_with(parts))?;
        Some((found.0.len() + 1, hour, found.1))
    };
    let minutes = || {
        let is_plain = at.checked_sub(1).is_none_or(|before| BEFORE_MINUTES.contains(&words[before]));
        let ends = rest.get(2).is_none_or(|next| ["please", "then", "is", "works", "am", "pm", "on"].contains(next));
        let hour = hour(rest.first()?).filter(|_| is_plain && ends)?;
        let (_, minutes) = MINUTES.iter().find(|(word, _)| rest.get(1) == Some(word))?;
        Some((2, hour, *minutes))
    };
    let (count, hour, minutes) = before.or_else(behind).or_else(minutes)?;
    let (hour, minutes) = match minutes {
        minutes if minutes >= 0 => (hour, minutes),
        minutes if hour == 1 => (12, 60 + minutes),
        minutes => (hour - 1, 60 + minutes),
    };
    Some((count, format!("{hour}:{minutes:02}")))
}

/// An hour in figures or in words, up to 12.
fn hour(word: &str) -> Option<i32> {
    let figures = HOURS.iter().find(|(names, _)| names.contains(&word)).map_or(word, |(_, figures)| *figures);
    figures.parse().ok().filter(|hour| (1..=12).contains(hour))
}

#[test]
fn parts_of_an_hour_become_figures() {
    for (text, figures) in [
        ("half past ten", "10:30"),
        ("at a quarter to one", "at 12:45"),
        ("alle tre e mezza", "alle 3:30"),
        ("ten thirty", "10:30"),
        ("i have two thirty inch screens", "i have two thirty inch screens"),
        ("half an hour", "half an hour"),
        ("a quarter of an hour", "a quarter of an hour"),
    ] {
        let words: Vec<&str> = text.split(' ').collect();
        assert_eq!(in_figures(&words).join(" "), figures, "{text}");
    }
}
