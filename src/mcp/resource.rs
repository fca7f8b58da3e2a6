//! What a client can read: the taskgraphs, as data and as a picture.

use rmcp::ErrorData;
use rmcp::model::{ReadResourceResult, Resource, ResourceContents, ResourceTemplate};

use crate::taskgraph::collection::Taskgraphs;
use crate::taskgraph::render;

const SCHEME: &str = "taskgraph://";
const JSON: &str = "application/json";
const MERMAID: &str = "text/vnd.mermaid";

pub(super) fn list(taskgraphs: &Taskgraphs) -> Vec<Resource> {
    taskgraphs.names().iter().flat_map(|name| [data(name), picture(name)]).collect()
}

pub(super) fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new("taskgraph://{name}", "taskgraph")
            .with_title("A taskgraph")
            .with_description("The script of a front desk as JSON; secrets are replaced by `***`.")
            .with_mime_type(JSON),
        ResourceTemplate::new("taskgraph://{name}/mermaid", "taskgraph-flowchart")
            .with_title("A taskgraph's flowchart")
            .with_description("The same script as a Mermaid flowchart.")
            .with_mime_type(MERMAID),
    ]
}

pub(super) fn read(taskgraphs: &Taskgraphs, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let path = uri.strip_prefix(SCHEME).ok_or_else(|| missing(uri))?;
    let (name, view) = path.split_once('/').unwrap_or((path, ""));
    let graph = taskgraphs.get(name).ok_or_else(|| missing(uri))?;
    let (text, mime) = match view {
        "" => (format!("{:#}", graph.json()), JSON),
        "mermaid" => (render::mermaid(&graph), MERMAID),
        _ => return Err(missing(uri)),
    };
    Ok(ReadResourceResult::new(vec![ResourceContents::text(text, uri).with_mime_type(mime)]))
}

fn data(name: &str) -> Resource {
    Resource::new(format!("{SCHEME}{name}"), name)
        .with_title(format!("Taskgraph `{name}`"))
        .with_description("The script of this front desk: nodes, edges, intents and tools, as JSON.")
        .with_mime_type(JSON)
}

fn picture(name: &str) -> Resource {
    Resource::new(format!("{SCHEME}{name}/mermaid"), format!("{name}-flowchart"))
        .with_title(format!("Flowchart of `{name}`"))
        .with_description("The same script as a Mermaid flowchart.")
        .with_mime_type(MERMAID)
}

pub(super) fn missing(uri: &str) -> ErrorData {
    let uri: String = uri.chars().take(200).collect();
    ErrorData::resource_not_found(
        format!("there is no resource `{uri}`; resources/list names them"),
        Some(serde_json::json!({ "uri": uri })),
    )
}
