//! What the session asks for, put to the visitor as a question with choices.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde_json::Value;

use super::appointments;
use super::intents::Intents;
use super::replies;
use super::state::{LexicalChoice, LexicalState, Means};
use crate::chat::language::Language;
use crate::chat::texts::kind::Text;
use crate::chat::texts::{self, outcomes, staff, with_values};
use domain::code::Code;
use domain::day_in_words;

/// The questions for arguments. What is missing together is asked for together.
const QUESTIONS: &[(&str, Text)] = &[
    ("email", texts::ASK_EMAIL),
    ("cus_email", texts::ASK_EMAIL),
    ("phone", texts::ASK_PHONE),
    ("time_zone", texts::ASK_ZONE),
    ("meeting_date", texts::ASK_DAY),
    ("due", texts::ASK_DAY),
    ("meeting_start_time", texts::ASK_TIME),
    ("cus_fname", texts::ASK_NAME),
    ("cus_lname", texts::ASK_NAME),
    ("issue", texts::ASK_ISSUE),
    ("note", texts::ASK_NOTE),
    ("ticket_id", texts::ASK_TICKET),
    (appointments::MEETING, texts::ASK_APPOINTMENT),
    ("query", texts::ASK_QUERY),
    ("reason", texts::ASK_REASON),
    ("reach", texts::HOW_TO_REACH),
    ("contact", texts::WHICH_PERSON),
    ("cus_cid", texts::WHICH_PERSON),
];

/// The argument that says whether the address before was wrong.
pub(super) const CORRECTION: &str = "correction";

/// The days that are offered by number.
const DAYS_OFFERED: usize = 5;

/// A question with what can be picked.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct PromptWithChoices {
    pub(super) text: String,
    pub(super) choices: Vec<LexicalChoice>,
}

/// The tool that recognises somebody by an address or a number, and the one that looks for them by a number or a name.
const RECOGNISES: &str = "find_contact_by_email";
const SEARCHES: &str = "search_contacts";

/// The intent for whoever is known by a number or a name, while an address is asked for by which they are recognised.
pub(super) fn other_way(state: &LexicalState, intents: &Intents) -> Option<String> {
    let asks_first = || state.asked_for().first().is_some_and(|name| name == "email");
    let recognises = state.kind() == "slots" && state.ask["tool"] == RECOGNISES && state.failure().is_none();
    (recognises && asks_first()).then(|| intents.leading_to(SEARCHES, &state.intents)).flatten()
}

/// The question for the state's ask.
pub(super) fn question(state: &LexicalState, intents: &Intents, language: Language) -> PromptWithChoices {
    let said = |text: Text| text.in_language(language).to_owned();
    match state.kind() {
        "slots" => slots(state, intents, language),
        "intent" => on_the_way(state, intents, language),
        "switch" => switch(&state.ask, intents, language),
        "go_on" => go_on(&state.ask, intents, language),
        "nothing" => nothing(state, intents, language),
        "say" => match state.ask["text"].as_str().filter(|text| !text.is_empty()) {
            Some(text) => {
                let choices = listed(&state.ask["choices"]);
                PromptWithChoices { text: text.to_owned(), choices }
            }
            None => PromptWithChoices { text: said(texts::ANYTHING_ELSE), choices: vec![] },
        },
        // A failed call: the same may succeed later.
        "call" => match state.failure().filter(|code| !is_busy(code)) {
            Some(code) => for_a_colleague(state, code, intents, language),
            None => PromptWithChoices { text: said(texts::BUSY), choices: agree(language) },
        },
        _ => PromptWithChoices { text: said(texts::ANYTHING_ELSE), choices: vec![] },
    }
}

/// Everything that can be done, a person at the end.
pub(super) fn menu(state: &LexicalState, intents: &Intents, language: Language) -> PromptWithChoices {
    let offered: Vec<String> = state.intents.iter().filter(|intent| !is_person(intents, intent)).cloned().collect();
    let choices = intents.choices(&offered, language).into_iter().chain([person(language)]).collect();
    PromptWithChoices { text: texts::WHAT_CAN_I_DO.in_language(language).to_owned(), choices }
}

