//! The completers this server comes with. An argument's name says what it is, in whatever prompt or template it stands.

use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::{Asked, Completer, Completions};
use crate::mcp::{job_prompts, prompt, resource, session_resource};
use crate::records::choices;
use domain::time_zone;

/// Nobody who types waits longer for the account.
pub(in crate::mcp) const TIME_MAX: Duration = Duration::from_secs(2);

/// The tool whose right it is to read what the account is made of.
pub(in crate::mcp) const READER: &str = "describe_crm";

const PIPELINE: &str = "pipeline";

/// All of them.
pub(in crate::mcp) fn completions() -> Completions {
    let mut all = Completions::default();
    all.everywhere(
        "owner",
        completer(|asked| account(asked, |asked| async move { choices::owners(&asked.ctx).await })),
    );
    all.everywhere(
        PIPELINE,
        completer(|asked| account(asked, |asked| async move { choices::pipelines(&asked.ctx).await })),
    );
    all.everywhere("stage", completer(|asked| account(asked, stages)));
    let zones = || time_zone::names().map(str::to_owned).collect();
    all.everywhere("time_zone", completer(move |_| async move { zones() }));
    all.everywhere(prompt::GRAPH, completer(graphs));
    for template in [resource::TEMPLATE, resource::TEMPLATE_MERMAID, session_resource::TEMPLATE_NODE] {
        all.insert(template, resource::TEMPLATE_NAME, completer(graphs));
    }
    all.insert(session_resource::TEMPLATE_NODE, session_resource::TEMPLATE_NODE_ID, completer(nodes));
    all.insert(job_prompts::CONTACTS, job_prompts::LANGUAGE, completer(|_| async { job_prompts::languages() }));
    all
}

fn completer<F>(values: impl Fn(Asked) -> F + Send + Sync + 'static) -> Completer
where
    F: Future<Output = Vec<String>> + Send + 'static,
{
    std::sync::Arc::new(move |asked| -> BoxFuture<'static, Vec<String>> { values(asked).boxed() })
}

/// What is read from HubSpot, for who may read it. What cannot be read in time is not offered: that is no failure for
/// somebody who types.
async fn account<F, E>(asked: Asked, read: impl FnOnce(Asked) -> F) -> Vec<String>
where
    F: Future<Output = Result<Vec<String>, E>>,
{
    if !asked.reads_account {
        return vec![];
    }
    tokio::time::timeout(TIME_MAX, read(asked)).await.ok().and_then(Result::ok).unwrap_or_default()
}

async fn stages(asked: Asked) -> Result<Vec<String>, impl Sized> {
    choices::stages(&asked.ctx, asked.given.get(PIPELINE).map(String::as_str)).await
}

async fn graphs(asked: Asked) -> Vec<String> {
    asked.ctx.taskgraphs.names()
}

/// The nodes of the graph that is named already, or of the only one.
async fn nodes(asked: Asked) -> Vec<String> {
    let names = asked.ctx.taskgraphs.names();
    let only = || names.first().filter(|_| names.len() == 1);
    let graph = asked.given.get(resource::TEMPLATE_NAME).or_else(only);
    let graph = graph.and_then(|name| asked.ctx.taskgraphs.get(name));
    graph.map(|graph| graph.nodes().iter().map(|node| node.id.to_string()).collect()).unwrap_or_default()
}
