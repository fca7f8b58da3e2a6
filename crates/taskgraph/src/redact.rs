//! Secrets in a taskgraph's file: they are reported by their location and masked wherever the file is shown.

use serde_json::{Map, Value};

use crate::problem::{Location, ProblemKind, Problems, quote};

/// The fields whose values are masked, because they can be credentials.
const SECRET_FIELDS: &[&str] = &["fixed_args", "auth", "headers"];
/// The names of credentials in any object.
const SECRET_NAMES: &[&str] =
    &["access_token", "api_key", "apikey", "authorization", "client_secret", "password", "secret", "token"];
/// The names of credentials in `auth`, as a whole name or a part of one.
const CREDENTIALS: &[&str] = &["key", "token", "secret", "password", "passwd", "pass"];
/// The prefixes of tokens of known services.
const TOKEN_STARTS: &[&str] = &["pat-", "sk-", "Bearer ", "shpat_", "xoxb-", "ghp_", "AIza", "eyJ"];
/// The shortest token.
const TOKEN_LENGTH_MIN: usize = 12;
/// The replacement for a secret.
const MASK: &str = "***";

/// Returns the value with every secret replaced by `***`. The names of fields stay.
pub(super) fn redacted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.iter().map(|(name, value)| (name.clone(), field(name, value))).collect())
        }
        Value::Array(list) => list.iter().map(redacted).collect(),
        Value::String(text) => without_tokens(text).into(),
        other => other.clone(),
    }
}

fn field(name: &str, value: &Value) -> Value {
    let secret = SECRET_FIELDS.contains(&plain(name).as_str()) || is_secret_name(name);
    if secret { masked(value) } else { redacted(value) }
}

/// Normalises a field's name: `API-Key` and `api_key` are the same.
fn plain(name: &str) -> String {
    name.to_lowercase().replace('-', "_")
}

fn is_secret_name(name: &str) -> bool {
    SECRET_NAMES.contains(&plain(name).as_str())
}

/// Returns `true` if a field in `auth` is a credential by a part of its name: `bot_key` is one, `bot_id` is not.
fn is_credential(name: &str) -> bool {
    is_secret_name(name) || plain(name).split('_').any(|part| CREDENTIALS.contains(&part))
}

/// Returns the text with its tokens masked.
fn without_tokens(text: &str) -> String {
    if is_token(text) {
        return MASK.to_owned();
    }
    let words = text.split_inclusive(char::is_whitespace);
    words
        .map(|word| if is_token_among_words(word) { word.replace(word.trim(), MASK) } else { word.to_owned() })
        .collect()
}

/// Returns `true` if a word in a sentence is a token, which needs a digit: `sk-learn-toolkit` is not one.
fn is_token_among_words(word: &str) -> bool {
    let word = word.trim().trim_start_matches(|c: char| !c.is_alphanumeric());
    is_token(word) && word.contains(|c: char| c.is_ascii_digit())
}

fn has_token(text: &str) -> bool {
    is_token(text) || text.split_whitespace().any(is_token_among_words)
}

fn masked(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            map.iter().map(|(name, value)| (name.clone(), masked(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(list) => list.iter().map(masked).collect(),
        _ => MASK.into(),
    }
}

fn is_token(text: &str) -> bool {
    let text = text.trim();
    let bare = !text.strip_prefix("Bearer ").unwrap_or(text).contains(char::is_whitespace);
    bare && text.len() >= TOKEN_LENGTH_MIN
        && (TOKEN_STARTS.iter().any(|start| text.starts_with(start)) || has_login(text))
}

/// Returns `true` if the text is a URL with a password, such as `https://user:password@host`.
fn has_login(text: &str) -> bool {
    let login = text.split_once("://").and_then(|(_, rest)| rest.split('/').next()?.split_once('@'));
    login.is_some_and(|(login, _)| login.contains(':'))
}

/// Returns `true` if the text is a placeholder such as `<access_token>`, `{{token}}` or `***`, or empty.
fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let wrapped = |open, close| text.starts_with(open) && text.ends_with(close);
    text.is_empty() || text == MASK || wrapped("<", ">") || wrapped("{{", "}}") || wrapped("${", "}")
}

/// Returns `true` if the value contains more than placeholders.
pub(super) fn has_value(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.values().any(has_value),
        Value::Array(list) => list.iter().any(has_value),
        Value::String(text) => !is_placeholder(text),
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) => true,
    }
}

