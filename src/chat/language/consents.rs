//! A yes with something beside it, and the words that hold it back: a denial, a condition, another time, a question.

use super::answer_words::DEEDS;
use super::answers::{agrees, is_only, longest};
use super::words::{COURTESIES, folded, phrases};

/// Words of thanks, behind which it is said for what.
const THANKS: &[&str] = &["thanks", "thank", "merci", "tak", "grazie", "danke", "dank"];

#[rustfmt::skip]
/// Words that hold something back behind a yes, by language and kind: denials and contrasts, conditions, times that are not
/// now, waiting, questions.
const RESERVATIONS: &[&[&str]] = &[
    // English
    &["but", "not", "no", "only", "except", "however", "though", "although", "rather", "actually", "or", "never", "nothing"],
    &["if", "unless", "provided", "providing", "assuming", "in case", "as long as", "depends", "depending"],
    &["once", "after", "when", "whenever", "as soon as", "soon", "until", "till", "before", "later", "afterwards", "then we", "tomorrow", "tonight",
      "next", "first", "yet", "eventually", "someday", "sometime", "in a", "while", "right after", "another day", "another time"],
    &["wait", "hold", "maybe", "perhaps", "probably", "think", "already", "let me", "remind"],
    &["what", "why", "how", "who", "which", "where"],
    // Danish
    &["men", "ikke", "nej", "kun", "undtagen", "dog", "eller", "hellere", "aldrig", "intet"],
    &["hvis", "medmindre", "såfremt", "forudsat", "så længe"],
    &["efter", "når", "så snart", "snart", "indtil", "før", "inden", "senere", "bagefter", "i morgen", "i aften", "først", "engang", "næste", "en anden dag",
      "om lidt"],
    &["vent", "måske", "nok", "allerede", "lad mig"],
    &["hvad", "hvorfor", "hvordan", "hvem", "hvilken", "hvor"],
    // French
    &["mais", "pas", "non", "seulement", "sauf", "cependant", "pourtant", "plutôt", "ou", "jamais", "rien"],
    &["si", "à condition", "à moins", "pourvu", "tant que"],
    &["après", "quand", "lorsque", "dès que", "dès", "aussitôt", "jusqu'à", "avant", "plus tard", "ensuite", "demain", "ce soir", "d'abord", "bientôt",
      "une fois", "prochaine", "prochain", "un autre jour"],
    &["attendez", "attends", "peut-être", "probablement", "déjà", "laissez-moi"],
    &["quoi", "pourquoi", "comment", "qui", "quel", "quelle", "où", "combien"],
    // Italian
    &["ma", "però", "non", "solo", "tranne", "tuttavia", "piuttosto", "o", "oppure", "mai", "niente"],
    &["se", "a condizione", "a patto", "purché", "salvo", "finché"],
    &["dopo", "quando", "appena", "non appena", "fino a", "prima", "più tardi", "poi", "domani", "stasera", "presto", "una volta", "prossima", "prossimo",
      "un altro giorno"],
    &["aspetti", "aspetta", "forse", "probabilmente", "già", "mi lasci"],
    &["cosa", "perché", "come", "chi", "quale", "dove", "quanto"],
    // German
    &["aber", "nicht", "nein", "kein", "keine", "nur", "außer", "jedoch", "lieber", "oder", "sondern", "nie", "nichts"],
    &["wenn", "falls", "sofern", "vorausgesetzt", "solange", "es sei denn"],
    &["nach", "nachdem", "sobald", "bald", "bis", "bevor", "vorher", "später", "danach", "morgen", "heute abend", "zuerst", "erst", "irgendwann",
      "demnächst", "nächste", "nächsten", "ein andermal"],
    &["warte", "warten", "vielleicht", "wahrscheinlich", "schon", "lassen sie mich"],
    &["was", "warum", "wieso", "wie", "wer", "welche", "welcher", "wo"],
];

/// The kinds of each language, and those of conditions and times among them.
const KINDS: usize = 5;
const CONDITIONAL_KINDS: [usize; 2] = [1, 2];

/// True for a message that says yes and holds nothing back, whatever it says beside: a yes with a `but`, a condition or another
/// time is none.
pub fn consents(text: &str) -> bool {
    consent(text).is_some()
}

