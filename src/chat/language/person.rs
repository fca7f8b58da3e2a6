//! Messages that ask for a person. A message that only speaks of one is none of them.

use super::answers::longest;
use super::denial::denied;
use super::staff_deeds;
use super::words::{COURTESIES, folded, phrases};
use domain::day_in_words;

/// The most words of a message that only asks for a person.
const REQUEST_WORDS_MAX: usize = 24;
/// The most words between a verb and the person.
const BETWEEN_MAX: usize = 4;
#[rustfmt::skip]
/// Words with which a request begins.
const OPENERS: &[&str] = &[
    "can you", "could you", "would you", "let me", "and", "but", "just", "so", "ok", "yes", "no", "kan du", "kan i", "lad mig", "og", "men", "ja",
    "nej", "pouvez-vous", "laissez-moi", "et", "mais", "oui", "non", "può", "mi lasci", "e", "ma", "sì", "können sie", "kannst du", "lassen sie mich",
    "und", "aber", "nein", "then", "instead", "instead of this", "now",
];
/// Those who ask.
const ASKERS: &[&str] = &[
    "i",
    "i'd",
    "i'll",
    "i'm",
    "we",
    "we'd",
    "let me",
    "jeg",
    "vi",
    "je",
    "j'aimerais",
    "nous",
    "puis-je",
    "peut-on",
    "pourrais-je",
    "ich",
    "wir",
    "man",
    "vorrei",
    "voglio",
    "posso",
    "potrei",
    "vorremmo",
    "possiamo",
];
/// Verbs of asking and speaking, before the person or behind.
const VERBS: &[&str] = &[
    "talk",
    "speak",
    "chat",
    "want",
    "need",
    "get",
    "give",
    "connect",
    "transfer",
    "contact",
    "reach",
    "call",
    "put",
    "like",
    "please",
    "prefer",
    "ask for",
    "i have",
    "we have",
    "tale",
    "snakke",
    "tal",
    "vil",
    "ønsker",
    "få",
    "have",
    "giv",
    "stil",
    "omstil",
    "kontakte",
    "brug",
    "ringe",
    "ringer",
    "tak",
    "parler",
    "veux",
    "voudrais",
    "voudrions",
    "j'aimerais",
    "joindre",
    "contacter",
    "passez-moi",
    "besoin",
    "svp",
    "s'il vous plaît",
    "rappeler",
    "parlare",
    "vorrei",
    "vorremmo",
    "voglio",
    "contattare",
    "passi",
    "passatemi",
    "bisogno",
    "per favore",
    "richiamare",
    "sprechen",
    "reden",
    "möchte",
    "möchten",
    "will",
    "brauche",
    "brauchen",
    "verbinden",
    "geben",
    "bitte",
    "kontaktieren",
    "anrufen",
    "zurückrufen",
];
/// Words that may stand between.
const BETWEEN: &[&str] = &[
    "to",
    "with",
    "for",
    "me",
    "us",
    "through",
    "a",
    "an",
    "the",
    "your",
    "real",
    "live",
    "some",
    "now",
    "have",
    "be",
    "i",
    "can",
    "could",
    "med",
    "til",
    "mig",
    "os",
    "gerne",
    "en",
    "et",
    "rigtig",
    "rigtigt",
    "om",
    "kan",
    "jeg",
    "à",
    "avec",
    "de",
    "d'",
    "un",
    "une",
    "vrai",
    "vraie",
    "me",
    "moi",
    "con",
    "di",
    "mi",
    "un",
    "una",
    "mit",
    "mir",
    "mich",
    "ich",
    "sie",
    "uns",
    "gern",
    "gerne",
    "lieber",
    "echten",
    "echtem",
    "wir",
    "kann",
    "peut-il",
    "peut-elle",
    "può",
    "rather",
    "would",
    "op",
    "opkald",
    "fra",
    "her",
    "his",
    "their",
    "hans",
    "hendes",
    "son",
    "sa",
    "suo",
    "il",
    "sua",
    "seinen",
    "ihren",
    "ihrem",
    "einen",
    "einem",
    "finally",
    "actual",
    "endelig",
    "bare",
    "enfin",
    "juste",
    "finalmente",
    "endlich",
    "nur",
    "einfach",
];
#[rustfmt::skip]
/// Words of haste behind a request.
const HASTE: &[&str] = &[
    "now", "right now", "immediately", "at once", "asap", "today", "fast", "quick", "quickly", "nu", "straks", "med det samme", "i dag", "hurtigt",
    "maintenant", "tout de suite", "immédiatement", "vite", "aujourd'hui", "adesso", "ora", "subito", "immediatamente", "oggi", "jetzt", "sofort", "gleich", "heute", "schnell",
];
/// Words that turn a request into its contrary.
const NEGATIONS: &[&str] = &[
    "not", "don't", "never", "without", "uden", "sans", "senza", "ohne", "ikke", "pas", "non", "nicht", "kein",
    "keine", "keinen", "keinem",
];

