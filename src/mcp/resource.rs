//! What a client can read: the taskgraphs, as data and as a picture, and the company's documents.

use rmcp::ErrorData;
use rmcp::model::{ReadResourceResult, Resource, ResourceContents, ResourceTemplate};

use crate::knowledge::document::Entry;
use crate::knowledge::documents::Documents;
use crate::knowledge::{self, Library};
use crate::taskgraph::collection::Taskgraphs;
use crate::taskgraph::render;

const SCHEME: &str = "taskgraph://";
const JSON: &str = "application/json";
const MERMAID: &str = "text/vnd.mermaid";
const DOCUMENT_SCHEME: &str = "doc://";
const MARKDOWN: &str = "text/markdown";

/// Documents in one page of the list.
const PAGE: usize = 100;

/// A page of the list: the taskgraphs first, then the documents, of which there may be thousands. A cursor is the link
/// of the last document shown, so a page can be asked of any replica.
pub(super) async fn list(
    taskgraphs: &Taskgraphs,
    documents: &Documents,
    cursor: Option<&str>,
) -> Result<(Vec<Resource>, Option<String>), ErrorData> {
    let library = documents.library().await.map_err(|error| unreadable(&error))?;
    if let Some(unknown) = cursor.filter(|cursor| !cursor.starts_with(DOCUMENT_SCHEME)) {
        let shown: String = unknown.chars().take(80).collect();
        return Err(ErrorData::invalid_params(format!("`{shown}` is not a cursor that this list gave"), None));
    }
    let entries = library.documents(cursor, PAGE);
    let next = more_after(library, &entries);
    let names = if cursor.is_none() { taskgraphs.names() } else { vec![] };
    let graphs = names.iter().flat_map(|name| [data(name), picture(name)]);
    Ok((graphs.chain(entries.iter().map(document)).collect(), next))
}

fn more_after(library: &Library, entries: &[Entry]) -> Option<String> {
    let last = &entries.last()?.uri;
    library.documents(Some(last), 1).first().map(|_| last.clone())
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
        ResourceTemplate::new("doc://{+path}", "document")
            .with_title("A document of the company")
            .with_description("The whole document behind a `link` of `search_documents`, as Markdown.")
            .with_mime_type(MARKDOWN),
    ]
}

pub(super) async fn read(
    taskgraphs: &Taskgraphs,
    documents: &Documents,
    uri: &str,
) -> Result<ReadResourceResult, ErrorData> {
    if !uri.starts_with(DOCUMENT_SCHEME) {
        return read_taskgraph(taskgraphs, uri);
    }
    let library = documents.library().await.map_err(|error| unreadable(&error))?;
    let found = library.document(uri).ok_or_else(|| missing(uri))?;
    Ok(ReadResourceResult::new(vec![ResourceContents::text(found.text, uri).with_mime_type(MARKDOWN)]))
}

fn read_taskgraph(taskgraphs: &Taskgraphs, uri: &str) -> Result<ReadResourceResult, ErrorData> {
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

fn document(entry: &Entry) -> Resource {
    Resource::new(&*entry.uri, &*entry.source).with_title(&*entry.title).with_mime_type(MARKDOWN)
}

fn unreadable(error: &knowledge::Error) -> ErrorData {
    ErrorData::internal_error(format!("the documents cannot be read: {error}"), None)
}

pub(super) fn missing(uri: &str) -> ErrorData {
    let uri: String = uri.chars().take(200).collect();
    ErrorData::resource_not_found(
        format!("there is no resource `{uri}`; resources/list names them"),
        Some(serde_json::json!({ "uri": uri })),
    )
}