/// These intents, something else, and a person.
pub(super) fn which(text: Text, likely: &[String], intents: &Intents, language: Language) -> PromptWithChoices {
    let other = LexicalChoice { label: texts::SOMETHING_ELSE.in_language(language).to_owned(), means: Means::Else };
    let likely: Vec<String> = likely.iter().filter(|intent| !is_person(intents, intent)).cloned().collect();
    let choices = intents.choices(&likely, language).into_iter().chain([other, person(language)]).collect();
    PromptWithChoices { text: text.in_language(language).to_owned(), choices }
}

/// The choice of a person.
pub(super) fn person(language: Language) -> LexicalChoice {
    LexicalChoice { label: texts::A_PERSON.in_language(language).to_owned(), means: Means::Person }
}

/// A colleague who gets back to the visitor, or nobody.
pub(super) fn colleague(language: Language) -> Vec<LexicalChoice> {
    let choice = |text: Text, means| LexicalChoice { label: text.in_language(language).to_owned(), means };
    vec![choice(texts::YES, Means::Person), choice(texts::NO, Means::Leave)]
}

/// A colleague who answers in the conversation alone, or nobody.
pub(super) fn person_here(language: Language) -> PromptWithChoices {
    let choice = |text: Text, means| LexicalChoice { label: text.in_language(language).to_owned(), means };
    PromptWithChoices {
        text: outcomes::OFFER_HERE.in_language(language).to_owned(),
        choices: vec![choice(texts::YES, Means::PersonHere), choice(texts::NO, Means::Leave)],
    }
}

/// Yes and no.
pub(super) fn agree(language: Language) -> Vec<LexicalChoice> {
    let choice = |text: Text, means| LexicalChoice { label: text.in_language(language).to_owned(), means };
    vec![choice(texts::YES, Means::Yes), choice(texts::NO, Means::No)]
}

/// The choices after a passage; `likely` are the intents that may be meant instead.
pub(super) fn helped(likely: Vec<LexicalChoice>, language: Language) -> Vec<LexicalChoice> {
    let choice = |text: Text, means| LexicalChoice { label: text.in_language(language).to_owned(), means };
    let (yes, no) = (choice(texts::YES, Means::Helped), choice(texts::NO, Means::Else));
    [yes, no].into_iter().chain(likely).chain([person(language)]).collect()
}

/// True for the intent that leads to a person; the choice of one stands for it.
fn is_person(intents: &Intents, intent: &str) -> bool {
    intents.leads_to_person(intent)
}

fn slots(state: &LexicalState, intents: &Intents, language: Language) -> PromptWithChoices {
    if let Some(code) = state.failure().filter(|code| state.failed_again && *code == Code::UserNotFound.as_str()) {
        return for_a_colleague(state, code, intents, language);
    }
    let missing = state.asked_for();
    let failed = state.failure().map(|code| failure(state, code, language)).unwrap_or_default();
    let asked = if state.failure() == Some(Code::UserNotFound.as_str()) {
        String::new()
    } else {
        asked(state, &missing, language)
    };
    let text = [failed, asked].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    PromptWithChoices { text, choices: slot_choices(state, &missing, intents, language) }
}

/// The question whether the address before was wrong.
fn corrected(state: &LexicalState, language: Language) -> String {
    let new = state.reach.get("email").and_then(Value::as_str).unwrap_or_default();
    let before = state.who.as_deref().unwrap_or_default();
    with_values::WRONG_ADDRESS.with(language, &[("before", before), ("address", new)])
}

