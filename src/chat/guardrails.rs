//! The calls of a model that are refused before they are made. A rule of the prompt asks for the same, but a model may
//! forget it, and a visitor may talk it out of it.

mod appointment;
mod known;

use std::collections::{BTreeSet, VecDeque};

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use self::appointment::{Texts, Wanted};
use self::known::KnownValues;
use super::brain::FinishedCall;
use super::consent::values::Said;
use super::consent::{self, NoConsent};
use super::limits::OFFER_MAX;
use crate::tool::Effect;
use crate::tool::view::ToolView;

/// Starts that are remembered as offered.
const OFFERED_MAX: usize = 500;
/// The lists of free times in answers and failures.
const TIMES: [&str; 3] = ["available_slots", "next_free_slots", "alternatives"];
/// The length of a start to the minute, as in `2026-12-01T13:00`.
const MINUTE_LENGTH: usize = 16;

/// A start that an earlier turn has shown. The same hour of another zone or representative is another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Offer {
    /// The local start to the minute, as in `2026-12-01T13:00`.
    start: String,
    /// The zone in which it is local; none if the answer told none.
    zone: Option<String>,
    /// The meeting link; likewise.
    slug: Option<String>,
    /// The length in minutes; likewise.
    minutes: Option<u64>,
    /// The moment at which it was shown.
    shown: DateTime<Utc>,
}

impl Offer {
    /// True if a call with these arguments books it.
    fn is(&self, arguments: &Map<String, Value>) -> bool {
        let fits = |offered: &Option<String>, name: &str| {
            offered.as_ref().is_none_or(|offered| offered.eq_ignore_ascii_case(text(arguments, name).trim()))
        };
        let minutes = minutes(arguments.get("duration"));
        self.start == start(arguments)
            && fits(&self.zone, "time_zone")
            && fits(&self.slug, "slug")
            && (self.minutes.is_none() || minutes.is_none() || self.minutes == minutes)
    }

    fn is_same(&self, other: &Offer) -> bool {
        (&self.start, &self.zone, &self.slug, self.minutes) == (&other.start, &other.zone, &other.slug, other.minutes)
    }
}

fn text<'a>(arguments: &'a Map<String, Value>, name: &str) -> &'a str {
    arguments.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The start of a call to the minute, as in `2026-12-01T13:00`.
fn start(arguments: &Map<String, Value>) -> String {
    format!("{}T{}", text(arguments, "meeting_date").trim(), text(arguments, "meeting_start_time").trim())
}

/// A number of minutes, which a model may send as text.
fn minutes(value: Option<&Value>) -> Option<u64> {
    let value = value?;
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// What earlier turns have shown.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Guardrails {
    /// The latest last.
    offered: VecDeque<Offer>,
    /// The last reply, to which the next message may agree.
    reply: String,
    /// What results have shown for the visitor.
    known: KnownValues,
}

impl Guardrails {
    /// Takes in the calls and the reply of a turn that is over now: the visitor has been told what they found. `said` are
    /// the messages so far, `own` the operator's words.
    pub fn learn(&mut self, done: &[FinishedCall], reply: &str, said: &[String], own: &str, now: DateTime<Utc>) {
        reply.clone_into(&mut self.reply);
        self.known.learn(done, said, own);
        for done in done {
            let told = done.answer.as_ref().unwrap_or_else(|failure| failure);
            let starts = TIMES.iter().flat_map(|list| told[*list].as_array().into_iter().flatten());
            for slot in starts {
                let start = slot["start"].as_str().or(slot.as_str()).and_then(|start| start.get(..MINUTE_LENGTH));
                if let Some(start) = start {
                    let (zone, slug) = (of_call(done, told, "time_zone"), of_call(done, told, "slug"));
                    let minutes = minutes(Some(&told["duration"]));
                    self.offer(Offer { start: start.to_owned(), zone, slug, minutes, shown: now });
                }
            }
        }
    }

