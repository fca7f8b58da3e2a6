//! Messages that say what a value has become: what stands in them is no way to recognise the customer.

use crate::chat::language::folded;

#[rustfmt::skip]
/// Phrases that say so.
const PHRASES: &[&str] = &[
    "changed to", "change to", "change my", "change the", "new phone", "new number", "new e-mail", "new email", "new address",
    "update my", "correct my", "ændret til", "nyt nummer", "nyt telefonnummer", "ny mail", "ny e-mail",
    "ny adresse", "ret mit", "ret min", "skift mit", "skift min", "nouveau numéro", "nouvelle adresse", "nouvel e-mail",
    "a changé", "changer mon", "changez mon", "modifier mon", "modifiez mon", "nuovo numero", "nuovo indirizzo", "nuova e-mail", "nuova mail",
    "è cambiato", "è cambiata", "cambiare il mio", "cambi il mio", "neue nummer", "neue telefonnummer", "neue e-mail", "neue adresse",
    "hat sich geändert", "ändern sie meine", "ändere meine", "geändert",
];
#[rustfmt::skip]
/// Beginnings of verbs that change something, in every language.
const CHANGES: &[&str] = &[
    "chang", "updat", "correct", "replac", "switch", "ændr", "ret", "skift", "opdater", "udskift", "modifi", "corrig", "remplac", "cambi", "aggiorn", "modific", "corregg", "sostitu",
    "änder", "aktualisier", "korrigier", "ersetz",
];
/// Words behind which a value stands that is so from now on.
const NOW: &[&str] = &["is now", "er nu", "est maintenant", "è ora", "ist jetzt"];
#[rustfmt::skip]
/// Words for what is new, and for the ways to be reached, which may stand on either side of each other.
const NEW: &[&str] = &["new", "ny", "nye", "nyt", "nouveau", "nouvelle", "nouvel", "nuovo", "nuova", "neue", "neues", "neuer", "neuen"];
#[rustfmt::skip]
const WAYS: &[&str] = &[
    "mobile", "cell", "cellphone", "telephone", "landline", "mobil", "mobilnummer", "telefonnummer", "mailadresse", "portable", "téléphone", "mail", "cellulare", "telefono", "handy", "handynummer",
    "mobilnummer", "telefon", "mailadresse",
];
/// Words for things of the visitor's.
const OWN: &[&str] = &["my", "mit", "min", "mine", "mon", "ma", "mes", "mio", "mia", "miei", "mein", "meine", "meinen"];
/// The most words between a verb and what it changes.
const BETWEEN_MAX: usize = 3;

/// True for a message that says what a value has become.
pub(super) fn tells_one(message: &str) -> bool {
    let text = folded(message);
    let words: Vec<&str> = text.split(' ').collect();
    let changes = |word: &str| CHANGES.iter().any(|verb| word.starts_with(verb));
    let is_asked = words
        .iter()
        .enumerate()
        .any(|(at, word)| changes(word) && words[at + 1..].iter().take(BETWEEN_MAX).any(|next| OWN.contains(next)));
    let is_way = |word: &&str| WAYS.contains(word);
    let is_new = words
        .windows(2)
        .any(|pair| (NEW.contains(&pair[0]) && is_way(&pair[1])) || (NEW.contains(&pair[1]) && is_way(&pair[0])));
    let padded = format!(" {text} ");
    // `The noise is now louder` tells no value.
    let is_value = |behind: &str| {
        behind.split(' ').next().is_some_and(|word| word.contains(|c: char| c == '@' || c.is_ascii_digit()))
    };
    let is_so_now = NOW.iter().any(|phrase| padded.split(&format!(" {phrase} ")).skip(1).any(is_value));
    is_asked || is_new || is_so_now || PHRASES.iter().any(|phrase| padded.contains(&format!(" {phrase} ")))
}

#[test]
fn a_new_value_is_told_from_an_old_one() {
    for text in [
        "cambiate il mio numero in +39 06 1234567",
        "ændr mit telefonnummer til +45 20 12 34 56",
        "Modifiez mon numéro : +33 1 23 45 67 89",
        "Ändern Sie bitte meine Nummer auf +49 30 1234567",
        "my number is now +1 702 555 0177",
    ] {
        assert!(tells_one(text), "{text}");
    }
    for text in [
        "my new mobile is +1 702 555 0199",
        "min nye mail er nu freja@nord.example",
        "il mio cellulare nuovo è 06 1234567",
    ] {
        assert!(tells_one(text), "{text}");
    }
    assert!(!tells_one("please add that the noise is now louder. sarah@gmail.com"));
    for text in ["my number is +1 702 555 0177", "call me at +45 20 12 34 56", "mein Roboter ist kaputt"] {
        assert!(!tells_one(text), "{text}");
    }
    for message in ["My phone number changed to +1 212 555 0199", "please change my e-mail to a@b.example"] {
        assert!(tells_one(message), "{message}");
    }
    assert!(!tells_one("my robot beeps, +1 212 555 0199"));
}
