//! Messages that say what is not wanted: `I do not want to book a meeting`. A report that something does not work is none.

use super::forbidden::is_forbidden;
use super::words::{COURTESIES, folded};

/// What is left of a message that denies a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// It forbids a deed, as in `don't close my ticket`, or denies a wish or a problem.
    pub forbids: bool,
    /// What is wanted in its place.
    pub instead: Option<String>,
}

#[rustfmt::skip]
/// Beginnings of clauses that deny a wish.
const UNWANTED: &[&str] = &[
    "i do not want", "i don't want", "we do not want", "we don't want", "i do not need", "i don't need", "we don't need", "i don't wish",
    "i do not wish", "i would not like", "i wouldn't like", "i no longer want", "i no longer need", "i'd rather not", "no need to",
    "no need for", "i am not here to", "i'm not here to", "i'm not looking for", "i am not looking for", "jeg vil ikke", "jeg vil helst ikke",
    "jeg ønsker ikke", "jeg ønsker ingen", "jeg skal ikke", "jeg behøver ikke", "jeg har ikke brug for", "vi vil ikke", "vi har ikke brug for",
    "je ne veux pas", "je ne veux plus", "je ne souhaite pas", "je ne voudrais pas", "je ne désire pas", "je n'ai pas besoin",
    "je n'ai plus besoin", "nous ne voulons pas", "non voglio", "non vorrei", "non desidero", "non ho bisogno", "non mi serve",
    "non vogliamo", "ich brauche kein", "ich brauche keine", "ich brauche keinen", "ich möchte kein", "ich möchte keine", "ich möchte keinen",
    "i'm not interested in", "i am not interested in", "im not looking for", "im not here to", "i won't need", "don't need", "don't want", "do not want", "not interested in",
    "jeg har ikke lyst til", "jeg gider ikke", "jeg skal ikke have", "vi skal ikke have", "jeg er ikke interesseret i",
    "je veux pas", "je veux plus", "je voudrais pas", "je souhaite pas", "j'ai pas besoin", "j'ai plus besoin", "j'ai pas envie", "je n'ai pas envie", "j'veux pas",
    "on ne veut pas", "on veut pas", "nous n'avons pas besoin", "pas besoin de", "pas besoin d'un", "pas envie de", "non ho voglia", "non intendo", "non mi interessa", "non ci serve",
    "ich habe keine lust", "ich habe kein interesse", "wir wollen keinen", "wir wollen kein", "ich will kein", "ich will keine", "ich will keinen", "wir brauchen keinen", "wir möchten keinen",
];
#[rustfmt::skip]
/// Denials, each with what has to follow somewhere.
const UNWANTED_WITH: &[(&str, &[&str])] = &[
    ("ich möchte", &["nicht"]), ("ich will", &["nicht"]), ("wir möchten", &["nicht"]),
    ("i have no", PROBLEMS), ("i do not have a", PROBLEMS), ("i don't have a", PROBLEMS), ("i do not have any", PROBLEMS),
    ("i don't have any", PROBLEMS), ("there is no", PROBLEMS), ("jeg har ikke", PROBLEMS), ("jeg har ingen", PROBLEMS),
    ("jeg har intet", PROBLEMS), ("der er ikke", PROBLEMS), ("je n'ai pas", PROBLEMS), ("je n'ai aucun", PROBLEMS),
    ("je n'ai aucune", PROBLEMS), ("non ho", PROBLEMS), ("ich habe kein", PROBLEMS), ("ich habe keine", PROBLEMS),
];
#[rustfmt::skip]
const PROBLEMS: &[&str] = &[
    "problem", "problems", "issue", "issues", "question", "questions", "complaint", "problemer", "spørgsmål", "problème", "problèmes",
    "questions", "problemi", "problema", "domande", "domanda", "probleme", "fragen", "frage",
];
/// Words for no, and for a matter that is not wanted: `no meeting, please`.
const NONE: &[&str] = &[
    "no", "not", "a", "ingen", "intet", "ikke", "noget", "pas", "de", "un", "aucun", "nessun", "niente", "kein",
    "keinen", "keine",
];
/// Those of them that deny nothing alone.
const ARTICLES: &[&str] = &["a", "de", "un", "noget"];
const MATTERS: &[&str] = &[
    "meeting",
    "appointment",
    "demo",
    "ticket",
    "call",
    "møde",
    "aftale",
    "sag",
    "rendez-vous",
    "réunion",
    "appuntamento",
    "incontro",
    "termin",
    "human",
    "person",
    "agent",
    "colleague",
    "menneske",
    "personne",
    "humain",
    "persona",
    "mensch",
    "kollege",
    "kollegen",
];
/// Words between what is not wanted and what is.
const BUTS: &[&str] = &["but", "men", "mais", "ma", "aber", "sondern", "instead", "rather"];
/// The fewest words of a wish.
const WISH_WORDS_MIN: usize = 2;

