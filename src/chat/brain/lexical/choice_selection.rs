//! The choice that a message picks: by its number, by its words, or by a word that only one choice has.

use super::calendar;
use super::state::{LexicalChoice, Means};
use crate::chat::language::{self, Language, folded};
use crate::chat::texts;
use crate::chat::texts::kind::Text;

/// The most words of a message that picks by a word of its label.
const PICKING_WORDS_MAX: usize = 8;
/// The shortest word by which a choice is told apart.
const TELLING_LETTERS_MIN: usize = 3;
/// The shortest word of a title by which a record is told apart.
const TITLE_LETTERS_MIN: usize = 4;
/// Words that say what becomes of the matter at hand: it is left, it goes on, or it is come back to.
const SWITCHES: &[(&str, &[&str])] = &[
    (
        "leave",
        &[
            "leave",
            "drop",
            "forget",
            "skip",
            "glem",
            "opgiv",
            "laisse",
            "laissez",
            "abandonne",
            "abandonnez",
            "oubliez",
            "lascia",
            "lasci",
            "dimentica",
            "dimentichi",
            "lass",
            "lassen",
            "vergiss",
            "vergessen",
        ],
    ),
    (
        "stay",
        &[
            "stay",
            "continue",
            "keep",
            "bliv",
            "fortsæt",
            "reste",
            "restez",
            "continuons",
            "continuez",
            "resta",
            "restiamo",
            "continua",
            "continuiamo",
            "bleib",
            "bleiben",
            "weiter",
        ],
    ),
    (
        "come_back",
        &[
            "back", "first", "først", "tilbage", "d'abord", "revenir", "revenons", "prima", "tornare", "torniamo",
            "zuerst", "zurück",
        ],
    ),
];
/// Words that want something changed.
const CHANGES: &[&str] = &[
    "change",
    "edit",
    "modify",
    "correct",
    "ret",
    "ændr",
    "ændre",
    "rette",
    "change",
    "changer",
    "changez",
    "modifier",
    "modifiez",
    "corriger",
    "cambia",
    "cambiare",
    "cambi",
    "modifica",
    "modificare",
    "ändern",
    "ändere",
    "korrigieren",
    "anders",
];
/// Words that may stand behind them.
const BESIDE_CHANGE: &[&str] = &[
    "the",
    "text",
    "words",
    "wording",
    "sie",
    "den",
    "texte",
    "teksten",
    "ordene",
    "mots",
    "les",
    "il",
    "lo",
    "testo",
    "parole",
    "worte",
    "wörter",
    "die",
    "den",
    "it",
    "that",
    "this",
    "something",
    "please",
    "det",
    "den",
    "noget",
    "tak",
    "le",
    "ça",
    "cela",
    "quelque",
    "chose",
    "qualcosa",
    "bitte",
    "etwas",
    "es",
    "das",
];
/// Words that may stand before them.
const BEFORE_CHANGE: &[&str] = &[
    "yes", "ok", "okay", "but", "to", "that", "no", "please", "then", "ja", "nej", "nein", "men", "tak", "aber",
    "bitte", "oui", "non", "mais", "sì", "si", "ma",
];
/// The most words of such a message.
const CHANGE_WORDS_MAX: usize = 4;
/// Words for the last of several.
const LAST: &[&str] = &[
    "last",
    "sidste",
    "dernier",
    "dernière",
    "ultimo",
    "ultima",
    "l'ultimo",
    "l'ultima",
    "letzte",
    "letzten",
    "letzter",
    "letztes",
];
/// Words for the place of a choice, in every language of the fixed texts.
const ORDINALS: &[(&str, usize)] = &[
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("første", 1),
    ("anden", 2),
    ("andet", 2),
    ("tredje", 3),
    ("fjerde", 4),
    ("premier", 1),
    ("première", 1),
    ("deuxième", 2),
    ("second", 2),
    ("seconde", 2),
    ("troisième", 3),
    ("quatrième", 4),
    ("primo", 1),
    ("prima", 1),
    ("secondo", 2),
    ("seconda", 2),
    ("terzo", 3),
    ("terza", 3),
    ("quarto", 4),
    ("erste", 1),
    ("ersten", 1),
    ("erster", 1),
    ("zweite", 2),
    ("zweiten", 2),
    ("zweiter", 2),
    ("dritte", 3),
    ("dritten", 3),
    ("vierte", 4),
    ("vierten", 4),
];
/// Ordinals that alone are other words: great, before, other.
const NEED_ARTICLE: &[&str] = &["prima", "anden", "andet"];
const ARTICLES: &[&str] =
    &["the", "den", "det", "le", "la", "il", "der", "die", "das", "number", "nummer", "numéro", "numero"];
