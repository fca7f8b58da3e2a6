//! Complaints, claims for money and threats of law: they reach a person. A question about how it is done is none.

use super::words::folded;

#[rustfmt::skip]
/// Phrases of them, in every language of the fixed texts.
const PHRASES: &[&str] = &[
    "to complain", "complain about", "a complaint", "complaint about", "complaint against", "a refund", "refund now", "refund me", "my money back", "our money back", "lawyer", "legal action", "sue you",
    "vil klage", "gerne klage", "en klage", "klage over", "reklamere", "refusion", "pengene tilbage", "mine penge tilbage", "advokat", "sagsøge", "me plaindre", "porter plainte",
    "une réclamation", "un remboursement", "être remboursé", "être remboursée", "remboursez-moi", "avocat", "un reclamo", "lamentarmi", "un rimborso", "essere rimborsato",
    "essere rimborsata", "rimborsatemi", "i miei soldi", "avvocato", "mich beschweren", "uns beschweren", "eine beschwerde", "rückerstattung", "geld zurück", "anwalt", "reklamieren",
    "outrageous", "a disgrace", "disgraceful", "unacceptable", "uacceptabelt", "uforskammet", "en skandale", "inacceptable", "scandaleux", "une honte", "inaccettabile", "vergognoso", "una vergogna",
    "eine frechheit", "eine unverschämtheit", "unverschämt", "eine zumutung", "inakzeptabel", "ein skandal", "never calls back", "never calls me back", "never answers me", "ringer aldrig tilbage",
    "ne rappelle jamais", "ne me rappelle jamais", "non richiama mai", "non mi richiama mai", "ruft nie zurück", "ruft mich nie zurück", "antwortet mir nie",
];

/// True for a message that complains, or that wants its money back.
pub fn complains(text: &str) -> bool {
    let words = format!(" {} ", folded(text));
    !text.contains(['?', '？']) && PHRASES.iter().any(|phrase| words.contains(&format!(" {phrase} ")))
}

#[test]
fn a_complaint_is_told_from_a_question_about_one() {
    for text in [
        "I want to complain",
        "i want a refund",
        "jeg vil klage",
        "je voudrais me plaindre",
        "voglio un rimborso",
        "ich möchte mich beschweren",
        "Ich will mein Geld zurück!",
        "Das ist eine Frechheit, ich warte seit drei Wochen auf Antwort",
        "Veronica never calls me back",
    ] {
        assert!(complains(text), "{text}");
    }
    for text in ["do you give a refund?", "Où en est ma réclamation ?", "my robot is broken", "la sua pratica"] {
        assert!(!complains(text), "{text}");
    }
}
