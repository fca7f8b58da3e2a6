//! The claims of a model's reply, held against what was done in this turn: nothing is said to be booked, opened, changed or
//! passed on unless a tool's result says so.

mod deed_words;
mod deeds;
mod facts;
mod findings;
#[cfg(test)]
mod honest;
mod phones;
mod promises;
mod record_numbers;
mod ruins;
pub mod sentence;
mod statements;
mod states;
mod words;
mod writes;

use serde_json::Value;

use self::deed_words::{CLAIMS, Claim};
use self::facts::FACTS;
use self::findings::FINDINGS;
use self::promises::PROMISES;
use self::record_numbers::KnownNumbers;
use self::sentence::{CONDITIONS, CONDITIONS_AT_START, DENIALS, NOT_YET, QUESTIONS, begins, clauses, holds, sentences};
use self::statements::{STATEMENTS, Statement};
use self::states::{GONE, STATES};
use self::writes::WRITES;
use super::brain::{FinishedCall, Reply};
use super::language::{folded, is_foreign};
use super::numbers;

/// The tools whose calls are no deed that a visitor has asked for, and still bring what a reply tells.
const FINDS: &[&str] = &["get_contact"];
/// The tool that finds free times.
const TIMES: &str = "check_available";
/// Beginnings of a sentence that repeats what the visitor has said.
const ECHOES: &[&str] = &[
    "you told",
    "you said",
    "you wrote",
    "you mentioned",
    "you asked",
    "you want",
    "you would like",
    "so you",
    "i understand",
    "sie sagten",
    "sie schrieben",
    "sie haben gesagt",
    "sie haben geschrieben",
    "sie möchten",
    "ich verstehe",
    "du skrev",
    "du sagde",
    "du vil",
    "du ønsker",
    "jeg forstår",
    "vous avez dit",
    "vous avez écrit",
    "vous m'avez dit",
    "vous voulez",
    "vous souhaitez",
    "je comprends",
    "ha detto",
    "ha scritto",
    "mi ha detto",
    "vuole",
    "desidera",
    "capisco",
];
/// Words of what is done again and again, or of what is free no more.
const HABITS: &[&str] = &[
    "every",
    "each",
    "usually",
    "regularly",
    "fully booked",
    "jeden",
    "jede",
    "regelmäßig",
    "hver",
    "jævnligt",
    "chaque",
    "régulièrement",
    "ogni",
    "regolarmente",
];
/// Beginnings of a clause about the company's things, and no visitor's.
const OF_COMPANY: &[&str] =
    &["our", "unsere", "unser", "vores", "nos", "notre", "i nostri", "le nostre", "il nostro", "la nostra"];
/// What a reply may rest on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence<'a> {
    /// The calls of this turn.
    pub turn: &'a [FinishedCall],
    /// Those of earlier turns, for what still holds.
    pub earlier: &'a [FinishedCall],
    /// The messages of the conversation, and the operator's words.
    pub said: &'a [String],
    /// The operator's words alone: what they have written may be told.
    pub own: &'a str,
    /// Free times that an earlier reply has offered still hold.
    pub offers: bool,
}

