//! Sentences in which somebody tells what they have done: `I have forwarded it`, `ich habe es weitergeleitet`. Any deed needs
//! a call; to have looked, found or understood something does not.

use super::sentence::holds;
use super::words::MATTERS;

#[rustfmt::skip]
/// The tellers, with the words that follow them in every language.
const SINGULAR: &[&str] = &[
    "i have", "i've", "ich habe", "habe ich", "jeg har", "har jeg", "j'ai", "je vous ai", "je l'ai", "je t'ai", "je les ai", "je lui ai", "ho",
    "l'ho", "le ho", "gli ho", "vi ho", "ti ho", "li ho",
];
#[rustfmt::skip]
/// Those who also tell of the company: only what was done for the visitor is a claim.
const PLURAL: &[&str] = &[
    "we have", "we've", "wir haben", "haben wir", "vi har", "har vi", "nous avons", "nous vous avons", "nous l'avons", "abbiamo", "l'abbiamo",
    "le abbiamo",
];
#[rustfmt::skip]
/// Words for the visitor, and for what they want.
const OF_VISITOR: &[&str] = &[
    "you", "your", "it", "this", "that", "sie", "ihnen", "ihr", "ihre", "ihren", "ihrem", "es", "das", "dich", "dir", "dein", "dig",
    "din", "dit", "dine", "det", "den", "vous", "votre", "vos", "te", "ton", "cela", "ça", "la", "le", "lei", "suo", "sua", "ti", "tuo",
];
#[rustfmt::skip]
/// Words by which nothing was done.
const NOTHING: &[&str] = &["not", "nothing", "never", "nicht", "nichts", "nie", "kein", "keine", "keinen", "ikke", "intet", "ingen", "pas", "rien", "jamais", "non", "nulla", "niente"];
#[rustfmt::skip]
/// Adverbs between a teller and the deed.
const ADVERBS: &[&str] = &[
    "just", "already", "now", "also", "gladly", "then", "nu", "allerede", "lige", "også", "netop", "déjà", "bien", "aussi", "già",
    "appena", "anche", "ora", "for", "you", "gone", "ahead", "and", "also",
];
#[rustfmt::skip]
/// What is done by looking, hearing and thinking, and what a reply itself does.
const NO_DEEDS: &[&str] = &[
    "checked", "looked", "searched", "noticed", "listed", "received", "learned", "tried", "understood", "reviewed", "needed", "wanted",
    "asked", "helped", "said", "meant", "thought", "used", "assumed", "hoped", "liked", "loved", "apologised", "apologized", "believed",
    "appreciated", "agreed", "misunderstood", "missed", "helped", "answered", "mentioned", "explained", "attached", "included", "collected", "gathered", "limited", "experienced",
    "geprüft", "gefunden", "gesehen", "nachgesehen", "geschaut", "nachgeschaut", "gesucht", "verstanden", "gelesen", "erhalten",
    "bekommen", "gehört", "erfahren", "versucht", "aufgelistet", "überprüft", "gefragt", "kontrolleret", "fundet", "set", "tjekket",
    "kigget", "søgt", "forstået", "læst", "fået", "hørt", "modtaget", "prøvet", "undersøgt", "trouvé", "vérifié", "regardé", "cherché",
    "compris", "reçu", "entendu", "consulté", "essayé", "trovato", "controllato", "verificato", "cercato", "guardato", "capito",
    "trois", "ricevuto", "sentito", "letto", "provato", "consultato", "visto",
];
/// English deeds that do not end as others do.
const IRREGULAR: &[&str] =
    &["put", "gone", "sent", "made", "set", "taken", "given", "done", "written", "told", "let", "got", "begun"];
/// Verbs of deeds in the simple past.
const PAST: &[&str] = &["took", "gave", "wrote", "went"];
/// Words behind which a teller speaks of what is stored or was asked.
const RELATIVE: &[&str] =
    &["what", "when", "was", "hvad", "ce que", "che", "quello che", "que", "der", "die", "som", "which", "as"];

/// True for a clause, in lower case, that tells a deed of the one who speaks.
pub(super) fn tells_one(clause: &str) -> bool {
    let words: Vec<&str> = clause.split(' ').collect();
    let told = |tellers: &[&str]| (0..words.len()).any(|at| tells_at(&words, at, tellers));
    let is_theirs = holds(clause, OF_VISITOR) || words.iter().any(|word| MATTERS.contains(word));
    told(SINGULAR) || (told(PLURAL) && is_theirs) || (0..words.len()).any(|at| tells_past(&words, at))
}

