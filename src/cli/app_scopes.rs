//! The scopes that an app of HubSpot needs for what is served.

use std::collections::BTreeSet;

use crate::tool::ToolInfo;
use crate::tool::policy::ToolPolicy;

/// The scope that every app has.
const APP_SCOPE: &str = "oauth";
/// The scope of attachments. Without it everything else works.
pub(super) const OPTIONAL_SCOPES: [&str; 1] = ["files"];

/// The scopes of the tools that are served.
pub(super) fn of_served(tools: &[ToolInfo], policy: &ToolPolicy) -> BTreeSet<&'static str> {
    let served = tools.iter().filter(|tool| policy.serves(tool) && policy.permissions.admit(tool));
    served.flat_map(|tool| tool.scopes.iter().copied()).chain([APP_SCOPE]).collect()
}