    /// The last reply is this one, also where another process has said it.
    pub fn note_reply(&mut self, reply: &str) {
        reply.clone_into(&mut self.reply);
    }

    /// Remembers a start as the latest; the oldest is forgotten.
    fn offer(&mut self, offer: Offer) {
        self.offered.retain(|known| !known.is_same(&offer));
        if self.offered.len() == OFFERED_MAX {
            self.offered.pop_front();
        }
        self.offered.push_back(offer);
    }

    fn were_offered(&self, arguments: &Map<String, Value>, now: DateTime<Utc>) -> bool {
        self.fresh(now).any(|offer| offer.is(arguments))
    }

    /// True if times that were offered hold now.
    pub fn has_offers(&self, now: DateTime<Utc>) -> bool {
        self.fresh(now).next().is_some()
    }

    /// The offers that hold now.
    fn fresh(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Offer> {
        self.offered.iter().filter(move |offer| now - offer.shown <= OFFER_MAX)
    }

    /// True if this time of day was offered on one day alone, which then needs no words.
    fn has_one_day(&self, start: NaiveDateTime, now: DateTime<Utc>) -> bool {
        let time = start.format("T%H:%M").to_string();
        let days: BTreeSet<&str> = self.fresh(now).filter_map(|offer| offer.start.strip_suffix(&time)).collect();
        days.len() == 1
    }
}

/// A value that the answer tells; else the one that was asked with.
fn of_call(done: &FinishedCall, told: &Value, name: &str) -> Option<String> {
    let asked = done.call.arguments.as_ref().ok().and_then(|arguments| arguments.get(name));
    told[name].as_str().or(asked.and_then(Value::as_str)).map(str::to_owned)
}

/// A call that a model wants.
#[derive(Clone, Copy, Debug)]
pub struct GuardedCall<'a> {
    /// The tool.
    pub tool: &'a ToolView,
    /// The arguments of the call.
    pub arguments: &'a Map<String, Value>,
    /// The visitor's message.
    pub message: &'a str,
    /// The messages before it, oldest first.
    pub earlier: &'a [String],
    /// The operator's words.
    pub own: &'a str,
    /// The calls of this turn so far.
    pub done: &'a [FinishedCall],
    /// A write of this turn has used up the visitor's yes.
    pub is_spent: bool,
}

impl GuardedCall<'_> {
    /// Everything that was said, and what was found for the visitor.
    fn said(&self, guardrails: &Guardrails) -> Said {
        let said: Vec<String> = self.earlier.iter().cloned().chain([self.message.to_owned()]).collect();
        let mut known = guardrails.known.clone();
        known.learn(self.done, &said, self.own);
        Said::of(&known.with(&said), self.own)
    }
}

/// The reason why a call is not made, in words for a model.
pub fn refused(call: &GuardedCall<'_>, guardrails: &Guardrails, now: DateTime<Utc>) -> Option<&'static str> {
    if !consent::is_needed(call.tool) {
        return None;
    }
    let books = call.tool.effect == Effect::Book;
    let unoffered = || if books { unoffered(call.arguments, guardrails, now) } else { None };
    let untold = || if books { untold(call, guardrails, now) } else { None };
    unoffered().or_else(|| unasked(call, guardrails)).or_else(untold)
}

fn unoffered(arguments: &Map<String, Value>, guardrails: &Guardrails, now: DateTime<Utc>) -> Option<&'static str> {
    (!guardrails.were_offered(arguments, now)).then_some(
        "only a time that an earlier reply has offered within the last 15 minutes can be booked: show free times with `check_available`, offer one in \
         your reply, and book it when the customer has agreed; send `meeting_date` as `2026-12-01` and \
         `meeting_start_time` as `13:00`, with the `time_zone`, the `slug` and the `duration` of that answer",
    )
}

