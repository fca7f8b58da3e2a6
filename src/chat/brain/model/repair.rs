//! Changes to requests that an endpoint has asked for by refusing them, each made once and kept as long as the client.

use super::failure::ApiError;
use super::options::TokenKey;

/// The statuses of requests that are refused for their form.
const REFUSED: [u16; 2] = [400, 422];

/// The changes that one endpoint and model have asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Repairs {
    /// Send `reasoning_effort: "none"`: some models take tools on this API only so.
    pub(super) without_reasoning: bool,
    /// Send the limit of tokens under the other name.
    pub(super) other_token_key: bool,
    /// Send no reasoning back.
    pub(super) without_echo: bool,
}

/// The properties of a refused request that a repair can change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub(super) has_tools: bool,
    pub(super) token_key: Option<TokenKey>,
    pub(super) has_echo: bool,
}

impl Repairs {
    /// Both: two conversations may learn of different ones at once.
    pub(super) fn and(self, more: Repairs) -> Repairs {
        Repairs {
            without_reasoning: self.without_reasoning || more.without_reasoning,
            other_token_key: self.other_token_key || more.other_token_key,
            without_echo: self.without_echo || more.without_echo,
        }
    }

    /// The repairs with the one that this error asks for; `None` if it asks for none, or for one that was made already.
    pub(super) fn after(self, error: &ApiError, sent: Sent) -> Option<Repairs> {
        if !REFUSED.contains(&error.status) {
            return None;
        }
        let repaired = match () {
            () if sent.has_tools && wants_no_reasoning(error) => Repairs { without_reasoning: true, ..self },
            () if sent.token_key.is_some_and(|key| refuses(error, key.name())) => {
                Repairs { other_token_key: true, ..self }
            }
            () if sent.has_echo && (error.says("reasoning") || error.says("thought") || error.says("extra")) => {
                Repairs { without_echo: true, ..self }
            }
            () => self,
        };
        (repaired != self).then_some(repaired)
    }
}

/// The answer of newer OpenAI models to function tools: they want the Responses API, or no reasoning.
pub(super) fn wants_no_reasoning(error: &ApiError) -> bool {
    error.says("reasoning_effort") && error.says("tools")
}

fn refuses(error: &ApiError, field: &str) -> bool {
    error.param.as_deref() == Some(field) || error.says(&format!("'{field}'")) || error.says(&format!("\"{field}\""))
}
