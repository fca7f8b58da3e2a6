//! Values for an argument that a person is typing.

mod own;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use rmcp::model::{CompleteRequestParams, CompletionInfo, Reference};

use crate::tool::Ctx;

pub(super) use own::{READER, TIME_MAX, completions};

/// Every value an argument can have, as far as it is known. They are names of ours and of the account's own people and
/// pipelines, never customers' data.
pub type Completer = Arc<dyn Fn(Asked) -> BoxFuture<'static, Vec<String>> + Send + Sync>;

/// Who asks for values, and what is known already.
#[derive(Debug)]
pub struct Asked {
    /// For this one request: its caller and its deadline.
    pub ctx: Ctx,
    /// The other arguments so far.
    pub given: HashMap<String, String>,
    /// Whether the caller may read what the account is made of.
    pub reads_account: bool,
}

/// Completers by prompt or resource template (none: everywhere), and argument.
#[derive(Clone, Default)]
pub(super) struct Completions(BTreeMap<(Option<String>, String), Completer>);

impl Completions {
    /// For one prompt or template, before what holds everywhere.
    pub(super) fn insert(&mut self, of: &str, argument: &str, completer: Completer) {
        self.0.insert((Some(of.to_owned()), argument.to_owned()), completer);
    }

    /// For the argument of this name wherever it stands.
    fn everywhere(&mut self, argument: &str, completer: Completer) {
        self.0.insert((None, argument.to_owned()), completer);
    }

    /// Nothing for what nobody knows: a client that asks too much gets an empty list, not an error.
    pub(super) async fn complete(&self, request: &CompleteRequestParams, asked: Asked) -> CompletionInfo {
        let of = match &request.r#ref {
            Reference::Prompt(prompt) => prompt.name.clone(),
            Reference::Resource(resource) => resource.uri.clone(),
            _ => return CompletionInfo::default(),
        };
        let argument = &request.argument;
        let own = self.0.get(&(Some(of), argument.name.clone()));
        let Some(completer) = own.or_else(|| self.0.get(&(None, argument.name.clone()))) else {
            return CompletionInfo::default();
        };
        shown(fitting(completer(asked).await, &argument.value))
    }
}

fn shown(fitting: Vec<String>) -> CompletionInfo {
    let total = fitting.len();
    let shown: Vec<_> = fitting.into_iter().take(CompletionInfo::MAX_VALUES).collect();
    let more = shown.len() < total;
    CompletionInfo::with_pagination(shown, u32::try_from(total).ok(), more).unwrap_or_default()
}

/// What begins with the text comes first, then what contains it. `new york` is in `America/New_York`.
fn fitting(mut values: Vec<String>, typed: &str) -> Vec<String> {
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
    fn what_begins_so_comes_before_what_contains_it() {
        let names = ["my-hubspot", "hubspot", "Hub", "other"].map(str::to_owned).to_vec();
        assert_eq!(fitting(names.clone(), "hub"), ["hubspot", "Hub", "my-hubspot"]);
        assert_eq!(fitting(names, "").len(), 4);
        assert_eq!(fitting(vec!["America/New_York".to_owned()], "new york").len(), 1);
    }

    #[test]
    fn at_most_a_hundred_are_shown() {
        let found = shown((0..150).map(|number| number.to_string()).collect());
        assert_eq!((found.values.len(), found.total, found.has_more), (100, Some(150), Some(true)));
    }
}
