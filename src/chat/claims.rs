//! The claims of a model's reply, held against what was done in this turn: nothing is said to be booked, opened, changed or
//! passed on unless a tool's result says so.

use serde_json::Value;

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

/// Words for an appointment.
#[rustfmt::skip]
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
/// The tools that write something a customer has asked for.
const WRITES: &[&str] = &[
    "create_meeting",
    "create_ticket",
    "create_contact",
    "create_task",
    "handoff_start",
    "update_contact",
    "update_ticket",
];

#[rustfmt::skip]
const CLAIMS: &[Claim] = &[
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
        found_by: &[],
        words: &["saved", "gespeichert", "gemt", "sauvegardé", "salvat"],
        about: &[],
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

#[rustfmt::skip]
/// Words that deny what follows them, or tell of what is still to be done.
const NOT_YET: &[&str] = &[
    "not", "cannot", "can't", "haven't", "hasn't", "isn't", "won't", "couldn't", "unable", "shall", "should", "would", "could", "can",
    "will", "may be", "may have", "to be", "nicht", "kein", "keine", "soll", "möchten", "kann", "werde", "wird", "ikke", "ingen",
    "skal", "vil", "kan", "pas", "voulez", "peux", "puis-je", "dois-je", "sera", "non", "vuole", "posso", "devo", "sarà", "never",
    "nothing", "always", "usually",
];
#[rustfmt::skip]
/// Words of a condition.
const CONDITIONS: &[&str] = &[
    "if", "once", "when", "before", "until", "as soon as", "unless", "wenn", "falls", "sobald", "bevor", "hvis", "når", "inden", "dès",
    "quand", "lorsque", "avant", "quando", "appena", "prima",
];
/// The same, where they are the first word: within a clause they mean something else.
const CONDITIONS_AT_START: &[&str] = &["si", "s'il", "se"];
#[rustfmt::skip]
/// Words with which a question begins.
const QUESTIONS: &[&str] = &[
    "is", "are", "was", "has", "have", "did", "do", "does", "shall", "should", "would", "could", "can", "will", "may", "what", "when",
    "which", "how", "who", "where", "why", "ist", "sind", "hat", "haben", "soll", "sollen", "möchten", "wollen", "darf", "kann",
    "können", "was", "wann", "welche", "welcher", "wie", "er", "har", "skal", "vil", "kan", "må", "hvad", "hvornår", "hvilken",
    "est-ce", "dois-je", "voulez-vous", "souhaitez-vous", "puis-je", "avez-vous", "quel", "quelle", "quand", "devo", "vuole", "posso",
    "quale",
];
/// Words between two clauses.
const JOINTS: &[&str] =
    &[" and ", " but ", " und ", " aber ", " og ", " men ", " et ", " mais ", " ma ", " so ", " - ", " – ", " — "];

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
    let asks = sentence.trim_end().ends_with('?');
    let clauses = clauses(sentence);
    let last = clauses.len().saturating_sub(1);
    // A condition that comes first holds for all that follows.
    if clauses.first().is_some_and(|clause| begins(clause, CONDITIONS) || begins(clause, CONDITIONS_AT_START)) {
        return true;
    }
    clauses.iter().enumerate().all(|(at, clause)| {
        let is_asked = asks && (at == last || begins(clause, QUESTIONS));
        is_asked
            || holds(clause, CONDITIONS)
            || begins(clause, CONDITIONS_AT_START)
            || is_clause_founded(clause, sentence, done)
    })
}

/// True if a tool's answer says what the clause claims. The sentence around it tells what it is about.
fn is_clause_founded(clause: &str, sentence: &str, done: &[Done]) -> bool {
    let around = format!(" {} ", folded(sentence));
    let is_about =
        |claim: &Claim| claim.about.is_empty() || claim.about.iter().any(|part| around.contains(&format!(" {part}")));
    CLAIMS.iter().filter(|claim| is_about(claim) && is_claimed(clause, claim)).all(|claim| is_supported(claim, done))
}

/// True if one of the words that claim it stands behind none that denies it.
fn is_claimed(clause: &str, claim: &Claim) -> bool {
    let padded = format!(" {clause} ");
    let places = claim.words.iter().filter_map(|part| padded.find(&format!(" {part}")));
    places.into_iter().any(|at| !holds(&padded[..at], NOT_YET))
}