fn asked(state: &LexicalState, missing: &[String], language: Language) -> String {
    let has = |name: &str| missing.iter().any(|missing| missing == name);
    if has("time_zone") && has("meeting_date") {
        return texts::ASK_ZONE_AND_DAY.in_language(language).to_owned();
    }
    let Some(first) = missing.first() else { return texts::ANYTHING_ELSE.in_language(language).to_owned() };
    let all = state.ask["missing"].as_array().into_iter().flatten();
    let about = all.into_iter().find(|one| one["name"] == first.as_str()).unwrap_or(&Value::Null);
    // The author's own question, in the language that graphs are written in.
    if let Some(prompt) = about["prompt"].as_str().filter(|prompt| language == Language::English && !prompt.is_empty())
    {
        return prompt.to_owned();
    }
    match first.as_str() {
        "properties" if state.ask["tool"] == "update_contact" => texts::ASK_CHANGES.in_language(language).to_owned(),
        "properties" => texts::ASK_PROPERTIES.in_language(language).to_owned(),
        "query" if state.is_staff => staff::ASK_QUERY.in_language(language).to_owned(),
        CORRECTION => corrected(state, language),
        "duration" => with_values::ASK_DURATION.with(language, &[("durations", &durations(state).join(", "))]),
        name => match QUESTIONS.iter().find(|(known, _)| *known == name) {
            Some((_, question)) => question.in_language(language).to_owned(),
            None => {
                let what = about["description"].as_str().filter(|text| !text.is_empty()).unwrap_or(name);
                with_values::ASK_OTHER.with(language, &[("what", what)])
            }
        },
    }
}

/// The lengths that are offered, in minutes.
fn durations(state: &LexicalState) -> Vec<String> {
    let failed = state.ask["failed"]["details"]["durations"].as_array().into_iter().flatten();
    let listed: Vec<String> = failed.map(Value::to_string).collect();
    if !listed.is_empty() {
        return listed;
    }
    let about = state.ask["missing"].as_array().into_iter().flatten().find(|one| one["name"] == "duration");
    let described = about.and_then(|one| one["description"].as_str()).unwrap_or_default();
    let numbers = described.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    numbers.map(str::to_owned).collect()
}

/// What can be picked for the first missing value.
fn slot_choices(state: &LexicalState, missing: &[String], intents: &Intents, language: Language) -> Vec<LexicalChoice> {
    let values = |name: &str, value: &str| Means::Values([(name.to_owned(), Value::from(value))].into_iter().collect());
    match missing.first().map(String::as_str) {
        Some("meeting_start_time") => times(state, language),
        Some(name @ ("meeting_date" | "due")) => days(name, state, language),
        Some("time_zone") if missing.iter().any(|name| name == "meeting_date") => days("meeting_date", state, language),
        Some(CORRECTION) => [(texts::YES, true), (texts::NO, false)]
            .into_iter()
            .map(|(label, wrong)| LexicalChoice {
                label: label.in_language(language).to_owned(),
                means: Means::Values([(CORRECTION.to_owned(), Value::from(wrong))].into_iter().collect()),
            })
            .chain([person(language)])
            .collect(),
        Some(appointments::MEETING) => {
            appointments::choices(state, language).into_iter().chain([person(language)]).collect()
        }
        Some("duration") => {
            let choice = |minutes: &String| {
                let number = minutes.parse::<u32>().map_or(Value::Null, Value::from);
                LexicalChoice {
                    label: minutes.clone(),
                    means: Means::Values([("duration".to_owned(), number)].into_iter().collect()),
                }
            };
            durations(state).iter().map(choice).collect()
        }
        Some(name @ ("ticket_id" | "contact" | "cus_cid")) => {
            let shown = state.shown.iter();
            let choices = shown.map(|(id, label)| LexicalChoice { label: label.clone(), means: values(name, id) });
            choices.chain([person(language)]).collect()
        }
        Some("email") if state.failure().is_none() => {
            let label = texts::KNOWN_OTHERWISE.in_language(language);
            let other = other_way(state, intents).map(Means::Intent);
            let other = other.map(|means| LexicalChoice { label: label.to_owned(), means });
            other.into_iter().collect()
        }
        _ if state.failure() == Some(Code::UserNotFound.as_str()) => {
            for_unknown(state, intents, language).into_iter().chain([person(language)]).collect()
        }
        _ => vec![],
    }
}

