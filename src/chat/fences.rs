//! The calls of a model that are refused before they are made. A rule of the prompt asks for the same, but a model may
//! forget it, and a visitor may talk it out of it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::brain::Done;
use crate::tool::Effect;
use crate::tool::view::ToolView;

/// Starts that are remembered as offered.
const OFFERED_MAX: usize = 500;
/// The lists of free times in answers and failures.
const TIMES: [&str; 3] = ["available_slots", "next_free_slots", "alternatives"];
/// The length of a start to the minute, as in `2026-12-01T13:00`.
const MINUTE_LENGTH: usize = 16;

/// What earlier turns have shown.
#[derive(Clone, Debug, Default)]
pub struct Fences {
    /// Local starts to the minute, as in `2026-12-01T13:00`.
    offered: BTreeSet<String>,
}

impl Fences {
    /// Takes in the calls of a turn that is over: the visitor has been told what they found.
    pub fn learn(&mut self, done: &[Done]) {
        for done in done {
            let told = done.answer.as_ref().unwrap_or_else(|failure| failure);
            for list in TIMES {
                for slot in told[list].as_array().into_iter().flatten() {
                    let start = slot["start"].as_str().or(slot.as_str()).and_then(|start| start.get(..MINUTE_LENGTH));
                    if let Some(start) = start.filter(|_| self.offered.len() < OFFERED_MAX) {
                        self.offered.insert(start.to_owned());
                    }
                }
            }
        }
    }

    fn were_offered(&self, date: &str, time: &str) -> bool {
        self.offered.contains(&format!("{}T{}", date.trim(), time.trim()))
    }
}

/// The reason why a call is not made, in words for a model.
pub fn refused(tool: &ToolView, arguments: &Map<String, Value>, fences: &Fences) -> Option<&'static str> {
    if tool.effect != Effect::Book {
        return None;
    }
    let text = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or_default();
    let offered = fences.were_offered(text("meeting_date"), text("meeting_start_time"));
    (!offered).then_some(
        "only a time that an earlier reply has offered can be booked: show free times with `check_available`, offer one in \
         your reply, and book it when the customer has agreed; send `meeting_date` as `2026-12-01` and \
         `meeting_start_time` as `13:00`",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::brain::ToolCall;
    use super::*;

    #[test]
    fn only_times_of_earlier_turns_are_booked() {
        let view = |effect| ToolView { name: "a", description: String::new(), input: Map::new(), effect };
        let arguments = |time: &str| {
            Map::from_iter([
                ("meeting_date".to_owned(), json!("2026-12-01")),
                ("meeting_start_time".to_owned(), json!(time)),
            ])
        };
        let call = ToolCall { id: "1".into(), tool: "check_available".into(), arguments: Ok(Map::new()) };
        let answer = Ok(json!({"available_slots": [{"start": "2026-12-01T13:00:00-05:00"}, "2026-12-01T14:00"]}));
        let mut fences = Fences::default();
        assert!(refused(&view(Effect::Book), &arguments("13:00"), &fences).is_some());
        fences.learn(&[Done { call, round: 0, answer }]);
        assert_eq!(refused(&view(Effect::Book), &arguments("13:00"), &fences), None);
        assert_eq!(refused(&view(Effect::Book), &arguments("14:00"), &fences), None);
        assert!(refused(&view(Effect::Book), &arguments("15:00"), &fences).is_some());
        assert_eq!(refused(&view(Effect::Create), &arguments("15:00"), &fences), None);
    }
}
