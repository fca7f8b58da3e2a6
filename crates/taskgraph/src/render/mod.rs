//! Renderings of a graph: a prompt and a briefing for models, charts for people, one node as JSON.

mod layout;
mod mermaid;
mod node;
mod prompt;
mod svg;
mod title;
mod tree;

pub use self::mermaid::mermaid;
pub use self::node::node;
pub use self::prompt::{briefing, prompt, prompt_without};
pub use self::svg::svg;
pub use self::tree::tree;
