//! The built-in completers. An argument's name decides its values, in whichever prompt or template it stands.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::completion::{Completer, CompletionRequest, Completions};
use super::{job_prompts, prompt, resource, session_resource};
use crate::records::choices;
use domain::time_zone;

/// Longest wait for HubSpot while a person is typing.
pub(super) const TIME_MAX: Duration = Duration::from_secs(2);

/// The tool that a caller must be allowed to use for completions from the account's structure.
pub(super) const ACCOUNT_READER: &str = "describe_crm";

const PIPELINE: &str = "pipeline";

/// All built-in completers.
pub(super) fn built_in() -> Completions {
    let mut all = Completions::default();
    all.insert_for_all(
        "owner",
        completer(|request| from_account(request, |request| async move { choices::owners(&request.ctx).await })),
    );
    all.insert_for_all(
        PIPELINE,
        completer(|request| from_account(request, |request| async move { choices::pipelines(&request.ctx).await })),
    );
    all.insert_for_all("stage", completer(|request| from_account(request, stages)));
    all.insert_for_all("time_zone", completer(|_| async { time_zone::names().map(str::to_owned).collect() }));
    all.insert_for_all(prompt::GRAPH, completer(graphs));
    for template in [resource::TEMPLATE, resource::MERMAID_TEMPLATE, session_resource::NODE_TEMPLATE] {
        all.insert(template, resource::TEMPLATE_NAME, completer(graphs));
    }
    all.insert(session_resource::NODE_TEMPLATE, session_resource::NODE_ID, completer(nodes));
    all.insert(job_prompts::CONTACTS, job_prompts::LANGUAGE, completer(|_| async { job_prompts::languages() }));
    all
}

fn completer<F>(values: impl Fn(CompletionRequest) -> F + Send + Sync + 'static) -> Completer
where
    F: Future<Output = Vec<String>> + Send + 'static,
{
    Arc::new(move |request| -> BoxFuture<'static, Vec<String>> { values(request).boxed() })
}

/// Values read from HubSpot, for callers that may read the account's structure. A failed or slow read yields no values:
/// an error would not help a person who is typing.
async fn from_account<F, E>(request: CompletionRequest, read: impl FnOnce(CompletionRequest) -> F) -> Vec<String>
where
    F: Future<Output = Result<Vec<String>, E>>,
{
    if !request.reads_account {
        return vec![];
    }
    tokio::time::timeout(TIME_MAX, read(request)).await.ok().and_then(Result::ok).unwrap_or_default()
}

async fn stages(request: CompletionRequest) -> Result<Vec<String>, impl Sized> {
    choices::stages(&request.ctx, request.given.get(PIPELINE).map(String::as_str)).await
}

async fn graphs(request: CompletionRequest) -> Vec<String> {
    request.ctx.taskgraphs.names()
}

/// The nodes of the taskgraph that the other argument names, or of the only one there is.
async fn nodes(request: CompletionRequest) -> Vec<String> {
    let names = request.ctx.taskgraphs.names();
    let only = || names.first().filter(|_| names.len() == 1);
    let graph = request.given.get(resource::TEMPLATE_NAME).or_else(only);
    let graph = graph.and_then(|name| request.ctx.taskgraphs.get(name));
    graph.map(|graph| graph.nodes().iter().map(|node| node.id.to_string()).collect()).unwrap_or_default()
}
