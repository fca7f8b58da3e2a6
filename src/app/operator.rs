//! The tools of an operator, where they are asked for.

use crate::autopilot;
use crate::tool::policy::ToolPolicy;
use crate::tool::{ToolEntry, ToolInfo, Toolset};
use crate::tools;

/// Every tool that the operator can choose.
pub(super) fn choosable() -> Vec<ToolInfo> {
    tools::all().with(autopilot::tools::all()).infos()
}

/// Those tools, if `--toolsets` names their toolset.
pub(super) fn tools(policy: &ToolPolicy) -> Vec<ToolEntry> {
    let is_named = policy.toolsets.as_ref().is_some_and(|toolsets| toolsets.contains(&Toolset::Operator));
    if is_named { autopilot::tools::all() } else { vec![] }
}
