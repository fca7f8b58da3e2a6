//! The visitor of a conversation: the caller for whom tools are called, and what is believed of who they are.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::mcp::Server;
use crate::tool::caller::Caller;
use crate::tool::on_behalf_of::OnBehalfOf;
use crate::tool::view::ToolView;
use domain::email::Email;
use domain::id::RecordId;

/// What is believed of a visitor.
#[derive(Clone, Debug, PartialEq)]
pub enum Trust {
    /// The operator at their own terminal: they may ask about any customer, and the address they type is believed.
    Operator,
    /// A customer who has proved to be this contact.
    Verified {
        /// The contact.
        contact: RecordId,
        /// The address that was proved.
        address: Email,
    },
    /// Anybody: an address that they type is a claim.
    Claimed,
}

/// The way of one conversation to the tools, on the path of every client's calls.
#[derive(Clone, Debug)]
pub struct Visitor {
    server: Server,
    caller: Caller,
}

impl Visitor {
    /// A visitor. `id` names the conversation: it shares no taskgraph session and no quota with others.
    pub fn new(server: Server, id: &str, trust: Trust) -> Visitor {
        let on_behalf_of = match trust {
            Trust::Operator => OnBehalfOf::Operator,
            Trust::Verified { contact, address } => OnBehalfOf::Verified { contact, address },
            Trust::Claimed => OnBehalfOf::Anonymous,
        };
        Visitor { server, caller: Caller::for_customer(id, on_behalf_of) }
    }

    /// The tools that are open to the visitor as they are known now.
    pub fn tools(&self) -> Vec<ToolView> {
        self.server.tools_in_process(&self.caller)
    }

    /// Calls a tool. A failure is JSON with `code`, `message` and `hint`.
    pub async fn call(&self, tool: &str, arguments: Map<String, Value>) -> Result<Value, Value> {
        let answer = self.server.call_in_process(self.caller.clone(), tool, arguments).await;
        answer.map_err(|error| error.to_json())
    }

    /// The current time, as the tools see it.
    pub fn now(&self) -> DateTime<Utc> {
        self.server.now()
    }

    /// Takes in the first address that the visitor has typed. It is nobody's proof, so it changes nothing for the operator or
    /// for somebody who has proved who they are.
    pub fn claim(&mut self, address: Email) {
        // Another address in a later message may be somebody else's.
        if self.caller.on_behalf_of == OnBehalfOf::Anonymous {
            self.caller.on_behalf_of = OnBehalfOf::Claimed { address };
        }
    }

    /// The person for whom tools are called, with the certainty of that.
    pub fn on_behalf_of(&self) -> &OnBehalfOf {
        &self.caller.on_behalf_of
    }
}
