//! Resources: the taskgraphs, as data and as flowcharts, and the company's documents.

use std::sync::Arc;
use std::time::Duration;

use rmcp::ErrorData;
use rmcp::model::{ReadResourceResult, Resource, ResourceTemplate};
use tokio::time::timeout;

use super::errors::resource_not_found;
use super::outgoing::{self, JSON};
use crate::records::excerpt;
use domain::text_cleaning;
use knowledge::document::DocumentSummary;
use knowledge::documents::Documents;
use taskgraph::collection::{self, SCHEME, Taskgraphs};
use taskgraph::graph::Graph;
use taskgraph::render;

/// The URI templates of a taskgraph and its flowchart, and the variable of both.
pub(super) const TEMPLATE: &str = "taskgraph://{name}";
pub(super) const MERMAID_TEMPLATE: &str = "taskgraph://{name}/mermaid";
pub(super) const TEMPLATE_NAME: &str = "name";
const MERMAID: &str = "text/vnd.mermaid";
const DOCUMENT_SCHEME: &str = "doc://";
const MARKDOWN: &str = "text/markdown";

/// The tool that a caller must be allowed to use to read documents.
pub(super) const DOCUMENTS_READER: &str = "search_documents";

/// Documents in the list; `search_documents` finds the others.
const DOCUMENTS_LISTED_MAX: usize = 10_000;

/// Longest wait of a list for documents that are still being read, such as those of a slow site.
const DOCUMENTS_WAIT_MAX: Duration = Duration::from_secs(2);

/// The taskgraphs, then the documents, and `true` if the list is complete: documents that are still being read are left
/// out.
pub(super) async fn list(taskgraphs: &Taskgraphs, documents: &Documents) -> Result<(Vec<Resource>, bool), ErrorData> {
    let library = timeout(DOCUMENTS_WAIT_MAX, documents.library()).await.ok();
    let library = library.transpose().map_err(|error| unreadable(&error))?;
    let names = taskgraphs.names();
    let graphs = names.iter().flat_map(|name| [data(name), flowchart(name)]);
    let entries = library.as_ref().map(|library| library.documents(None, DOCUMENTS_LISTED_MAX)).unwrap_or_default();
    let own = graphs.chain(entries.iter().map(document));
    #[cfg(feature = "conformance")]
    let own = own.chain(super::fixtures::resources());
    Ok((own.collect(), library.is_some()))
}

/// The URI templates of taskgraphs, flowcharts and documents.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    let own = vec![
        ResourceTemplate::new(TEMPLATE, "taskgraph")
            .with_title("A taskgraph")
            .with_description("The script of a front desk as JSON; secrets are replaced by `***`.")
            .with_mime_type(JSON),
        ResourceTemplate::new(MERMAID_TEMPLATE, "taskgraph-flowchart")
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

/// True for the URI of a document, whether or not it exists.
pub(super) fn is_document(uri: &str) -> bool {
    uri.starts_with(DOCUMENT_SCHEME)
}

/// True for the URI of a taskgraph or flowchart that exists.
pub(super) fn exists(taskgraphs: &Taskgraphs, uri: &str) -> bool {
    #[cfg(feature = "conformance")]
    if super::fixtures::read(uri).is_some() {
        return true;
    }
    find(taskgraphs, uri).is_ok()
}

/// Reads a taskgraph, a flowchart or a document.
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
    Ok(match find(taskgraphs, uri)? {
        (graph, View::Data) => outgoing::json_resource(uri, graph.json().clone()),
        (graph, View::Flowchart) => outgoing::text_resource(uri, render::mermaid(&graph), MERMAID),
    })
}

async fn read_document(documents: &Documents, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let library = documents.library().await.map_err(|error| unreadable(&error))?;
    let found = library.document(uri).ok_or_else(|| resource_not_found(uri))?;
    Ok(outgoing::text_resource(uri, found.text, MARKDOWN))
}

/// The representation of a taskgraph.
#[derive(Clone, Copy)]
enum View {
    Data,
    Flowchart,
}

/// The taskgraph and the representation that a URI names.
fn find(taskgraphs: &Taskgraphs, uri: &str) -> Result<(Arc<Graph>, View), ErrorData> {
    let path = uri.strip_prefix(SCHEME).ok_or_else(|| resource_not_found(uri))?;
    let (name, view) = match path.split_once('/') {
        None => (path, View::Data),
        Some((name, "mermaid")) => (name, View::Flowchart),
        Some(_) => return Err(resource_not_found(uri)),
    };
    taskgraphs.get(name).map(|graph| (graph, view)).ok_or_else(|| resource_not_found(uri))
}

fn data(name: &str) -> Resource {
    Resource::new(collection::uri(name), name)
        .with_title(format!("Taskgraph `{name}`"))
        .with_description("The script of this front desk: nodes, edges, intents and tools, as JSON.")
        .with_mime_type(JSON)
}

fn flowchart(name: &str) -> Resource {
    Resource::new(format!("{}/mermaid", collection::uri(name)), format!("{name}-flowchart"))
        .with_title(format!("Flowchart of `{name}`"))
        .with_description("The same script as a Mermaid flowchart.")
        .with_mime_type(MERMAID)
}

fn document(entry: &DocumentSummary) -> Resource {
    let shown = |text: &str| text_cleaning::clean(&excerpt::line(text)).text.into_owned();
    Resource::new(&*entry.uri, shown(&entry.source)).with_title(shown(&entry.title)).with_mime_type(MARKDOWN)
}

fn unreadable(error: &knowledge::Error) -> ErrorData {
    ErrorData::internal_error(format!("the documents cannot be read: {error}"), None)
}
