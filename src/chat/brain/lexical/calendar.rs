//! Days, times and lengths in a message. Days are read in English by the grammar of dates; the words of other languages
//! for weekdays, months and near days are put into English first. Everything else is offered as numbered choices.

mod day;
mod day_numbers;
mod figures;
mod hours;
mod negation;
mod parts;
mod time;
mod words;

pub(super) use day::{date, day, is_past, mentions_day};
pub(super) use negation::denies;
pub(in crate::chat) use time::times;
pub(super) use time::{SaidTime, time};

use crate::chat::language::folded;
use domain::day_in_words;

/// The parts of a day.
const DAY_PARTS: &[&str] = &[
    "evening",
    "night",
    "tonight",
    "morning",
    "afternoon",
    "aften",
    "aftenen",
    "morgenen",
    "formiddag",
    "eftermiddag",
    "soir",
    "matin",
    "après-midi",
    "sera",
    "mattina",
    "pomeriggio",
    "abend",
    "abends",
    "morgens",
    "vormittag",
    "vormittags",
    "nachmittag",
    "nachmittags",
    "nachts",
    "früh",
];

/// The length of a meeting in minutes.
pub(in crate::chat) fn duration(message: &str) -> Option<u32> {
    let text = format!(" {} ", folded(message));
    const LENGTHS: &[(&str, u32)] = &[
        ("hour and a half", 90),
        ("halvanden time", 90),
        ("anderthalb stunden", 90),
        ("half an hour", 30),
        ("half hour", 30),
        ("a half hour", 30),
        ("halv time", 30),
        ("demi-heure", 30),
        ("demi heure", 30),
        ("mezz'ora", 30),
        ("mezzora", 30),
        ("halbe stunde", 30),
        ("halben stunde", 30),
        ("quarter of an hour", 15),
        ("kvarter", 15),
        ("quart d'heure", 15),
        ("quarto d'ora", 15),
        ("viertelstunde", 15),
        ("three quarters of an hour", 45),
        ("an hour", 60),
        ("one hour", 60),
        ("1 hour", 60),
        ("full hour", 60),
        ("en time", 60),
        ("1 time", 60),
        ("une heure", 60),
        ("un'ora", 60),
        ("eine stunde", 60),
        ("two hours", 120),
        ("fifteen minutes", 15),
        ("thirty minutes", 30),
        ("forty-five minutes", 45),
        ("forty five minutes", 45),
        ("sixty minutes", 60),
        ("femten minutter", 15),
        ("tredive minutter", 30),
        ("femogfyrre minutter", 45),
        ("tres minutter", 60),
        ("quinze minutes", 15),
        ("trente minutes", 30),
        ("quarante-cinq minutes", 45),
        ("soixante minutes", 60),
        ("quindici minuti", 15),
        ("trenta minuti", 30),
        ("quarantacinque minuti", 45),
        ("sessanta minuti", 60),
        ("fünfzehn minuten", 15),
        ("dreißig minuten", 30),
        ("fünfundvierzig minuten", 45),
        ("sechzig minuten", 60),
        ("2 hours", 120),
    ];
    const MINUTES: &[&str] = &["min", "mins", "minute", "minutes", "minutter", "minuti", "minuten", "m"];
    let words: Vec<&str> = text.split_whitespace().collect();
    let counted = words.windows(2).find_map(|pair| {
        let minutes = pair[0].parse().ok().filter(|minutes| (5..=480).contains(minutes))?;
        MINUTES.contains(&pair[1]).then_some(minutes)
    });
    let joined = || {
        words.iter().find_map(|word| {
            let end = word.find(|c: char| !c.is_ascii_digit())?;
            MINUTES.contains(&word[end..].trim_start_matches('-')).then(|| word[..end].parse().ok()).flatten()
        })
    };
    let named =
        || LENGTHS.iter().find(|(phrase, _)| text.contains(&format!(" {phrase} "))).map(|(_, minutes)| *minutes);
    counted.or_else(joined).or_else(named)
}

/// True for a message with the name of a weekday, in any language.
pub(super) fn names_weekday(message: &str) -> bool {
    folded(message).split(' ').any(day_in_words::is_weekday)
}

/// The part of the day in a message, in English.
pub(super) fn part_of_day(message: &str) -> Option<&'static str> {
    const PARTS: &[(&str, &[&str])] = &[
        (
            "morning",
            &[
                "morning",
                "formiddag",
                "formiddagen",
                "morgenen",
                "matin",
                "matinée",
                "mattina",
                "mattinata",
                "vormittag",
                "vormittags",
                "morgens",
            ],
        ),
        (
            "afternoon",
            &["afternoon", "eftermiddag", "eftermiddagen", "après-midi", "pomeriggio", "nachmittag", "nachmittags"],
        ),
        ("evening", &["evening", "aften", "aftenen", "soir", "soirée", "sera", "serata", "abend", "abends"]),
    ];
    let words = folded(message);
    let mut named = PARTS.iter().filter(|(_, names)| words.split(' ').any(|word| names.contains(&word)));
    let (part, _) = named.next().filter(|_| named.next().is_none())?;
    Some(part).copied()
}

/// True for a message with a part of the day, beside which a bare hour is twelve hours apart from itself.
pub(super) fn names_part_of_day(message: &str) -> bool {
    folded(message).split(' ').any(|word| DAY_PARTS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_in_words_and_minutes() {
        for (message, minutes) in [
            ("Half an hour next Tuesday", Some(30)),
            ("an hour please", Some(60)),
            ("30 minutes", Some(30)),
            ("45min", Some(45)),
            ("en halv time", Some(30)),
            ("une demi-heure", Some(30)),
            ("un'ora", Some(60)),
            ("eine Stunde", Some(60)),
            ("dreißig Minuten", Some(30)),
            ("next Tuesday", None),
            ("13:30", None),
        ] {
            assert_eq!(duration(message), minutes, "{message}");
        }
    }
}
