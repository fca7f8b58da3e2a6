//! Values for an argument that a person is typing.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use rmcp::model::{CompleteRequestParams, CompletionInfo, Reference};

/// Every value an argument can have, as far as it is known. Values are shown to whoever may list the prompt or the
/// resource, so they are names of ours, never customers' data.
pub type Completer = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// Completers by prompt or resource template, and argument.
#[derive(Clone, Default)]
pub(super) struct Completions(BTreeMap<(String, String), Completer>);

impl Completions {
    pub(super) fn insert(&mut self, of: &str, argument: &str, completer: Completer) {
        self.0.insert((of.to_owned(), argument.to_owned()), completer);
    }

    /// Nothing for what nobody knows: a client that asks too much gets an empty list, not an error.
    pub(super) fn complete(&self, request: &CompleteRequestParams) -> CompletionInfo {
        let of = match &request.r#ref {
            Reference::Prompt(prompt) => &prompt.name,
            Reference::Resource(resource) => &resource.uri,
            _ => return CompletionInfo::default(),
        };
        let completer = self.0.get(&(of.clone(), request.argument.name.clone()));
        let fitting = fitting(completer.map(|values| values()).unwrap_or_default(), &request.argument.value);
        let total = fitting.len();
        let shown: Vec<_> = fitting.into_iter().take(CompletionInfo::MAX_VALUES).collect();
        let more = shown.len() < total;
        CompletionInfo::with_pagination(shown, u32::try_from(total).ok(), more).unwrap_or_default()
    }
}

/// What begins with the text comes first, then what contains it.
fn fitting(mut values: Vec<String>, typed: &str) -> Vec<String> {
    let typed = typed.to_lowercase();
    values.retain(|value| value.to_lowercase().contains(&typed));
    values.sort_by_key(|value| !value.to_lowercase().starts_with(&typed));
    values
}

impl fmt::Debug for Completions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use rmcp::model::ArgumentInfo;
    use serde_json::json;

    use super::*;

    fn complete(completions: &Completions, of: Reference, typed: &str) -> CompletionInfo {
        let argument: ArgumentInfo = serde_json::from_value(json!({"name": "graph", "value": typed})).unwrap();
        completions.complete(&CompleteRequestParams::new(of, argument))
    }

    #[test]
    fn what_begins_so_comes_before_what_contains_it() {
        let mut completions = Completions::default();
        let names = ["my-hubspot", "hubspot", "Hub", "other"].map(str::to_owned).to_vec();
        completions.insert("customer_service", "graph", Arc::new(move || names.clone()));
        let found = complete(&completions, Reference::for_prompt("customer_service"), "hub");
        assert_eq!(
            (found.values, found.has_more),
            (["hubspot", "Hub", "my-hubspot"].map(str::to_owned).to_vec(), Some(false))
        );
        assert!(complete(&completions, Reference::for_prompt("unknown"), "").values.is_empty());
        assert!(complete(&completions, Reference::for_resource("customer_service://"), "").values.is_empty());
    }

    #[test]
    fn at_most_a_hundred_are_shown() {
        let mut completions = Completions::default();
        completions.insert("p", "graph", Arc::new(|| (0..150).map(|number| number.to_string()).collect()));
        let found = complete(&completions, Reference::for_prompt("p"), "");
        assert_eq!((found.values.len(), found.total, found.has_more), (100, Some(150), Some(true)));
    }
}