/// Words that may stand before the place of a choice.
const BEFORE_ORDINALS: &[&str] = &[
    "the", "den", "det", "le", "la", "il", "der", "die", "das", "number", "nummer", "numéro", "numero", "yes", "ok",
    "okay", "ja", "oui", "sì", "si", "i'll", "i", "i'd", "take", "want", "would", "like", "please", "it's", "jeg",
    "tager", "vil", "gerne", "tak", "je", "prends", "prendo", "ich", "nehme", "bitte",
];
#[rustfmt::skip]
/// Words that may stand behind it.
const BEHIND_ORDINALS: &[&str] = &[
    "one", "option", "choice", "please", "thanks", "of", "them", "these", "mulighed", "tak", "choix", "merci", "s'il", "vous", "plaît", "scelta", "opzione", "grazie", "per", "favore",
    "bitte", "danke", "möglichkeit", "time", "slot", "works", "suits", "fits", "fine", "good", "tid", "passer", "fint", "heure", "créneau", "convient", "bien", "orario", "va", "bene",
    "zeit", "uhrzeit", "termin", "passt", "gut",
];

/// Words that say that a choice is meant.
const ONES: &[&str] = &["one", "option", "choice", "mulighed", "choix", "scelta", "opzione", "möglichkeit"];

/// The choice that a message picks.
pub(super) fn choice<'a>(choices: &'a [LexicalChoice], message: &str) -> Option<&'a LexicalChoice> {
    let said = folded(message);
    by_number(choices, message)
        .or_else(|| choices.iter().find(|choice| folded(&choice.label) == said && !is_doubt(choice, message)))
        .or_else(|| by_time(choices, message))
        .or_else(|| by_ordinal(choices, &said))
        .or_else(|| by_word(choices, &said))
        .or_else(|| by_yes(choices, message))
        .or_else(|| by_yes_or_no(choices, message))
        .or_else(|| by_switch(choices, &said))
        .or_else(|| by_change(choices, &said).filter(|_| !language::agrees(message)))
}

/// True for `yes?`, which agrees to nothing.
fn is_doubt(choice: &LexicalChoice, message: &str) -> bool {
    choice.means == Means::Yes && message.contains(['?', '？'])
}

/// Something is to be changed, and it is not said what.
fn by_change<'a>(choices: &'a [LexicalChoice], said: &str) -> Option<&'a LexicalChoice> {
    let words: Vec<&str> = said.split(' ').skip_while(|word| BEFORE_CHANGE.contains(word)).collect();
    let changes = words.first().is_some_and(|word| CHANGES.contains(word));
    let bare = words.len() <= CHANGE_WORDS_MAX && words.iter().skip(1).all(|word| BESIDE_CHANGE.contains(word));
    choices.iter().find(|choice| choice.means == Means::Change).filter(|_| changes && bare)
}

/// A yes to the only thing that is offered.
fn by_yes<'a>(choices: &'a [LexicalChoice], message: &str) -> Option<&'a LexicalChoice> {
    let things = choices.iter().filter(|choice| !matches!(choice.means, Means::Else | Means::Person));
    let things: Vec<&LexicalChoice> = things.collect();
    let only = match things[..] {
        [only] => only,
        [] => choices.iter().find(|choice| choice.means == Means::Person)?,
        _ => return None,
    };
    language::agrees(message).then_some(only)
}

/// The yes or the no of a question that offers both, however it is said.
fn by_yes_or_no<'a>(choices: &'a [LexicalChoice], message: &str) -> Option<&'a LexicalChoice> {
    let is = |choice: &&LexicalChoice, text: Text| {
        Language::ALL.into_iter().any(|language| text.in_language(language) == choice.label)
            && !matches!(choice.means, Means::Yes | Means::No)
    };
    let (yes, no) = match choices {
        [yes, no, ..] if is(&yes, texts::YES) && is(&no, texts::NO) => (yes, no),
        _ => return None,
    };
    let picked = language::agrees(message).then_some(yes);
    picked.or_else(|| language::declines(message).then_some(no))
}

/// Selects the choice that says what to do with the current topic, such as `leave the meeting`.
fn by_switch<'a>(choices: &'a [LexicalChoice], said: &str) -> Option<&'a LexicalChoice> {
    let words: Vec<&str> = said.split(' ').collect();
    if words.len() > PICKING_WORDS_MAX || calendar::denies(said) {
        return None;
    }
    let mut meant = SWITCHES.iter().filter(|(_, known)| words.iter().any(|word| known.contains(word)));
    let (switch, _) = meant.next().filter(|_| meant.clone().next().is_none())?;
    choices.iter().find(|choice| matches!(&choice.means, Means::Switch(of) if of == switch))
}

