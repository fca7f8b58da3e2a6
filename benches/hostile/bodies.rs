//! Bodies that cost a server more than their size: many nodes, deep nests, long texts, long batches.

use serde_json::json;

/// The largest body that the server takes by default.
const BODY_BYTES_MAX: usize = 512 * 1024;
/// A body beyond the limit, which has to be refused before it is held.
const TOO_LARGE: usize = 4 * 1024 * 1024;

/// A body, and its kind in words.
pub(crate) struct Body {
    pub(crate) kind: &'static str,
    pub(crate) text: String,
}

/// The values of a body that is read and not refused for their number.
const VALUES: usize = 9_900;

/// One of each kind, each as large as the server takes, with as many values as it takes, and one that is larger.
pub(crate) fn all() -> Vec<Body> {
    vec![
        body("lists in a list", nodes("[0],", BODY_BYTES_MAX)),
        body("numbers in a list", nodes("0,", BODY_BYTES_MAX)),
        body("objects in a list", nodes(r#"{"a":0},"#, BODY_BYTES_MAX)),
        body("lists in a list, 4 MiB", nodes("[0],", TOO_LARGE)),
        body("lists in a list, as many as are read", call(&listed("[0],", VALUES / 2))),
        body("objects in a list, as many as are read", call(&listed(r#"{"a":0},"#, VALUES / 2))),
        body("members, as many as are read", call(&members(VALUES))),
        body("a list as JSON text", call(&json!({"contact": format!("[{}0]", "0,".repeat(19_000))}).to_string())),
        body("a nest", call(&format!(r#"{{"contact":{}0{}}}"#, "[".repeat(100_000), "]".repeat(100_000)))),
        body("all arguments as JSON text", arguments_as_text(120_000)),
        body("all arguments as JSON text, as many as are read", arguments_as_text(4_900)),
        body("one long text", call(&json!({"contact": "z".repeat(BODY_BYTES_MAX - 300)}).to_string())),
        body("one text of escapes", call(&format!(r#"{{"contact":"{}"}}"#, r"\u0130".repeat(BODY_BYTES_MAX / 6 - 60)))),
        body("many members", call(&members((BODY_BYTES_MAX - 300) / 14))),
        body(
            "a long method",
            json!({"jsonrpc": "2.0", "id": 1, "method": "m".repeat(BODY_BYTES_MAX - 100)}).to_string(),
        ),
        body(
            "a long id",
            json!({"jsonrpc": "2.0", "id": "i".repeat(BODY_BYTES_MAX - 100), "method": "ping"}).to_string(),
        ),
        body("a batch of pings", batch(r#"{"jsonrpc":"2.0","id":1,"method":"ping"},"#)),
        body("a batch of numbers", batch("1,")),
    ]
}

fn body(kind: &'static str, text: String) -> Body {
    Body { kind, text }
}

/// A tool call with these arguments, which are JSON.
fn call(arguments: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"get_contact","arguments":{arguments}}}}}"#
    )
}

/// A call whose arguments, a list of lists, stand in it as one JSON text.
fn arguments_as_text(count: usize) -> String {
    call(&json!(listed("[0],", count)).to_string())
}

/// A call whose argument is a list of `item`, which ends in a comma, up to so many bytes in all.
fn nodes(item: &str, bytes: usize) -> String {
    call(&listed(item, (bytes - 200) / item.len()))
}

fn listed(item: &str, count: usize) -> String {
    format!(r#"{{"contact":[{}0]}}"#, item.repeat(count))
}

fn members(count: usize) -> String {
    let members: Vec<_> = (0..count).map(|at| format!(r#""k{at:08}":0"#)).collect();
    format!("{{{}}}", members.join(","))
}

fn batch(item: &str) -> String {
    let count = (BODY_BYTES_MAX - 10) / item.len();
    format!("[{}", item.repeat(count)).trim_end_matches(',').to_owned() + "]"
}
