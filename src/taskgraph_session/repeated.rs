//! A step that is sent once more because its answer was lost: what it has written is told again, and nothing is written twice.

use serde_json::{Map, Value, json};

use super::called::Called;
use crate::tool::digest;
use taskgraph::engine::event::Event;
use taskgraph::engine::state::{Ignored, LastStep, State};
use taskgraph::engine::toolbox::Toolbox;

/// The most bytes of results that are kept for a repetition.
const KEPT_MAX: usize = 4_000;

/// The calls of the last step, if this event is that step once more and it has written something.
pub(super) fn calls(state: &State, event: &Event) -> Option<Vec<Called>> {
    let last = state.last_step.as_ref().filter(|last| last.digest == digest_of(event))?;
    let told = |(tool, result): &(String, Value)| Called {
        tool: tool.clone(),
        arguments: Map::new(),
        succeeded: true,
        result: result.clone(),
    };
    Some(last.called.iter().map(told).collect())
}

/// What is kept of a step: its calls of tools that would write a second time.
pub(super) fn kept(event: &Event, called: &[Called], tools: &Toolbox) -> Option<LastStep> {
    let writes = |one: &&Called| one.succeeded && tools.tools.get(&one.tool).is_some_and(|spec| !spec.repeatable);
    let written: Vec<(String, Value)> =
        called.iter().filter(writes).map(|one| (one.tool.clone(), one.result.clone())).collect();
    let is_short = serde_json::to_string(&written).is_ok_and(|text| text.len() <= KEPT_MAX);
    let called = if is_short { written.clone() } else { vec![] };
    (!written.is_empty()).then(|| LastStep { digest: digest_of(event), called })
}

/// Says that the step was taken before.
pub(super) fn note() -> Ignored {
    let reason = "this very step was taken already: `called` is what it did, and nothing was done again";
    Ignored { name: "step".to_owned(), reason: reason.to_owned() }
}

fn digest_of(event: &Event) -> String {
    let Event { user_text, intent, slots, tool_result, switch, skip } = event;
    digest::of(&json!([user_text, intent, slots, tool_result, switch, skip]).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use taskgraph::engine::toolbox::ToolSpec;

    #[test]
    fn only_steps_that_would_write_twice_are_kept() {
        let spec = |repeatable| ToolSpec { input_schema: json!({}), repeatable };
        let tools = [("find_tickets".to_owned(), spec(true)), ("update_ticket".to_owned(), spec(false))];
        let tools = Toolbox { tools: tools.into(), ..Toolbox::default() };
        let call = |tool: &str, succeeded| Called::of(tool, Map::new(), succeeded, json!({"note_id": "1"}));
        let event = Event { user_text: Some("it is loud".to_owned()), ..Event::default() };
        let kept = |calls: &[Called]| kept(&event, calls, &tools).map(|kept| kept.called.len());
        assert_eq!(kept(&[call("find_tickets", true), call("update_ticket", true)]), Some(1));
        assert_eq!(kept(&[call("find_tickets", true)]), None);
        assert_eq!(kept(&[call("update_ticket", false)]), None, "nothing was written, or nobody knows");
        let long = Called::of("update_ticket", Map::new(), true, json!({"changes": "x".repeat(KEPT_MAX)}));
        assert_eq!(kept(&[long]), Some(0), "it is known, and not told");
    }
}