/// The next days on which a desk is open, to pick one by its number.
pub(super) fn days(argument: &str, state: &LexicalState, language: Language) -> Vec<LexicalChoice> {
    let Some(now) = state.now else { return vec![] };
    let all = (1..).map_while(|ahead| now.date_naive().checked_add_days(Days::new(ahead)));
    let open = all.filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)).take(DAYS_OFFERED);
    let choice = |day: NaiveDate| {
        let value = day.to_string();
        let label = day_in_words::day(&value, language)?;
        Some(LexicalChoice {
            label,
            means: Means::Values([(argument.to_owned(), Value::from(value))].into_iter().collect()),
        })
    };
    open.filter_map(choice).collect()
}

/// The free times, and what follows them.
fn times(state: &LexicalState, language: Language) -> Vec<LexicalChoice> {
    let mut choices = replies::time_choices(state, language);
    if let Some(after) = &state.later {
        let values = [("after".to_owned(), Value::from(after.as_str()))].into_iter().collect();
        let later =
            LexicalChoice { label: texts::LATER.in_language(language).to_owned(), means: Means::Values(values) };
        choices.insert(choices.len().saturating_sub(1), later);
    }
    choices
}

/// A failure in words that need no knowledge of HubSpot.
pub(super) fn failure(state: &LexicalState, code: &str, language: Language) -> String {
    let is = |known: Code| code == known.as_str();
    let text = match () {
        () if is(Code::UserNotFound) => {
            let unknown = if state.is_staff { staff::UNKNOWN } else { with_values::UNKNOWN_ADDRESS };
            return unknown.with(language, &[("who", state.who.as_deref().unwrap_or_default())]);
        }
        () if is(Code::OutcomeUnknown) && state.is_staff => staff::UNCLEAR,
        () if is(Code::Unavailable) || is(Code::SlotTaken) => texts::TIME_TAKEN,
        () if is_busy(code) => texts::BUSY,
        () if is(Code::OutcomeUnknown) => texts::UNCLEAR,
        () if is(Code::DateNotUnderstood) || is(Code::TimeZoneUnknown) => texts::NOT_READ,
        () if is(Code::InvalidInput)
            || is(Code::Rejected)
            || is(Code::Conflict)
            || is(Code::EmailRefused)
            || is(Code::DurationNotOffered) =>
        {
            texts::NOT_ACCEPTED
        }
        () if is(Code::Ambiguous) => texts::WHICH_PERSON,
        () if is(Code::TicketNotFound) => texts::NO_TICKETS,
        () if state.is_staff => {
            if is(Code::Forbidden) {
                staff::NO_RIGHT
            } else {
                outcomes::NOT_HERE
            }
        }
        () if is(Code::CalendarOffline) => texts::CALENDAR_OFFLINE,
        () if is(Code::OwnerNotFound) => texts::NO_REPRESENTATIVE,
        () => texts::FOR_A_COLLEAGUE,
    };
    text.in_language(language).to_owned()
}

/// True for a failure that may pass.
fn is_busy(code: &str) -> bool {
    let passing = [Code::Busy, Code::RateLimited, Code::Timeout, Code::Unreachable, Code::HubSpotFailed];
    passing.iter().any(|known| known.as_str() == code)
}

/// The ways in which a matter goes on, after what was found.
fn on_the_way(state: &LexicalState, intents: &Intents, language: Language) -> PromptWithChoices {
    let candidates = state.candidates();
    if candidates.is_empty() {
        return menu(state, intents, language);
    }
    let choices = intents.choices(&candidates, language).into_iter().chain([person(language)]).collect();
    // A problem was reported, and it may be one that is known.
    let is_known = intents.leading_to("create_ticket", &candidates).is_some();
    let text = if is_known { texts::OPEN_TICKETS } else { texts::ANYTHING_ELSE };
    PromptWithChoices { text: text.in_language(language).to_owned(), choices }
}

