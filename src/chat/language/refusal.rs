//! Messages that keep an address or a number to oneself, or that say there is none. They answer the question for one, and mean
//! something else elsewhere.

use super::words::folded;

#[rustfmt::skip]
/// Phrases of them, in every language of the fixed texts.
const PHRASES: &[&str] = &[
    "not want to give", "don't want to give", "won't give", "don't give", "not give you", "not giving", "not going to give", "don't share", "won't share", "not share", "not sharing",
    "don't want to share", "not want to share", "don't want to say", "rather not", "prefer not", "won't say", "won't tell", "not telling", "don't tell", "don't want to tell", "none of your business",
    "that's private", "it's private", "is private", "keep that to myself", "stay anonymous", "remain anonymous", "i have none", "i have neither", "have neither", "don't have one", "don't have any",
    "don't have either", "do not have one", "do not have any", "have no email", "have no e-mail", "have no mail", "have no phone", "have no address", "no email", "no e-mail", "no phone", "neither of them",
    "ikke oplyse", "oplyser jeg ikke", "ikke give", "giver jeg ikke", "ikke sige", "siger jeg ikke", "ikke dele", "ikke fortælle", "har ingen", "har ikke nogen", "har ikke nogle", "har jeg ikke",
    "har hverken", "ingen af delene", "helst ikke", "vil jeg ikke", "det er privat", "være anonym", "forblive anonym", "ne donne pas", "donne pas", "pas donner", "pas vous donner", "pas dire", "pas vous dire",
    "pas communiquer", "ne communique pas", "pas laisser", "ne laisse pas", "n'en ai pas", "n'ai pas d'adresse", "n'ai pas de téléphone", "n'ai ni", "ni l'un ni l'autre", "c'est privé", "rester anonyme",
    "préfère pas", "préfère ne pas", "non voglio", "non lascio", "non glielo do", "non li do", "non lo do", "non do", "non lo dico", "non dico", "non intendo", "preferisco non", "preferirei non", "non ne ho",
    "non ho", "né l'uno né l'altro", "nessuno dei due", "è privato", "restare anonimo", "restare anonima", "nicht sagen", "nicht angeben", "nicht geben", "nicht nennen", "nicht mitteilen", "nicht verraten",
    "sage ich nicht", "sag ich nicht", "gebe ich nicht", "geb ich nicht", "möchte ich nicht", "will ich nicht", "lieber nicht", "habe keine", "hab keine", "habe ich nicht", "hab ich nicht", "habe weder", "hab weder",
    "keins von beiden", "keines von beiden", "weder noch", "geht sie nichts an", "geht dich nichts an", "ist privat", "anonym bleiben",
];

/// True for an answer that gives neither an address nor a number, and says so.
pub fn keeps_to_oneself(text: &str) -> bool {
    let words = format!(" {} ", folded(text));
    PHRASES.iter().any(|phrase| words.contains(&format!(" {phrase} ")))
}

/// Words for no, alone.
const NO: &[&str] = &["no", "no no", "nope", "nah", "nej", "niks", "non", "non non", "nein", "nein nein", "nee", "nö"];

/// True for a no and nothing else. `Never mind` and `no thanks` take a wish back, and are none.
pub fn is_bare_no(text: &str) -> bool {
    NO.contains(&folded(text).as_str())
}

#[test]
fn who_gives_no_address_is_told_from_who_gives_one() {
    for text in [
        "I don't want to give you my email",
        "I have neither mail nor phone",
        "i dont have one",
        "that's private",
        "det vil jeg ikke oplyse",
        "jeg har hverken mail eller telefon",
        "je ne donne pas mes coordonnées",
        "je n'en ai pas",
        "non voglio lasciare recapiti",
        "non ne ho",
        "will ich nicht sagen",
        "ich habe weder noch",
    ] {
        assert!(keeps_to_oneself(text), "{text}");
    }
    for text in ["sarah@gmail.com", "call me at +1 702 555 0143", "my robot smokes", "ruf mich an", "why?", "no"] {
        assert!(!keeps_to_oneself(text), "{text}");
    }
    assert!(is_bare_no("No.") && is_bare_no("nej") && !is_bare_no("no thanks") && !is_bare_no("never mind"));
}
