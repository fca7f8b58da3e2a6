//! What a client can read: the taskgraphs, as data and as a picture, and the company's documents.

use std::sync::Arc;
use std::time::Duration;

use rmcp::ErrorData;
use rmcp::model::{ReadResourceResult, Resource, ResourceContents, ResourceTemplate};
use tokio::time::timeout;

use knowledge;
use knowledge::document::DocumentSummary;
use knowledge::documents::Documents;
use taskgraph::collection::{self, SCHEME, Taskgraphs};
use taskgraph::graph::Graph;
use taskgraph::render;

pub(super) const JSON: &str = "application/json";
/// The templates, and the name that stands in both.
pub(super) const TEMPLATE: &str = "taskgraph://{name}";
pub(super) const TEMPLATE_MERMAID: &str = "taskgraph://{name}/mermaid";
pub(super) const TEMPLATE_NAME: &str = "name";
const MERMAID: &str = "text/vnd.mermaid";
const DOCUMENT_SCHEME: &str = "doc://";
const MARKDOWN: &str = "text/markdown";

/// The tool whose right it is to read documents.
pub(super) const DOCUMENTS_READER: &str = "search_documents";

/// Documents that are listed; the others are found by `search_documents`.
const DOCUMENTS_LISTED_MAX: usize = 10_000;

/// How long a list waits for documents that are still being read, such as those of a slow site.
const DOCUMENTS_WAIT_MAX: Duration = Duration::from_secs(2);

/// The taskgraphs first, then the documents, and whether that is all: documents that are still being read are left out.
pub(super) async fn list(taskgraphs: &Taskgraphs, documents: &Documents) -> Result<(Vec<Resource>, bool), ErrorData> {
    let library = timeout(DOCUMENTS_WAIT_MAX, documents.library()).await.ok();
    let library = library.transpose().map_err(|error| unreadable(&error))?;
    let names = taskgraphs.names();
    let graphs = names.iter().flat_map(|name| [data(name), picture(name)]);
    let entries = library.as_ref().map(|library| library.documents(None, DOCUMENTS_LISTED_MAX)).unwrap_or_default();
    let own = graphs.chain(entries.iter().map(document));
    #[cfg(feature = "conformance")]
    let own = own.chain(super::fixtures::resources());
    Ok((own.collect(), library.is_some()))
}

pub(super) fn templates() -> Vec<ResourceTemplate> {
    let own = vec![
        ResourceTemplate::new(TEMPLATE, "taskgraph")
            .with_title("A taskgraph")
            .with_description("The script of a front desk as JSON; secrets are replaced by `***`.")
            .with_mime_type(JSON),
        ResourceTemplate::new(TEMPLATE_MERMAID, "taskgraph-flowchart")
            .with_title("A taskgraph's flowchart")
            .with_description("The same script as a Mermaid flowchart.")
            .with_mime_type(MERMAID),
        ResourceTemplate::new("doc://{+path}", "document")
            .with_title("A document of the company")
            .with_description("The whole document behind a `link` of `search_documents`, as Markdown.")
            .with_mime_type(MARKDOWN),
    ];
    #[cfg(feature = "conformance")]
    let own = own.into_iter().chain(super::fixtures::templates()).collect();
    own
}

pub(super) fn is_document(uri: &str) -> bool {
    uri.starts_with(DOCUMENT_SCHEME)
}

/// Whether there is such a taskgraph, for who wants to watch it.
pub(super) fn check(taskgraphs: &Taskgraphs, uri: &str) -> Result<(), ErrorData> {
    #[cfg(feature = "conformance")]
    if super::fixtures::read(uri).is_some() {
        return Ok(());
    }
    find(taskgraphs, uri).map(drop)
}

pub(super) async fn read(
    taskgraphs: &Taskgraphs,
    documents: &Documents,
    uri: &str,
) -> Result<ReadResourceResult, ErrorData> {
    #[cfg(feature = "conformance")]
    if let Some(fixture) = super::fixtures::read(uri) {
        return Ok(fixture);
    }
    if is_document(uri) {
        return read_document(documents, uri).await;
    }
    let (text, mime) = match find(taskgraphs, uri)? {
        (graph, View::Data) => (format!("{:#}", graph.json()), JSON),
        (graph, View::Picture) => (render::mermaid(&graph), MERMAID),
    };
    Ok(ReadResourceResult::new(vec![ResourceContents::text(text, uri).with_mime_type(mime)]))
}

async fn read_document(documents: &Documents, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let library = documents.library().await.map_err(|error| unreadable(&error))?;
    let found = library.document(uri).ok_or_else(|| missing(uri))?;
    Ok(ReadResourceResult::new(vec![ResourceContents::text(found.text, uri).with_mime_type(MARKDOWN)]))
}

/// How a graph is shown.
#[derive(Clone, Copy)]
enum View {
    Data,
    Picture,
}

/// What a URI names, or that there is no such thing.
fn find(taskgraphs: &Taskgraphs, uri: &str) -> Result<(Arc<Graph>, View), ErrorData> {
    let path = uri.strip_prefix(SCHEME).ok_or_else(|| missing(uri))?;
    let (name, view) = match path.split_once('/') {
        None => (path, View::Data),
        Some((name, "mermaid")) => (name, View::Picture),
        Some(_) => return Err(missing(uri)),
    };
    taskgraphs.get(name).map(|graph| (graph, view)).ok_or_else(|| missing(uri))
}

fn data(name: &str) -> Resource {
    Resource::new(collection::uri(name), name)
        .with_title(format!("Taskgraph `{name}`"))
        .with_description("The script of this front desk: nodes, edges, intents and tools, as JSON.")
        .with_mime_type(JSON)
}

fn picture(name: &str) -> Resource {
    Resource::new(format!("{}/mermaid", collection::uri(name)), format!("{name}-flowchart"))
        .with_title(format!("Flowchart of `{name}`"))
        .with_description("The same script as a Mermaid flowchart.")
        .with_mime_type(MERMAID)
}

fn document(entry: &DocumentSummary) -> Resource {
    Resource::new(&*entry.uri, &*entry.source).with_title(&*entry.title).with_mime_type(MARKDOWN)
}

fn unreadable(error: &knowledge::Error) -> ErrorData {
    ErrorData::internal_error(format!("the documents cannot be read: {error}"), None)
}

pub(super) fn missing(uri: &str) -> ErrorData {
    let uri: String = uri.chars().take(200).collect();
    ErrorData::resource_not_found(
        format!("there is no resource `{uri}`; resources/list and resources/templates/list name them"),
        Some(serde_json::json!({ "uri": uri })),
    )
}
