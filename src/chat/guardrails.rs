//! The calls of a model that are refused before they are made. A rule of the prompt asks for the same, but a model may
//! forget it, and a visitor may talk it out of it.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::brain::FinishedCall;
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
#[derive(Clone, Debug, PartialEq, Eq)]
struct Offer {
    /// The local start to the minute, as in `2026-12-01T13:00`.
    start: String,
    /// The zone in which it is local; none if the answer told none.
    zone: Option<String>,
    /// The meeting link; likewise.
    slug: Option<String>,
    /// The moment at which it was shown.
    shown: DateTime<Utc>,
}

impl Offer {
    fn is(&self, start: &str, zone: &str, slug: &str) -> bool {
        let fits = |offered: &Option<String>, wanted: &str| {
            offered.as_ref().is_none_or(|offered| offered.eq_ignore_ascii_case(wanted.trim()))
        };
        self.start == start && fits(&self.zone, zone) && fits(&self.slug, slug)
    }

    fn is_same(&self, other: &Offer) -> bool {
        (&self.start, &self.zone, &self.slug) == (&other.start, &other.zone, &other.slug)
    }
}

/// What earlier turns have shown.
#[derive(Clone, Debug, Default)]
pub struct Guardrails {
    /// The latest last.
    offered: VecDeque<Offer>,
    /// The last reply, to which the next message may agree.
    reply: String,
}

