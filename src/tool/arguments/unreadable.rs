//! Arguments that the schema allows and the struct of the tool does not take: an unknown or a missing one, an id or an
//! address that is none.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::error::ToolError;
use super::problem::HINT;
use super::serde_words;
use domain::code::Code;
use domain::text;

/// The longest part of an argument's name or path that an error repeats.
const NAME_CHARACTERS_MAX: usize = 100;
/// The longest part that an error repeats of each end of serde's message.
const END_CHARACTERS_MAX: usize = 300;

/// Reads the arguments. The error names the argument that does not fit; serde's own message names a missing or an
/// unknown one.
pub(in crate::tool) fn read<T: DeserializeOwned>(arguments: Value) -> Result<T, ToolError> {
    serde_path_to_error::deserialize(arguments).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_path_to_error::Error<serde_json::Error>) -> ToolError {
    let path = text::excerpt(&error.path().to_string(), NAME_CHARACTERS_MAX);
    let problem = problem(&error.inner().to_string());
    let message = if path == "." { problem } else { format!("`{path}`: {problem}") };
    ToolError::new(Code::InvalidInput, message, HINT)
}

/// Shortens serde's message: it repeats the given value, which may be long, before it says what was expected.
fn problem(text: &str) -> String {
    let kinds = ["unknown field `", "unknown variant `", "invalid type: string \"", "invalid value: string \""];
    let named = kinds.into_iter().find_map(|kind| {
        let rest = text.strip_prefix(kind)?;
        let ends = ["`, expected ", "`, there are no ", "\", expected "];
        let end = ends.into_iter().filter_map(|mark| rest.rfind(mark)).max()?;
        Some(format!("{kind}{}{}", text::excerpt(&rest[..end], NAME_CHARACTERS_MAX), &rest[end..]))
    });
    both_ends(&serde_words::plain(named.as_deref().unwrap_or(text)))
}

fn both_ends(text: &str) -> String {
    let text: Vec<_> = text.chars().map(|c| if text::is_control_or_bidi(c) { ' ' } else { c }).collect();
    match text.len() > 2 * END_CHARACTERS_MAX {
        true => {
            let [begin, end] = [&text[..END_CHARACTERS_MAX], &text[text.len() - END_CHARACTERS_MAX..]];
            begin.iter().chain(&['…']).chain(end).collect()
        }
        false => text.into_iter().collect(),
    }
}