/// The words behind a yes that holds nothing back, without what is said in thanks; `None` for other messages.
pub fn consent(text: &str) -> Option<String> {
    if text.contains(['?', '？', '¿']) {
        return None;
    }
    if agrees(text) || is_only(text, |_| DEEDS, DEEDS) {
        return Some(String::new());
    }
    let words = folded(text);
    let words: Vec<&str> = words.split_whitespace().collect();
    let begins = longest(&words, &phrases(|of| of.yes).chain(COURTESIES.iter().copied()).collect::<Vec<_>>());
    let (start, rest) = words.split_at(begins);
    let (start, rest) = (start.join(" "), rest.join(" "));
    if begins == 0 || holds_back(&rest) {
        return None;
    }
    match agrees(&start) {
        true => Some(without_thanks(&rest)),
        false if COURTESIES.contains(&start.as_str()) => consent(&rest),
        false => None,
    }
}

/// True for words that hold a yes back, wherever they stand.
pub fn holds_back(text: &str) -> bool {
    let padded = format!(" {} ", folded(text));
    let is_said = |phrase: &&str| padded.contains(&format!(" {phrase} "));
    RESERVATIONS.iter().flat_map(|kind| kind.iter()).any(is_said) || padded.contains("n't ")
}

/// True for words of a denial, a contrast or another time, and without a condition.
pub(super) fn limits(text: &str) -> bool {
    (says_of_kind(text, 0) || says_of_kind(text, 2)) && !says_of_kind(text, 1)
}

/// True for words of waiting, and without a condition.
pub(super) fn waits(text: &str) -> bool {
    says_of_kind(text, 3) && !says_of_kind(text, 1)
}

/// True for words of one of the kinds, in any language.
fn says_of_kind(text: &str, kind: usize) -> bool {
    let padded = format!(" {} ", folded(text));
    let all = RESERVATIONS.iter().skip(kind).step_by(KINDS).flat_map(|kind| kind.iter());
    all.into_iter().any(|phrase| padded.contains(&format!(" {phrase} ")))
}

/// True for words that begin by holding a yes back.
pub fn begins_held_back(text: &str) -> bool {
    let words = folded(text);
    let words: Vec<&str> = words.split_whitespace().collect();
    let all: Vec<&str> = RESERVATIONS.iter().flat_map(|kind| kind.iter().copied()).collect();
    longest(&words, &all) > 0
}

/// True for words that begin with a condition or a time that is not now.
pub fn begins_with_condition(text: &str) -> bool {
    let words = folded(text);
    let words: Vec<&str> = words.split_whitespace().collect();
    let of_conditions = |(at, _): &(usize, &&[&str])| CONDITIONAL_KINDS.contains(&(at % KINDS));
    let all = RESERVATIONS.iter().enumerate().filter(of_conditions);
    longest(&words, &all.flat_map(|(_, kind)| kind.iter().copied()).collect::<Vec<_>>()) > 0
}

/// The words before a thanks for something.
fn without_thanks(rest: &str) -> String {
    let words: Vec<&str> = rest.split(' ').collect();
    words.into_iter().take_while(|word| !THANKS.contains(word)).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_yes_with_a_condition_another_time_or_a_question_is_held_back() {
    for text in [
        "yes",
        "Yes please, and thank you for the quick help",
        "oh hi, yes",
        "yes, open a ticket for the broken robot",
        "ja bitte, eröffnen Sie das Ticket",
    ] {
        assert!(consents(text), "{text}");
    }
    for text in [
        "yes once you have told me the price",
        "yes after lunch",
        "yes tomorrow",
        "ok so what now",
        "sure, right after you answer my question",
        "yes, in a while",
        "ja sobald ich zurück bin",
        "ja, aber erst morgen",
        "ja, falls es nichts kostet",
        "oui après le déjeuner",
        "oui, à condition que ce soit gratuit",
        "sì dopo pranzo",
        "sì, purché sia gratis",
        "ja efter frokost",
        "ja, hvis det er gratis",
        "ja, medmindre det koster noget",
        "yes?",
        "no",
        "hello",
        "it is broken",
    ] {
        assert!(!consents(text), "{text}");
    }
}
