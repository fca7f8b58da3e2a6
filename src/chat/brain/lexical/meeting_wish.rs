//! The wish for a meeting by the form of its sentence: who wants `an appointment`, with or without a day and an hour, wants a
//! new one. Words for days and hours are alike in questions about a meeting, and say nothing of what is wanted.

use crate::chat::language::folded;
use domain::day_in_words;

#[rustfmt::skip]
/// Nouns for a meeting.
const MEETINGS: &[&str] = &[
    "meeting", "appointment", "demo", "demonstration", "møde", "aftale", "demonstration", "rendez-vous", "rdv", "réunion", "démo", "démonstration", "appuntamento", "incontro",
    "riunione", "dimostrazione", "termin", "treffen", "besprechung", "vorführung", "beratungstermin",
];
/// Articles and numbers before what is not there yet.
const ARTICLES: &[&str] = &["a", "an", "one", "et", "en", "un", "une", "uno", "una", "ein", "eine", "einen"];
#[rustfmt::skip]
/// Words by which somebody wants something.
const WANTS: &[&str] = &[
    "want", "need", "would", "like", "i'd", "book", "schedule", "arrange", "fix", "make", "get", "have a look", "please", "vil", "gerne", "ønsker", "behøver", "brug", "booke", "aftale",
    "voudrais", "veux", "souhaite", "aimerais", "besoin", "prendre", "fixer", "réserver", "vorrei", "voglio", "desidero", "serve", "bisogno", "fissare", "prenotare", "prendere",
    "möchte", "will", "brauche", "hätte", "wünsche", "buchen", "vereinbaren", "ausmachen", "machen", "bräuchte",
];
#[rustfmt::skip]
/// Words of another wish about a meeting, or of what is so.
const OTHERS: &[&str] = &[
    "cancel", "move", "postpone", "reschedule", "change", "shift", "missed", "miss", "forgot", "another", "new", "different", "my", "when", "had", "confirm", "attend", "late", "aflyse", "flytte",
    "udskyde", "ændre", "anden", "andet", "ny", "nyt", "mit", "min", "hvornår", "annuler", "déplacer", "reporter", "changer", "autre", "nouveau", "mon", "ma", "quand", "manqué",
    "annullare", "disdire", "spostare", "rimandare", "cambiare", "altro", "altra", "nuovo", "nuova", "mio", "mia", "quando", "perso", "absagen", "stornieren", "verschieben", "verlegen",
    "ändern", "anderen", "neuen", "mein", "meinen", "wann", "verpasst", "not", "don't", "no", "ikke", "pas", "non", "nicht", "kein", "keinen", "problem", "issue", "ticket",
];
/// The most words of a message that is nothing but a meeting and its time: `termin freitag 10 uhr`.
const BARE_WORDS_MAX: usize = 9;
const BETWEEN_MAX: usize = 2;
#[rustfmt::skip]
/// Words beside an hour.
const CLOCK: &[&str] = &["uhr", "um", "kl", "klokken", "am", "pm", "h", "heures", "o'clock", "ore"];
#[rustfmt::skip]
const NEAR_DAYS: &[&str] = &["today", "tomorrow", "tonight", "heute", "morgen", "übermorgen", "idag", "imorgen", "aujourd'hui", "demain", "oggi", "domani", "dopodomani"];

/// True for a message that wants a meeting which is not there yet.
pub(super) fn is_one(message: &str) -> bool {
    if message.contains('?') {
        return false;
    }
    let alone = without_companion(message);
    let text = folded(&alone);
    let words: Vec<&str> = text.split(' ').collect();
    let Some(at) = words.iter().position(|word| MEETINGS.contains(word)) else { return false };
    if words.iter().any(|word| OTHERS.contains(word)) {
        return false;
    }
    let is_new = words[at.saturating_sub(BETWEEN_MAX + 1)..at].iter().any(|word| ARTICLES.contains(word));
    let is_wanted = words.iter().any(|word| WANTS.contains(word));
    let rest = without_times(&alone);
    let is_bare = words.len() <= BARE_WORDS_MAX
        && folded(&rest).split(' ').all(|word| {
            MEETINGS.contains(&word) || ARTICLES.contains(&word) || CLOCK.contains(&word) || ON.contains(&word)
        });
    (is_new && is_wanted) || (is_bare && names_time(message))
}

