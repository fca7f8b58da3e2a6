//! Requests to erase what is known of the visitor, which reach a person: `delete my data`, `oubliez-moi`.

use super::words::folded;

#[rustfmt::skip]
/// Verbs of erasing, in the forms in which one asks.
const ERASES: &[&str] = &[
    "delete", "deleted", "erase", "erased", "remove", "removed", "slettet", "fjernet", "supprimées", "supprimiez", "effacées", "effaciez", "cancellaste", "cancellati", "cancelliate", "eliminati",
    "eliminaste", "gelöscht", "löscht", "entfernen", "entfernt", "wipe", "purge", "slet", "slette", "fjern", "glem", "supprimez", "supprimer", "supprime", "effacez", "effacer", "efface", "cancellate", "cancellare",
    "cancelli", "cancella", "eliminate", "eliminare", "elimini", "elimina", "lösche", "löschen", "lösch", "vernichten",
];
#[rustfmt::skip]
/// Nouns for the visitor's own data.
const OWN: &[&str] = &[
    "my data", "my details", "my account", "my information", "my personal data", "everything about me", "all about me", "all my data", "mine data", "mine oplysninger",
    "min konto", "alt om mig", "mes données", "mes coordonnées", "mes informations", "mon compte", "mes données personnelles", "i miei dati", "il mio account", "il mio conto",
    "tutti i miei dati", "meine daten", "meine angaben", "mein konto", "alle meine daten", "alles über mich",
];
/// All of it, and of whom.
const ALL: &[&str] = &["everything", "all", "alt", "alle", "tout", "toutes", "tous", "tutto", "tutti", "alles"];
const ME: &[&str] = &["me", "us", "mig", "os", "moi", "nous", "noi", "mich", "mir", "uns"];
#[rustfmt::skip]
/// Requests to be forgotten, whole.
const FORGETS: &[&str] = &[
    "forget me", "forget about me", "forget my data", "glem mig", "oubliez-moi", "oublie-moi", "oubliez moi", "dimenticatemi", "dimenticami", "mi dimentichi", "vergessen sie mich",
    "vergiss mich", "delete me", "erase me", "slet mig", "supprimez-moi", "cancellatemi", "löschen sie mich", "lösch mich", "right to be forgotten", "recht auf vergessenwerden",
    "droit à l'oubli", "diritto all'oblio", "retten til at blive glemt",
];

/// True for a message that asks for it; who forbids it, or asks how it is done, does not.
pub fn asks_to_erase(text: &str) -> bool {
    let words = format!(" {} ", folded(text));
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(&format!(" {phrase} ")));
    has(FORGETS) || (has(ERASES) && (has(OWN) || (has(ALL) && has(ME))))
}

#[test]
fn only_ones_own_data_are_erased_on_request() {
    for text in [
        "delete my data please",
        "Löschen Sie bitte meine Daten",
        "vergessen Sie mich",
        "oubliez-moi",
        "Cancellate i miei dati",
        "slet alle mine data",
        "Can you erase everything about me?",
        "please erase everything you have on me",
        "and delete all my data please",
        "löschen Sie alles, was Sie über mich wissen",
        "vorrei che cancellaste tutti i miei dati",
        "ich möchte, dass meine Daten gelöscht werden",
    ] {
        assert!(asks_to_erase(text), "{text}");
    }
    for text in
        ["forget it", "vergessen Sie es", "delete my appointment", "oubliez", "what do you know about me", "glem det"]
    {
        assert!(!asks_to_erase(text), "{text}");
    }
}
