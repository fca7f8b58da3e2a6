//! The tools for parts of this server, such as a chat that acts for a customer.

use serde_json::{Map, Value};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::server::Server;
use crate::tool::ToolError;
use crate::tool::caller::Caller;
use crate::tool::policy;
use crate::tool::view::ToolView;
use domain::code::Code;

impl Server {
    /// The tools that are open to a caller in this process, in the order of the registry.
    pub fn tools_in_process(&self, caller: &Caller) -> Vec<ToolView> {
        let call = self.context_of(caller.clone(), false);
        let open = self.shared.ctx.tools.iter().filter(|entry| call.denied(entry).is_none());
        open.map(|entry| ToolView::of(entry, caller)).collect()
    }

    /// Calls a tool for a caller in this process, on the path of every client's calls. Nobody can be asked: the person
    /// who agrees to changes sits at a client of the operator, never at the other end of a customer's conversation.
    pub async fn call_in_process(
        &self,
        caller: Caller,
        tool: &str,
        arguments: Map<String, Value>,
    ) -> Result<Value, ToolError> {
        let call = self.context_of(caller, false);
        let Some(entry) = self.shared.ctx.tools.get(tool) else { return Err(self.unknown(tool)) };
        let transport = call.caller.transport.name();
        let span = info_span!("call", id = %Uuid::now_v7().simple(), caller = &*call.caller.id.0, transport);
        self.run_once(entry, arguments, call).instrument(span).await
    }

    fn unknown(&self, tool: &str) -> ToolError {
        let near = policy::similar(self.shared.ctx.tools.iter().map(|entry| entry.name), tool);
        ToolError::new(Code::NotFound, "there is no such tool", format!("the nearest names are {near:?}"))
    }
}
