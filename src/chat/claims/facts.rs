//! Facts about the visitor's matter, known by the form of a sentence and not by its verb: something of theirs in the passive
//! or with a participle, a day with an hour that is so, a request that lies with colleagues, a deed under way.

use super::sentence::{begins, holds};
use super::statements::{
    OFFERS, SOMEBODY, SOMEBODY_WHO_HELPS, Statement, THE_MEETING, tells_day, tells_hour, tells_time,
};
use super::states::{OF_VISITOR, RECORDS};
use super::words::{
    ADDRESSED, ALREADY, AT_ONCE, BEING, CALENDARS, DEFINITE, ENTERED, FUTURE, HAVING, HELPED, HOURS, KNOWING, MATTERS,
    MEMBERS, NO_CHANGES, NOW_WORDS, ON_FILE, OPEN, PARTINGS, REQUESTS, TAKE_AS, TOLD, UNDER_WAY,
};
use super::writes::WRITES;

/// The tools that bring somebody to know of a request.
const FOR_PEOPLE: &[&str] = &["create_task", "create_ticket", "update_ticket", "create_meeting", "handoff_start"];
/// The tools that tell how something of the visitor is.
const FOUND: &[&str] = &["find_contact_by_email", "find_meetings", "find_tickets", "get_contact", "search_documents"];
/// The most words of a clause that is only a thing and its participle.
const BARE_WORDS_MAX: usize = 3;
/// The most words between a determiner and its noun, such as an adjective.
const BETWEEN_MAX: usize = 2;

/// Forms by which something was done to a thing, whatever it is.
const PASSIVE: &[&str] = &[
    "has been",
    "have been",
    "wurde",
    "wurden",
    "blev",
    "er blevet",
    "a été",
    "ont été",
    "è stato",
    "è stata",
    "sono stati",
    "sono state",
];
/// Words by which it was perhaps done.
const PERHAPS: &[&str] = &[
    "could", "would", "should", "may", "might", "if", "whether", "kunne", "ville", "hvis", "aurait", "si", "sarebbe",
    "se", "wenn", "ob", "falls",
];
/// Words for a calendar, and those by which something stands in it.
const CALENDAR_NOUNS: &[&str] =
    &["calendar", "diary", "schedule", "kalender", "terminkalender", "agenda", "calendrier", "calendario"];
const CALENDAR_PLACES: &[&str] = &["in", "on", "im", "i", "dans", "sur", "nel", "nell", "sul"];

/// All kinds.
pub(super) const FACTS: &[Statement] = &[
    Statement { done_by: &["create_meeting"], found_by: &["find_meetings", "search_documents"], says: day_and_hour },
    Statement { done_by: &["create_meeting"], found_by: &["find_meetings"], says: parting_until },
    Statement { done_by: &["create_meeting"], found_by: &["find_meetings"], says: meeting_with_time },
    Statement { done_by: &["create_meeting"], found_by: &["find_meetings"], says: stands_in_calendar },
    Statement { done_by: WRITES, found_by: FOUND, says: was_done_to_matter },
    Statement { done_by: FOR_PEOPLE, found_by: &["find_tickets"], says: lies_with_people },
    Statement { done_by: WRITES, found_by: FOUND, says: is_so_now },
    Statement { done_by: WRITES, found_by: FOUND, says: is_on_file },
    Statement { done_by: WRITES, found_by: FOUND, says: visitor_was_entered },
    Statement { done_by: WRITES, found_by: FOUND, says: will_be_by_then },
    Statement { done_by: FOR_PEOPLE, found_by: &["find_tickets"], says: somebody_has_request },
    Statement { done_by: FOR_PEOPLE, found_by: &["find_tickets"], says: somebody_is_at_it },
    Statement { done_by: FOR_PEOPLE, found_by: &["find_tickets"], says: somebody_was_told },
    Statement { done_by: WRITES, found_by: &[], says: is_to_be_taken_as_done },
    Statement { done_by: WRITES, found_by: &[], says: is_under_way },
];

/// True for a clause that states nothing: it may be so, or the visitor has said it.
pub(super) fn is_open(clause: &str) -> bool {
    holds(clause, OPEN)
}

/// `Tuesday 3 pm is yours`: neither an offer nor the hours of a shop.
fn day_and_hour(clause: &str, sentence: &str) -> bool {
    let is_stated = holds(sentence, BEING)
        || holds(sentence, ADDRESSED)
        || ["'s ", "'re "].iter().any(|being| sentence.contains(being));
    let is_said = tells_hour(clause) && tells_day(sentence) && is_stated;
    is_said && !asks(sentence) && !is_open(sentence) && !holds(sentence, OFFERS) && !holds(sentence, HOURS)
}

/// `Bis Dienstag um 15 Uhr!`
fn parting_until(clause: &str, sentence: &str) -> bool {
    let is_time = |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) || tells_time(word);
    let mut words = clause.split(' ').map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    !asks(sentence)
        && begins(clause, PARTINGS)
        && tells_time(clause)
        && words.all(|word| word.is_empty() || is_time(word) || HELPED.contains(&word))
}

