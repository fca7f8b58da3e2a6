//! Prompts: the front desk's taskgraph, and the prompts for one job.

use rmcp::ErrorData;
use rmcp::model::{GetPromptResult, Prompt, PromptArgument, PromptMessage, Role};
use serde_json::{Map, Value};

use super::{errors, job_prompts};
use taskgraph::collection::Taskgraphs;
use taskgraph::render;

/// The name of the prompt that follows a taskgraph.
pub(super) const NAME: &str = "customer_service";
/// The argument that names the taskgraph.
pub(super) const GRAPH: &str = "graph";

/// All prompts, in the order of `prompts/list`.
pub(super) fn list() -> Vec<Prompt> {
    let graph = PromptArgument::new(GRAPH)
        .with_description(
            "Which taskgraph to follow, for example `hubspot`; without it the only one there is, or `frontdesk`.",
        )
        .with_required(false);
    let user_message = PromptArgument::new("user_message")
        .with_description("What the customer said first, for example `I want to know more about ADAM`.")
        .with_required(false);
    let description =
        "Answer a company's customers by its taskgraph: who they are, what they need, and which tools serve it.";
    let own = Prompt::new(NAME, Some(description), Some(vec![graph, user_message])).with_title("Work the front desk");
    let prompts: Vec<_> = [own].into_iter().chain(job_prompts::list()).collect();
    #[cfg(feature = "conformance")]
    let prompts = prompts.into_iter().chain(super::fixtures::prompts()).collect();
    prompts
}

/// True for prompts that state today's date.
pub(super) fn has_day(name: &str) -> bool {
    name == NAME || name == job_prompts::MEETING
}

/// Renders the prompt of this name; `denied` are the tools that the caller cannot use.
pub(super) fn get(
    taskgraphs: &Taskgraphs,
    today: Option<&str>,
    name: &str,
    arguments: &Map<String, Value>,
    denied: &[&str],
) -> Result<GetPromptResult, ErrorData> {
    #[cfg(feature = "conformance")]
    if let Some(fixture) = super::fixtures::prompt(name, arguments) {
        return Ok(fixture);
    }
    if let Some(prompt) = job_prompts::get(name, arguments, today, denied) {
        return Ok(prompt);
    }
    if name != NAME {
        return Err(errors::unknown("prompt", name));
    }
    let argument = |name: &str| arguments.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let graph_name = argument(GRAPH).map_or_else(|| taskgraphs.default_name(), str::to_owned);
    let graph = taskgraphs.get(&graph_name).ok_or_else(|| errors::unknown("taskgraph", &graph_name))?;
    let text = render::prompt_without(&graph, today, argument("user_message"), denied);
    let text = format!("{text}{}", job_prompts::denied_tools_note(&text, denied));
    let message = PromptMessage::new_text(Role::User, text);
    Ok(GetPromptResult::new(vec![message]).with_description(format!("The front desk's script `{graph_name}`.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_name_the_only_taskgraph_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let graph = r#"{"nodes": [["0", {"resource": {"id": "message-worker"}, "type": "start", "attribute": {"value": "Hi"}}]]}"#;
        std::fs::write(folder.path().join("desk.json"), graph).unwrap();
        let graphs = Taskgraphs::from_folder(folder.path()).unwrap();
        let prompt = get(&graphs, None, NAME, &Map::new(), &[]).unwrap();
        assert!(prompt.description.unwrap().contains("`desk`"));
        std::fs::write(folder.path().join("night.json"), graph).unwrap();
        graphs.reload().unwrap();
        assert!(
            get(&graphs, None, NAME, &Map::new(), &[]).is_err(),
            "there are several, and none has the default name"
        );
    }
}