/// The denial in a message that begins with one.
pub fn denied(text: &str) -> Option<Denial> {
    let (first, rest) = match text.split_once([',', '.', ';', '!', '\n']) {
        Some((first, rest)) if !is_courtesy(first) => (first, rest),
        Some((_, rest)) => rest.split_once([',', '.', ';', '!', '\n']).unwrap_or((rest, "")),
        None => (text, ""),
    };
    let words = folded(first);
    let words: Vec<&str> = words.split_whitespace().collect();
    let start = words
        .iter()
        .take_while(|word| COURTESIES.contains(word) || ["no", "nej", "nein", "and", "so"].contains(word))
        .count();
    let (clause, but) = match words.iter().position(|word| BUTS.contains(word)) {
        Some(at) if at > start => (&words[start..at], words[at + 1..].join(" ")),
        _ => (&words[start..], String::new()),
    };
    let forbids = is_forbidden(clause);
    if text.contains('?') || !(forbids || is_unwanted(clause) || is_none(&words)) {
        return None;
    }
    let instead = [but, without_but(rest)].join(" ").trim().to_owned();
    let says_more = instead.split_whitespace().count() >= WISH_WORDS_MIN;
    Some(Denial { forbids, instead: says_more.then_some(instead) })
}

fn is_courtesy(text: &str) -> bool {
    COURTESIES.contains(&folded(text).as_str()) || ["no", "nej", "non", "nein"].contains(&folded(text).as_str())
}

fn without_but(text: &str) -> String {
    let text = text.trim();
    let first = text.split_whitespace().next().map(folded).unwrap_or_default();
    if BUTS.contains(&first.as_str()) {
        text[text.find(char::is_whitespace).unwrap_or(text.len())..].trim().to_owned()
    } else {
        text.to_owned()
    }
}

fn is_unwanted(words: &[&str]) -> bool {
    let text = format!("{} ", words.join(" "));
    let begins = |phrase: &str| text.starts_with(&format!("{phrase} "));
    UNWANTED.iter().any(|phrase| begins(phrase))
        || UNWANTED_WITH.iter().any(|(phrase, needed)| begins(phrase) && words.iter().any(|word| needed.contains(word)))
}

/// True for `no meeting, please`, and for no more.
fn is_none(words: &[&str]) -> bool {
    let known = |word: &&str| NONE.contains(word) || MATTERS.contains(word) || COURTESIES.contains(word);
    words.len() > 1
        && NONE.contains(&words[0])
        && !ARTICLES.contains(&words[0])
        && words.iter().all(known)
        && words.iter().any(|word| MATTERS.contains(word))
}

#[test]
fn a_denial_is_told_from_a_report() {
    for text in [
        "I do not want to book a meeting",
        "Je ne veux pas prendre rendez-vous",
        "Non voglio fissare un appuntamento",
        "Jeg har ikke noget problem",
        "Je n'ai pas de problème",
        "I don't want to talk to a person",
        "Jeg vil ikke tale med en person",
        "Je ne veux pas parler à une personne",
        "Non voglio parlare con una persona",
        "Ich möchte nicht mit einer Person sprechen",
        "Ich brauche keinen Termin",
        "i dont want to book a meeting",
        "I dont need a ticket",
        "im not looking for a meeting",
        "not interested in a demo",
        "je veux pas prendre rendez-vous",
        "j'ai pas besoin d'un rendez-vous",
        "pas besoin de rendez-vous",
        "jeg har ikke lyst til et møde",
        "jeg gider ikke et møde",
        "ich habe keine Lust auf einen Termin",
        "non ho voglia di un incontro",
        "no meeting please",
        "keinen Termin bitte",
    ] {
        assert_eq!(denied(text), Some(Denial { forbids: false, instead: None }), "{text}");
    }
    for text in [
        "don't close my ticket",
        "do not delete my data",
        "please do not change the phone of Sarah Mark to +1 212 555 0100",
        "luk ikke min sag",
        "dont cancel my meeting",
        "please dont close my ticket",
        "n'ouvrez pas de ticket",
        "ferme pas mon ticket",
        "ne fermez pas mon ticket",
        "non chiudere il mio ticket",
        "Schließen Sie mein Ticket bitte nicht",
    ] {
        assert!(denied(text).is_some_and(|denial| denial.forbids), "{text}");
    }
    for (text, instead) in [
        ("i dont want a meeting, i want a refund", "i want a refund"),
        ("I don't want a meeting, I want to report a problem", "I want to report a problem"),
        ("No, I don't need a meeting but my robot is broken", "my robot is broken"),
        ("Ich möchte keinen Termin, sondern ein Ticket", "ein Ticket"),
    ] {
        assert_eq!(denied(text).and_then(|denial| denial.instead).as_deref(), Some(instead), "{text}");
    }
    for text in [
        "my robot does not start",
        "I cannot log in",
        "I don't know what is wrong",
        "Don't you sell robots?",
        "Non funziona",
        "Non si accende",
        "Il ne démarre pas",
        "Robotten starter ikke",
        "Der Roboter will nicht",
        "Jeg har ikke noget billede på skærmen",
        "Je n'ai pas reçu ma commande",
        "I have no power",
        "no power",
        "no wifi at all",
        "le robot dont je parle",
        "the robot wont start",
        "change my address, pas mon nom",
        "no",
        "",
    ] {
        assert_eq!(denied(text), None, "{text}");
    }
}
