//! Taskgraphs: the script a company wrote for its front desk.
//!
//! [`load`] reads the file of any dialect into a [`graph::Graph`] and says what is wrong with it, [`resource`] knows
//! which of our tools a node means, [`render`] shows the graph to people and models.

mod check;
pub mod collection;
pub mod engine;
mod flow;
pub mod graph;
mod instructions;
pub mod load;
pub mod problem;
mod redact;
pub mod render;
pub mod resource;
pub mod schema;
pub mod starter;
#[cfg(test)]
mod test_graph;