fn switch(ask: &Value, intents: &Intents, language: Language) -> PromptWithChoices {
    let label = |intent: &Value| intents.label(intent.as_str().unwrap_or_default(), language);
    let text =
        with_values::SWITCH.with(language, &[("from", &label(&ask["from"])), ("to", &label(&ask["to"]["intent"]))]);
    let choice = |text: Text, switch: &'static str| LexicalChoice {
        label: text.in_language(language).to_owned(),
        means: Means::Switch(switch.into()),
    };
    let choices =
        vec![choice(texts::COME_BACK, "come_back"), choice(texts::LEAVE, "leave"), choice(texts::STAY, "stay")];
    PromptWithChoices { text, choices }
}

/// A matter that was interrupted.
fn go_on(ask: &Value, intents: &Intents, language: Language) -> PromptWithChoices {
    let matter = intents.label(ask["matter"].as_str().unwrap_or_default(), language);
    let choice = |text: Text, means| LexicalChoice { label: text.in_language(language).to_owned(), means };
    let choices =
        vec![choice(texts::YES, Means::Switch("come_back".into())), choice(texts::NO, Means::Helped), person(language)];
    PromptWithChoices { text: with_values::GO_ON.with(language, &[("matter", &matter)]), choices }
}

/// A tool that is not open to the visitor, and the question whether a colleague shall help.
pub(super) fn closed(state: &LexicalState, language: Language) -> PromptWithChoices {
    if state.is_staff {
        return PromptWithChoices { text: staff::NO_RIGHT.in_language(language).to_owned(), choices: vec![] };
    }
    if state.nobody_to_tell {
        return PromptWithChoices { text: outcomes::NOT_HERE.in_language(language).to_owned(), choices: vec![] };
    }
    let parts = [texts::FOR_A_COLLEAGUE, texts::SHALL_A_COLLEAGUE].map(|text| text.in_language(language));
    PromptWithChoices { text: parts.join(" "), choices: colleague(language) }
}

/// A failure at which only a colleague helps, and the question whether one shall.
fn for_a_colleague(state: &LexicalState, code: &str, intents: &Intents, language: Language) -> PromptWithChoices {
    if state.is_staff {
        return PromptWithChoices {
            text: failure(state, code, language),
            choices: menu(state, intents, language).choices,
        };
    }
    if code == Code::UserNotFound.as_str() {
        let text = format!("{} {}", failure(state, code, language), texts::SHALL_A_COLLEAGUE_NOW.in_language(language));
        let choices = colleague(language).into_iter().chain(for_unknown(state, intents, language)).collect();
        return PromptWithChoices { text, choices };
    }
    if state.nobody_to_tell {
        return closed(state, language);
    }
    let asked = texts::SHALL_A_COLLEAGUE.in_language(language);
    PromptWithChoices { text: format!("{} {asked}", failure(state, code, language)), choices: colleague(language) }
}

/// The intents for whoever is not known by an address.
fn for_unknown(state: &LexicalState, intents: &Intents, language: Language) -> Vec<LexicalChoice> {
    let new = intents.leading_to("create_contact", &state.intents);
    let by_name = intents.leading_to(SEARCHES, &state.intents);
    intents.choices(&new.into_iter().chain(by_name).collect::<Vec<_>>(), language)
}

/// A dead end: what failed, and a person.
fn nothing(state: &LexicalState, intents: &Intents, language: Language) -> PromptWithChoices {
    match state.failure() {
        Some(code) => for_a_colleague(state, code, intents, language),
        None => {
            let candidates = state.candidates();
            let offered = if candidates.is_empty() { state.intents.clone() } else { candidates };
            let offered: Vec<String> = offered.into_iter().filter(|intent| !is_person(intents, intent)).collect();
            let choices = intents.choices(&offered, language).into_iter().chain([person(language)]).collect();
            PromptWithChoices { text: texts::WHAT_CAN_I_DO.in_language(language).to_owned(), choices }
        }
    }
}

fn listed(choices: &Value) -> Vec<LexicalChoice> {
    let all = choices.as_array().into_iter().flatten().filter_map(Value::as_str);
    all.map(|label| LexicalChoice { label: label.to_owned(), means: Means::Intent(label.to_owned()) }).collect()
}