impl Guardrails {
    /// Takes in the calls and the reply of a turn that is over now: the visitor has been told what they found.
    pub fn learn(&mut self, done: &[FinishedCall], reply: &str, now: DateTime<Utc>) {
        reply.clone_into(&mut self.reply);
        for done in done {
            let told = done.answer.as_ref().unwrap_or_else(|failure| failure);
            let starts = TIMES.iter().flat_map(|list| told[*list].as_array().into_iter().flatten());
            for slot in starts {
                let start = slot["start"].as_str().or(slot.as_str()).and_then(|start| start.get(..MINUTE_LENGTH));
                if let Some(start) = start {
                    let (zone, slug) = (of_call(done, told, "time_zone"), of_call(done, told, "slug"));
                    self.offer(Offer { start: start.to_owned(), zone, slug, shown: now });
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

    fn were_offered(&self, date: &str, time: &str, zone: &str, slug: &str, now: DateTime<Utc>) -> bool {
        let start = format!("{}T{}", date.trim(), time.trim());
        self.offered.iter().any(|offer| offer.is(&start, zone, slug) && now - offer.shown <= OFFER_MAX)
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
    /// Everything that was said or found so far, the message among it.
    pub said: &'a [String],
    /// The operator wants that a person agrees to every booking, beside picking its time.
    pub confirms: bool,
}

/// The reason why a call is not made, in words for a model.
pub fn refused(call: &GuardedCall<'_>, guardrails: &Guardrails, now: DateTime<Utc>) -> Option<&'static str> {
    match call.tool.effect {
        Effect::Book => unoffered(call.arguments, guardrails, now)
            .or_else(|| if call.confirms { unasked(call, guardrails) } else { None }),
        _ => unasked(call, guardrails),
    }
}

/// Whoever picks a time that was offered agrees to it.
fn unoffered(arguments: &Map<String, Value>, guardrails: &Guardrails, now: DateTime<Utc>) -> Option<&'static str> {
    let text = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or_default();
    let (date, time) = (text("meeting_date"), text("meeting_start_time"));
    let offered = guardrails.were_offered(date, time, text("time_zone"), text("slug"), now);
    (!offered).then_some(
        "only a time that an earlier reply has offered within the last 15 minutes can be booked: show free times with `check_available`, offer one in \
         your reply, and book it when the customer has agreed; send `meeting_date` as `2026-12-01` and \
         `meeting_start_time` as `13:00`, with the `time_zone` and the `slug` of that answer",
    )
}

fn unasked(call: &GuardedCall<'_>, guardrails: &Guardrails) -> Option<&'static str> {
    if !consent::is_needed(call.tool) {
        return None;
    }
    match consent::missing(call.tool.name, call.arguments, call.message, &guardrails.reply, call.said)? {
        NoConsent::NotAgreed => Some(
            "the customer has not agreed to this: say in your reply what you will do, ask whether you shall, and call the tool when their \
             next message says yes to it",
        ),
        NoConsent::OtherValues => Some(
            "the customer has not agreed to these values: write what they or you have said, word for word; to write anything else, say it in \
             your reply and ask whether you shall",
        ),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use serde_json::json;

    use super::super::brain::ToolCall;
    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn call_of<'a>(tool: &'a ToolView, arguments: &'a Map<String, Value>, message: &'a str) -> GuardedCall<'a> {
        GuardedCall { tool, arguments, message, said: &[], confirms: false }
    }

    #[test]
    fn only_times_of_earlier_turns_are_booked() {
        let view = ToolView { name: "a", description: String::new(), input: Map::new(), effect: Effect::Book };
        let arguments = |time: &str| {
            Map::from_iter([
                ("meeting_date".to_owned(), json!("2026-12-01")),
                ("meeting_start_time".to_owned(), json!(time)),
            ])
        };
        let call = ToolCall { id: "1".into(), tool: "check_available".into(), arguments: Ok(Map::new()) };
        let answer = Ok(json!({"available_slots": [{"start": "2026-12-01T13:00:00-05:00"}, "2026-12-01T14:00"]}));
        let booked =
            |time: &str, guardrails: &Guardrails, now| refused(&call_of(&view, &arguments(time), ""), guardrails, now);
        let mut guardrails = Guardrails::default();
        assert!(booked("13:00", &guardrails, NOW).is_some());
        guardrails.learn(&[FinishedCall { call: call.clone(), round: 0, answer: answer.clone() }], "", NOW);
        assert_eq!(booked("13:00", &guardrails, NOW), None);
        assert_eq!(booked("14:00", &guardrails, NOW), None);
        assert!(booked("15:00", &guardrails, NOW).is_some());
        let late = NOW + OFFER_MAX + TimeDelta::seconds(1);
        assert_eq!(booked("13:00", &guardrails, NOW + OFFER_MAX), None);
        assert!(booked("13:00", &guardrails, late).is_some(), "it may be taken by now");
        guardrails.learn(&[FinishedCall { call, round: 0, answer }], "", late);
        assert_eq!(booked("13:00", &guardrails, late), None, "offered anew");
        assert_eq!(guardrails.offered.len(), 2);
    }

    #[test]
    fn a_write_needs_a_yes_to_the_reply_before() {
        let view = |name, effect| ToolView { name, description: String::new(), input: Map::new(), effect };
        let mut guardrails = Guardrails::default();
        for (tool, effect, reply, message, refuses) in [
            ("create_ticket", Effect::Create, "Shall I open a ticket?", "yes", false),
            ("create_ticket", Effect::Create, "Shall I open a ticket?", "hello", true),
            ("update_contact", Effect::Update, "Hello!", "yes", true),
            ("find_contact_by_email", Effect::Create, "Hello!", "I am a@b.example", false),
            ("find_tickets", Effect::Read, "Hello!", "hello", false),
            ("reply_conversation", Effect::Send, "Hello!", "hello", true),
        ] {
            guardrails.learn(&[], reply, NOW);
            let found = refused(&call_of(&view(tool, effect), &Map::new(), message), &guardrails, NOW);
            assert_eq!(found.is_some(), refuses, "{tool}: {message}");
        }
    }

    #[test]
    fn a_time_of_another_zone_or_representative_was_not_offered() {
        let view = ToolView { name: "a", description: String::new(), input: Map::new(), effect: Effect::Book };
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
        guardrails.learn(&[shown(vec![json!({"start": "2026-12-01T13:00:00-06:00"})])], "", NOW);
        for (zone, slug, free) in [
            ("America/Chicago", "x/vero", true),
            ("Europe/Berlin", "x/vero", false),
            ("America/Chicago", "x/other", false),
            ("", "", false),
        ] {
            assert_eq!(
                refused(&call_of(&view, &wanted("13:00", zone, slug), ""), &guardrails, NOW).is_none(),
                free,
                "{zone} {slug}"
            );
        }
        let many = (0..OFFERED_MAX).map(|at| json!(format!("2027-01-01T{:02}:{:02}", at / 60, at % 60)));
        guardrails.learn(&[shown(many.collect()), shown(vec![json!("2026-12-01T15:00")])], "", NOW);
        assert_eq!(guardrails.offered.len(), OFFERED_MAX);
        assert!(
            refused(&call_of(&view, &wanted("13:00", "America/Chicago", "x/vero"), ""), &guardrails, NOW).is_some(),
            "the oldest is forgotten"
        );
        assert_eq!(
            refused(&call_of(&view, &wanted("15:00", "America/Chicago", "x/vero"), ""), &guardrails, NOW),
            None,
            "the latest is known"
        );
    }
}
