//! Every argument of every tool, in every shape that clients are known to send, through a real client on the sandbox.
//!
//! A shape is either taken, and the call answers as it does with the documented shape; or taken for an argument that is
//! left out; or refused with a message that names the argument in the words of the schema. The table of
//! `docs/arguments.md` is what the calls answered.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::begun_handoff::with_handoff;
use crate::generated::check_section;
use crate::inbox;
use crate::tool_calls::{SESSION, base};
use crate::world::{World, every_tool};

/// Words of Rust, which a client's author cannot know.
const RUST_WORDS: [&str; 8] = ["u32", "u64", "usize", "i64", "f64", "a map", "a sequence", "a string"];

/// Fields of answers that differ from call to call.
const VOLATILE: [&str; 13] = [
    "message_id",
    "sent_id",
    "activity_id",
    "task_id",
    "at",
    "briefing",
    "expires_at",
    "logged_communication_id",
    "note_id",
    "session",
    "ticket_id",
    "updated_at",
    "url",
];

/// A way to send a value: its name in the table, and the documented value and the sent one for an argument, if it can
/// have this shape.
struct Shape {
    name: &'static str,
    of: fn(&Argument) -> Option<(Documented, Value)>,
    /// One of these comes of it; of an empty text that is required, the tool decides which.
    expected: fn(&Argument) -> &'static [Outcome],
}

/// The documented form of the same call.
enum Documented {
    Value(Value),
    LeftOut,
}

/// The outcome of a call with a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Taken,
    LeftOut,
    Refused,
}

struct Argument {
    tool: &'static str,
    name: String,
    kind: String,
    required: bool,
    /// The text is a moment, which a number is not.
    moment: bool,
    choices: bool,
    example: Value,
}

const SHAPES: &[Shape] = &[
    Shape { name: "as text", of: as_text, expected: |_| &[Outcome::Taken] },
    Shape { name: "with a point", of: with_point, expected: |_| &[Outcome::Taken] },
    Shape { name: "as a number", of: as_number, expected: of_number },
    Shape { name: "as JSON text", of: as_json_text, expected: |_| &[Outcome::Taken] },
    Shape { name: "`[]` or `{}`", of: other_empty, expected: |_| &[Outcome::Taken] },
    Shape { name: "`null`", of: |argument| empty(argument, Value::Null), expected: of_null },
    Shape { name: "`\"\"`", of: |argument| empty(argument, json!("")), expected: of_empty_text },
    Shape { name: "other text", of: other_text, expected: |_| &[Outcome::Refused] },
    Shape { name: "`true`", of: a_boolean, expected: |_| &[Outcome::Refused] },
    Shape { name: "in a list", of: in_a_list, expected: |_| &[Outcome::Refused] },
    Shape { name: "in an object", of: in_an_object, expected: |_| &[Outcome::Refused] },
];

fn taken(documented: Value, sent: Value) -> Option<(Documented, Value)> {
    Some((Documented::Value(documented), sent))
}

fn as_text(argument: &Argument) -> Option<(Documented, Value)> {
    let example = argument.example.clone();
    matches!(argument.kind.as_str(), "integer" | "boolean")
        .then(|| taken(example.clone(), json!(example.to_string())))?
}

fn with_point(argument: &Argument) -> Option<(Documented, Value)> {
    let example = argument.example.as_i64().filter(|_| argument.kind == "integer")?;
    taken(json!(example), json!(example as f64))
}

fn as_number(argument: &Argument) -> Option<(Documented, Value)> {
    let text = argument.example.as_str().filter(|_| argument.kind == "string" && !argument.choices)?;
    let number: u64 = text.parse().unwrap_or(12_345);
    taken(json!(number.to_string()), json!(number))
}

fn as_json_text(argument: &Argument) -> Option<(Documented, Value)> {
    let example = &argument.example;
    (example.is_array() || example.is_object()).then(|| taken(example.clone(), json!(example.to_string())))?
}

