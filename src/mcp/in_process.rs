//! The tools for parts of this server, such as a chat that acts for a customer.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::server::Server;
use crate::taskgraph_session::today;
use crate::tool::access::Denied;
use crate::tool::call_context::CallContext;
use crate::tool::caller::Caller;
use crate::tool::on_behalf_of::OnBehalfOf;
use crate::tool::policy;
use crate::tool::view::ToolView;
use crate::tool::{Ctx, ToolEntry, ToolError};
use domain::code::Code;
use taskgraph::graph::Graph;

impl Server {
    /// Context of tools outside a call.
    pub fn context(&self) -> &Ctx {
        &self.shared.ctx
    }

    /// The tools that are open to a caller in this process, in the order of the registry.
    pub fn tools_in_process(&self, caller: &Caller) -> Vec<ToolView> {
        let call = self.context_of(caller.clone(), false);
        let open = self.shared.ctx.tools.iter().filter(|entry| call.denied(entry).is_none());
        open.map(|entry| self.shared.views.of(entry, caller)).collect()
    }

    /// True if one of these tools is open to a caller in this process.
    pub fn opens_in_process(&self, caller: &Caller, tools: &[&str]) -> bool {
        let call = self.context_of(caller.clone(), false);
        let named = tools.iter().filter_map(|name| self.shared.ctx.tools.get(name));
        named.into_iter().any(|entry| call.denied(entry).is_none())
    }

    /// The names of the tools that the operator has switched off, for every customer.
    pub fn switched_off(&self) -> Vec<&'static str> {
        let call = self.context_of(Caller::for_customer("prompt", OnBehalfOf::Operator), false);
        let is_off = |entry: &&ToolEntry| call.denied(entry).is_some_and(|reason| reason != Denied::NotForCustomers);
        self.shared.ctx.tools.iter().filter(is_off).map(|entry| entry.name).collect()
    }

    /// The taskgraph of this name, or the default one.
    pub fn taskgraph(&self, name: Option<&str>) -> Option<Arc<Graph>> {
        let taskgraphs = &self.shared.ctx.taskgraphs;
        taskgraphs.get(&name.map_or_else(|| taskgraphs.default_name(), str::to_owned))
    }

    /// The names of all taskgraphs.
    pub fn taskgraph_names(&self) -> Vec<String> {
        self.shared.ctx.taskgraphs.names()
    }

    /// The current time, as the tools see it.
    pub fn now(&self) -> DateTime<Utc> {
        self.shared.ctx.clock.now()
    }

    /// Today's date with its weekday and the account's zone.
    pub async fn today(&self) -> String {
        let hubspot = self.shared.ctx.hubspot.for_call(self.shared.limits.deadline());
        today::of(&Ctx { hubspot, ..self.shared.ctx.clone() }).await
    }

    /// Calls a tool for a caller in this process, on the path of every client's calls. Nobody can be asked: the person
    /// who agrees to changes sits at a client of the operator, never at the other end of a customer's conversation.
    pub async fn call_in_process(
        &self,
        caller: Caller,
        tool: &str,
        arguments: Map<String, Value>,
    ) -> Result<Value, ToolError> {
        let id = Uuid::now_v7().simple().to_string();
        let call = CallContext { id: id.clone(), ..self.context_of(caller, false) };
        let Some(entry) = self.shared.ctx.tools.get(tool) else { return Err(self.unknown(tool)) };
        let transport = call.caller.transport.name();
        let span = info_span!("call", id, caller = &*call.caller.id.0, transport);
        self.run_once(entry, arguments, call).instrument(span).await
    }

    fn unknown(&self, tool: &str) -> ToolError {
        let near = policy::similar(self.shared.ctx.tools.iter().map(|entry| entry.name), tool);
        ToolError::new(Code::NotFound, "there is no such tool", format!("the nearest names are {near:?}"))
    }
}
