//! The claims of a model's reply, held against what was done in this turn: nothing is said to be booked, opened, changed or
//! passed on unless a tool's result says so.

use super::brain::{Done, Reply};
use super::language::folded;

/// Something that a reply can claim, and the tools whose results say so.
struct Claim {
    /// The tools that do it.
    done_by: &'static [&'static str],
    /// The tools that find it done earlier.
    found_by: &'static [&'static str],
    /// Beginnings of the words that claim it, in every language of the fixed texts.
    words: &'static [&'static str],
    /// Beginnings of the words that say what it is about; empty if the words say enough.
    about: &'static [&'static str],
}

const CLAIMS: &[Claim] = &[
    Claim {
        done_by: &["create_meeting"],
        found_by: &["find_meetings"],
        words: &[
            "booked",
            "scheduled",
            "reserved",
            "confirmed",
            "gebucht",
            "reserviert",
            "bestätigt",
            "vereinbart",
            "eingetragen",
            "booket",
            "reserveret",
            "bekræftet",
            "aftalt",
            "réservé",
            "confirmé",
            "planifié",
            "prenotat",
            "confermat",
            "fissat",
            "riservat",
        ],
        about: &[],
    },
    Claim {
        done_by: &["create_ticket"],
        found_by: &["find_tickets", "update_ticket"],
        words: &[
            "opened",
            "created",
            "submitted",
            "filed",
            "logged",
            "raised",
            "registered",
            "erstellt",
            "eröffnet",
            "angelegt",
            "aufgenommen",
            "oprettet",
            "åbnet",
            "registreret",
            "ouvert",
            "créé",
            "enregistré",
            "aperto",
            "creato",
            "registrato",
        ],
        about: &[
            "ticket",
            "case",
            "sag",
            "henvendelse",
            "dossier",
            "demande",
            "richiesta",
            "segnalazione",
            "anfrage",
            "fall",
        ],
    },
    Claim {
        done_by: &[
            "update_ticket",
            "update_contact",
            "create_contact",
            "create_ticket",
            "create_meeting",
            "log_activity",
        ],
        found_by: &[],
        words: &[
            "updated",
            "changed",
            "closed",
            "reopened",
            "cancelled",
            "canceled",
            "deleted",
            "removed",
            "saved",
            "geändert",
            "aktualisiert",
            "geschlossen",
            "storniert",
            "gelöscht",
            "gespeichert",
            "ændret",
            "opdateret",
            "lukket",
            "aflyst",
            "slettet",
            "gemt",
            "modifié",
            "mis à jour",
            "fermé",
            "annulé",
            "supprimé",
            "modificat",
            "aggiornat",
            "chius",
            "annullat",
            "cancellat",
            "salvat",
        ],
        about: &[],
    },
    Claim {
        done_by: &["create_task"],
        found_by: &[],
        words: &[
            "passed",
            "forwarded",
            "notified",
            "informed",
            "asked",
            "weitergegeben",
            "weitergeleitet",
            "informiert",
            "benachrichtigt",
            "videresendt",
            "givet besked",
            "transmis",
            "informé",
            "prévenu",
            "inoltrat",
            "informat",
            "avvisat",
        ],
        about: &[
            "colleague",
            "team",
            "representative",
            "someone",
            "kolleg",
            "team",
            "collègue",
            "équipe",
            "collega",
            "squadra",
        ],
    },
];

/// Words of a sentence that claims nothing: it asks, denies, offers or tells of a condition.
const NO_CLAIM: &[&str] = &[
    "not", "cannot", "can't", "haven't", "hasn't", "isn't", "won't", "couldn't", "unable", "if", "once", "when",
    "before", "until", "shall", "should", "would", "could", "can", "will", "may", "please", "want", "nicht", "kein",
    "keine", "wenn", "sobald", "bevor", "soll", "möchten", "kann", "werde", "wird", "ikke", "ingen", "hvis", "når",
    "skal", "vil", "kan", "pas", "si", "dès", "quand", "voulez", "peux", "puis-je", "dois-je", "non", "se", "quando",
    "appena", "vuole", "posso", "devo", "never", "nothing", "always", "usually",
];