impl<'a> Evidence<'a> {
    /// Only the calls of a turn.
    pub fn of_turn(turn: &'a [FinishedCall]) -> Evidence<'a> {
        Evidence { turn, ..Evidence::default() }
    }

    /// Answers of calls of these tools in these turns.
    fn answers(done: &'a [FinishedCall], tools: &'a [&'a str]) -> impl Iterator<Item = &'a Value> {
        let of = done.iter().filter(move |done| tools.contains(&done.call.tool.as_str()));
        of.filter_map(|done| done.answer.as_ref().ok())
    }

    fn has_done(&self, tools: &[&str]) -> bool {
        Evidence::answers(self.turn, tools).any(|answer| !is_planned(answer))
    }

    fn has_found(&self, tools: &[&str]) -> bool {
        Evidence::answers(self.turn, tools).any(|answer| finds_something(answer) && !is_planned(answer))
    }

    fn did_before(&self, tools: &[&str]) -> bool {
        Evidence::answers(self.earlier, tools).any(|answer| !is_planned(answer))
    }

    /// The numbers in the answers and in the operator's words.
    fn numbers(&self) -> Vec<String> {
        let all = self.turn.iter().chain(self.earlier);
        let answers = all.map(|done| done.answer.as_ref().unwrap_or_else(|error| error).to_string());
        answers.chain([self.own.to_owned()]).flat_map(|text| numbers::of(&text)).collect()
    }

    /// The numbers that were given in this conversation, by whom or what they may be.
    fn given_numbers(&self) -> KnownNumbers {
        let mut known = KnownNumbers::default();
        self.said.iter().map(String::as_str).chain([self.own]).for_each(|text| known.add(text));
        for done in self.turn.iter().chain(self.earlier) {
            match &done.answer {
                Ok(answer) => known.add(&answer.to_string()),
                Err(error) => known.add_without(&error.to_string(), &format!("{:?}", done.call.arguments)),
            }
        }
        known
    }
}

/// True for the answer of a write that was only planned: the server was started with `--dry-run`.
pub fn is_planned(answer: &Value) -> bool {
    answer["dry_run"] == true
}

/// True for a tool that writes something a customer has asked for.
pub fn is_write(tool: &str) -> bool {
    WRITES.contains(&tool)
}

/// The answer to a reply that cannot be held against anything.
const OTHER_LANGUAGE: &str = "your reply is in a language in which it cannot be checked what it claims. Say the same in English, Danish, \
     French, Italian or German, whichever is nearest to the customer's, and every sentence of it.";

/// The claim that nothing supports, in words for the model that made it.
pub fn unfounded(text: &str, evidence: &Evidence<'_>) -> Option<String> {
    if sentences(text).any(is_foreign) {
        return Some(OTHER_LANGUAGE.to_owned());
    }
    let wrong = sentences(text).find(|sentence| !is_founded(sentence, evidence))?;
    Some(format!(
        "your reply says \"{}\", but no tool of this turn has done that. Do it with the right tool, or answer without saying \
         that it was done.",
        wrong.trim()
    ))
}

/// The reply without the sentences that nothing supports.
pub fn without(reply: Reply, evidence: &Evidence<'_>) -> Reply {
    let all = sentences(&reply.text).count();
    let left: Vec<&str> = sentences(&reply.text).filter(|sentence| is_founded(sentence, evidence)).collect();
    let is_cut = left.len() < all;
    let text: String = left.into_iter().filter(|sentence| !is_cut || !ruins::is_ruin(sentence)).collect();
    Reply { text: text.trim().to_owned(), ..reply }
}

fn is_founded(sentence: &str, evidence: &Evidence<'_>) -> bool {
    let whole = folded(sentence);
    if is_foreign(sentence) {
        return false;
    }
    if !record_numbers::are_founded(sentence, || evidence.given_numbers()) {
        return false;
    }
    // What the visitor has said themselves is no claim.
    if begins(&whole, ECHOES) {
        return true;
    }
    if !phones::are_founded(&whole, sentence, || evidence.numbers()) {
        return false;
    }
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
    let is_general = (begins(clause, OF_COMPANY) && !holds(clause, states::OF_VISITOR)) || holds(clause, HABITS);
    let mut claimed = CLAIMS.iter().filter(|claim| !is_general && is_about(claim) && is_claimed(clause, claim));
    claimed.all(|claim| evidence.has_done(claim.done_by) || evidence.has_found(claim.found_by))
        && is_statement_founded(clause, &around, sentence, evidence)
        && (!deeds::tells_one(clause) || evidence.has_done(WRITES) || evidence.has_found(FINDS))
}

/// True if what a clause states, whatever its words, was done or found in this conversation.
fn is_statement_founded(clause: &str, around: &str, sentence: &str, evidence: &Evidence<'_>) -> bool {
    let asks = if sentence.trim_end().ends_with('?') { "?" } else { "" };
    let whole = format!("{}{asks}", around.trim());
    let holds_true = |statement: &Statement| {
        evidence.has_done(statement.done_by)
            || evidence.did_before(statement.done_by)
            || evidence.has_found(statement.found_by)
            || (statement.found_by.contains(&TIMES) && evidence.offers)
    };
    if GONE.is_said(clause, &whole) {
        return holds_true(&GONE);
    }
    let mut stated = [STATEMENTS, STATES, FACTS, FINDINGS, PROMISES]
        .into_iter()
        .flatten()
        .filter(|statement| statement.is_said(clause, &whole));
    holds(clause, DENIALS) || stated.all(holds_true)
}

/// True if one of the words that claim it stands behind none that denies it.
fn is_claimed(clause: &str, claim: &Claim) -> bool {
    let padded = format!(" {clause} ");
    let places = claim.words.iter().filter_map(|part| padded.find(&format!(" {part}")));
    places
        .into_iter()
        .any(|at| !holds(&padded[..at], NOT_YET) && !begins(padded[..at].trim_start(), &["no", "none", "nobody"]))
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

    fn done(tool: &str) -> FinishedCall {
        let call = ToolCall { id: "1".into(), tool: tool.into(), arguments: Ok(Map::new()) };
        FinishedCall { call, round: 0, answer: Ok(json!({})) }
    }

    #[test]
    fn only_what_was_done_is_claimed() {
        let found = |tool: &str, answer| FinishedCall { answer: Ok(answer), ..done(tool) };
        let meetings = || found("find_meetings", json!({"coming": [{"start": "2026-12-01T13:00"}], "past": []}));
        let failed = FinishedCall { answer: Err(json!({})), ..done("create_meeting") };
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
            ("Tuesday at 10 and at 11 are free.", vec![], false),
            (
                "Tuesday at 10 and at 11 are free.",
                vec![found("check_available", json!({"available_slots": [{}]}))],
                true,
            ),
            ("The earliest appointment is Tuesday at 10.", vec![], false),
            (
                "The earliest appointment is Tuesday at 10.",
                vec![found("check_available", json!({"available_slots": [{}]}))],
                true,
            ),
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
        let evidence = Evidence { turn: &[], earlier: &earlier, said: &said, own: "", offers: false };
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
