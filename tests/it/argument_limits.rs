//! The largest allowed text in every argument of every tool, on an account with properties of 500 options: each call is
//! answered, with an answer of bounded size. `cargo bench --bench arguments` measures what each costs.

use serde_json::{Value, json};

use crate::inbox;
use crate::largest_arguments::{self, Call, FILLS, is, longest, with};
use crate::tool_calls;
use crate::world::{World, ask_sandbox, every_tool};

/// The largest answer to an argument that nobody means.
const ANSWER_BYTES_MAX: usize = 80_000;

/// The texts that are tried here; the bench tries all.
const FILLS_TRIED: usize = 3;

async fn world() -> World {
    let world = inbox::world_with_a_conversation().await;
    for definition in largest_arguments::properties() {
        ask_sandbox(&world, "POST", "/crm/v3/properties/contacts", definition).await;
    }
    world
}

/// The arguments of a call, with the session or hand-off that it is made in.
async fn begun(world: &World, call: &Call) -> Value {
    let mut arguments = call.arguments.clone();
    if let Some((tool, begin)) = tool_calls::beginning(&arguments) {
        arguments["session"] = world.call(tool, begin).await.unwrap()["session"].clone();
    }
    arguments
}

#[tokio::test(start_paused = true)]
async fn the_largest_text_in_every_argument_has_a_short_answer() {
    let world = world().await;
    for call in largest_arguments::calls(&every_tool(), &FILLS[..FILLS_TRIED]) {
        let arguments = begun(&world, &call).await;
        let answer = world.call(call.tool, arguments).await;
        let bytes = answer.as_ref().unwrap_or_else(|error| error).to_string().len();
        assert!(bytes <= ANSWER_BYTES_MAX, "{}.{}: {bytes} bytes", call.tool, call.argument);
    }
}

/// Calls with a text of one character too many in each argument that is a text.
fn too_long() -> Vec<Call> {
    let mut calls = vec![];
    for tool in every_tool().iter() {
        for (argument, schema) in tool.input().get("properties").and_then(Value::as_object).unwrap() {
            if is(schema, "string") {
                let value = json!("z".repeat(longest(schema) + 1));
                let arguments = with(tool.name, argument, value);
                calls.push(Call { tool: tool.name, argument: argument.clone(), arguments });
            }
        }
    }
    calls
}

#[tokio::test(start_paused = true)]
async fn a_longer_text_is_refused_by_every_argument() {
    let world = world().await;
    let calls = too_long();
    assert!(calls.len() > 40, "the arguments were not found");
    for call in calls {
        let arguments = begun(&world, &call).await;
        world.requests();
        let error = world.call(call.tool, arguments).await.expect_err(&call.argument);
        let message = error["message"].as_str().unwrap();
        assert_eq!(error["code"], "INVALID_INPUT_ERROR", "{}: {message}", call.tool);
        assert!(message.starts_with(&format!("`{}`: it has more than ", call.argument)), "{}: {message}", call.tool);
        assert!(world.requests().iter().all(|sent| sent.starts_with("GET ")), "{}: nothing was done", call.tool);
    }
}

/// Each value of a step is compared with everything that the script knows.
#[tokio::test(start_paused = true)]
async fn a_step_takes_so_many_values() {
    let world = World::new().await;
    let session = world.call("taskgraph_start", json!({})).await.unwrap()["session"].clone();
    let slots =
        |count: usize| (0..count).map(|at| (format!("value_{at}"), json!(at))).collect::<serde_json::Map<_, _>>();
    for (count, refused) in [(64, false), (65, true)] {
        let step = json!({"session": session, "user_text": "Hello", "slots": slots(count)});
        let answer = world.call("taskgraph_step", step).await;
        let said = answer.map_or_else(|error| error.to_string(), |_| String::new());
        assert_eq!(said.contains("at most 64 values"), refused, "{count}: {said}");
    }
}
