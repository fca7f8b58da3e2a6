//! Shapes and limits as tables, on a tool's arguments of every type.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::limits::{DEPTH_MAX, ITEMS_MAX, JSON_TEXT_VALUES_MAX, NAME_CHARACTERS_MAX, TEXT_CHARACTERS_MAX};
use super::*;
use crate::tool::context::ToolEntry;
use crate::tool::{Ctx, Effect, Tool};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is read")]
struct Everything {
    id: String,
    #[schemars(length(min = 1))]
    issue: Option<String>,
    #[schemars(length(max = 5))]
    code: Option<String>,
    limit: Option<u32>,
    #[schemars(range(min = 1, max = 20))]
    page: Option<usize>,
    start: Option<i64>,
    share: Option<f64>,
    execute: Option<bool>,
    status: Option<Status>,
    at: Option<DateTime<Utc>>,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    spans: Vec<Span>,
    #[serde(default)]
    answers: BTreeMap<String, String>,
    #[serde(default)]
    filters: Map<String, Value>,
    span: Option<Span>,
    /// A name that a client adds as well; here it is the tool's own.
    action: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    /// Still open.
    Open,
    Closed,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is read")]
struct Span {
    start: i64,
    note: Option<String>,
}

impl Tool for Everything {
    const NAME: &'static str = "everything";
    const TITLE: &'static str = "Everything";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &[];
    type Output = ();

