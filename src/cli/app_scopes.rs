//! The scopes that an app of HubSpot needs for what is served.

use std::collections::BTreeSet;

use crate::tool::ToolInfo;
use crate::tool::policy::ToolPolicy;

/// The scope that every app has.
const APP_SCOPE: &str = "oauth";

/// The scopes of the tools that are served.
pub(super) fn of_served(tools: &[ToolInfo], policy: &ToolPolicy) -> BTreeSet<&'static str> {
    let scopes = served(tools, policy).flat_map(|tool| tool.scopes.iter().chain(policy.more_scopes(tool)).copied());
    scopes.chain([APP_SCOPE]).collect()
}

/// The scopes without which they do less.
pub(super) fn optional(tools: &[ToolInfo], policy: &ToolPolicy) -> BTreeSet<&'static str> {
    let required = of_served(tools, policy);
    let scopes = served(tools, policy).flat_map(|tool| tool.optional_scopes.iter().copied());
    scopes.filter(|scope| !required.contains(scope)).collect()
}

fn served<'a>(tools: &'a [ToolInfo], policy: &'a ToolPolicy) -> impl Iterator<Item = &'a ToolInfo> {
    let is_served = |tool: &&ToolInfo| policy.serves(tool) && policy.has_set_up(tool) && policy.permissions.admit(tool);
    tools.iter().filter(is_served)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::handoff_policy::{HandoffPolicy, HandoffWay};
    use crate::tools;

    #[test]
    fn the_scopes_are_those_of_what_is_served_and_set_up() {
        let tools = tools::all().infos();
        for (toolset, way, required, optional_scopes) in [
            ("desk", HandoffWay::Off, "tickets", &[][..]),
            ("conversations", HandoffWay::Off, "conversations.write", &["files"]),
            ("handoff", HandoffWay::Off, "oauth", &[]),
            ("handoff", HandoffWay::Ticket, "tickets", &["files"]),
            ("handoff", HandoffWay::Channel, "conversations.custom_channels.write", &["files"]),
        ] {
            let handoff = HandoffPolicy { way, ..HandoffPolicy::default() };
            let policy =
                ToolPolicy { handoff, ..ToolPolicy::default() }.choose_toolsets(&[toolset.to_owned()]).unwrap();
            let scopes = of_served(&tools, &policy);
            assert!(scopes.contains(required), "{toolset} {way:?}: {scopes:?}");
            assert_eq!(optional(&tools, &policy).into_iter().collect::<Vec<_>>(), optional_scopes, "{toolset} {way:?}");
        }
        let off = ToolPolicy::default().choose_toolsets(&["handoff".to_owned()]).unwrap();
        assert_eq!(of_served(&tools, &off).len(), 1, "without a way nothing of it is served");
    }
}
