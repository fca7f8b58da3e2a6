//! Whether a tool is open in one call, and if not, why. What is closed is neither listed nor run.

use super::call_context::CallContext;
use super::{Effect, Entry, ToolError};
use domain::code::Code;

/// Why a tool is closed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    #[error("this server was started to change nothing")]
    ReadOnly,
    #[error("the operator has switched it off")]
    Disabled,
    #[error("the token you call with does not open it")]
    NotPermitted,
    #[error("a person has to agree to what it changes, and this client cannot ask them")]
    CannotConfirm,
    #[error("HubSpot's token lacks {}", listed(.0))]
    Scopes(Vec<&'static str>),
}

impl CallContext {
    /// Why `tool` is closed to this call; `None`: it is open.
    pub fn denied(&self, tool: &Entry) -> Option<Denied> {
        let lacking = self.missing_scopes(tool);
        let reasons = [
            (!self.policy.permissions.admit_effect(tool), Denied::ReadOnly),
            (!self.policy.permissions.admit_name(tool), Denied::Disabled),
            (!self.permissions.admit(tool), Denied::NotPermitted),
            (self.policy.confirm_writes && tool.effect == Effect::Update && !self.can_ask, Denied::CannotConfirm),
            (!self.policy.ignore_scopes && !lacking.is_empty(), Denied::Scopes(lacking)),
        ];
        reasons.into_iter().find(|(holds, _)| *holds).map(|(_, reason)| reason)
    }

    /// The scopes that HubSpot's token is known to lack for `tool`.
    pub fn missing_scopes(&self, tool: &Entry) -> Vec<&'static str> {
        let Some(scopes) = &self.scopes else { return vec![] };
        tool.scopes.iter().copied().filter(|needed| !scopes.contains(*needed)).collect()
    }
}

impl Denied {
    /// The same as a failure that a model can read. It names no way around: what is closed is closed on purpose.
    pub(super) fn into_error(self, tool: &Entry) -> ToolError {
        let code = if matches!(self, Denied::Scopes(_)) { Code::MissingScope } else { Code::Forbidden };
        let message = format!("`{}` cannot be used here: {self}", tool.name);
        let hint = "do what the listed tools can do, and tell the person that the rest cannot be done here";
        ToolError::new(code, message, hint)
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
