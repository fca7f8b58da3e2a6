//! One message of the customer with everything that came of it.

use std::time::Duration;

use super::customer::HeardReply;
use super::state::HubSpotRecords;

/// One message of the customer with what the desk did and answered.
#[derive(Clone, Debug, Default)]
pub struct DialogueTurn {
    /// Text that the customer sent.
    pub says: String,
    /// The scenario's line that was said.
    pub line: Option<usize>,
    /// The time for which the customer said nothing before.
    pub waited: Duration,
    /// The customer agrees to what the desk has proposed.
    pub agrees: bool,
    /// Reply, as far as the customer is shown it.
    pub reply: HeardReply,
    /// The calls of tools, in order.
    pub calls: Vec<Call>,
    /// The time from the message to the reply.
    pub took: Duration,
    /// HubSpot after the turn.
    pub state: HubSpotRecords,
}

/// One call of a tool, with its bytes in and out.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// Name of the tool.
    pub tool: String,
    /// Arguments and answer, for people.
    pub shown: String,
    /// The bytes of both.
    pub bytes: usize,
    /// It gave a result, not an error.
    pub succeeded: bool,
    /// The tools that the server called within it.
    pub within: Vec<String>,
}
