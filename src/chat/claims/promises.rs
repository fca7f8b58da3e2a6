//! Promises: somebody of the company will do something at some time, or the visitor will get something. A result of this turn
//! has to bear them out, since nobody else knows of them.

use super::facts::is_open;
use super::sentence::{begins, holds};
use super::statements::{OFFERS, SOMEBODY, Statement, tells_time};
use super::states::OF_VISITOR;
use super::words::{FUTURE, HOURS, MATTERS};
use super::writes::WRITES;

/// The tools that bring somebody to do something.
const FOR_PEOPLE: &[&str] = &["create_task", "create_ticket", "update_ticket", "create_meeting", "handoff_start"];
/// The tools that tell what was promised before.
const FOUND: &[&str] = &["find_meetings", "find_tickets", "search_documents", "get_contact"];

/// All kinds.
pub(super) const PROMISES: &[Statement] = &[
    Statement { done_by: FOR_PEOPLE, found_by: &["find_meetings", "find_tickets"], says: somebody_at_a_time },
    Statement { done_by: FOR_PEOPLE, found_by: &["find_meetings", "find_tickets"], says: visitor_is_contacted },
    Statement { done_by: WRITES, found_by: FOUND, says: visitor_will_get },
    Statement { done_by: WRITES, found_by: FOUND, says: matter_at_a_time },
    Statement { done_by: &[], found_by: &["find_tickets", "search_documents"], says: gives_money },
    Statement { done_by: WRITES, found_by: FOUND, says: is_complete },
];

#[rustfmt::skip]
/// Times that name neither a day nor an hour.
const SOON: &[&str] = &[
    "shortly", "soon", "asap", "right away", "within", "by noon", "at noon", "afternoon", "this morning", "this week", "next week", "in a moment", "in a minute",
    "gleich", "bald", "in kürze", "umgehend", "nachmittag", "vormittag", "binnen", "innerhalb", "diese woche", "snart", "straks", "eftermiddag", "formiddag",
    "inden for", "i denne uge", "bientôt", "sous peu", "après-midi", "ce matin", "dans l'heure", "cette semaine", "presto", "a breve", "pomeriggio",
    "mattina", "entro", "questa settimana",
];
#[rustfmt::skip]
/// Beginnings of verbs of getting in touch.
const CONTACTS: &[&str] = &[
    "call", "phon", "ring", "contact", "writ", "reach", "visit", "text", "email", "ruf", "meld", "kontakt", "besuch", "schreib", "skriv", "besøg", "rappel",
    "appel", "recontact", "téléphon", "écri", "chiam", "richiam", "contatt", "ricontatt", "scriv",
];
#[rustfmt::skip]
/// The visitor, as somebody gets in touch with them.
const WHOM: &[&str] = &["you", "sie", "ihnen", "dich", "dir", "dig", "jer", "vous", "te", "la", "le", "ti", "vi"];
#[rustfmt::skip]
/// Beginnings of a clause in which the visitor gets something.
const THEY_GET: &[&str] = &[
    "you'll", "you will", "you get", "you are getting", "sie werden", "sie bekommen", "sie erhalten", "sie hören", "du wirst", "du bekommst", "du får", "du vil",
    "du hører", "i får", "vous recevrez", "vous aurez", "vous serez", "vous allez", "riceverà", "avrà", "sarà", "riceverai",
];
#[rustfmt::skip]
/// Things of money, of which one is one visitor's.
const MONEY: &[&str] = &[
    "refund", "discount", "voucher", "reimbursement", "compensation", "rabatt", "erstattung", "rückerstattung", "gutschein", "rabat", "refusion",
    "refundering", "remise", "réduction", "remboursement", "ristourne", "sconto", "rimborso", "buono",
];
#[rustfmt::skip]
/// Words by which it is given.
const GIVES: &[&str] = &[
    "you get", "you'll", "you will", "we", "we'll", "i", "i'll", "your", "sie bekommen", "sie erhalten", "wir", "ich", "du får", "vi", "jeg", "vous", "nous", "je",
    "riceve", "ha", "le", "garantiamo", "offriamo",
];
#[rustfmt::skip]
/// Words of what is done, behind the thing that it was done to.
const COMPLETE: &[&str] = &[
    "complete", "completed", "done", "ok", "okay", "final", "sorted", "fertig", "komplett", "vollständig", "fix", "perfekt", "færdig", "klar", "i orden", "terminé",
    "terminée", "complet", "complète", "bouclé", "bouclée", "completo", "completa", "pronto", "pronta", "a posto",
];
#[rustfmt::skip]
/// Beginnings of a short clause that says of everything that it was done.
const ALL_OF_IT: &[&str] = &[
    "that's", "that is", "it's", "it is", "this is", "everything is", "everything's", "all is", "das ist", "es ist", "alles ist", "det er", "alt er", "c'est",
    "tout est", "è", "tutto è", "è tutto",
];
#[rustfmt::skip]
/// Words of what was done, of everything.
const ALL_DONE: &[&str] = &[
    "sorted", "done", "arranged", "settled", "booked", "fixed up", "granted", "taken care of", "geregelt", "erledigt", "arrangiert", "ordnet", "på plads", "fait",
    "réglé", "arrangé", "bouclé", "fatto", "sistemato", "a posto",
];
/// The most words of a clause that says so.
const SHORT: usize = 4;

