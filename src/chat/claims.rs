//! The claims of a model's reply, held against what was done in this turn: nothing is said to be booked, opened, changed or
//! passed on unless a tool's result says so.

mod deeds;
pub mod sentence;
mod statements;

use serde_json::Value;

use self::sentence::{CONDITIONS, CONDITIONS_AT_START, DENIALS, NOT_YET, QUESTIONS, begins, clauses, holds, sentences};
use self::statements::STATEMENTS;
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
        found_by: &["get_contact"],
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

/// The tools whose calls are no deed that a visitor has asked for, and still bring what a reply tells.
const FINDS: &[&str] = &["get_contact"];
/// The fewest digits of a ticket's number.
const NUMBER_DIGITS_MIN: usize = 3;
/// Words for a ticket, before its number.
const TICKETS: &[&str] = &["ticket", "tickets", "case", "sag", "billet", "dossier", "pratica", "vorgang", "fall"];

/// What a reply may rest on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence<'a> {
    /// The calls of this turn.
    pub turn: &'a [Done],
    /// Those of earlier turns, for what still holds.
    pub earlier: &'a [Done],
    /// The messages of the conversation.
    pub said: &'a [String],
}

impl<'a> Evidence<'a> {
    /// Only the calls of a turn.
    pub fn of_turn(turn: &'a [Done]) -> Evidence<'a> {
        Evidence { turn, ..Evidence::default() }
    }

    /// Answers of calls of these tools in these turns.
    fn answers(done: &'a [Done], tools: &'a [&'a str]) -> impl Iterator<Item = &'a Value> {
        let of = done.iter().filter(move |done| tools.contains(&done.call.tool.as_str()));
        of.filter_map(|done| done.answer.as_ref().ok())
    }

    fn has_done(&self, tools: &[&str]) -> bool {
        Evidence::answers(self.turn, tools).next().is_some()
    }

    fn has_found(&self, tools: &[&str]) -> bool {
        Evidence::answers(self.turn, tools).any(finds_something)
    }

    fn did_before(&self, tools: &[&str]) -> bool {
        Evidence::answers(self.earlier, tools).next().is_some()
    }

    /// True if the number stands in a message or in an answer.
    fn knows(&self, number: &str) -> bool {
        let answers = self.turn.iter().chain(self.earlier).filter_map(|done| done.answer.as_ref().ok());
        self.said.iter().any(|text| text.contains(number))
            || answers.into_iter().any(|answer| answer.to_string().contains(number))
    }
}

/// True for a tool that writes something a customer has asked for.
pub fn is_write(tool: &str) -> bool {
    WRITES.contains(&tool)
}

/// The claim that nothing supports, in words for the model that made it.
pub fn unfounded(text: &str, evidence: &Evidence<'_>) -> Option<String> {
    let wrong = sentences(text).find(|sentence| !is_founded(sentence, evidence))?;
    Some(format!(
        "your reply says \"{}\", but no tool of this turn has done that. Do it with the right tool, or answer without saying \
         that it was done.",
        wrong.trim()
    ))
}

/// The reply without the sentences that nothing supports.
pub fn without(reply: Reply, evidence: &Evidence<'_>) -> Reply {
    let text: String = sentences(&reply.text).filter(|sentence| is_founded(sentence, evidence)).collect();
    Reply { text: text.trim().to_owned(), ..reply }
}

fn is_founded(sentence: &str, evidence: &Evidence<'_>) -> bool {
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
            || is_clause_founded(clause, sentence, evidence)
    })
}

/// True if something supports what the clause claims. The sentence around it tells what it is about.
fn is_clause_founded(clause: &str, sentence: &str, evidence: &Evidence<'_>) -> bool {
    let around = format!(" {} ", folded(sentence));
    let is_about =
        |claim: &Claim| claim.about.is_empty() || claim.about.iter().any(|part| around.contains(&format!(" {part}")));
    let mut claimed = CLAIMS.iter().filter(|claim| is_about(claim) && is_claimed(clause, claim));
    claimed.all(|claim| evidence.has_done(claim.done_by) || evidence.has_found(claim.found_by))
        && is_statement_founded(clause, &around, sentence, evidence)
        && (!deeds::tells_one(clause) || evidence.has_done(WRITES) || evidence.has_found(FINDS))
        && numbers(clause).all(|number| evidence.knows(number))
}

/// True if what a clause states, whatever its words, was done or found in this conversation.
fn is_statement_founded(clause: &str, around: &str, sentence: &str, evidence: &Evidence<'_>) -> bool {
    if holds(clause, DENIALS) {
        return true;
    }
    let asks = if sentence.trim_end().ends_with('?') { "?" } else { "" };
    let whole = format!("{}{asks}", around.trim());
    let mut stated = STATEMENTS.iter().filter(|statement| statement.is_said(clause, &whole));
    stated.all(|statement| {
        evidence.has_done(statement.done_by)
            || evidence.did_before(statement.done_by)
            || evidence.has_found(statement.found_by)
    })
}

/// The numbers of tickets in a clause.
fn numbers(clause: &str) -> impl Iterator<Item = &str> {
    let words: Vec<&str> = clause.split(' ').collect();
    let is_number = |word: &str| word.len() >= NUMBER_DIGITS_MIN && word.chars().all(|c| c.is_ascii_digit());
    let of_ticket = |at: usize| (1..=2).any(|back| at.checked_sub(back).is_some_and(|at| TICKETS.contains(&words[at])));
    let found: Vec<&str> =
        (0..words.len()).filter(|at| is_number(words[*at]) && of_ticket(*at)).map(|at| words[at]).collect();
    found.into_iter()
}

/// True if one of the words that claim it stands behind none that denies it.
fn is_claimed(clause: &str, claim: &Claim) -> bool {
    let padded = format!(" {clause} ");
    let places = claim.words.iter().filter_map(|part| padded.find(&format!(" {part}")));
    places.into_iter().any(|at| !holds(&padded[..at], NOT_YET))
}

/// True for an answer that lists something, or that is no list.
fn finds_something(answer: &Value) -> bool {
    let lists: Vec<_> = answer.as_object().into_iter().flatten().filter_map(|(_, value)| value.as_array()).collect();
    match lists.is_empty() {
        true => answer.as_object().is_some_and(|fields| !fields.is_empty()),
        false => lists.iter().any(|list| !list.is_empty()),
    }
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
            ("I've gone ahead and put you down for Thursday at 10.", vec![], false),
            ("Your request is in our system now, a technician will come tomorrow.", vec![], false),
            ("Ticket #12345 is ready.", vec![], false),
            ("We'll see you Thursday at 10 then, the invite is in your inbox.", vec![], false),
            ("Der Termin am Dienstag steht.", vec![], false),
            ("C'est noté, votre rendez-vous est fixé à jeudi 10 h.", vec![], false),
            ("Le rendez-vous est pris.", vec![], false),
            ("Ho inserito l'appuntamento per giovedì.", vec![], false),
            ("Mødet er på plads torsdag kl. 10.", vec![], false),
            ("Ich habe Ihr Anliegen weitergeleitet.", vec![], false),
            ("The technician has been dispatched.", vec![], false),
            ("Your appointment is fixed, a technician comes tomorrow.", vec![], false),
            ("Sarah from support will call you in ten minutes.", vec![], false),
            ("Sarah from support will call you in ten minutes.", vec![done("create_task")], true),
            ("Please tell me your e-mail address, and a colleague will get back to you.", vec![], true),
            ("If nothing suits you, a colleague will get back to you.", vec![], true),
            ("Your appointment is not fixed yet.", vec![], true),
            ("Is your appointment on Tuesday?", vec![], true),
            ("Tuesday at 10 and at 11 are free.", vec![], true),
            ("The earliest appointment is Tuesday at 10.", vec![], true),
            ("See you soon!", vec![], true),
            ("I have found two free times.", vec![], true),
            ("A technician cannot come on Sundays.", vec![], true),
            ("These details are here already, and nothing was changed.", vec![], true),
            ("Ces coordonnées existent déjà, rien n'a été modifié.", vec![], true),
            ("Oplysningerne findes allerede, og intet blev ændret.", vec![], true),
            ("Questi dati ci sono già e nulla è stato cambiato.", vec![], true),
            ("Diese Angaben gibt es schon, und nichts wurde geändert.", vec![], true),
        ] {
            assert_eq!(unfounded(text, &Evidence::of_turn(&done)).is_none(), founded, "{text}");
        }
    }

    #[test]
    fn what_was_done_or_said_before_still_holds() {
        let (earlier, said) = ([done("create_task"), done("create_meeting")], ["my ticket is 33397362407".to_owned()]);
        let evidence = Evidence { turn: &[], earlier: &earlier, said: &said };
        for (text, founded) in [
            ("A colleague will get back to you.", true),
            ("Your appointment is on Tuesday at 10.", true),
            ("Ticket 33397362407 is yours.", true),
            ("Ticket 33397362408 is yours.", false),
            ("I have booked another meeting.", false),
        ] {
            assert_eq!(unfounded(text, &evidence).is_none(), founded, "{text}");
        }
    }

    #[test]
    fn false_sentences_are_cut_out() {
        let reply = Reply::text("Thank you, Sarah. Your meeting is booked! The robot costs 3.50 a day.");
        assert_eq!(without(reply, &Evidence::default()).text, "Thank you, Sarah. The robot costs 3.50 a day.");
    }
}
