//! The decision whether a call may use a tool. A denied tool is neither listed nor run.

use super::call_context::CallContext;
use super::error::ToolError;
use super::info::ToolInfo;
use domain::code::Code;

/// The tools by which a conversation of this server keeps its place in a taskgraph. They reach neither HubSpot nor a document,
/// and what the script calls is denied or not for itself.
const KEEPING: [&str; 2] = ["taskgraph_start", "taskgraph_step"];

/// The reason why a tool is denied to a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The server runs with `--read-only`.
    #[error("this server was started to change nothing")]
    ReadOnly,
    /// The tool is left out by `--toolsets`, `--tools` or `--without`.
    #[error("the operator has switched it off")]
    Disabled,
    /// Hand-off is not set up.
    #[error("hand-off to people is not set up; the operator does so with `--handoff`")]
    NotSetUp,
    /// The caller's token does not permit it.
    #[error("the token you call with does not open it")]
    NotPermitted,
    /// The caller acts for a customer, or for one who has not proved who they are, and the tool is not for them.
    #[error("it is not open in a customer's conversation")]
    NotForCustomers,
    /// `--confirm-writes` or `--confirm-bookings` needs a client that can ask the person.
    #[error("a person has to agree to what it does, and this client cannot ask them")]
    CannotConfirm,
    /// HubSpot's token lacks these scopes.
    #[error("HubSpot's token lacks {}", listed(.0))]
    Scopes(Vec<&'static str>),
}

impl CallContext {
    /// The reason why `tool` is denied to this call; `None` if it may be used.
    pub fn denied(&self, tool: &ToolInfo) -> Option<Denied> {
        if self.caller.is_chat && KEEPING.contains(&tool.name) {
            return None;
        }
        let missing = self.missing_scopes(tool);
        let reasons = [
            (!self.policy.permissions.admit_effect(tool), Denied::ReadOnly),
            (!self.policy.serves(tool) || !self.policy.permissions.admit_name(tool), Denied::Disabled),
            (!self.policy.has_set_up(tool), Denied::NotSetUp),
            (!self.caller.permissions.admit(tool), Denied::NotPermitted),
            (!self.is_open_to_customer(tool), Denied::NotForCustomers),
            (self.policy.needs_consent(tool) && !self.can_ask, Denied::CannotConfirm),
            (!self.policy.ignore_scopes && !missing.is_empty(), Denied::Scopes(missing)),
        ];
        reasons.into_iter().find(|(holds, _)| *holds).map(|(_, reason)| reason)
    }

    /// True if the operator's own client calls, or the tool is open to the customer for whom this call is made.
    fn is_open_to_customer(&self, tool: &ToolInfo) -> bool {
        let Some(assurance) = self.caller.on_behalf_of.assurance() else { return true };
        tool.customers.is_some_and(|allowed| allowed.least <= assurance)
    }

    /// The scopes that HubSpot's token is known to lack for `tool`.
    pub fn missing_scopes(&self, tool: &ToolInfo) -> Vec<&'static str> {
        let Some(scopes) = &self.scopes else { return vec![] };
        let more = self.policy.more_scopes(tool).iter().filter(|more| !tool.scopes.contains(more));
        tool.scopes.iter().chain(more).copied().filter(|needed| !scopes.contains(*needed)).collect()
    }

    /// The scopes without which `tool` does less, and that HubSpot's token is known to lack.
    pub fn missing_optional_scopes(&self, tool: &ToolInfo) -> Vec<&'static str> {
        let Some(scopes) = &self.scopes else { return vec![] };
        tool.optional_scopes.iter().copied().filter(|scope| !scopes.contains(*scope)).collect()
    }
}

impl Denied {
    /// The error for the model. It names no way around: a tool is denied on purpose.
    pub(super) fn into_error(self, tool: &ToolInfo) -> ToolError {
        let code = if matches!(self, Denied::Scopes(_)) { Code::MissingScope } else { Code::Forbidden };
        let message = format!("`{}` cannot be used here: {self}", tool.name);
        let hint = "do what the listed tools can do, and tell the person that the rest cannot be done here";
        ToolError::new(code, message, hint)
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