/// The claim that nothing of this turn supports, in words for the model that made it.
pub fn unfounded(text: &str, done: &[Done]) -> Option<String> {
    let wrong = sentences(text).find(|sentence| !is_founded(sentence, done))?;
    Some(format!(
        "your reply says \"{}\", but no tool of this turn has done that. Do it with the right tool, or answer without saying \
         that it was done.",
        wrong.trim()
    ))
}

/// The reply without the sentences that nothing of this turn supports.
pub fn without(reply: Reply, done: &[Done]) -> Reply {
    let text: String = sentences(&reply.text).filter(|sentence| is_founded(sentence, done)).collect();
    Reply { text: text.trim().to_owned(), ..reply }
}

fn is_founded(sentence: &str, done: &[Done]) -> bool {
    let words = folded(sentence);
    let has = |beginnings: &[&str]| beginnings.iter().any(|part| format!(" {words}").contains(&format!(" {part}")));
    if sentence.contains('?') || words.split(' ').any(|word| NO_CLAIM.contains(&word)) {
        return true;
    }
    let claimed = CLAIMS.iter().filter(|claim| has(claim.words) && (claim.about.is_empty() || has(claim.about)));
    claimed.into_iter().all(|claim| {
        let by =
            |tools: &[&str]| done.iter().any(|done| done.answer.is_ok() && tools.contains(&done.call.tool.as_str()));
        by(claim.done_by) || by(claim.found_by)
    })
}

/// The sentences of a text, each with what ends it. A point within a number or an address ends none.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest.char_indices().find(|(at, c)| {
            let after = rest[at + c.len_utf8()..].chars().next();
            *c == '\n' || (matches!(c, '.' | '!' | '?') && after.is_none_or(char::is_whitespace))
        });
        let (sentence, left) = rest.split_at(end.map_or(rest.len(), |(at, c)| at + c.len_utf8()));
        rest = left;
        (!sentence.is_empty()).then_some(sentence)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::super::brain::ToolCall;
    use super::*;

    fn done(tool: &str) -> Done {
        let call = ToolCall { id: "1".into(), tool: tool.into(), arguments: Ok(Map::new()) };
        Done { call, round: 0, answer: Ok(json!({})) }
    }

    #[test]
    fn only_what_was_done_is_claimed() {
        let failed = Done { answer: Err(json!({})), ..done("create_meeting") };
        for (text, done, founded) in [
            ("Your meeting is booked for Tuesday at 13.00.", vec![], false),
            ("Your meeting is booked for Tuesday at 13.00.", vec![done("create_meeting")], true),
            ("Your meeting is booked.", vec![failed], false),
            ("Your appointment is confirmed for Monday.", vec![done("find_meetings")], true),
            ("Shall I get it booked?", vec![], true),
            ("I could not get it booked.", vec![], true),
            ("It will be booked once you agree.", vec![], true),
            ("I have opened a ticket for you.", vec![], false),
            ("I have opened a ticket for you.", vec![done("create_ticket")], true),
            ("We opened our shop in 1990.", vec![], true),
            ("Jeg har oprettet en sag.", vec![], false),
            ("Der Termin ist gebucht.", vec![], false),
            ("Votre rendez-vous est réservé.", vec![], false),
            ("L'appuntamento è prenotato.", vec![], false),
            ("I have passed it on to a colleague.", vec![], false),
            ("I have passed it on to a colleague.", vec![done("create_task")], true),
            ("Your phone number is updated.", vec![done("find_tickets")], false),
            ("The ADAM makes coffee.", vec![], true),
        ] {
            assert_eq!(unfounded(text, &done).is_none(), founded, "{text}");
        }
    }

    #[test]
    fn false_sentences_are_cut_out() {
        let reply = Reply::text("Thank you, Sarah. Your meeting is booked! The robot costs 3.50 a day.");
        assert_eq!(without(reply, &[]).text, "Thank you, Sarah. The robot costs 3.50 a day.");
    }
}
