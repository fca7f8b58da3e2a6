//! A guided conversation as agents have it, with what it costs.

use frontdesk::tool::policy::ToolPolicy;
use serde_json::{Value, json};

use crate::world::World;

pub(crate) const ISSUE: &str = "I have an issue in installing the DUST-E robot";

pub(crate) const WHEEL: &str = "the wheel of my robot broke";

/// A guided conversation, with the bytes that it costs.
pub(crate) struct Guided {
    pub(crate) world: World,
    session: Value,
    pub(crate) last: Value,
    /// The bytes of all arguments and answers.
    pub(crate) bytes: usize,
}

impl Guided {
    pub(crate) async fn begin(graph: Value) -> Guided {
        let world = World::with_policy_as_it_is(ToolPolicy::default()).await;
        let last = world.call("taskgraph_start", graph.clone()).await.unwrap();
        let bytes = graph.to_string().len() + last.to_string().len();
        Guided { world, session: last["session"].clone(), last, bytes }
    }

    pub(crate) async fn desk() -> Guided {
        Guided::begin(json!({})).await
    }

    pub(crate) async fn try_step(&mut self, mut step: Value) -> Result<(), Value> {
        step["session"] = self.session.clone();
        step["execute"] = json!(true);
        self.bytes += step.to_string().len();
        let answer = self.world.call("taskgraph_step", step).await;
        self.last = answer.clone().unwrap_or_else(|error| error);
        self.bytes += self.last.to_string().len();
        answer.map(|_| ())
    }

    /// A step that the server takes, calling the tools itself.
    pub(crate) async fn step(&mut self, step: Value) -> &mut Guided {
        self.try_step(step.clone()).await.unwrap_or_else(|error| panic!("{step}: {error}"));
        self
    }

    /// The node and the kind of the last instruction, such as `problem.who slots`.
    pub(crate) fn at(&self) -> String {
        format!("{} {}", self.last["node"].as_str().unwrap(), self.ask()["kind"].as_str().unwrap())
    }

    pub(crate) fn ask(&self) -> &Value {
        self.last["asks"].as_array().unwrap().last().unwrap()
    }

    pub(crate) fn missing(&self) -> Vec<&str> {
        let missing = self.ask()["missing"].as_array().into_iter().flatten();
        missing.map(|missing| missing["name"].as_str().unwrap()).collect()
    }

    pub(crate) fn called(&self) -> Vec<&str> {
        self.calls().map(|call| call["tool"].as_str().unwrap()).collect()
    }

    fn calls(&self) -> impl Iterator<Item = &Value> {
        self.last["called"].as_array().into_iter().flatten()
    }

    /// The call of this tool in the last step.
    pub(crate) fn call(&self, tool: &str) -> &Value {
        self.calls().find(|call| call["tool"] == tool).unwrap_or_else(|| panic!("no {tool} in {}", self.last))
    }

    /// The content of the ticket that the last step has opened.
    pub(crate) fn issue(&self) -> String {
        let id = &self.call("create_ticket")["result"]["ticket_id"];
        let kept = self.world.sandbox.records("tickets");
        let kept = kept.iter().find(|record| record["id"] == *id).unwrap();
        kept["properties"]["content"].as_str().unwrap().to_owned()
    }

    pub(crate) fn count(&self, kind: &str) -> usize {
        self.world.sandbox.records(kind).len()
    }
}

pub(crate) fn sarah(more: Value) -> Value {
    let mut step = json!({"user_text": "sarah@gmail.com", "slots": {"email": "sarah@gmail.com"}});
    step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    step
}

pub(crate) const MEETING: &str = "I'd like to meet my representative on 1 December, half an hour, in New York.";