/// PHP sends `[]` for an empty object, and Lua `{}` for an empty list.
fn other_empty(argument: &Argument) -> Option<(Documented, Value)> {
    match argument.kind.as_str() {
        "array" => taken(json!([]), json!({})),
        "object" => taken(json!({}), json!([])),
        _ => None,
    }
}

fn empty(argument: &Argument, empty: Value) -> Option<(Documented, Value)> {
    Some((if argument.required { Documented::Value(json!("")) } else { Documented::LeftOut }, empty))
}

fn of_number(argument: &Argument) -> &'static [Outcome] {
    if argument.moment { &[Outcome::Refused] } else { &[Outcome::Taken] }
}

fn of_null(argument: &Argument) -> &'static [Outcome] {
    if argument.required { &[Outcome::Refused] } else { &[Outcome::LeftOut] }
}

fn of_empty_text(argument: &Argument) -> &'static [Outcome] {
    match (argument.required, argument.kind.as_str()) {
        (false, _) => &[Outcome::LeftOut],
        (true, "string") => &[Outcome::Taken, Outcome::Refused],
        (true, _) => &[Outcome::Refused],
    }
}

fn other_text(argument: &Argument) -> Option<(Documented, Value)> {
    (argument.kind != "string" || argument.choices).then_some((Documented::LeftOut, json!("perhaps")))
}

fn a_boolean(argument: &Argument) -> Option<(Documented, Value)> {
    (argument.kind != "boolean").then_some((Documented::LeftOut, json!(true)))
}

fn in_a_list(argument: &Argument) -> Option<(Documented, Value)> {
    // A list of lists is a list of texts that are none.
    Some((Documented::LeftOut, json!([argument.example])))
}

fn in_an_object(argument: &Argument) -> Option<(Documented, Value)> {
    (argument.kind != "object").then(|| (Documented::LeftOut, json!({"value": argument.example})))
}

/// All arguments of all tools, each with a value: that of the calls here, or the example of its description.
fn arguments() -> Vec<Argument> {
    let all = every_tool();
    let of_tool = |tool: &frontdesk::tool::ToolEntry| {
        let schema = Value::Object(frontdesk::tool::schema::portable(tool.input().as_object().unwrap().clone()));
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let properties = schema["properties"].as_object().cloned().unwrap();
        let of_property = |(name, property): (&String, &Value)| {
            let kind = property["type"].as_str().unwrap_or_else(|| panic!("{}.{name} has no type", tool.name));
            let described = || example(property["description"].as_str().unwrap(), kind);
            let known = base(tool.name, name).get(name).cloned();
            Argument {
                tool: tool.name,
                required: required.contains(&json!(name)),
                moment: property["format"] == "date-time",
                choices: property.get("enum").is_some(),
                example: known.unwrap_or_else(described),
                kind: kind.to_owned(),
                name: name.clone(),
            }
        };
        properties.iter().map(of_property).collect::<Vec<_>>()
    };
    all.iter().flat_map(of_tool).collect()
}

/// The example of a description, or any value of this type.
fn example(description: &str, kind: &str) -> Value {
    let text = description.split_whitespace().collect::<Vec<_>>().join(" ");
    let given = text.split_once("for example `").and_then(|(_, rest)| Some(rest.split_once('`')?.0));
    let of_kind = |value: &Value| match kind {
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        _ => value.is_object(),
    };
    match (kind, given) {
        ("string", given) => Some(json!(given.unwrap_or("x"))),
        (_, Some(given)) => serde_json::from_str(given).ok().filter(of_kind),
        _ => None,
    }
    .unwrap_or_else(|| match kind {
        "integer" => json!(2),
        "boolean" => json!(true),
        "array" => json!(["x"]),
        _ => json!({"x": "y"}),
    })
}