/// Words before a day.
const ON: &[&str] = &["on", "at", "am", "den", "på", "le", "il", "next", "this", "nächsten", "prochain", "prossimo"];

/// A message without the person whom somebody wants to meet: `Termin am Freitag mit Daniel`.
fn without_companion(message: &str) -> String {
    const WITH: &[&str] = &["with", "med", "avec", "con", "mit"];
    let words: Vec<&str> = message.split_whitespace().collect();
    let at = words.iter().position(|word| WITH.contains(&folded(word).as_str()));
    let Some(at) = at else { return message.to_owned() };
    let named = words[at + 1..].iter().take_while(|word| word.starts_with(char::is_uppercase)).count();
    let kept = words.iter().enumerate().filter(|(place, _)| *place < at || *place > at + named);
    if named == 0 { message.to_owned() } else { kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" ") }
}

#[rustfmt::skip]
/// Verbs that move an appointment.
const MOVES: &[&str] = &[
    "move", "postpone", "reschedule", "shift", "push", "flyt", "flytte", "udskyd", "udskyde", "rykke", "ryk", "déplacer", "déplacez", "déplace", "reporter", "reportez", "décaler",
    "décalez", "spostare", "sposti", "sposta", "spostate", "rimandare", "rimandi", "rinviare", "verschieben", "verschiebe", "verlegen", "verlege",
];
#[rustfmt::skip]
/// Words for what was spoken of.
const IT: &[&str] = &["it", "that", "this", "den", "det", "le", "la", "l'", "lo", "ihn", "es", "das"];
/// Words before a verb.
const BEFORE_MOVES: &[&str] = &[
    "please",
    "can",
    "could",
    "you",
    "i",
    "we",
    "i'd",
    "want",
    "would",
    "like",
    "to",
    "kan",
    "du",
    "i",
    "jeg",
    "vil",
    "gerne",
    "venligst",
    "pouvez-vous",
    "je",
    "voudrais",
    "veux",
    "peux-tu",
    "può",
    "puoi",
    "potete",
    "vorrei",
    "bitte",
    "können",
    "sie",
    "kannst",
    "ich",
    "möchte",
    "wir",
    "ok",
    "then",
    "and",
];

/// True for a message that moves what was spoken of: `move it to Thursday`, `verschieben Sie ihn auf Donnerstag`. A verb with its
/// pronoun joined, as `spostarlo`, says both.
pub(super) fn moves_one(message: &str) -> bool {
    let text = folded(message);
    let words: Vec<&str> = text.split(' ').collect();
    let pronoun = |word: &str| word.trim_end_matches("-le").trim_end_matches("-la").len() < word.len();
    let joined = |word: &str| {
        ["lo", "la"]
            .iter()
            .filter_map(|it| word.strip_suffix(it))
            .any(|verb| MOVES.contains(&verb) || MOVES.contains(&format!("{verb}e").as_str()))
            || (pronoun(word) && MOVES.contains(&word.trim_end_matches("-le").trim_end_matches("-la")))
            || word.strip_prefix("l'").is_some_and(|verb| MOVES.contains(&verb))
    };
    let verb = words.iter().position(|word| MOVES.contains(word) || joined(word));
    let Some(verb) = verb.filter(|_| names_time(message)) else { return false };
    // German puts an infinitive at the end, behind what is moved.
    let around = [&words[verb.saturating_sub(1)..verb], &words[verb + 1..words.len().min(verb + 3)]].concat();
    let is_it = joined(words[verb])
        || around.iter().any(|word| IT.contains(word))
        || (verb + 1 == words.len() && words.iter().any(|word| IT.contains(word)));
    let begins =
        words[..verb].iter().all(|word| BEFORE_MOVES.contains(word) || IT.contains(word)) || verb + 1 == words.len();
    is_it && begins
}