/// Reports the location of each secret, without the secret.
pub(super) fn report_secrets(json: &Value, problems: &mut Problems) {
    report(json, "", Inside::Open, problems);
}

#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Open,
    /// Inside `auth`, where credentials have many names.
    Auth,
    Secret,
}

impl Inside {
    /// Enters a field. Headers and fixed arguments have harmless values too, so only fields with the name of a secret
    /// and values that look like one are reported. Everything inside a secret is a secret.
    fn of(self, name: &str) -> Inside {
        match self {
            Inside::Secret => Inside::Secret,
            Inside::Auth if is_credential(name) => Inside::Secret,
            _ if is_secret_name(name) => Inside::Secret,
            _ if plain(name) == "auth" => Inside::Auth,
            other => other,
        }
    }
}

fn report(value: &Value, path: &str, inside: Inside, problems: &mut Problems) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                report(value, &join(path, name), inside.of(name), problems);
            }
        }
        Value::Array(list) => {
            for (position, value) in list.iter().enumerate() {
                report(value, &join(path, &position.to_string()), inside, problems);
            }
        }
        Value::String(text) if has_token(text) || (inside == Inside::Secret && !is_placeholder(text)) => {
            let reason = format!(
                "{} is a secret written into the file: take it out, tools get theirs from the settings",
                quote(path)
            );
            problems.add(ProblemKind::Secret, Location::File, reason);
        }
        _ => {}
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_masked_everywhere_in_the_file() {
        let shown = redacted(&json!({
            "tools": [{"id": "1", "path": "hubspot.x", "fixed_args": {"access_token": "pat-eu1-secret", "deep": {"a": [1]}}}],
            "workers": [{"id": "2", "auth": {"key": "hunter2"}}],
            "nodes": [["0", {"data": {"headers": {"Authorization": "Bearer abc.def"}, "Api-Key": "zzz"}}]],
            "nluapi": "https://ann:hunter2@nlu.example/predict",
            "intro": "Call pat-na1-11112222 now",
            "role": "pat-na1-1111-2222",
            "empty": {"fixed_args": {}},
        }));
        let text = shown.to_string();
        for secret in ["pat-eu1", "hunter2", "abc.def", "zzz", "pat-na1-1111-2222"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert_eq!(shown["tools"][0]["fixed_args"], json!({"access_token": "***", "deep": {"a": ["***"]}}));
        assert_eq!(shown["tools"][0]["path"], "hubspot.x");
        assert_eq!(shown["empty"]["fixed_args"], json!({}));
        assert_eq!(shown["intro"], "Call *** now");
    }

    #[test]
    fn only_real_secrets_are_reported_and_only_by_location() {
        let mut problems = Problems::of("desk");
        report_secrets(
            &json!({"tools": [
                {"fixed_args": {"access_token": "<access_token>", "shop": "my-shop"}},
                {"fixed_args": {"access_token": "hunter2hunter2"}},
                {"fixed_args": {"other": "pat-eu1-aaaa-bbbb"}},
                {"fixed_args": {"token": {"value": "hunter2hunter2"}, "api-key": "hunter2", "shop": "my-shop"}},
                {"auth": {"key": "hunter2", "bot_id": "desk", "bot_version": "2", "deep": {"bot_key": "hunter2"}}},
            ], "intro": "Call pat-na1-11112222 now, or ask for the sk-learn-toolkit"}),
            &mut problems,
        );
        let told: Vec<String> = problems.into_found().iter().map(ToString::to_string).collect();
        let places = [
            "intro",
            "tools.1.fixed_args.access_token",
            "tools.2.fixed_args.other",
            "tools.3.fixed_args.token.value",
            "tools.3.fixed_args.api-key",
            "tools.4.auth.key",
            "tools.4.auth.deep.bot_key",
        ];
        assert_eq!(told.len(), places.len(), "{told:?}");
        for place in places {
            assert!(told.iter().any(|line| line.contains(&format!("`{place}`"))), "{place} in {told:?}");
        }
        assert!(!told.iter().any(|line| line.contains("hunter2") || line.contains("pat-")), "{told:?}");
    }
}