/// True for `I told the team`: an English deed in the past, with what it was done to.
fn tells_past(words: &[&str], at: usize) -> bool {
    let before = words[..at].last();
    let we_did = words[at] == "we" && words.contains(&"your") && words.iter().any(|word| MATTERS.contains(word));
    if (words[at] != "i" && !we_did) || before.is_some_and(|word| RELATIVE.contains(word)) {
        return false;
    }
    let mut behind = words[at + 1..].iter().skip_while(|word| ADVERBS.contains(word));
    let Some(deed) = behind.next() else { return false };
    let of_talk = *deed == "let" && behind.clone().next().is_some_and(|whom| ["you", "me", "us"].contains(whom));
    let is_past = is_deed(deed, "i have") || PAST.contains(deed);
    is_past && !of_talk && !NO_DEEDS.contains(deed) && behind.next().is_some()
}

fn tells_at(words: &[&str], at: usize, tellers: &[&str]) -> bool {
    let rest = words[at..].join(" ") + " ";
    let Some(teller) = tellers.iter().find(|teller| rest.starts_with(&format!("{teller} "))) else { return false };
    let before = words[..at].join(" ");
    if RELATIVE.iter().any(|word| before == *word || before.ends_with(&format!(" {word}"))) {
        return false;
    }
    let behind: Vec<&str> = words[at + teller.split(' ').count()..].to_vec();
    let german = teller.contains("habe") || teller.contains("haben");
    // German says the deed at the end.
    let deed = if german { behind.last() } else { behind.iter().find(|word| !ADVERBS.contains(word)) };
    let went_ahead = behind.starts_with(&["gone", "ahead"]);
    if holds(&behind.join(" "), NOTHING) {
        return false;
    }
    went_ahead || deed.is_some_and(|deed| is_deed(deed, teller) && !NO_DEEDS.contains(deed))
}

/// True for a word that has the form of a deed in the language of the teller.
fn is_deed(word: &str, teller: &str) -> bool {
    let ends = |endings: &[&str]| endings.iter().any(|end| word.len() > end.len() + 2 && word.ends_with(end));
    match teller {
        "i have" | "i've" | "we have" | "we've" => ends(&["ed"]) || IRREGULAR.contains(&word),
        "jeg har" | "har jeg" | "vi har" | "har vi" => ends(&["et", "dt", "lt", "gt", "nt", "rt"]),
        "j'ai" | "je vous ai" | "je l'ai" | "je t'ai" | "je les ai" | "je lui ai" | "nous avons"
        | "nous vous avons" | "nous l'avons" => ends(&["é", "ée", "is", "it", "ait", "ert"]) || word == "mis",
        "ho" | "l'ho" | "le ho" | "gli ho" | "vi ho" | "ti ho" | "li ho" | "abbiamo" | "l'abbiamo" | "le abbiamo" => {
            ends(&["ato", "ito", "uto", "sso", "tto", "ata", "ita", "uta", "rto", "sto"])
        }
        // German.
        _ => word.contains("ge") && (ends(&["t", "en"])) || ends(&["iert", "bart", "tigt", "stellt", "sandt", "bucht"]),
    }
}

#[test]
fn a_deed_is_told_from_a_look() {
    for (clause, deed) in [
        ("i've gone ahead and put you down for thursday at 10", true),
        ("i have forwarded your matter", true),
        ("ich habe ihr anliegen weitergeleitet", true),
        ("ho inserito l'appuntamento per giovedì", true),
        ("jeg har sendt det videre", true),
        ("j'ai transmis votre demande", true),
        ("we have cleared your account", true),
        ("i just let veronica know", true),
        ("i told the team", true),
        ("je vous ai mis mardi à 15h", true),
        ("i'll let you know", false),
        ("i let you know when it is ready", false),
        ("as i told you", false),
        ("i looked at the calendar", false),
        ("i have two free times", false),
        ("i have a question", false),
        ("i have checked the calendar", false),
        ("ich habe nachgesehen", false),
        ("ich habe am dienstag zwei termine", false),
        ("jeg har fundet to ledige tider", false),
        ("j'ai trouvé deux heures", false),
        ("ho trovato due orari", false),
        ("this is what we have stored about you", false),
        ("we have developed robots since 1990", false),
        ("i have tuesday at 10", false),
    ] {
        assert_eq!(tells_one(clause), deed, "{clause}");
    }
}
