//! Completion: suggested values for an argument that a person is typing.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use rmcp::model::{CompleteRequestParams, CompletionInfo, Reference};

use crate::tool::Ctx;
use domain::text_cleaning;

/// Returns every known value of an argument: the server's own names and those of the account's owners and pipelines,
/// never customers' data.
pub type Completer = Arc<dyn Fn(CompletionRequest) -> BoxFuture<'static, Vec<String>> + Send + Sync>;

/// A request for values, as completers see it.
#[derive(Debug)]
pub struct CompletionRequest {
    /// The context of this request: its caller and its deadline.
    pub ctx: Ctx,
    /// The other arguments that the person has filled in, by name.
    pub given: HashMap<String, String>,
    /// True if the caller may read the account's structure.
    pub reads_account: bool,
}

/// Completers by prompt or resource template (`None` for all) and argument.
#[derive(Clone, Default)]
pub(super) struct Completions(BTreeMap<(Option<String>, String), Completer>);

impl Completions {
    /// Adds a completer for one prompt or template; it takes precedence over those for all.
    pub(super) fn insert(&mut self, of: &str, argument: &str, completer: Completer) {
        self.0.insert((Some(of.to_owned()), argument.to_owned()), completer);
    }

    /// Adds a completer for the argument of this name in all prompts and templates.
    pub(super) fn insert_for_all(&mut self, argument: &str, completer: Completer) {
        self.0.insert((None, argument.to_owned()), completer);
    }

    /// Completes the argument. An unknown prompt, template or argument gets an empty list, not an error.
    pub(super) async fn complete(&self, params: &CompleteRequestParams, request: CompletionRequest) -> CompletionInfo {
        let of = match &params.r#ref {
            Reference::Prompt(prompt) => prompt.name.clone(),
            Reference::Resource(resource) => resource.uri.clone(),
            _ => return CompletionInfo::default(),
        };
        let argument = &params.argument;
        let own = self.0.get(&(Some(of), argument.name.clone()));
        let Some(completer) = own.or_else(|| self.0.get(&(None, argument.name.clone()))) else {
            return CompletionInfo::default();
        };
        first_page(matches(completer(request).await, &argument.value))
    }
}

fn first_page(matches: Vec<String>) -> CompletionInfo {
    let total = matches.len();
    let shown = matches.iter().take(CompletionInfo::MAX_VALUES);
    let shown: Vec<_> = shown.map(|value| text_cleaning::clean(value).text.into_owned()).collect();
    let more = shown.len() < total;
    CompletionInfo::with_pagination(shown, u32::try_from(total).ok(), more).unwrap_or_default()
}

/// The values that contain the typed text, those that begin with it first. Case does not matter, and `new york` matches
/// `America/New_York`.
fn matches(mut values: Vec<String>, typed: &str) -> Vec<String> {
    let plain = |text: &str| text.to_lowercase().replace('_', " ");
    let typed = plain(typed);
    values.retain(|value| plain(value).contains(&typed));
    values.sort_by_key(|value| !plain(value).starts_with(&typed));
    values
}

impl fmt::Debug for Completions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_begin_with_the_text_come_first() {
        let names = ["my-hubspot", "hubspot", "Hub", "other"].map(str::to_owned).to_vec();
        assert_eq!(matches(names.clone(), "hub"), ["hubspot", "Hub", "my-hubspot"]);
        assert_eq!(matches(names, "").len(), 4);
        assert_eq!(matches(vec!["America/New_York".to_owned()], "new york").len(), 1);
    }

    #[test]
    fn at_most_a_hundred_values_are_sent() {
        let found = first_page((0..150).map(|number| number.to_string()).collect());
        assert_eq!((found.values.len(), found.total, found.has_more), (100, Some(150), Some(true)));
    }
}
