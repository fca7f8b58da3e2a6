//! One server's entry put into a configuration file, as text: everything else stays as it was, byte for byte.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstObject, CstRootNode};
use serde_json::{Map, Value};

/// What a client's file must hold in the end.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The property of the file below which servers stand.
    pub list: &'static str,
    pub name: String,
    /// Always set, also where the server stood there before.
    pub settings: Map<String, Value>,
    /// Each set only where the server has none of its name: the person may have put a token there.
    pub env: Map<String, Value>,
    /// A question the client asks the person once; known by its `id`.
    pub input: Option<Map<String, Value>>,
}

/// What a client's own reader takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Json,
    /// Comments and trailing commas too.
    JsonWithComments,
}

#[derive(Debug, PartialEq, thiserror::Error)]
pub enum Error {
    #[error("it is not valid JSON: {0}")]
    Unreadable(String),
    #[error("`{0}` is not {1}")]
    Unexpected(String, &'static str),
    #[error("`{0}` stands there more than once")]
    Twice(String),
}

/// The text of the file with the entry in it; `text` may be empty.
pub fn merged(text: &str, entry: &Entry, dialect: Dialect) -> Result<String, Error> {
    const BYTE_ORDER_MARK: char = '\u{feff}';
    let (mark, text) = match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => (Some(BYTE_ORDER_MARK), rest),
        None => (None, text),
    };
    let text = if text.trim().is_empty() { "{}\n" } else { text };
    let root = parsed(text, dialect)?;
    let file = root.object_value().ok_or(Error::Unexpected("the file".into(), "an object"))?;
    put_server(&object_in(&file, entry.list)?, entry)?;
    if let Some(input) = &entry.input {
        put_input(&array_in(&file, "inputs")?, input);
    }
    Ok(mark.into_iter().chain(root.to_string().chars()).collect())
}

fn parsed(text: &str, dialect: Dialect) -> Result<CstRootNode, Error> {
    let comments = dialect == Dialect::JsonWithComments;
    let options = ParseOptions {
        allow_comments: comments,
        allow_trailing_commas: comments,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let unreadable = |problem: &dyn std::fmt::Display| Error::Unreadable(problem.to_string());
    if dialect == Dialect::Json {
        // The reader that clients use is as strict as this one; the other is a little more forgiving.
        serde_json::from_str::<Value>(text).map_err(|problem| unreadable(&problem))?;
    }
    CstRootNode::parse(text, &options).map_err(|problem| unreadable(&problem))
}

/// A server that stands there keeps what we do not set; one that is no program of ours to start is replaced.
fn put_server(servers: &CstObject, entry: &Entry) -> Result<(), Error> {
    only_once(servers, &entry.name)?;
    let known = servers.object_value(&entry.name).filter(|server| server.get("command").is_some());
    let Some(server) = known else {
        let mut whole = entry.settings.clone();
        if !entry.env.is_empty() {
            whole.insert("env".into(), Value::Object(entry.env.clone()));
        }
        set(servers, &entry.name, Value::Object(whole));
        return Ok(());
    };
    for (name, value) in &entry.settings {
        only_once(&server, name)?;
        set(&server, name, value.clone());
    }
    if !entry.env.is_empty() {
        put_env(&server, &entry.env)?;
    }
    Ok(())
}

fn put_env(server: &CstObject, env: &Map<String, Value>) -> Result<(), Error> {
    let known = object_in(server, "env")?;
    for (name, value) in env {
        only_once(&known, name)?;
        if known.get(name).is_none() {
            set(&known, name, value.clone());
        }
    }
    Ok(())
}

fn put_input(inputs: &CstArray, input: &Map<String, Value>) {
    let same_id = |other: Value| other.get("id") == input.get("id");
    let known = inputs.elements().iter().filter_map(|element| element.to_serde_value()).any(same_id);
    if !known {
        inputs.ensure_multiline();
        inputs.append(input_value(Value::Object(input.clone())));
    }
}

/// Leaves a value alone that is already right, so that a second run changes no byte.
fn set(object: &CstObject, name: &str, value: Value) {
    match object.get(name) {
        Some(property) if property.to_serde_value().as_ref() == Some(&value) => {}
        Some(property) => property.set_value(input_value(value)),
        None => {
            object.ensure_multiline();
            object.append(name, input_value(value));
        }
    }
}

fn object_in(file: &CstObject, name: &str) -> Result<CstObject, Error> {
    only_once(file, name)?;
    multiline_for(file, name);
    file.object_value_or_create(name).ok_or_else(|| Error::Unexpected(name.to_owned(), "an object"))
}

fn array_in(file: &CstObject, name: &str) -> Result<CstArray, Error> {
    only_once(file, name)?;
    multiline_for(file, name);
    file.array_value_or_create(name).ok_or_else(|| Error::Unexpected(name.to_owned(), "a list"))
}

fn multiline_for(file: &CstObject, name: &str) {
    if file.get(name).is_none() {
        file.ensure_multiline();
    }
}

/// Of two properties with one name clients read the last, people the first: nobody could tell what was meant.
fn only_once(object: &CstObject, name: &str) -> Result<(), Error> {
    let same = |property: &jsonc_parser::cst::CstObjectProp| property.decoded_name().as_deref() == Some(name);
    match object.properties().iter().filter(|property| same(property)).count() {
        0 | 1 => Ok(()),
        _ => Err(Error::Twice(name.to_owned())),
    }
}

fn input_value(value: Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(yes) => CstInputValue::Bool(yes),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text),
        Value::Array(items) => CstInputValue::Array(items.into_iter().map(input_value).collect()),
        Value::Object(fields) => {
            CstInputValue::Object(fields.into_iter().map(|(name, value)| (name, input_value(value))).collect())
        }
    }
}