/// The start and the length are those to which the visitor has said yes.
fn untold(call: &GuardedCall<'_>, guardrails: &Guardrails, now: DateTime<Utc>) -> Option<&'static str> {
    let texts = Texts { message: call.message, reply: &guardrails.reply, earlier: call.earlier };
    let is_told = |start: NaiveDateTime| {
        let wanted = Wanted { start, minutes: minutes(call.arguments.get("duration")) };
        appointment::is_told(wanted, &texts, now)
            && (appointment::tells_day(&texts, start.date(), now) || guardrails.has_one_day(start, now))
    };
    let start = NaiveDateTime::parse_from_str(&start(call.arguments), "%Y-%m-%dT%H:%M");
    (!start.is_ok_and(is_told)).then_some(
        "the customer has not agreed to this start and length: name the day, the time and the length in your reply, ask whether you shall \
         book it, and book just that when their next message says yes",
    )
}

fn unasked(call: &GuardedCall<'_>, guardrails: &Guardrails) -> Option<&'static str> {
    if call.is_spent {
        return Some(
            "the customer's yes was for one write, which is made: say in your reply what else you will do, and ask whether you shall",
        );
    }
    match consent::missing(call.tool.name, call.arguments, call.message, &guardrails.reply, &call.said(guardrails))? {
        NoConsent::NotAgreed => Some(
            "the customer has not agreed to this: say in your reply what you will do, ask whether you shall, and call the tool when their \
             next message says yes to it",
        ),
        NoConsent::OtherValues => Some(
            "the customer has not agreed to these values: write what they or you have said, word for word, and only records that a look-up \
             with their address or words has shown; to write anything else, say it in your reply and ask whether you shall",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::TimeDelta;
    use serde_json::json;

    use super::super::brain::ToolCall;
    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn call_of<'a>(tool: &'a ToolView, arguments: &'a Map<String, Value>, message: &'a str) -> GuardedCall<'a> {
        GuardedCall { tool, arguments, message, earlier: &[], own: "", done: &[], is_spent: false }
    }

    #[test]
    fn only_times_of_earlier_turns_are_booked() {
        let view = ToolView { name: "a", description: "".into(), input: Arc::default(), effect: Effect::Book };
        let arguments = |time: &str| {
            Map::from_iter([
                ("meeting_date".to_owned(), json!("2026-12-01")),
                ("meeting_start_time".to_owned(), json!(time)),
            ])
        };
        let call = ToolCall { id: "1".into(), tool: "check_available".into(), arguments: Ok(Map::new()) };
        let answer = Ok(json!({"available_slots": [{"start": "2026-12-01T13:00:00-05:00"}, "2026-12-01T14:00"]}));
        let booked = |time: &str, guardrails: &Guardrails, now| {
            refused(&call_of(&view, &arguments(time), "yes"), guardrails, now)
        };
        let asked = |time: &str| format!("Shall I book Tuesday at {time}?");
        let mut guardrails = Guardrails::default();
        assert!(booked("13:00", &guardrails, NOW).is_some());
        let shown = [FinishedCall { call: call.clone(), round: 0, answer: answer.clone() }];
        guardrails.learn(&shown, &asked("14:00"), &[], "", NOW);
        assert_eq!(booked("14:00", &guardrails, NOW), None);
        assert!(booked("13:00", &guardrails, NOW).is_some(), "another time was asked");
        guardrails.learn(&shown, &asked("13:00"), &[], "", NOW);
        assert_eq!(booked("13:00", &guardrails, NOW), None);
        let at_one = arguments("13:00");
        let spent = GuardedCall { is_spent: true, ..call_of(&view, &at_one, "yes") };
        assert!(refused(&spent, &guardrails, NOW).is_some(), "one yes is good for one write");
        for no in ["no", "no, not at all, I do not want a meeting", "what does ADAM cost?", "13:00?", "yes, but later"]
        {
            assert!(refused(&call_of(&view, &arguments("13:00"), no), &guardrails, NOW).is_some(), "{no}");
        }
        assert!(booked("15:00", &guardrails, NOW).is_some());
        let late = NOW + OFFER_MAX + TimeDelta::seconds(1);
        assert_eq!(booked("13:00", &guardrails, NOW + OFFER_MAX), None);
        assert!(booked("13:00", &guardrails, late).is_some(), "it may be taken by now");
        guardrails.learn(&[FinishedCall { call, round: 0, answer }], &asked("13:00"), &[], "", late);
        assert_eq!(booked("13:00", &guardrails, late), None, "offered anew");
        assert_eq!(guardrails.offered.len(), 2);
    }

    #[test]
    fn a_write_needs_a_yes_to_the_reply_before() {
        let view = |name, effect| ToolView { name, description: "".into(), input: Arc::default(), effect };
        let mut guardrails = Guardrails::default();
        for (tool, effect, reply, message, refuses) in [
            ("create_ticket", Effect::Create, "Shall I open a ticket?", "yes", false),
            ("create_ticket", Effect::Create, "Shall I open a ticket?", "hello", true),
            ("update_contact", Effect::Update, "Hello!", "yes", true),
            ("find_contact_by_email", Effect::Create, "Hello!", "I am a@b.example", false),
            ("find_tickets", Effect::Read, "Hello!", "hello", false),
            ("reply_conversation", Effect::Send, "Hello!", "hello", true),
        ] {
            guardrails.learn(&[], reply, &[], "", NOW);
            let found = refused(&call_of(&view(tool, effect), &Map::new(), message), &guardrails, NOW);
            assert_eq!(found.is_some(), refuses, "{tool}: {message}");
        }
    }

    #[test]
    fn a_time_of_another_zone_or_representative_was_not_offered() {
        let view = ToolView { name: "a", description: "".into(), input: Arc::default(), effect: Effect::Book };
        let wanted = |time: &str, zone: &str, slug: &str| {
            let values =
                [("meeting_date", "2026-12-01"), ("meeting_start_time", time), ("time_zone", zone), ("slug", slug)];
            Map::from_iter(values.map(|(name, value)| (name.to_owned(), json!(value))))
        };
        let shown = |starts: Vec<Value>| {
            let call = ToolCall { id: "1".into(), tool: "check_available".into(), arguments: Ok(Map::new()) };
            let answer = json!({"time_zone": "America/Chicago", "slug": "x/vero", "available_slots": starts});
            FinishedCall { call, round: 0, answer: Ok(answer) }
        };
        let mut guardrails = Guardrails::default();
        let at_one = "Shall I book Tuesday at 13:00?";
        guardrails.learn(&[shown(vec![json!({"start": "2026-12-01T13:00:00-06:00"})])], at_one, &[], "", NOW);
        for (zone, slug, free) in [
            ("America/Chicago", "x/vero", true),
            ("Europe/Berlin", "x/vero", false),
            ("America/Chicago", "x/other", false),
            ("", "", false),
        ] {
            assert_eq!(
                refused(&call_of(&view, &wanted("13:00", zone, slug), "yes"), &guardrails, NOW).is_none(),
                free,
                "{zone} {slug}"
            );
        }
        let many = (0..OFFERED_MAX).map(|at| json!(format!("2027-01-01T{:02}:{:02}", at / 60, at % 60)));
        let at_three = "Shall I book Tuesday at 15:00?";
        guardrails.learn(&[shown(many.collect()), shown(vec![json!("2026-12-01T15:00")])], at_three, &[], "", NOW);
        assert_eq!(guardrails.offered.len(), OFFERED_MAX);
        assert!(
            refused(&call_of(&view, &wanted("13:00", "America/Chicago", "x/vero"), "yes"), &guardrails, NOW).is_some(),
            "the oldest is forgotten"
        );
        assert_eq!(
            refused(&call_of(&view, &wanted("15:00", "America/Chicago", "x/vero"), "yes"), &guardrails, NOW),
            None,
            "the latest is known"
        );
    }
}
