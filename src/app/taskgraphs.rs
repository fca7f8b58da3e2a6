//! The taskgraphs of this server: those of a folder, or those inside the binary.

use std::path::Path;

use taskgraph::collection::Taskgraphs;
use taskgraph::load::LoadError;

/// The graphs inside the binary: name and text.
pub const SHIPPED: &[(&str, &str)] = &[
    ("hubspot", include_str!("../../taskgraphs/hubspot.json")),
    ("frontdesk", include_str!("../../taskgraphs/frontdesk.json")),
    ("contacts", include_str!("../../taskgraphs/contacts.json")),
];

/// Reads the graphs of `folder`, or takes those inside the binary.
pub fn load(folder: Option<&Path>) -> Result<Taskgraphs, LoadError> {
    folder.map_or_else(|| Taskgraphs::from_texts(SHIPPED), Taskgraphs::from_folder)
}
