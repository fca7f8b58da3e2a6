//! Puts one server's entry into the text of a configuration file. Everything else stays byte for byte.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstNode, CstObject, CstObjectProp, CstRootNode};
use serde_json::{Map, Value};

use crate::config::TOKEN_VARIABLES;

/// The entry that the file must contain.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigEntry {
    /// The property of the file that holds the servers.
    pub list: &'static str,
    /// The server's name.
    pub name: String,
    /// The settings; they are set also if the server is there already.
    pub settings: Map<String, Value>,
    /// Environment variables; each is set only if the server has none of that name, since the person may have put a token
    /// there.
    pub env: Map<String, Value>,
    /// A question that the client asks the person once; its `id` identifies it.
    pub input: Option<Map<String, Value>>,
    /// The treatment of variables that an entry of this name has already.
    pub foreign: Foreign,
}

/// The treatment of environment variables that this program did not write. They decide what is started and where the
/// token goes (`LD_PRELOAD`, `HUBSPOT_BASE_URL`), and somebody else may have written the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// They are removed, but for the token's.
    Remove,
    /// The entry is written anew, with nothing of the one that is there: a file of a project may be anybody's.
    Replace,
    /// Variables that the entry had before stay in it.
    Keep,
}

/// Settings of an entry that name a file of variables.
const VARIABLE_FILES: [&str; 2] = ["envFile", "env_file"];

/// The syntax that a client accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// JSON.
    Json,
    /// JSON with comments and trailing commas.
    JsonWithComments,
}

/// The reason why the entry cannot be put into the file.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// The file is not JSON.
    #[error("it is not valid JSON: {0}")]
    Unreadable(String),
    /// A property has another type.
    #[error("`{0}` is not {1}")]
    Unexpected(String, &'static str),
    /// A property occurs twice.
    #[error("`{0}` stands there more than once")]
    Twice(String),
}

/// The names of the foreign variables in the entry that the file has, such as `LD_PRELOAD`; empty if it has none.
pub fn foreign_variables(text: &str, entry: &ConfigEntry) -> Vec<String> {
    let root = parsed(text.trim_start_matches('\u{feff}'), Dialect::JsonWithComments).ok();
    let server = root.and_then(|root| root.object_value()?.object_value(entry.list)?.object_value(&entry.name));
    let Some(server) = server else { return vec![] };
    let replaced = entry.foreign == Foreign::Replace;
    let is_own = |name: &str| name == "env" || entry.settings.contains_key(name);
    let settings = server.properties().into_iter().filter_map(|one| one.decoded_name());
    let settings =
        settings.filter(|name| VARIABLE_FILES.contains(&name.as_str()) || (replaced && !is_own(name.as_str())));
    let is_lost = |one: &CstObjectProp| {
        let name = one.decoded_name().unwrap_or_default();
        is_foreign(&name) || (replaced && one.to_serde_value().as_ref() != entry.env.get(&name))
    };
    let variables = server.object_value("env").map(|env| env.properties()).unwrap_or_default();
    let variables = variables.iter().filter(|one| is_lost(one)).filter_map(CstObjectProp::decoded_name);
    let shapeless = has_shapeless_env(&server).then(|| "env".to_owned());
    settings.chain(shapeless).chain(variables).collect()
}

/// True for variables that are no object: no client knows them, and nothing of them is this program's.
fn has_shapeless_env(server: &CstObject) -> bool {
    server.get("env").is_some() && server.object_value("env").is_none()
}

fn is_foreign(variable: &str) -> bool {
    !TOKEN_VARIABLES.contains(&variable)
}

/// The text of the file with the entry in it; `text` may be empty.
pub fn merged(text: &str, entry: &ConfigEntry, dialect: Dialect) -> Result<String, Error> {
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
        // The parser below is a little more lenient than the strict one that these clients use.
        serde_json::from_str::<Value>(text).map_err(|problem| unreadable(&problem))?;
    }
    CstRootNode::parse(text, &options).map_err(|problem| unreadable(&problem))
}

/// Updates a server that starts a program and keeps its other settings; replaces any other entry of that name.
fn put_server(servers: &CstObject, entry: &ConfigEntry) -> Result<(), Error> {
    only_once(servers, &entry.name)?;
    let known = servers.object_value(&entry.name).filter(|server| server.get("command").is_some());
    let Some(server) = known.filter(|_| entry.foreign != Foreign::Replace) else {
        let mut whole = entry.settings.clone();
        if !entry.env.is_empty() {
            whole.insert("env".into(), Value::Object(entry.env.clone()));
        }
        set(servers, &entry.name, Value::Object(whole));
        return Ok(());
    };
    for name in VARIABLE_FILES.into_iter().chain(["env"]) {
        only_once(&server, name)?;
    }
    for (name, value) in &entry.settings {
        only_once(&server, name)?;
        set(&server, name, value.clone());
    }
    if entry.foreign == Foreign::Remove {
        remove_foreign(&server);
    }
    if !entry.env.is_empty() {
        put_env(&server, &entry.env)?;
    }
    Ok(())
}

fn remove_foreign(server: &CstObject) {
    VARIABLE_FILES.into_iter().filter_map(|name| server.get(name)).for_each(CstObjectProp::remove);
    if has_shapeless_env(server) {
        server.get("env").into_iter().for_each(CstObjectProp::remove);
    }
    let variables = server.object_value("env").map(|env| env.properties()).unwrap_or_default();
    let is_foreign = |one: &CstObjectProp| one.decoded_name().is_none_or(|name| is_foreign(&name));
    variables.into_iter().filter(is_foreign).for_each(CstObjectProp::remove);
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
    // One of another type asks nobody: it may run a command that somebody else chose.
    let same =
        |element: &CstNode, name: &str| element.to_serde_value().is_some_and(|it| it.get(name) == input.get(name));
    let known: Vec<_> = inputs.elements().into_iter().filter(|element| same(element, "id")).collect();
    let fits = known.len() == 1 && same(&known[0], "type");
    if !fits {
        known.into_iter().for_each(CstNode::remove);
        inputs.ensure_multiline();
        inputs.append(input_value(Value::Object(input.clone())));
    }
}

/// Sets a value unless it is right already, so that a second run changes no byte.
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

/// Refuses a property that occurs twice: clients read the last one, people the first.
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
