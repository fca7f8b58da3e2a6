//! Messages that want somebody else than one of the colleagues, or complain about one: `a person please, but not Veronica`.

use super::complaints::complains;
use super::words::folded;
use domain::day_in_words;

#[rustfmt::skip]
/// Words that leave somebody out, in every language.
const EXCEPT: &[&str] = &[
    "not", "except", "other than", "anyone but", "anybody but", "someone but", "somebody but", "nobody from", "no one from", "nobody in", "spare me", "rather than",
    "instead of", "without", "no longer", "ikke", "undtagen", "anden end", "andre end", "ingen fra", "uden", "i stedet for", "pas", "sauf", "autre que",
    "d'autre que", "personne de", "personne du", "sans", "plutôt que", "non", "tranne", "eccetto", "diverso da", "diversa da", "altro che", "nessuno di", "nessuno del",
    "nessuno delle", "senza", "nicht", "außer", "anderer als", "anderen als", "andere als", "niemand aus", "niemanden aus", "niemand vom", "ohne", "statt",
];
#[rustfmt::skip]
/// Words between those and the name of somebody.
const BETWEEN: &[&str] = &[
    "to", "with", "by", "from", "for", "the", "my", "your", "that", "this", "again", "mr", "mrs", "ms", "med", "til", "fra", "min", "hr", "fru", "avec", "à", "par",
    "de", "du", "le", "la", "mon", "ma", "monsieur", "madame", "m", "mme", "con", "da", "il", "mio", "mia", "signor", "signora", "mit", "von", "vom", "an", "zu", "der",
    "die", "den", "dem", "meinem", "meiner", "meinen", "herr", "herrn", "frau",
];
#[rustfmt::skip]
/// Words for a colleague without a name, and for teams.
const ROLES: &[&str] = &[
    "representative", "rep", "manager", "agent", "advisor", "sales", "support", "her", "him", "them", "woman", "man", "guy", "lady", "kontaktperson", "konsulent",
    "rådgiver", "salg", "salgsafdelingen", "hende", "ham", "conseiller", "conseillère", "représentant", "commercial", "commerciaux", "elle", "lui", "referente",
    "consulente", "vendite", "lei", "ansprechpartner", "ansprechpartnerin", "berater", "beraterin", "betreuer", "betreuerin", "vertrieb", "ihr", "ihm", "ihn",
];
#[rustfmt::skip]
/// Words behind which a complaint names whom it is about.
const ABOUT: &[&str] = &["about", "over", "om", "concernant", "contre", "de", "du", "su", "sul", "sulla", "contro", "di", "über", "gegen"];
/// The most words between a word that leaves out and whom it leaves out.
const BETWEEN_MAX: usize = 3;

/// True for a message that wants a person and leaves somebody out, or that complains about somebody of the company.
pub fn excludes_somebody(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let plain: Vec<String> = words.iter().map(|word| folded(word)).collect();
    (0..words.len()).any(|at| {
        let length = EXCEPT.iter().map(|phrase| begins(&plain[at..], phrase)).max().unwrap_or_default();
        length > 0 && names_somebody(&words, &plain, at + length)
    }) || (complains(text)
        && (0..words.len()).any(|at| ABOUT.contains(&plain[at].as_str()) && names_somebody(&words, &plain, at + 1)))
}

/// The number of words of a phrase with which the words begin.
fn begins(words: &[String], phrase: &str) -> usize {
    let count = phrase.split(' ').count();
    let is_said = words.len() >= count && phrase.split(' ').eq(words[..count].iter().map(String::as_str));
    if is_said { count } else { 0 }
}

/// True if the words from here on name somebody, by a name or a role.
fn names_somebody(words: &[&str], plain: &[String], from: usize) -> bool {
    let between = plain[from.min(plain.len())..]
        .iter()
        .take(BETWEEN_MAX)
        .take_while(|word| BETWEEN.contains(&word.as_str()))
        .count();
    // `ihr`, `la` and others may be between, and may be whom it is about.
    let is_role = |at: usize| {
        let word = plain[at].as_str();
        ROLES.contains(&word) && (!BETWEEN.contains(&word) || at + 1 == words.len())
    };
    let within = |to: usize| (from..=to).filter(|at| *at < words.len());
    // `my account manager`
    within(from + between).any(|at| is_role(at) || is_name(words[at], &plain[at]))
        || within(from + between + 1).any(is_role)
}

/// True for a word that is written as a name; a day, a product in capitals and a short form are none.
fn is_name(word: &str, plain: &str) -> bool {
    let letters = || word.chars().filter(|c| c.is_alphabetic());
    let is_day = day_in_words::is_weekday(plain) || day_in_words::is_month(plain);
    let is_written_so = letters().next().is_some_and(char::is_uppercase) && letters().skip(1).any(char::is_lowercase);
    is_written_so && !is_day && !BETWEEN.contains(&plain)
}

#[test]
fn whoever_is_left_out_is_told_from_what_is_not_wanted() {
    for text in [
        "I want to talk to a person, not Veronica please. sarah@gmail.com",
        "yes but not Veronica, she was rude",
        "oui mais pas Mei",
        "a person please, but nobody from sales",
        "ich möchte mit jemandem sprechen, aber nicht mit Frau Chen",
        "en anden end Veronica",
        "please spare me Veronica this time, she made the mess",
        "I want to make a complaint about my account manager",
        "I want to make a complaint about Veronica Chen, she never calls back",
        "una persona, ma non Veronica",
        "not him again",
    ] {
        assert!(excludes_somebody(text), "{text}");
    }
    for text in [
        "a person please",
        "not on Monday",
        "my robot is not working, call me",
        "I want a refund",
        "ADAM does not pour, a person please",
        "a person, not a robot",
        "not before 17",
        "I want to make a complaint about the delivery",
        "Ich möchte nicht warten",
    ] {
        assert!(!excludes_somebody(text), "{text}");
    }
}
