//! Statements that only a look-up can make: a time that is free, and how the visitor's tickets stand.

use super::facts::is_open;
use super::sentence::holds;
use super::statements::{Statement, tells_hour, tells_time};
use super::words::{ADDRESSED, BEING, HOURS};

/// All kinds.
pub(super) const FINDINGS: &[Statement] = &[
    Statement {
        done_by: &["create_meeting"],
        found_by: &["check_available", "find_meetings", "search_documents"],
        says: is_free,
    },
    Statement {
        done_by: &["create_ticket", "update_ticket"],
        found_by: &["find_tickets", "get_contact"],
        says: ticket_stands,
    },
];

#[rustfmt::skip]
/// Words for a time that can be had.
const FREE: &[&str] = &[
    "free", "available", "vacant", "earliest", "frei", "verfügbar", "frühester", "früheste", "ledig", "ledigt", "ledige", "tidligste", "libre", "libres",
    "disponible", "disponibles", "libero", "libera", "liberi", "libere", "disponibile", "disponibili",
];
#[rustfmt::skip]
/// Words for the visitor's tickets.
const TICKETS: &[&str] = &[
    "ticket", "tickets", "case", "cases", "sag", "sager", "henvendelse", "dossier", "dossiers", "pratica", "pratiche", "segnalazione", "segnalazioni",
    "vorgang", "vorgänge", "fall", "fälle",
];
#[rustfmt::skip]
/// Words by which they are the visitor's.
const THEIRS: &[&str] = &[
    "your", "you have", "you've", "ihr", "ihre", "ihrem", "ihren", "sie haben", "dein", "deine", "du hast", "din", "dine", "jeres", "du har", "i har",
    "votre", "vos", "vous avez", "ton", "tes", "tu as", "suo", "sua", "sue", "suoi", "tuo", "tua", "lei ha", "hai",
];

/// `Tuesday at 10:30 is free`; whoever asks when the visitor is free states nothing.
fn is_free(clause: &str, sentence: &str) -> bool {
    let asks_them = ADDRESSED.iter().any(|who| {
        ["are", "sind", "er", "êtes", "es", "è", "bist"]
            .iter()
            .any(|being| holds(clause, &[&format!("{who} {being}"), &format!("{being} {who}")]))
    });
    holds(clause, FREE)
        && (tells_time(clause) || tells_hour(sentence))
        && !is_open(clause)
        && !asks_them
        && !holds(sentence, HOURS)
}

/// `Your ticket is being worked on`, `you have two open tickets`.
fn ticket_stands(clause: &str, sentence: &str) -> bool {
    let asks = sentence.trim_end().ends_with('?');
    holds(clause, TICKETS) && holds(clause, THEIRS) && holds(clause, BEING) && !asks && !is_open(clause)
}