/// Days on which somebody may call.
const NEAR_DAYS: &[&str] = &["tomorrow", "tonight", "later", "soon", "once", "maybe", "up"];
/// Somebody, whoever it is.
const SOMEBODY: &[&str] = &["somebody", "someone", "anybody", "anyone", "nogen", "jemand", "quelqu'un", "qualcuno"];
/// The one who speaks, as whom somebody calls.
const ME: &[&str] = &["me", "us", "mig", "os", "mich", "uns", "me", "moi", "nous", "mi", "ci"];
/// Verbs of calling, as a wish has them.
const CALLS: &[&str] = &[
    "call",
    "phone",
    "ring",
    "ringe",
    "ringer",
    "anrufen",
    "anruft",
    "zurückrufen",
    "zurückruft",
    "appeler",
    "appelle",
    "rappeler",
    "rappelle",
    "chiamare",
    "chiami",
    "richiamare",
    "richiami",
];
/// Verbs of calling that have the one who speaks in them.
const CALLS_ME: &[&str] = &["m'appeler", "m'appelle", "chiamarmi", "richiamarmi", "chiamarci"];

/// True for a clause in which somebody is to call, whatever stands between: `can somebody call me about the invoice`.
fn is_to_call(words: &[&str]) -> bool {
    let has = |some: &[&str]| words.iter().any(|word| some.contains(word));
    has(SOMEBODY) && (has(CALLS_ME) || (has(ME) && has(CALLS))) && !is_negated(words)
}

/// First words of a clause that wishes for what somebody else does: `que la personne me rappelle`.
const WISHED: &[&str] = &["que", "qu'il", "qu'elle", "qu'on", "che"];

/// True for a message that asks for a person and for little else.
pub fn asks_for_person(text: &str) -> bool {
    // Who forbids to be called, or wants no person, asks for none.
    if let Some(denial) = denied(text) {
        return denial.instead.is_some_and(|instead| asks_for_person(&instead));
    }
    folded(text).split(' ').count() <= REQUEST_WORDS_MAX
        && (text.split([',', ';', '.', '!', '?', '\n', ':']).any(is_request) || staff_deeds::are_wanted(text))
}

fn is_request(clause: &str) -> bool {
    let words = folded(clause);
    let words: Vec<&str> = words.split_whitespace().collect();
    let people: Vec<&str> = phrases(|of| of.person).collect();
    let requests: Vec<&str> = phrases(|of| of.request).collect();
    let start = opened(&words);
    is_to_call(&words)
        || (0..words.len()).any(|at| {
            let (request, person) = (longest(&words[at..], &requests), longest(&words[at..], &people));
            if request > 0 {
                let behind = &words[at + request..];
                if is_name_of_caller(&words[at..at + request], behind) {
                    return false;
                }
                let stands_alone = at <= start && behind.len() <= BETWEEN_MAX;
                let is_wished = at > start && WISHED.contains(&words[start]);
                return (stands_alone || is_wished || is_asked(&words, at, at)) && !is_negated(&words[..at]);
            }
            person > 0 && asks_for(&words, at, at + person, start)
        })
}

/// True for `call me Bob`, which tells a name and asks for no call.
fn is_name_of_caller(request: &[&str], behind: &[&str]) -> bool {
    let [name] = behind else { return false };
    let is_time = HASTE.contains(name)
        || COURTESIES.contains(name)
        || day_in_words::is_weekday(name)
        || NEAR_DAYS.contains(name)
        || !name.chars().all(char::is_alphabetic);
    request == ["call", "me"] && *name != "back" && !is_time
}

/// True if the words ask for the person who is named from `from` to `to`.
fn asks_for(words: &[&str], from: usize, to: usize, start: usize) -> bool {
    if is_negated(&words[..from]) {
        return false;
    }
    let beside: Vec<&str> = COURTESIES.iter().chain(HASTE).copied().collect();
    if from <= start && all_of(&words[to..], &beside) {
        return true;
    }
    let before = (from.saturating_sub(BETWEEN_MAX + 1)..from).rev().find(|at| is_verb(words, *at, from));
    let before = before.filter(|at| between(&words[at + verb(&words[*at..])..from]));
    let behind = (to..words.len().min(to + BETWEEN_MAX + 1)).find(|at| verb(&words[*at..]) > 0);
    let behind = behind.filter(|at| between(&words[to..*at]));
    match (before, behind) {
        (Some(verb), _) => verb <= start || is_asked(words, verb, to),
        (None, Some(verb)) => from <= start || is_asked(words, from, verb),
        _ => false,
    }
}

