//! The desk: the customer's words in, a reply out. Scenarios, customers and the judge know nothing else of it.

use frontdesk::rehearsal::account::RunError;
use frontdesk::rehearsal::customer::{CustomerMessage, HeardReply};
use frontdesk::rehearsal::dialogue::{self, DeskReply};
use frontdesk::rehearsal::turn::Call;
use rmcp::model::CallToolRequestParams;
use serde_json::{Map, Value, json};

use crate::world::{self, World};

/// A desk that answers customers.
pub(crate) trait Desk {
    /// Hears a message and answers it; `tools` is its way to the server.
    async fn hear(&mut self, said: &CustomerMessage, tools: &mut Tools<'_>) -> HeardReply;
}

/// The server's tools, through a real client. Keeps what is called and what it costs.
pub(crate) struct Tools<'a> {
    pub(crate) world: &'a World,
    pub(crate) calls: Vec<Call>,
}

impl Tools<'_> {
    /// Calls a tool; `Err` is the error that the model reads.
    pub(crate) async fn call(&mut self, tool: &str, arguments: Map<String, Value>) -> Result<Value, Value> {
        let sent = Value::from(arguments.clone()).to_string();
        let request = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        let answer = world::read(self.world.client.call_tool(request).await.unwrap());
        let text = answer.as_ref().unwrap_or_else(|error| error).to_string();
        let called = answer.as_ref().map_or(json!([]), |answer| answer["called"].clone());
        let within = called.as_array().into_iter().flatten().filter_map(|call| call["tool"].as_str());
        self.calls.push(Call {
            tool: tool.to_owned(),
            bytes: sent.len() + text.len(),
            succeeded: answer.is_ok(),
            within: within.map(str::to_owned).collect(),
            shown: format!("{sent} -> {}", text.chars().take(2900).collect::<String>()),
        });
        answer
    }
}

/// A desk with its way to the server.
pub(crate) struct AtWork<'a, D> {
    pub(crate) world: &'a World,
    pub(crate) desk: &'a mut D,
}

impl<D: Desk> dialogue::RehearsedDesk for AtWork<'_, D> {
    async fn hear(&mut self, said: &CustomerMessage) -> Result<DeskReply, RunError> {
        let mut tools = Tools { world: self.world, calls: vec![] };
        let reply = self.desk.hear(said, &mut tools).await;
        Ok(DeskReply { reply, calls: tools.calls })
    }
}

/// A desk that does nothing and says so. It passes no scenario.
pub(crate) struct Idle;

impl Desk for Idle {
    async fn hear(&mut self, _: &CustomerMessage, _: &mut Tools<'_>) -> HeardReply {
        HeardReply { says: "Thank you for your message.".into(), ..HeardReply::default() }
    }
}
