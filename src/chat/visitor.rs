//! The visitor of a conversation: the caller for whom tools are called, and what is believed of who they are.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::handoff_relay;
use super::write_gate::{self, WriteGate};
use crate::mcp::Server;
use crate::tool::caller::{Caller, Transport};
use crate::tool::on_behalf_of::OnBehalfOf;
use crate::tool::permissions::Permissions;
use crate::tool::view::ToolView;
use domain::code::Code;
use domain::email::Email;
use domain::id::RecordId;
use hubspot_client::CallerKey;

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
    /// A member of staff: the people to whom others are handed over.
    is_staff: bool,
    /// Whoever holds the conversation for all replicas, where one does.
    gate: Option<Arc<dyn WriteGate>>,
}

impl Visitor {
    /// A visitor. `id` names the conversation: it shares no taskgraph session and no quota with others.
    pub fn new(server: Server, id: &str, trust: Trust) -> Visitor {
        let on_behalf_of = match trust {
            Trust::Operator => OnBehalfOf::Operator,
            Trust::Verified { contact, address } => OnBehalfOf::Verified { contact, address },
            Trust::Claimed => OnBehalfOf::Anonymous,
        };
        let caller = Caller { is_chat: true, ..Caller::for_customer(id, on_behalf_of) };
        Visitor { server, caller, is_staff: false, gate: None }
    }

    /// A member of staff: what they have called has the name, the rights and the limits of their token. `id` names the
    /// conversation, by which those who share a token are told apart.
    pub fn of_staff(server: Server, id: &str, caller: Caller) -> Visitor {
        let origin = caller.origin.clone().of_chat(id);
        let (transport, on_behalf_of) = (Transport::InProcess, OnBehalfOf::Operator);
        let mut caller = Caller { transport, on_behalf_of, origin, ..caller };
        if caller.permissions.read_only || caller.permissions.tools.is_some() {
            // The steps of a script are the assistant's own: what they lead to is called with the rights of the token.
            let open = server.tools_in_process(&caller).into_iter().map(|tool| tool.name.to_owned());
            let names = open.chain(STEPS.map(str::to_owned)).collect();
            caller.permissions = Permissions { read_only: false, tools: Some(Arc::new(names)), ..caller.permissions };
        }
        Visitor { server, caller, is_staff: true, gate: None }
    }

    /// True for a member of staff.
    pub fn is_staff(&self) -> bool {
        self.is_staff
    }

    /// The same, which uses HubSpot's quota under this name together with others.
    #[must_use]
    pub fn sharing(mut self, quota: CallerKey) -> Visitor {
        self.caller.quota = Some(quota);
        self
    }

    /// The same, for a message that this actor of HubSpot's inbox has written.
    #[must_use]
    pub fn written_by(mut self, actor: Option<&str>) -> Visitor {
        if let Some(actor) = actor {
            self.caller.origin = self.caller.origin.of_actor(actor);
        }
        self
    }

    /// Has calls that may write pass this gate.
    pub(super) fn guard(&mut self, gate: Arc<dyn WriteGate>) {
        self.gate = Some(gate);
    }

    /// The tools that are open to the visitor as they are known now.
    pub fn tools(&self) -> Vec<ToolView> {
        self.server.tools_in_process(&self.caller)
    }

    /// True if this tool is open to the visitor.
    pub fn may_use(&self, tool: &str) -> bool {
        self.server.opens_in_process(&self.caller, &[tool])
    }

    /// True if one of these tools is open to the visitor, now or once they have said an address.
    pub fn may_use_once_known(&self, tools: &[&str]) -> bool {
        let mut caller = self.caller.clone();
        if caller.on_behalf_of == OnBehalfOf::Anonymous {
            // What the operator has closed is closed to their own client as well.
            caller.on_behalf_of = OnBehalfOf::Operator;
        }
        self.server.opens_in_process(&caller, tools)
    }

    /// Calls a tool. A failure is JSON with `code`, `message` and `hint`.
    pub async fn call(&self, tool: &str, arguments: Map<String, Value>) -> Result<Value, Value> {
        self.pass_gate(tool).await?;
        let answer = self.server.call_in_process(self.caller.clone(), tool, arguments).await;
        answer.map_err(|error| error.to_json())
    }

    /// Notes a call that may write before it is made.
    async fn pass_gate(&self, tool: &str) -> Result<(), Value> {
        let Some(gate) = self.gate.as_ref().filter(|_| write_gate::is_for(tool, &self.tools())) else { return Ok(()) };
        if gate.may_write().await {
            return Ok(());
        }
        let message = "the conversation cannot be kept just now, so that nothing is written in it";
        Err(json!({ "code": Code::StoreFailed.as_str(), "message": message, "hint": "nothing was done" }))
    }

    /// Hands the conversation over for a visitor of whom nothing is known: people answer them here. Only the chat's own code does
    /// that, and what is told is what a customer may hear.
    pub async fn hand_over_unknown(&self, mut arguments: Map<String, Value>) -> Result<Value, Value> {
        arguments.insert("contact".to_owned(), handoff_relay::NOBODY.into());
        arguments.remove("create_contact");
        self.pass_gate(handoff_relay::START).await?;
        let caller = Caller { on_behalf_of: OnBehalfOf::Operator, ..self.caller.clone() };
        let answer = self.server.call_in_process(caller, handoff_relay::START, arguments).await;
        let mut answer = answer.map_err(|error| error.to_json())?;
        if let Some(fields) = answer.as_object_mut() {
            fields.retain(|name, _| !OF_COLLEAGUES.contains(&name.as_str()));
        }
        Ok(answer)
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

/// The contact who has this address, as the operator's own records say; `None` if there is none, or nobody can tell now.
pub async fn contact_of(server: &Server, address: &Email) -> Option<RecordId> {
    let caller = Caller::for_customer(PROVING, OnBehalfOf::Operator);
    let arguments = Map::from_iter([("contact".to_owned(), address.as_str().into())]);
    let found = server.call_in_process(caller, CONTACT, arguments).await.ok()?;
    found["contact_id"].as_str()?.parse().ok()
}

/// The fields of a hand-off that are for colleagues.
const OF_COLLEAGUES: [&str; 4] = ["contact_id", "ticket_id", "conversation_id", "url"];
/// The steps of a script.
const STEPS: [&str; 2] = ["taskgraph_start", "taskgraph_step"];
/// The tool that reads a contact, and the caller under whose name a proved address is looked up.
const CONTACT: &str = "get_contact";
const PROVING: &str = "proved-address";
