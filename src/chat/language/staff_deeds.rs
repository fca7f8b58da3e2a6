//! Messages that say what somebody of the company is to do: `the technician should bring a ladder`, `somebody has to explain the
//! lease to me`. They are for a person.

use super::answers::longest;
use super::words::folded;

/// Somebody, whoever it is, and the one who speaks.
const SOMEBODY: &[&str] = &["somebody", "someone", "nogen", "jemand", "quelqu'un", "qualcuno"];
const ME: &[&str] = &["me", "us", "mig", "os", "mich", "uns", "mir", "moi", "nous", "mi", "ci"];
/// Words that turn it into its contrary.
const NEGATIONS: &[&str] = &["not", "don't", "never", "ikke", "pas", "non", "nicht", "kein", "keine", "keinen"];

#[rustfmt::skip]
/// Verbs of what somebody of the company is to do for the one who speaks.
const TELLS: &[&str] = &[
    "explain", "advise", "contact", "forklare", "rådgive", "kontakte", "expliquer", "explique", "conseiller", "contacter", "contacte", "spiegare", "spieghi", "consigliare", "contattare",
    "contatti", "erklären", "erklärt", "beraten", "berät", "kontaktieren", "kontaktiert",
];
#[rustfmt::skip]
/// People of the company by what they do.
const STAFF: &[&str] = &[
    "technician", "engineer", "sales", "salesperson", "colleague", "representative", "teknikeren", "tekniker", "montøren", "sælgeren", "sælger", "salgsafdelingen", "kollegaen", "technicien",
    "commercial", "commerciale", "collègue", "conseiller", "tecnico", "venditore", "collega", "referente", "techniker", "vertrieb", "verkauf", "kollege", "kollegin", "ansprechpartner", "berater",
];
#[rustfmt::skip]
/// Words by which one has to do something, in the forms for others.
const OUGHT: &[&str] = &["should", "must", "has to", "needs to", "ought to", "shall", "skal", "bør", "doit", "devrait", "deve", "dovrebbe", "soll", "sollte", "muss", "müsste"];

/// True for a message with a clause in which somebody of the company is to do something; a question is none.
pub(super) fn are_wanted(text: &str) -> bool {
    let is_one = |clause: &str| is_to_do(&folded(clause).split_whitespace().collect::<Vec<_>>());
    !text.contains(['?', '？']) && text.split([',', ';', '.', '!', '\n', ':']).any(is_one)
}

/// True for a clause in which somebody of the company is to do something.
fn is_to_do(words: &[&str]) -> bool {
    let has = |some: &[&str]| words.iter().any(|word| some.contains(word));
    let told = has(SOMEBODY) && has(ME) && has(TELLS);
    let ought = (0..words.len()).any(|at| STAFF.contains(&words[at]) && longest(&words[at + 1..], OUGHT) > 0);
    (told || ought) && !has(NEGATIONS)
}
