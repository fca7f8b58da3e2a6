//! The search in the documents that an instruction to answer leads to.

use std::sync::Arc;

use serde_json::json;

use super::called::Called;
use crate::tool::Ctx;
use taskgraph::engine::action::Action;

/// The tool that searches.
const TOOL: &str = "search_documents";

/// Searches for the customer's question, if one of the instructions is to answer it. `None` if there is none, or the tool
/// is switched off.
pub(super) async fn search(ctx: &Ctx, asks: &[Action]) -> Option<Called> {
    let query = asks.iter().find_map(|ask| match ask {
        Action::Answer { query, .. } => query.as_ref(),
        _ => None,
    })?;
    let arguments = json!({ "query": query });
    let tool = ctx.tools.get(TOOL).filter(|_| !ctx.lacks(TOOL))?;
    let answer = tool.call(arguments.clone(), Arc::new(ctx.clone())).await;
    let succeeded = answer.is_ok();
    let result = answer.unwrap_or_else(|error| error.to_json());
    let arguments = arguments.as_object().cloned().unwrap_or_default();
    Some(Called::of(TOOL, arguments, succeeded, result))
}
