//! The caller of a tool: the way it reaches the server, its name, its rights, and the person it acts for.

use std::fmt;
use std::sync::Arc;

use super::call_origin::CallOrigin;
use super::on_behalf_of::OnBehalfOf;
use super::permissions::Permissions;
use hubspot_client::CallerKey;

/// The party that calls. The default is the operator's own client on this machine, which may do everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Caller {
    /// The name under which the caller is counted, and to which its sessions belong.
    pub id: CallerId,
    /// The way its calls arrive.
    pub transport: Transport,
    /// Tools and properties that the caller may use.
    pub permissions: Permissions,
    /// Its limits, where it has its own.
    pub limits: CallerLimits,
    /// The person it acts for, and how sure that is.
    pub on_behalf_of: OnBehalfOf,
    /// The name under which HubSpot's quota is used, where many callers share one part of it; its own unless set.
    pub quota: Option<CallerKey>,
    /// The origin of its calls, where people share its name.
    pub origin: CallOrigin,
    /// It is a conversation of this server's own chat, which keeps its place in a taskgraph whatever else it may do, and asks
    /// its visitor before it writes.
    pub is_chat: bool,
}

/// The limits of one caller; `None` for those of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallerLimits {
    /// Requests in a second.
    pub calls_per_second: Option<u32>,
    /// Calls at once; further ones wait.
    pub calls_at_once: Option<usize>,
    /// Calls that write to HubSpot in a day (UTC).
    pub writes_per_day: Option<u32>,
}

impl Caller {
    /// The name under which HubSpot's quota is used.
    pub fn quota_key(&self) -> CallerKey {
        self.quota.clone().unwrap_or_else(|| CallerKey::new(self.id.0.clone()))
    }

    /// A caller in this process that acts for a customer, such as a chat. `id` is the conversation: it shares no session
    /// and no quota with others.
    pub fn for_customer(id: &str, on_behalf_of: OnBehalfOf) -> Caller {
        let transport = Transport::InProcess;
        Caller { id: CallerId(id.into()), transport, on_behalf_of, ..Caller::default() }
    }
}

/// The identity of a caller: the name of its token, its conversation, or `local` for this machine.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CallerId(pub Arc<str>);

impl Default for CallerId {
    fn default() -> CallerId {
        CallerId("local".into())
    }
}

impl fmt::Debug for CallerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// Transport of the caller's calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// Standard input and output, or a pipe in their place.
    #[default]
    Stdio,
    /// Streamable HTTP, of any protocol revision.
    Http,
    /// HTTP+SSE of 2024-11-05.
    Sse,
    /// A part of this server, such as a chat.
    InProcess,
}

impl Transport {
    /// The name in logs.
    pub fn name(self) -> &'static str {
        match self {
            Transport::Stdio => "stdio",
            Transport::Http => "http",
            Transport::Sse => "sse",
            Transport::InProcess => "in_process",
        }
    }
}