    async fn call(self, _: &Ctx) -> Result<(), ToolError> {
        Ok(())
    }
}

/// The arguments in shape, `id` apart; or the message of the error.
fn conform(mut given: Value) -> Result<Value, String> {
    let arguments = Arguments::of(ToolEntry::of::<Everything>().input());
    given.as_object_mut().unwrap().entry("id").or_insert(json!("7"));
    let mut read = arguments.conform("everything", given).map_err(|error| error.message)?.arguments;
    serde_json::from_value::<Everything>(read.clone()).map_err(|error| format!("serde: {error}"))?;
    read.as_object_mut().unwrap().remove("id");
    Ok(read)
}

#[test]
fn a_shape_with_one_meaning_is_taken() {
    for (given, expected) in [
        (json!({"limit": "30"}), json!({"limit": 30})),
        (json!({"limit": 30.0}), json!({"limit": 30})),
        (json!({"limit": " 30.0 "}), json!({"limit": 30})),
        (json!({"start": "-1796148000000"}), json!({"start": -1_796_148_000_000_i64})),
        (json!({"share": "0.5"}), json!({"share": 0.5})),
        (json!({"execute": "True"}), json!({"execute": true})),
        (json!({"execute": "false"}), json!({"execute": false})),
        (json!({"status": "OPEN"}), json!({"status": "open"})),
        (json!({"issue": 17_025_550_143_u64}), json!({"issue": "17025550143"})),
        (json!({"issue": 84_246_479_604.0}), json!({"issue": "84246479604"})),
        (json!({"issue": 1.5}), json!({"issue": "1.5"})),
        (json!({"names": "[\"a\", 2]"}), json!({"names": ["a", "2"]})),
        (json!({"names": {}}), json!({"names": []})),
        (json!({"spans": "[{\"start\": \"1\", \"note\": null}]"}), json!({"spans": [{"start": 1}]})),
        (json!({"spans": ["{\"start\": 1.0}"]}), json!({"spans": [{"start": 1}]})),
        (json!({"answers": []}), json!({"answers": {}})),
        (json!({"answers": "{}"}), json!({"answers": {}})),
        (json!({"answers": {"a": 5, "b": null, "c": ""}}), json!({"answers": {"a": "5", "c": ""}})),
        (json!({"span": "{\"start\": 1}"}), json!({"span": {"start": 1}})),
        (json!({"filters": "{\"phone\": null}"}), json!({"filters": {"phone": null}})),
        (
            json!({"filters": {"visits": "30", "x": [], "y": ""}}),
            json!({"filters": {"visits": "30", "x": [], "y": ""}}),
        ),
    ] {
        assert_eq!(conform(given.clone()), Ok(expected), "{given}");
    }
}

#[test]
fn an_optional_argument_without_a_value_is_left_out() {
    for name in Arguments::of(ToolEntry::of::<Everything>().input()).0.named.keys().filter(|name| *name != "id") {
        for empty in [json!(null), json!(""), json!(" \n"), json!("\u{200b}"), json!("\u{0}")] {
            assert_eq!(conform(json!({name: empty})), Ok(json!({})), "{name} {empty}");
        }
    }
    assert!(conform(json!({"id": null})).is_err());
    assert_eq!(conform(json!({"id": ""})), Ok(json!({})), "a required text may be empty");
}

#[test]
fn a_shape_with_two_meanings_is_refused_in_the_words_of_the_schema() {
    for (given, message) in [
        (json!({"id": null}), "`id`: it must be text, not null"),
        (json!({"id": true}), "`id`: it must be text, not a boolean"),
        (json!({"id": ["7"]}), "`id`: it must be text, not a list"),
        (json!({"id": 1e300}), "`id`: as a number it has lost digits; send it as text"),
        (json!({"limit": "030"}), "`limit`: it must be an integer, not text"),
        (json!({"limit": "1,000"}), "`limit`: it must be an integer, not text"),
        (json!({"limit": true}), "`limit`: it must be an integer, not a boolean"),
        (json!({"limit": [30]}), "`limit`: it must be an integer, not a list"),
        (json!({"limit": 30.5}), "`limit`: it must be an integer, without a fraction"),
        (json!({"limit": -1}), "`limit`: it must be an integer of at least 0"),
        (json!({"limit": 5_000_000_000_u64}), "`limit`: it is too large"),
        (json!({"limit": 1e300}), "`limit`: it is too large"),
        (json!({"page": 0}), "`page`: it must be an integer from 1 to 20"),
        (json!({"start": -1e300}), "`start`: it is too small"),
        (json!({"span": {}}), "`span.start`: it is missing, and must be an integer"),
        (json!({"spans": [{"start": 1}, {"note": "x"}]}), "`spans[1].start`: it is missing, and must be an integer"),
        (json!({"span": {"start": 1, "end": 2}}), "`span.end`: it is no field: the fields are `note`, `start`"),
        (json!({"page": 21}), "`page`: it must be an integer from 1 to 20"),
        (json!({"share": "half"}), "`share`: it must be a number, not text"),
        (json!({"execute": 1}), "`execute`: it must be a boolean, `true` or `false`, not a number"),
        (json!({"execute": "yes"}), "`execute`: it must be a boolean, `true` or `false`, not text"),
        (json!({"status": "stale"}), "`status`: it must be one of `closed`, `open`"),
        (json!({"status": 1}), "`status`: it must be one of `closed`, `open`, not a number"),
        (
            json!({"at": "tomorrow"}),
            "`at`: it must be a moment with its offset such as `2026-12-01T13:00:00-05:00`, as text",
        ),
        (json!({"names": "jobtitle"}), "`names`: it must be a list, not text"),
        (json!({"names": "[\"a\""}), "`names`: it must be a list, not text"),
        (json!({"names": {"0": "a"}}), "`names`: it must be a list, not an object"),
        (json!({"names": [null]}), "`names[0]`: it must be text, not null"),
        (json!({"spans": [{"start": "one"}]}), "`spans[0].start`: it must be an integer, not text"),
        (json!({"answers": ["a"]}), "`answers`: it must be an object, not a list"),
        (json!({"answers": {"a": {}}}), "`answers.a`: it must be text, not an object"),
        (json!({"span": 5}), "`span`: it must be an object, not a number"),
    ] {
        assert_eq!(conform(given.clone()), Err(message.to_owned()), "{given}");
    }
    let arguments = Arguments::of(ToolEntry::of::<Everything>().input());
    let error = arguments.conform("everything", json!([1])).unwrap_err();
    assert_eq!(error.message, "it must be an object of arguments, not a list");
}

#[test]
fn names_that_clients_add_are_dropped_and_other_unknown_ones_refused() {
    let added = json!({
        "toolCallId": "call_1", "sessionId": "s", "chatInput": "Hi", "tool": "everything", "_sessionID": "s",
        "task_progress": "- [ ] look", "random_string": "x", "action": "open",
    });
    assert_eq!(conform(added), Ok(json!({"action": "open"})), "the tool's own argument stays");
    assert!(
        conform(json!({"sessionid": "s"}))
            .unwrap_err()
            .starts_with("`sessionid`: it is no argument: the arguments are `action`, ")
    );
    assert!(conform(json!({"span": {"start": 1, "sessionId": "s"}})).unwrap_err().contains("it is no field"));
    let arguments = Arguments::of(ToolEntry::of::<Everything>().input());
    let none = arguments.conform("everything", json!({})).unwrap().arguments;
    assert_eq!(read::<Everything>(none).unwrap_err().message, "`id` is missing");
}

#[test]
fn texts_lists_and_objects_are_limited() {
    let text = |characters: usize| Value::from("æ".repeat(characters));
    let deep = |depth: usize| (1..depth).fold(json!([]), |inner, _| json!([inner]));
    let fields = |count: usize| (0..count).map(|at| (at.to_string(), json!("x"))).collect::<Map<_, _>>();
    let name = "n".repeat(NAME_CHARACTERS_MAX);
    for (fits, exceeds, part) in [
        (
            json!({"issue": text(TEXT_CHARACTERS_MAX)}),
            json!({"issue": text(TEXT_CHARACTERS_MAX + 1)}),
            "65536 characters",
        ),
        (json!({"code": text(5)}), json!({"code": text(6)}), "`code`: it has more than 5 characters"),
        (json!({"names": [text(9)]}), json!({"names": [text(TEXT_CHARACTERS_MAX + 1)]}), "`names[0]`"),
        (json!({"names": vec![""; ITEMS_MAX]}), json!({"names": vec![""; ITEMS_MAX + 1]}), "may have 1000"),
        (json!({"answers": fields(ITEMS_MAX)}), json!({"answers": fields(ITEMS_MAX + 1)}), "may have 1000"),
        (
            json!({"filters": {"x": text(TEXT_CHARACTERS_MAX)}}),
            json!({"filters": {"x": [{"to": text(TEXT_CHARACTERS_MAX + 1)}]}}),
            "`filters.x[0].to`",
        ),
        (json!({"filters": {&name: 1}}), json!({"filters": {format!("{name}n"): 1}}), "more than 255 characters"),
        (json!({"answers": {&name: "1"}}), json!({"answers": {format!("{name}n"): "1"}}), "more than 255 characters"),
        (json!({"filters": {"x": deep(DEPTH_MAX - 2)}}), json!({"filters": {"x": deep(DEPTH_MAX - 1)}}), "deep"),
        (
            json!({"filters": format!("{{\"x\": [{}0]}}", "0,".repeat(ITEMS_MAX - 1))}),
            json!({"filters": format!("{{\"x\": [{}0]}}", "0,".repeat(JSON_TEXT_VALUES_MAX))}),
            "it must be an object, not text",
        ),
    ] {
        assert!(conform(fits).is_ok(), "{part}");
        let message = conform(exceeds).unwrap_err();
        assert!(message.contains(part) && message.len() < 500, "{message}");
    }
}
