//! Taskgraphs: conversation scripts as graphs, loaded from JSON, checked, run step by step and rendered.
//!
//! A taskgraph has nodes that say something, call a tool or answer from documents, and edges that state which intent of
//! the customer leads from one node to the next. A model talks to the customer; the engine decides on the next action.
//!
//! | module | contents |
//! |---|---|
//! | [`load`] | reading graphs from texts, files and folders, with a list of [problems](problem) |
//! | [`graph`] | the graph as types |
//! | [`resource`] | the behaviors that the resources of nodes stand for |
//! | [`engine`] | the pure function that runs a graph, its state, events and actions |
//! | [`render`] | a graph as a prompt, a Mermaid chart, a tree, an SVG drawing or JSON |
//! | [`collection`] | the graphs of one server by name, their URIs, and reloading |
//! | [`likeness`] | the likeness of a message to the intents of a graph, without a model |
//! | [`rules`] | the rules of the front desk, for the server's instructions, the prompt and the briefing |
//! | [`schema`] | the JSON Schema of the file |
//! | [`starter`] | a small graph to start from |
//!
//! ```
//! use taskgraph::engine::{self, action::Action, context::RunContext, event::Event, toolbox::Toolbox};
//! use taskgraph::load;
//!
//! let text = r#"{
//!     "nodes": [
//!         ["0", {"type": "start", "resource": {"id": "message-worker"}, "attribute": {"value": "Hello!"}}],
//!         ["1", {"resource": {"id": "message-worker"}, "attribute": {"value": "We open at nine.", "direct": true}}]
//!     ],
//!     "edges": [["0", "1", {"intent": "asks for opening hours", "attribute": {"pred": true}}]]
//! }"#;
//! let graph = load::read("desk", text)?.graph;
//! let tools = Toolbox::default();
//! let context = RunContext { graph: &graph, tools: &tools };
//!
//! let (state, actions) = engine::start(&context, 1);
//! assert!(matches!(&actions[..], [Action::Say { text, .. }] if text == "Hello!"));
//!
//! let event = Event { intent: Some("Asks for opening hours".into()), ..Event::default() };
//! let (state, actions) = engine::step(&state, &event, &context)?;
//! assert!(matches!(&actions[..], [Action::Say { text, verbatim: true, .. }] if text == "We open at nine."));
//! assert_eq!(state.node().as_str(), "1");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod check;
pub mod collection;
pub mod engine;
mod flow;
pub mod graph;
mod instructions;
pub mod likeness;
pub mod load;
mod open_flow;
pub mod problem;
mod redact;
pub mod render;
pub mod resource;
pub mod rules;
pub mod schema;
pub mod starter;
#[cfg(test)]
mod test_graph;