/// `Votre rendez-vous de mardi …`, whatever is said of it.
fn meeting_with_time(clause: &str, sentence: &str) -> bool {
    let is_theirs =
        holds(clause, THE_MEETING) || (holds(clause, OF_VISITOR) && holds(clause, RECORDS) && is_meeting(clause));
    is_theirs && tells_time(clause) && !asks(sentence) && !is_open(clause) && !holds(clause, OFFERS)
}

fn is_meeting(clause: &str) -> bool {
    holds(
        clause,
        &[
            "meeting",
            "appointment",
            "booking",
            "demo",
            "møde",
            "aftale",
            "rendez-vous",
            "réservation",
            "appuntamento",
            "incontro",
            "prenotazione",
            "termin",
            "buchung",
        ],
    )
}

fn stands_in_calendar(clause: &str, sentence: &str) -> bool {
    let is = holds(clause, BEING) || clause.contains("'s ") || clause.contains("'re ");
    is && (holds(clause, CALENDARS) || is_in_a_calendar(clause))
        && !asks(sentence)
        && !is_open(clause)
        && !begins(clause, &["i", "ich", "jeg", "je", "there"])
}

/// `in Veronica's calendar`, whoever's it is.
fn is_in_a_calendar(clause: &str) -> bool {
    let words: Vec<&str> = clause.split(' ').collect();
    let is_place = |at: usize| CALENDAR_PLACES.contains(&words[at]);
    let is_calendar = |at: usize| words.get(at).is_some_and(|word| CALENDAR_NOUNS.contains(word));
    (0..words.len()).any(|at| is_place(at) && (at + 1..=at + 1 + BETWEEN_MAX).any(is_calendar))
}

/// `Your complaint was escalated`: something of theirs, a form of being or having, and a participle.
fn was_done_to_matter(clause: &str, sentence: &str) -> bool {
    let words: Vec<&str> = clause.split(' ').collect();
    // `Complaint registered.`
    if let [noun, .., last] = words[..]
        && words.len() <= BARE_WORDS_MAX
        && MATTERS.contains(&noun)
        && is_participle(last)
    {
        return !asks(sentence);
    }
    let is_passive =
        holds(clause, PASSIVE) && holds(clause, OF_VISITOR) && words.iter().any(|word| is_participle(word));
    if is_passive && !asks(sentence) && !holds(clause, PERHAPS) && !holds(clause, OFFERS) {
        return true;
    }
    let Some(at) = (0..words.len()).find(|at| is_matter(&words, *at)) else { return false };
    let behind = &words[at + 1..];
    let Some(being) = behind.iter().position(|word| BEING.contains(word)) else { return false };
    let rest = &behind[being + 1..];
    rest.iter().any(|word| is_participle(word)) && !asks(sentence) && !is_open(clause) && !holds(clause, OFFERS)
}

/// `your new number`, `der Umtausch`: a noun of the visitor's matters behind a determiner.
fn is_matter(words: &[&str], at: usize) -> bool {
    let from = at.saturating_sub(BETWEEN_MAX + 1);
    let is_noun =
        MATTERS.contains(&words[at]) || words[at].strip_prefix("l'").is_some_and(|noun| MATTERS.contains(&noun));
    let is_meant = words[at].starts_with("l'") || words[from..at].iter().any(|word| DEFINITE.contains(word));
    // Danish puts its article behind the noun.
    let is_danish =
        ["en", "et"].iter().any(|end| words[at].strip_suffix(end).is_some_and(|noun| MATTERS.contains(&noun)));
    (is_noun && is_meant) || is_danish
}

/// True for a word in the form of a participle, in any of the languages; a state that nobody has changed is none.
pub(super) fn is_participle(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let long = word.chars().count() > 4;
    let ends = |ends: &[&str]| ends.iter().any(|end| word.ends_with(end));
    let starts = |starts: &[&str]| starts.iter().any(|start| word.starts_with(start));
    let english = ends(&["ed"])
        || ["sent", "paid", "gone", "taken", "given", "made", "put", "set", "done", "off", "shut", "written"]
            .contains(&word);
    let german = (word.contains("ge") || starts(&["ver", "be", "er", "ent", "hinter", "über", "unter", "wieder"]))
        && ends(&["t", "en"])
        || ends(&["iert"]);
    let danish = ends(&["et", "dt", "ført", "lagt", "sagt"]);
    let french = ends(&["é", "ée", "és", "ées", "ise", "mis", "uite", "erte", "ert"]);
    let italian = ["at", "it", "ut", "ess", "ett", "ost", "ert", "ius"].iter().any(|stem| {
        ["o", "a", "i", "e"].iter().any(|end| word.strip_suffix(end).is_some_and(|rest| rest.ends_with(stem)))
    });
    let short = [
        "sent", "through", "durch", "raus", "parti", "partie", "fix", "paid", "gone", "made", "put", "set", "done",
        "off", "mis",
    ]
    .contains(&word);
    !NO_CHANGES.contains(&word) && (short || (long && (english || german || danish || french || italian)))
}

