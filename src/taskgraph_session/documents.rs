//! The search in the documents that an instruction to answer leads to.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::called::Called;
use super::passages;
use crate::tool::{Ctx, ToolEntry, ToolError};
use domain::questions_in_text;
use taskgraph::engine::action::Action;

/// The tool that searches.
const TOOL: &str = "search_documents";

/// Searches for the customer's question, if one of the instructions is to answer it; for each of several. `None` if there is
/// none, or the tool is switched off.
pub(super) async fn search(ctx: &Ctx, asks: &[Action]) -> Option<Called> {
    let query = asks.iter().find_map(|ask| match ask {
        Action::Answer { query, .. } => query.as_ref(),
        _ => None,
    })?;
    let tool = ctx.tools.get(TOOL).filter(|_| !ctx.lacks(TOOL))?;
    let answer = answer(ctx, tool, &questions_in_text::of(query)).await;
    let succeeded = answer.is_ok();
    let result = answer.unwrap_or_else(|error| error.to_json());
    let arguments = Map::from_iter([("query".to_owned(), json!(query))]);
    Some(Called::of(TOOL, arguments, succeeded, result))
}

/// The passages for all questions.
async fn answer(ctx: &Ctx, tool: &ToolEntry, questions: &[String]) -> Result<Value, ToolError> {
    let mut answers = vec![];
    for question in questions {
        answers.push(tool.call(json!({ "query": question }), Arc::new(ctx.clone())).await?);
    }
    let passages = passages::in_turn(&answers);
    // One that is answered says nothing of why another is not.
    let answered = answers.iter().position(|answer| answer["passages"].as_array().is_some_and(|list| !list.is_empty()));
    let mut whole = answers.swap_remove(answered.unwrap_or_default());
    whole["passages"] = passages.into();
    Ok(whole)
}