/// True for a message that names a day or an hour.
pub(super) fn names_time(message: &str) -> bool {
    without_times(message) != message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A message without the words for its day and its hour.
pub(super) fn without_times(message: &str) -> String {
    let raw: Vec<&str> = message.split_whitespace().collect();
    let words: Vec<String> = raw.iter().map(|word| folded(word)).collect();
    let is_day =
        |word: &str| day_in_words::is_weekday(word) || day_in_words::is_month(word) || NEAR_DAYS.contains(&word);
    let is_hour = |at: usize| {
        let word = words[at].as_str();
        let near = |other: Option<&String>| {
            other.is_some_and(|other| CLOCK.contains(&other.as_str()) || ["at", "à", "alle"].contains(&other.as_str()))
        };
        let is_number = word.starts_with(|c: char| c.is_ascii_digit());
        let joined = word.contains(':') || ["pm", "am", "h"].iter().any(|end| word.ends_with(end));
        is_number && (joined || near(words.get(at + 1)) || near(at.checked_sub(1).and_then(|before| words.get(before))))
    };
    let is_beside = |at: usize| {
        CLOCK.contains(&words[at].as_str())
            && ((at > 0 && is_hour(at - 1)) || (at + 1 < words.len() && is_hour(at + 1)))
    };
    let kept = (0..raw.len()).filter(|at| !is_day(&words[*at]) && !is_hour(*at) && !is_beside(*at));
    kept.map(|at| raw[at]).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_wish_for_a_meeting_is_told_from_a_question_about_one() {
    for text in [
        "Ich möchte einen Termin um 11 Uhr",
        "Ich möchte einen Termin am Mittwoch um 11 Uhr",
        "Ich möchte ein Meeting am Mittwoch um 11 Uhr",
        "Ich brauche einen Termin",
        "termin freitag 10 uhr",
        "Termin am Donnerstag um 15 Uhr mit Daniel",
        "i want an appointment on friday at 10",
        "I need a demo",
        "Vorrei un appuntamento",
        "Je voudrais un rendez-vous jeudi à 14h30",
        "rdv vendredi 10h",
        "Jeg vil gerne have et møde fredag kl 10",
    ] {
        assert!(is_one(text), "{text}");
    }
    for text in [
        "Wann ist mein Termin?",
        "I have an appointment on friday",
        "I want to cancel an appointment",
        "Ich möchte einen anderen Termin",
        "I do not want a meeting",
        "meeting",
        "my appointment friday at 10",
        "I missed a meeting",
        "Ich brauche einen neuen Arm",
    ] {
        assert!(!is_one(text), "{text}");
    }
    assert_eq!(without_times("Ich möchte einen Termin am Mittwoch um 11 Uhr"), "Ich möchte einen Termin am");
    assert_eq!(without_times("the arm broke twice"), "the arm broke twice");
}

#[test]
fn an_appointment_that_was_spoken_of_is_moved() {
    for text in [
        "move it to thursday",
        "can you move that to Friday at 10?",
        "please reschedule it to tomorrow",
        "flyt den til torsdag",
        "kan du flytte det til fredag?",
        "déplacez-le à jeudi",
        "pouvez-vous le déplacer à jeudi ?",
        "spostarlo a giovedì",
        "lo sposti a giovedì",
        "verschieben Sie ihn auf Donnerstag",
        "können Sie ihn auf Donnerstag verschieben",
    ] {
        assert!(moves_one(text), "{text}");
    }
    for text in [
        "move to thursday street",
        "the robot does not move on friday",
        "move it to the kitchen",
        "it moved on friday",
        "thursday",
    ] {
        assert!(!moves_one(text), "{text}");
    }
}