/// `2`, `2.`, `#2` and `no. 2`.
fn by_number<'a>(choices: &'a [LexicalChoice], message: &str) -> Option<&'a LexicalChoice> {
    let bare = message.trim().trim_start_matches("no.").trim_matches(|c: char| !c.is_alphanumeric());
    // A time such as 13 is no number of a list of eight.
    let number: usize = bare.parse().ok()?;
    choices.get(number.checked_sub(1)?)
}

/// One of the times shown: `13:00`, `1 pm`.
fn by_time<'a>(choices: &'a [LexicalChoice], message: &str) -> Option<&'a LexicalChoice> {
    let start = |choice: &LexicalChoice| match &choice.means {
        Means::Values(values) => {
            let text = |name: &str| values.get(name).and_then(|value| value.as_str()).map(str::to_owned);
            Some(format!("{}T{}", text("meeting_date")?, text("meeting_start_time")?))
        }
        _ => None,
    };
    let starts: Vec<String> = choices.iter().filter_map(start).collect();
    let wanted = calendar::time(message, true).filter(|_| !starts.is_empty())?;
    let meant = wanted.among(&starts)?;
    choices.iter().find(|choice| start(choice).as_deref() == Some(meant))
}

/// The place of a choice that a message says, and nothing more: `not the first` and `first let me check` pick nothing.
fn by_ordinal<'a>(choices: &'a [LexicalChoice], said: &str) -> Option<&'a LexicalChoice> {
    let is_answer = |choice: &LexicalChoice| matches!(choice.means, Means::Yes | Means::No | Means::Change);
    if choices.iter().any(is_answer) {
        return None;
    }
    let words: Vec<&str> = said.split(' ').collect();
    // `the third` may be a day of the month; `the last` and `the third one` are none.
    let is_plain = words.iter().any(|word| LAST.contains(word) || ONES.contains(word));
    if choices.iter().any(is_day) && !is_plain {
        return None;
    }
    let last = |word: &str| {
        let place = choices.iter().rposition(is_one_of_several).map(|at| at + 1);
        place.filter(|_| LAST.contains(&word) && words.len() > 1)
    };
    let place_of = |word: &str| {
        ORDINALS.iter().find(|(ordinal, _)| *ordinal == word).map(|(_, place)| *place).or_else(|| last(word))
    };
    let at = words.iter().position(|word| place_of(word).is_some())?;
    let (before, behind) = (words.get(..at)?, words.get(at + 1..)?);
    let only = before.iter().all(|word| BEFORE_ORDINALS.contains(word))
        && behind.iter().all(|word| BEHIND_ORDINALS.contains(word));
    let has_article = before.last().is_some_and(|word| ARTICLES.contains(word));
    if !only || (NEED_ARTICLE.contains(&words[at]) && !has_article) {
        return None;
    }
    choices.get(place_of(words[at])?.checked_sub(1)?)
}

/// True for a message that only names the place of a choice, such as `the second one`, whether or not there are choices.
pub(super) fn names_place(message: &str) -> bool {
    let said = folded(message);
    let words: Vec<&str> = said.split(' ').collect();
    let is_place = |word: &str| LAST.contains(&word) || ORDINALS.iter().any(|(ordinal, _)| *ordinal == word);
    let has_article = words.first().is_some_and(|word| ARTICLES.contains(word));
    let is_known = |word: &&str| is_place(word) || BEFORE_ORDINALS.contains(word) || BEHIND_ORDINALS.contains(word);
    has_article && words.iter().any(|word| is_place(word)) && words.iter().all(is_known)
}

/// The id of the only record of several whose title has a word of the message: `the lamp is dark too`.
pub(super) fn record<'a>(shown: &'a [(String, String)], message: &str) -> Option<&'a str> {
    let said = folded(message);
    let words: Vec<&str> = said.split(' ').filter(|word| word.chars().count() >= TITLE_LETTERS_MIN).collect();
    let is_meant = |(_, label): &&(String, String)| {
        let title = label.split(['“', '”']).nth(1).map(folded).unwrap_or_default();
        title.split(' ').any(|word| words.contains(&word))
    };
    let mut meant = shown.iter().filter(is_meant);
    let first = meant.next().filter(|_| shown.len() > 1 && !calendar::denies(message))?;
    meant.next().is_none().then_some(first.0.as_str())
}

/// True for a record, a time or an intent, and not for what leads to more of them.
fn is_one_of_several(choice: &LexicalChoice) -> bool {
    match &choice.means {
        Means::Values(values) => !values.contains_key("after"),
        Means::Intent(_) => true,
        _ => false,
    }
}