/// A time that a promise names.
fn says_when(clause: &str) -> bool {
    tells_time(clause) || holds(clause, SOON)
}

fn states(clause: &str, sentence: &str) -> bool {
    !sentence.trim_end().ends_with('?') && !is_open(clause) && !holds(clause, OFFERS)
}

/// `We'll send a technician tomorrow`, whatever the verb.
fn somebody_at_a_time(clause: &str, sentence: &str) -> bool {
    holds(clause, SOMEBODY) && says_when(clause) && states(clause, sentence) && !holds(sentence, HOURS)
}

/// `Veronica calls you today`, `somebody will phone you`.
fn visitor_is_contacted(clause: &str, sentence: &str) -> bool {
    let words: Vec<&str> = clause.split(' ').collect();
    let is_contact = |word: &str| CONTACTS.iter().any(|stem| word.starts_with(stem));
    // The verb and the visitor stand side by side in every language.
    let contacts = words.windows(2).any(|pair| {
        (is_contact(pair[0]) && WHOM.contains(&pair[1])) || (WHOM.contains(&pair[0]) && is_contact(pair[1]))
    });
    let by_visitor = begins(clause, &["you", "sie", "du", "vous", "lei", "thank you"]);
    contacts
        && !by_visitor
        && (says_when(clause) || holds(clause, FUTURE) || clause.contains("'ll "))
        && states(clause, sentence)
}

/// `You'll hear from Veronica by noon`.
fn visitor_will_get(clause: &str, sentence: &str) -> bool {
    begins(clause, THEY_GET) && says_when(clause) && states(clause, sentence)
}

/// `Your replacement ships today`.
fn matter_at_a_time(clause: &str, sentence: &str) -> bool {
    let is_theirs = holds(clause, OF_VISITOR) && clause.split(' ').any(|word| MATTERS.contains(&word));
    is_theirs && tells_time(clause) && states(clause, sentence)
}

/// `We guarantee a full refund`, `you get a 50% discount`: no tool gives money.
fn gives_money(clause: &str, sentence: &str) -> bool {
    holds(clause, MONEY)
        && (holds(clause, GIVES) || clause.contains('%'))
        && !sentence.trim_end().ends_with('?')
        && !is_open(clause)
}

/// `Booking complete`, `that's sorted`, and `Meeting: tomorrow 10:00, Veronica`, which no verb tells.
fn is_complete(clause: &str, sentence: &str) -> bool {
    let words: Vec<&str> = clause.split(' ').collect();
    let first = words.first().copied().unwrap_or_default();
    let ends = COMPLETE.iter().any(|end| clause.ends_with(&format!(" {end}")));
    let is_short = words.len() <= SHORT;
    let is_thing = is_short && MATTERS.contains(&first) && ends;
    let is_all = is_short && begins(clause, ALL_OF_IT) && holds(clause, ALL_DONE);
    let is_label = MATTERS.contains(&sentence.split(' ').find(|word| !word.is_empty()).unwrap_or_default())
        && clause == first
        && tells_time(sentence);
    (is_thing || is_all || is_label) && states(clause, sentence)
}
