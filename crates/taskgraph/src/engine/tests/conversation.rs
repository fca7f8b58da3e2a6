//! A conversation in progress, with results as the tools return them.

use serde_json::{Map, Value, json};

use crate::{
    engine::{
        self,
        action::Action,
        context::RunContext,
        error::StepError,
        event::{Event, Switch},
        state::State,
        toolbox::{ToolSpec, Toolbox},
    },
    graph::Graph,
    load, test_graph,
};

fn kind(argument: &str) -> &'static str {
    if argument == "properties" { "object" } else { "string" }
}

/// The tools as far as the engine reads their descriptions.
pub(super) fn toolbox() -> Toolbox {
    let spec = |required: &[&str], optional: &[&str], repeatable: bool| {
        let names = required.iter().chain(optional);
        let properties: Map<String, Value> = names
            .map(|name| ((*name).to_owned(), json!({"type": kind(name), "description": format!("the {name}")})))
            .collect();
        ToolSpec { input_schema: json!({"type": "object", "properties": properties, "required": required}), repeatable }
    };
    let meeting =
        ["cus_fname", "cus_lname", "cus_email", "meeting_date", "meeting_start_time", "duration", "slug", "time_zone"];
    let tools = [
        ("find_contact_by_email", spec(&["email"], &["chat"], true)),
        ("create_ticket", spec(&["cus_cid", "issue"], &["subject", "pipeline", "stage", "priority"], false)),
        ("create_contact", spec(&["properties"], &["allow_same_phone"], false)),
        ("update_ticket", spec(&["ticket_id"], &["stage", "note"], false)),
        ("find_tickets", spec(&[], &["contact", "ticket_id"], true)),
        ("find_owner_id_by_contact_id", spec(&["cus_cid"], &[], true)),
        ("find_owner_by_owner_id", spec(&["owner_id"], &[], true)),
        ("check_available", spec(&["owner_id", "time_zone", "meeting_date"], &["duration"], true)),
        ("create_meeting", spec(&meeting, &["bt_slots_ux"], false)),
    ];
    Toolbox { tools: tools.into_iter().map(|(name, spec)| (name.to_owned(), spec)).collect(), ..Toolbox::default() }
}

/// A conversation in progress.
pub(super) struct Conversation {
    pub(super) graph: Graph,
    pub(super) tools: Toolbox,
    pub(super) state: State,
    pub(super) actions: Vec<Action>,
}

impl Conversation {
    pub(super) fn of(graph: Graph) -> Conversation {
        Conversation::with(graph, toolbox())
    }

    pub(super) fn with(graph: Graph, tools: Toolbox) -> Conversation {
        let (state, actions) = engine::start(&RunContext { graph: &graph, tools: &tools }, 1);
        Conversation { graph, tools, state, actions }
    }

    pub(super) fn shipped() -> Conversation {
        Conversation::of(test_graph::hubspot())
    }

    pub(super) fn try_step(&mut self, event: &Event) -> Result<&mut Conversation, StepError> {
        let context = RunContext { graph: &self.graph, tools: &self.tools };
        (self.state, self.actions) = engine::step(&self.state, event, &context)?;
        Ok(self)
    }

    pub(super) fn step(&mut self, event: Event) -> &mut Conversation {
        self.try_step(&event).unwrap()
    }

    pub(super) fn says(&mut self, text: &str, intent: Option<&str>, slots: Value) -> &mut Conversation {
        self.step(Event {
            user_text: Some(text.to_owned()),
            intent: intent.map(str::to_owned),
            slots: slots.as_object().cloned().unwrap_or_default(),
            ..Event::default()
        })
    }

    pub(super) fn answers(&mut self, result: Value) -> &mut Conversation {
        self.step(Event { tool_result: Some(result), ..Event::default() })
    }

    pub(super) fn switches(&mut self, switch: Switch) -> &mut Conversation {
        self.step(Event { switch: Some(switch), ..Event::default() })
    }

    /// Summarises the actions: kind, tool, missing arguments, as in `say, slots find_contact_by_email: email`.
    pub(super) fn asked(&self) -> String {
        self.actions.iter().map(brief).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn at(&self) -> &str {
        self.state.at.as_str()
    }
}

pub(super) fn brief(action: &Action) -> String {
    match action {
        Action::Intent { candidates, .. } => format!("intent of {}", candidates.len()),
        Action::Slots { tool, missing, .. } => {
            let names: Vec<&str> = missing.iter().map(|missing| missing.name.as_str()).collect();
            format!("slots {tool}: {}", names.join(" "))
        }
        Action::Call { tool, arguments, .. } => {
            let mut names: Vec<&str> = arguments.keys().map(String::as_str).collect();
            names.sort_unstable();
            format!("call {tool}: {}", names.join(" "))
        }
        Action::Say { verbatim: true, .. } => "say verbatim".to_owned(),
        Action::Say { .. } => "say".to_owned(),
        Action::Answer { .. } => "answer".to_owned(),
        Action::Switch { .. } => "switch".to_owned(),
        Action::GoOn { .. } => "go on".to_owned(),
        Action::Nothing { .. } => "nothing".to_owned(),
    }
}

pub(super) const PRODUCT: &str = "User has questions about the product";
pub(super) const SUPPORT: &str = "User need technical support/User need repair service / User need exchange service";
pub(super) const MEETING: &str = "User want to schedule a meeting with the representative";

pub(super) fn sarah() -> Value {
    json!({"contact_id": "84246479604", "contact_email": "sarah@gmail.com", "contact_first_name": "Sarah", "contact_last_name": "Mark"})
}

pub(super) fn not_found() -> Value {
    json!({"code": "USER_NOT_FOUND_ERROR", "message": "no contact has this e-mail address", "hint": "ask again"})
}

/// Builds a graph of nodes (id, resource, further fields) and edges (from, to, intent) that starts at the first node.
pub(super) fn graph(nodes: &[(&str, &str, Value)], edges: &[(&str, &str, &str)]) -> Graph {
    let node = |(position, (id, resource, more)): (usize, &(&str, &str, Value))| {
        let kind = if position == 0 { "start" } else { "" };
        json!([id, {"resource": {"id": resource}, "attribute": more, "type": kind, "limit": more.get("limit")}])
    };
    let edge = |(from, to, intent): &(&str, &str, &str)| json!([from, to, {"intent": intent, "attribute": {"pred": true, "weight": 1}}]);
    let nodes: Vec<Value> = nodes.iter().enumerate().map(node).collect();
    let edges: Vec<Value> = edges.iter().map(edge).collect();
    load::read("test", &json!({"nodes": nodes, "edges": edges}).to_string()).unwrap().graph
}

pub(super) const FIND: &str = "hubspot/contact/find-contact-by-email";
pub(super) const TICKET: &str = "hubspot/ticket/create-ticket";