/// True for a day without a time: words for one are read as a day, which may be another.
fn is_day(choice: &LexicalChoice) -> bool {
    match &choice.means {
        Means::Values(values) => values.contains_key("meeting_date") && !values.contains_key("meeting_start_time"),
        _ => false,
    }
}

/// The only record with one of the words: `the one from Seehotel`.
fn by_word<'a>(choices: &'a [LexicalChoice], said: &str) -> Option<&'a LexicalChoice> {
    let words: Vec<&str> = said.split(' ').filter(|word| word.chars().count() >= TELLING_LETTERS_MIN).collect();
    if said.split(' ').count() > PICKING_WORDS_MAX || calendar::denies(said) {
        return None;
    }
    let records: Vec<(&LexicalChoice, Vec<String>)> = choices
        .iter()
        .filter(|choice| matches!(choice.means, Means::Values(_)) && !is_day(choice))
        .map(|choice| (choice, folded(&choice.label).split([' ', '-', '.', '@']).map(str::to_owned).collect()))
        .collect();
    let holding = |word: &&str| -> Option<&'a LexicalChoice> {
        let mut with =
            records.iter().filter(|(_, label)| label.iter().any(|other| other == word)).map(|(choice, _)| *choice);
        with.next().filter(|_| with.next().is_none())
    };
    let mut found: Vec<&LexicalChoice> = words.iter().filter_map(holding).collect();
    found.dedup();
    match found[..] {
        [only] => Some(only),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(label: &str) -> LexicalChoice {
        let values = [("contact".to_owned(), label.into())].into_iter().collect();
        LexicalChoice { label: label.to_owned(), means: Means::Values(values) }
    }

    fn time(time: &str) -> LexicalChoice {
        let values = [("meeting_date".to_owned(), "2026-12-01".into()), ("meeting_start_time".to_owned(), time.into())];
        LexicalChoice { label: time.to_owned(), means: Means::Values(values.into_iter().collect()) }
    }

    #[test]
    fn a_choice_is_picked_by_number_words_time_and_place() {
        let people = [
            record("Jan Fischer, jan@seehotel.example, Seehotel"),
            record("Jan Fischer, jan@klinik.example, Klinik Nord"),
        ];
        let times = [time("09:00"), time("13:00"), time("13:30")];
        let yes = [
            LexicalChoice { label: "Yes".into(), means: Means::Yes },
            LexicalChoice { label: "No".into(), means: Means::No },
            LexicalChoice { label: "Change".into(), means: Means::Change },
        ];
        for (choices, message, place) in [
            (&people[..], "2", Some(1)),
            (&people, "#1.", Some(0)),
            (&people, "Den vom Seehotel", Some(0)),
            (&people, "the second one", Some(1)),
            (&people, "first", Some(0)),
            (&people, "den anden", Some(1)),
            (&people, "la prima, grazie", Some(0)),
            (&people, "not the first", None),
            (&people, "first let me check", None),
            (&people, "prima devo controllare", None),
            (&people, "Prima!", None),
            (&people, "en anden tid", None),
            (&people, "one second", None),
            (&people, "wait a second", None),
            (&people, "not the one from Seehotel", None),
            (&people, "Jan Fischer", None),
            (&people, "3", None),
            (&times, "13:30", Some(2)),
            (&times, "at 1 pm please", Some(1)),
            (&times, "13", Some(1)),
            (&times, "15:00", None),
            (&yes, "yes", Some(0)),
            (&yes, "NO!", Some(1)),
            (&yes, "maybe", None),
            (&yes, "first let me check", None),
            (&yes, "the first", None),
            (&times, "the last one", Some(2)),
            (&times, "den sidste, tak", Some(2)),
            (&people, "last", None),
            (&yes, "yes?", None),
            (&yes, "correct", None),
            (&yes, "yes to that, but change the words", Some(2)),
            (&yes, "oui mais changez le texte", Some(2)),
            (&yes, "ja aber ändern Sie den Text", Some(2)),
            (&yes, "ja tak, men ret teksten", Some(2)),
            (&yes, "sì ma cambi il testo", Some(2)),
            (&yes, "change", Some(2)),
            (&yes, "ret det", Some(2)),
            (&yes, "change the world", None),
            (&times, "not at 13", None),
            (&times, "9 or 13", None),
            (&times, "um halb 2", Some(2)),
        ] {
            let found = choice(choices, message).map(|found| choices.iter().position(|one| one == found).unwrap());
            assert_eq!(found, place, "{message}");
        }
    }
}
