//! The tools of an operator: what `frontdesk autopilot` shows and steers, for MCP clients. They are served only where
//! `--toolsets` names `operator`.

mod autopilot_pause;
mod autopilot_report;
mod autopilot_resume;
mod autopilot_status;
mod autopilot_unanswered;
mod switching;

use crate::tool::ToolEntry;

/// The tools, in the order of the documentation.
pub fn all() -> Vec<ToolEntry> {
    vec![
        ToolEntry::of::<autopilot_status::AutopilotStatus>(),
        ToolEntry::of::<autopilot_pause::AutopilotPause>(),
        ToolEntry::of::<autopilot_resume::AutopilotResume>(),
        ToolEntry::of::<autopilot_unanswered::AutopilotUnanswered>(),
        ToolEntry::of::<autopilot_report::AutopilotReport>(),
    ]
}