/// `Your request is with our engineers`, in any words.
fn lies_with_people(clause: &str, sentence: &str) -> bool {
    holds(clause, REQUESTS) && holds(clause, SOMEBODY_WHO_HELPS) && !asks(sentence) && !is_open(clause)
}

/// `You are now a customer`, `ihre Nummer ist nun …`
fn is_so_now(clause: &str, sentence: &str) -> bool {
    let is_theirs =
        (holds(clause, OF_VISITOR) && holds(clause, RECORDS)) || (holds(clause, ADDRESSED) && holds(clause, MEMBERS));
    is_theirs && holds(clause, BEING) && holds(clause, NOW_WORDS) && !asks(sentence) && !is_open(clause)
}

/// `Your new number is in our records`.
fn is_on_file(clause: &str, sentence: &str) -> bool {
    let is_theirs = holds(clause, OF_VISITOR) && holds(clause, RECORDS);
    is_theirs && holds(clause, ON_FILE) && !asks(sentence) && !is_open(clause)
}

/// `You have been added to our list`.
fn visitor_was_entered(clause: &str, sentence: &str) -> bool {
    let is_entered = clause.split(' ').any(|word| ENTERED.contains(&word));
    holds(clause, ADDRESSED)
        && (holds(clause, BEING) || clause.contains("'re "))
        && is_entered
        && !asks(sentence)
        && !is_open(clause)
}

/// `Your money will be back by Friday`.
fn will_be_by_then(clause: &str, sentence: &str) -> bool {
    holds(clause, OF_VISITOR)
        && holds(clause, FUTURE)
        && tells_time(clause)
        && !asks(sentence)
        && !is_open(clause)
        && !holds(clause, OFFERS)
}

/// `Veronica received your message`: whoever answers may have it, others only through a deed.
fn somebody_has_request(clause: &str, sentence: &str) -> bool {
    let before = REQUESTS.iter().find_map(|request| clause.split_once(request)).map(|(before, _)| before.trim());
    let has = before.is_some_and(|before| {
        holds(before, HAVING) && !begins(before, &["i", "i've", "ich", "jeg", "j'ai", "ho", "thank you", "thanks"])
    });
    has && !asks(sentence) && !is_open(clause)
}

/// `A colleague is already looking into it`, `the technician visits you tomorrow`.
fn somebody_is_at_it(clause: &str, sentence: &str) -> bool {
    let is_doing = holds(clause, BEING) && clause.split(' ').any(|word| word.ends_with("ing"));
    let comes = holds(clause, ADDRESSED) && (tells_time(clause) || is_doing);
    holds(clause, SOMEBODY)
        && (holds(clause, ALREADY) || comes)
        && !asks(sentence)
        && !is_open(clause)
        && (is_doing || !holds(clause, OFFERS))
}

/// `The engineers were alerted`, `our team knows about it`.
fn somebody_was_told(clause: &str, sentence: &str) -> bool {
    let is_told = holds(clause, BEING) && clause.split(' ').any(|word| TOLD.iter().any(|stem| word.starts_with(stem)));
    let knows = holds(clause, SOMEBODY_WHO_HELPS) && holds(clause, KNOWING);
    (is_told || knows)
        && !holds(clause, ADDRESSED)
        && !asks(sentence)
        && !is_open(clause)
        && !begins(clause, &["i", "we"])
}

/// `Consider the matter closed`.
fn is_to_be_taken_as_done(clause: &str, _: &str) -> bool {
    begins(clause, TAKE_AS) && clause.split(' ').any(is_participle)
}

/// `I'm booking that now`, `ich buche das sofort`.
fn is_under_way(clause: &str, sentence: &str) -> bool {
    if asks(sentence) || is_open(clause) {
        return false;
    }
    let verb = |word: &str| UNDER_WAY.iter().any(|stem| word.starts_with(stem));
    let words: Vec<&str> = clause.split(' ').collect();
    let english = words
        .windows(2)
        .any(|pair| ["i'm", "am", "we're", "are"].contains(&pair[0]) && pair[1].ends_with("ing") && verb(pair[1]));
    let speaks = begins(clause, &["i'm", "i am", "we're", "we are", "so i'm", "ok i'm"]);
    let first = ["ich", "jeg", "je", "wir", "vi", "nous"];
    let others = words.windows(2).any(|pair| first.contains(&pair[0]) && verb(pair[1]))
        || words.first().is_some_and(|word| verb(word) && word.ends_with('o'));
    (english && speaks) || (others && holds(clause, AT_ONCE))
}

fn asks(sentence: &str) -> bool {
    sentence.trim_end().ends_with('?')
}
