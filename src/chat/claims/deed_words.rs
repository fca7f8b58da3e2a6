//! Claims that are known by a word for a deed: booked, opened, changed, passed on.

use super::writes::WRITES;

/// Something that a reply can claim, and the tools whose results say so.
pub(super) struct Claim {
    /// The tools that do it.
    pub(super) done_by: &'static [&'static str],
    /// The tools that find it done earlier.
    pub(super) found_by: &'static [&'static str],
    /// Beginnings of the words that claim it, in every language of the fixed texts.
    pub(super) words: &'static [&'static str],
    /// Beginnings of the words that say what it is about; empty if the words say enough.
    pub(super) about: &'static [&'static str],
}

#[rustfmt::skip]
/// Words for an appointment.
const MEETING: &[&str] = &[
    "meeting",
    "appointment",
    "demo",
    "call ",
    "visit",
    "slot",
    "termin",
    "vorführung",
    "møde",
    "aftale",
    "tid ",
    "rendez-vous",
    "réunion",
    "appuntamento",
    "incontro",
    "riunione",
];

#[rustfmt::skip]
/// All claims that are known by a word.
pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        done_by: &["create_meeting"],
        found_by: &["find_meetings"],
        words: &[
            "booked", "scheduled", "reserved", "confirmed", "gebucht", "reserviert", "bestätigt", "vereinbart", "eingetragen", "booket",
            "reserveret", "bekræftet", "aftalt", "réservé", "confirmé", "planifié", "prenotat", "confermat", "fissat", "riservat",
        ],
        about: &[],
    },
    Claim {
        done_by: &["create_meeting"],
        found_by: &["find_meetings"],
        words: &[
            "arranged", "set up", "created", "made", "organised", "organized", "erstellt", "angelegt", "arrangiert", "arrangeret",
            "oprettet", "organisé", "créé", "organizzat", "creat",
        ],
        about: MEETING,
    },
    Claim {
        done_by: WRITES,
        found_by: &[],
        words: &["all set", "all done", "alles erledigt", "det er ordnet", "c'est fait", "tutto fatto"],
        about: &[],
    },
    Claim {
        done_by: &["create_ticket"],
        found_by: &["find_tickets", "update_ticket"],
        words: &[
            "opened", "created", "submitted", "filed", "logged", "raised", "registered", "erstellt", "eröffnet", "angelegt",
            "aufgenommen", "oprettet", "åbnet", "registreret", "ouvert", "créé", "enregistré", "aperto", "creato", "registrato",
        ],
        about: &[
            "ticket", "case", "sag", "henvendelse", "dossier", "demande", "richiesta", "segnalazione", "anfrage", "fall",
        ],
    },
    Claim {
        done_by: &["update_ticket"],
        found_by: &["find_tickets"],
        words: &[
            "closed", "reopened", "geschlossen", "wieder geöffnet", "lukket", "genåbnet", "fermé", "rouvert", "chius", "riapert",
        ],
        about: &["ticket", "case", "it ", "sag", "den ", "dossier", "richiesta", "segnalazione", "anfrage", "fall"],
    },
    Claim {
        done_by: &["update_ticket", "update_contact"],
        found_by: &[],
        words: &[
            "updated", "changed", "corrected", "deleted", "removed", "geändert", "aktualisiert", "korrigiert", "gelöscht", "entfernt",
            "ændret", "opdateret", "rettet", "slettet", "fjernet", "modifié", "mis à jour", "corrigé", "supprimé", "modificat",
            "aggiornat", "corrett", "eliminat",
        ],
        about: &[],
    },
    Claim {
        done_by: WRITES,
        found_by: &["get_contact"],
        words: &["saved", "gespeichert", "gemt", "sauvegardé", "salvat"],
        about: &[],
    },
    // No tool erases data or pays money back.
    Claim {
        done_by: &[],
        found_by: &["find_tickets"],
        words: &["erased", "wiped", "refunded", "reimbursed", "erstattet", "refunderet", "effacé", "remboursé", "rimborsat"],
        about: &["your", "you", "ihr", "ihnen", "sie", "din", "dig", "dit", "dine", "votre", "vos", "vous", "suo", "suoi", "le ", "lei"],
    },
    // No tool cancels or moves a meeting: a colleague does.
    Claim {
        done_by: &[],
        found_by: &[],
        words: &[
            "cancelled", "canceled", "called off", "rescheduled", "postponed", "storniert", "abgesagt", "aflyst", "annulé", "annullat",
            "cancellat", "disdett",
        ],
        about: &[],
    },
    Claim {
        done_by: &[],
        found_by: &[],
        words: &["moved", "verschoben", "verlegt", "flyttet", "déplacé", "reporté", "spostat", "rimandat"],
        about: MEETING,
    },
    Claim {
        done_by: &["create_task", "handoff_start"],
        found_by: &[],
        words: &[
            "passed", "forwarded", "notified", "informed", "asked", "weitergegeben", "weitergeleitet", "informiert", "benachrichtigt",
            "videresendt", "givet besked", "transmis", "informé", "prévenu", "inoltrat", "informat", "avvisat",
        ],
        about: &[
            "colleague", "team", "representative", "someone", "kolleg", "team", "collègue", "équipe", "collega", "squadra",
        ],
    },
];