fn is_supported(claim: &Claim, done: &[Done]) -> bool {
    let answers = |tools: &'static [&'static str]| {
        let of = done.iter().filter(move |done| tools.contains(&done.call.tool.as_str()));
        of.filter_map(|done| done.answer.as_ref().ok())
    };
    answers(claim.done_by).next().is_some() || answers(claim.found_by).any(finds_something)
}

/// True for an answer that lists something, or that is no list.
fn finds_something(answer: &Value) -> bool {
    let lists: Vec<_> = answer.as_object().into_iter().flatten().filter_map(|(_, value)| value.as_array()).collect();
    match lists.is_empty() {
        true => answer.as_object().is_some_and(|fields| !fields.is_empty()),
        false => lists.iter().any(|list| !list.is_empty()),
    }
}

/// The parts of a sentence that claim, ask or deny each for itself, in lower case.
fn clauses(sentence: &str) -> Vec<String> {
    let marked =
        [", ", "; ", ": ", " (", "\n"].iter().fold(format!(" {sentence} "), |text, mark| text.replace(mark, " | "));
    let joined = JOINTS.iter().fold(marked, |text, joint| text.replace(joint, " | "));
    joined.split('|').map(folded).filter(|clause| !clause.is_empty()).collect()
}

fn holds(clause: &str, words: &[&str]) -> bool {
    let padded = format!(" {clause} ");
    words.iter().any(|word| padded.contains(&format!(" {word} ")))
}

fn begins(clause: &str, words: &[&str]) -> bool {
    let padded = format!("{clause} ");
    words.iter().any(|word| padded.starts_with(&format!("{word} ")))
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
        let found = |tool: &str, answer| Done { answer: Ok(answer), ..done(tool) };
        let meetings = || found("find_meetings", json!({"coming": [{"start": "2026-12-01T13:00"}], "past": []}));
        let failed = Done { answer: Err(json!({})), ..done("create_meeting") };
        for (text, done, founded) in [
            ("Your meeting is booked for Tuesday at 13.00.", vec![], false),
            ("Your meeting is booked for Tuesday at 13.00.", vec![done("create_meeting")], true),
            ("Your meeting is booked.", vec![failed], false),
            ("Your appointment is confirmed for Monday.", vec![meetings()], true),
            (
                "I have booked Tuesday 10:00.",
                vec![found("find_meetings", json!({"coming_total": 0, "coming": [], "past_total": 0, "past": []}))],
                false,
            ),
            ("I have opened a ticket.", vec![found("find_tickets", json!({"total": 0, "tickets": []}))], false),
            ("Your ticket was opened on Monday.", vec![found("find_tickets", json!({"tickets": [{}]}))], true),
            ("Your ticket is closed.", vec![found("find_tickets", json!({"tickets": [{}]}))], true),
            ("Your appointment is cancelled.", vec![done("log_activity")], false),
            ("Your appointment is cancelled.", vec![done("create_task"), meetings()], false),
            ("Your appointment is moved to Friday.", vec![done("log_activity")], false),
            ("It is rescheduled.", vec![done("update_contact")], false),
            ("Your number is changed.", vec![done("log_activity")], false),
            ("Your number is changed.", vec![done("create_meeting")], false),
            ("Your number is changed.", vec![done("update_contact")], true),
            ("Your meeting is booked, please be on time.", vec![], false),
            ("Your meeting is booked, is there anything else?", vec![], false),
            ("Your meeting is booked and you can bring a friend.", vec![], false),
            ("Your meeting is booked for 3 May.", vec![], false),
            ("È prenotato, se vuole venga prima.", vec![], false),
            ("Se vuole, è prenotato subito.", vec![], true),
            ("C'est réservé si vite que ça.", vec![], false),
            ("If you agree, the meeting is booked at once.", vec![], true),
            ("Is your meeting booked already, Sarah?", vec![], true),
            ("You are all set!", vec![], false),
            ("You are all set!", vec![done("create_meeting")], true),
            ("I have arranged an appointment.", vec![], false),
            ("The appointment is arranged for Monday.", vec![done("create_meeting")], true),
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