/// The answer to a call with this value of the argument, or without it; without what differs from call to call.
async fn answer(world: &World, argument: &Argument, value: Option<&Value>) -> Result<Value, Value> {
    let mut arguments = base(argument.tool, &argument.name);
    let fields = arguments.as_object_mut().unwrap();
    match value {
        Some(value) => drop(fields.insert(argument.name.clone(), value.clone())),
        None => drop(fields.remove(&argument.name)),
    }
    if argument.tool == "taskgraph_step" && fields.get("session") == Some(&json!(SESSION)) {
        let begun = world.call("taskgraph_start", json!({})).await.unwrap();
        fields.insert("session".to_owned(), begun["session"].clone());
    }
    let arguments = with_handoff(world, arguments).await;
    match world.call(argument.tool, arguments).await {
        Ok(answer) => Ok(lasting(answer)),
        Err(error) => Err(error),
    }
}

fn lasting(value: Value) -> Value {
    let kept = |(name, value): (String, Value)| (!VOLATILE.contains(&name.as_str())).then(|| (name, lasting(value)));
    match value {
        Value::Object(fields) => Value::Object(fields.into_iter().filter_map(kept).collect::<Map<_, _>>()),
        Value::Array(items) => items.into_iter().map(lasting).collect(),
        other => other,
    }
}

/// Sends one shape, and says what came of it.
async fn outcome(world: &World, argument: &Argument, documented: &Documented, sent: &Value) -> Result<Outcome, String> {
    let (value, outcome) = match documented {
        Documented::Value(value) => (Some(value), Outcome::Taken),
        Documented::LeftOut => (None, Outcome::LeftOut),
    };
    // A second change changes nothing, a second booking is the first: compared is the second of each.
    let _ = answer(world, argument, value).await;
    let shaped = answer(world, argument, Some(sent)).await;
    if let Err(error) = &shaped
        && error["code"] == "INVALID_INPUT_ERROR"
        && let message = error["message"].as_str().unwrap()
        && message.starts_with(&format!("`{}", argument.name))
        && (message.contains("must be") || value == Some(sent))
    {
        let rust = RUST_WORDS.iter().find(|word| message.contains(*word));
        return rust.map_or(Ok(Outcome::Refused), |word| Err(format!("it speaks Rust, `{word}`: {message}")));
    }
    let expected = answer(world, argument, value).await;
    match shaped == expected {
        true => Ok(outcome),
        false => Err(format!("it answers {shaped:?}\nand not {expected:?}")),
    }
}

#[tokio::test(start_paused = true)]
async fn finding_f7_every_argument_is_read_in_every_shape_that_has_one_meaning() {
    let mut table = format!("| argument | type |{}\n", columns(|shape| shape.name.to_owned()));
    writeln!(table, "|---|---|{}", columns(|_| "---".to_owned())).unwrap();
    let (mut wrong, mut world, mut tool) = (vec![], inbox::world_with_a_conversation().await, "");
    for argument in arguments() {
        if argument.tool != tool {
            (world, tool) = (inbox::world_with_a_conversation().await, argument.tool);
        }
        let mut cells = vec![];
        for shape in SHAPES {
            let Some((documented, sent)) = (shape.of)(&argument) else {
                cells.push("");
                continue;
            };
            let at = format!("{tool}.{} {}: {sent}", argument.name, shape.name);
            let outcome = outcome(&world, &argument, &documented, &sent).await;
            if !outcome.as_ref().is_ok_and(|outcome| (shape.expected)(&argument).contains(outcome)) {
                wrong.push(format!("{at}: {outcome:?}"));
            }
            cells.push(match outcome {
                Ok(Outcome::Taken) => "✓",
                Ok(Outcome::LeftOut) => "left out",
                Ok(Outcome::Refused) => "refused",
                Err(_) => "?",
            });
        }
        let kind = if argument.kind == "array" { "list" } else { argument.kind.as_str() };
        let kind = if kind == "string" { "text" } else { kind };
        let required = if argument.required { ", required" } else { "" };
        writeln!(table, "| `{tool}.{}` | {kind}{required} | {} |", argument.name, cells.join(" | ")).unwrap();
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    check_section("docs/arguments.md", "shapes", &table);
}

fn columns(cell: impl Fn(&Shape) -> String) -> String {
    SHAPES.iter().map(|shape| format!(" {} |", cell(shape))).collect()
}