/// The number of words with which a request may begin.
fn opened(words: &[&str]) -> usize {
    let openers: Vec<&str> = OPENERS.iter().chain(COURTESIES).copied().collect();
    let mut at = 0;
    while at < words.len() {
        match longest(&words[at..], &openers) {
            0 => break,
            length => at += length,
        }
    }
    at
}

/// True if somebody asks for themselves, before the verb or right behind.
fn is_asked(words: &[&str], verb: usize, to: usize) -> bool {
    (0..to.max(verb + 1).min(words.len())).any(|at| longest(&words[at..], ASKERS) > 0)
}

fn is_negated(words: &[&str]) -> bool {
    words.iter().any(|word| NEGATIONS.contains(word))
}

fn verb(words: &[&str]) -> usize {
    longest(words, VERBS)
}

fn is_verb(words: &[&str], at: usize, to: usize) -> bool {
    let length = verb(&words[at..]);
    length > 0 && at + length <= to
}

fn between(words: &[&str]) -> bool {
    words.len() <= BETWEEN_MAX && words.iter().all(|word| BETWEEN.contains(word))
}

fn all_of(words: &[&str], phrases: &[&str]) -> bool {
    let mut rest = words;
    while !rest.is_empty() {
        match longest(rest, phrases) {
            0 => return false,
            length => rest = &rest[length..],
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_asked_for_in_every_language() {
        for person in [
            "A person, please",
            "can I talk to a human?",
            "en medarbejder, tak",
            "Je veux parler à quelqu'un",
            "posso parlare con una persona",
            "Ich möchte mit einem Mitarbeiter sprechen",
            "/person",
            "Operator",
            "I want a real person",
            "connect me to an agent",
            "put me through to an operator",
            "My robot is broken, call me back",
            "call me back, robot on fire",
            "let me talk to a person",
            "Talk to a human",
            "give me a human",
            "customer service",
            "is there someone I can talk to",
            "Jeg vil gerne tale med en medarbejder",
            "Kan jeg tale med en person?",
            "Ring til mig",
            "Puis-je parler à un conseiller ?",
            "un conseiller, s'il vous plaît",
            "Rappelez-moi",
            "Vorrei un operatore",
            "un operatore per favore",
            "Richiamatemi",
            "Kann ich mit einem Menschen sprechen?",
            "Einen Mitarbeiter bitte",
            "Bitte rufen Sie mich zurück",
            "A PERSON NOW!!!",
            "I do not want to talk to a robot, give me a human",
            "call me tomorrow",
            "a human right now please",
            "EN PERSON NU!!",
            "Une personne tout de suite !",
            "una persona subito!!!",
            "EINE PERSON, SOFORT!",
            "moment, kann mich heute noch jemand wegen der Rechnung anrufen?",
            "somebody has to call me about the invoice of October",
            "kan nogen ringe til mig om fakturaen?",
            "quelqu'un peut m'appeler au sujet de la facture ?",
            "qualcuno può chiamarmi per la fattura?",
            "Geben Sie mir endlich einen Menschen!",
            "Veronica never calls me back, I want her boss",
            "somebody should explain the lease to me",
            "gut, der Techniker soll eine Leiter mitbringen, richten Sie das bitte aus",
            "ganz was anderes: Ihr Vertrieb soll mir ein Leasing anbieten",
            "et que la personne qui s'en est occupée me passe un coup de fil, c'est pour la garantie",
            "jeres sælger skal kontakte mig",
            "un tecnico deve venire domani",
        ] {
            assert!(asks_for_person(person), "{person}");
        }
    }

    #[test]
    fn who_speaks_of_people_asks_for_none() {
        for other in [
            "How many people work with the robot?",
            "the operator manual is missing",
            "can an operator control ADAM remotely?",
            "does the robot talk to a person?",
            "Do you sell a human being detector?",
            "who is the manager?",
            "it is a human error",
            "a person told me the robot is broken",
            "det er ikke rigtigt",
            "the robot does not call me",
            "A colleague reported this yesterday",
            "Kann der Roboter mit einer Person sprechen?",
            "Il robot può parlare con una persona?",
            "Le robot peut-il parler à une personne ?",
            "Add a person",
            "Find en person",
            "somebody called me yesterday",
            "nobody should call me",
            "no person please, just tell me the price of adam",
            "without talking to a person can i get a ticket",
            "call me Bob",
            "must the technician be there when it comes?",
            "the technician has not come",
            "the technician has repaired it",
            "the robot should stop when somebody talks to it",
            "my sales report should be in the app",
        ] {
            assert!(!asks_for_person(other), "{other}");
        }
    }
}
