//! The tools that a hint names: one that this call may not use is no next step.

use super::error::ToolError;

/// Separators of a hint's parts, the widest first.
const JOINTS: [&str; 3] = ["; ", ", or ", ", else "];
/// The hint that is left where every part named a tool that is not there.
const NOTHING_LEFT: &str = "say that it cannot be done from here";

/// The error without the parts of its hint that name tools which this call may not use.
pub(super) fn of_caller(mut error: ToolError, is_denied: &dyn Fn(&str) -> bool) -> ToolError {
    let hint = without(&error.hint, is_denied);
    let all_left_out = hint.is_empty() && !error.hint.is_empty();
    error.hint = if all_left_out { NOTHING_LEFT.to_owned() } else { hint };
    error
}

/// The text without the parts that name tools which a call may not use; empty if all do.
pub fn without(text: &str, is_denied: &dyn Fn(&str) -> bool) -> String {
    kept(text, &JOINTS, is_denied).unwrap_or_default()
}

/// The parts to keep, `None` if all name a tool that is not there.
fn kept(text: &str, joints: &[&str], is_denied: &dyn Fn(&str) -> bool) -> Option<String> {
    if !names(text).any(is_denied) {
        return Some(text.to_owned());
    }
    let (joint, finer) = joints.split_first()?;
    let parts: Vec<String> = text.split(joint).filter_map(|part| kept(part, finer, is_denied)).collect();
    (!parts.is_empty()).then(|| parts.join(joint))
}

/// The texts between backticks.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_parts_that_name_a_missing_tool_are_left_out() {
        let hint = "check the spelling, or look with `search_contacts`; `create_contact` adds them; send `email` again";
        for (denied, left) in [
            (&[][..], hint),
            (&["search_contacts"][..], "check the spelling; `create_contact` adds them; send `email` again"),
            (&["create_contact", "search_contacts"][..], "check the spelling; send `email` again"),
        ] {
            assert_eq!(without(hint, &|name| denied.contains(&name)), left);
        }
        assert_eq!(without("`create_task` asks a colleague", &|_| true), "");
    }
}
