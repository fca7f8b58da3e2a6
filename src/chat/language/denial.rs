//! Messages that say what is not wanted: `I do not want to book a meeting`. A report that something does not work is none.

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
    "ich will kein", "ich will keine", "ich will keinen", "wir brauchen keinen", "wir möchten keinen",
];
#[rustfmt::skip]
/// The same with what has to follow somewhere.
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
#[rustfmt::skip]
/// Deeds that are forbidden, each with the words before and behind that forbid it.
const FORBIDDEN: &[(&[&str], &[&str], &[&str])] = &[
    (&["do not", "don't", "never", "please don't", "please do not"],
     &["book", "open", "close", "delete", "remove", "change", "update", "create", "add", "cancel", "reopen", "move", "save", "schedule",
       "correct", "edit", "send", "make", "register", "call", "pass"], &[]),
    (&["lad være med at", "undlad at", "du skal ikke", "du må ikke"], &["booke", "lukke", "slette", "ændre", "oprette", "annullere", "rette"], &[]),
    (&[], &["luk", "slet", "ret", "ændr", "opret", "annuller", "book", "aflys"], &["ikke"]),
    (&["ne"], &["fermez", "ferme", "supprimez", "supprime", "changez", "change", "modifiez", "créez", "crée", "réservez", "annulez",
                "ouvrez", "effacez"], &["pas"]),
    (&["non"], &["chiudere", "chiuda", "cancellare", "cancelli", "eliminare", "elimini", "cambiare", "cambi", "modificare", "modifichi",
                 "creare", "crei", "prenotare", "prenoti", "aprire", "apra", "annullare", "annulli"], &[]),
    (&[], &["schließen", "schließ", "löschen", "lösche", "ändern", "ändere", "erstellen", "erstelle", "buchen", "buche", "stornieren",
            "eröffnen"], &["nicht"]),
];
/// Words between what is not wanted and what is.
const BUTS: &[&str] = &["but", "men", "mais", "ma", "aber", "sondern", "instead", "rather"];
/// The most words between a deed and the word behind it that forbids it.
const BETWEEN_MAX: usize = 6;
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
    let forbids = forbids(clause);
    if text.contains('?') || !(forbids || is_unwanted(clause)) {
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

fn forbids(words: &[&str]) -> bool {
    let text = format!("{} ", words.join(" "));
    FORBIDDEN.iter().any(|(before, deeds, behind)| {
        let rest = before.iter().find_map(|phrase| text.strip_prefix(&format!("{phrase} ")));
        let Some(rest) = rest.or(before.is_empty().then_some(text.as_str())) else { return false };
        let mut rest = rest.split_whitespace();
        let first = rest.next().unwrap_or_default();
        deeds.contains(&first) && (behind.is_empty() || rest.take(BETWEEN_MAX).any(|word| behind.contains(&word)))
    })
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
    ] {
        assert_eq!(denied(text), Some(Denial { forbids: false, instead: None }), "{text}");
    }
    for text in [
        "don't close my ticket",
        "do not delete my data",
        "please do not change the phone of Sarah Mark to +1 212 555 0100",
        "luk ikke min sag",
        "ne fermez pas mon ticket",
        "non chiudere il mio ticket",
        "Schließen Sie mein Ticket bitte nicht",
    ] {
        assert!(denied(text).is_some_and(|denial| denial.forbids), "{text}");
    }
    for (text, instead) in [
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
        "no",
        "",
    ] {
        assert_eq!(denied(text), None, "{text}");
    }
}
