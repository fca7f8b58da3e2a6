//! A hand-off that is begun for a call which needs one.

use serde_json::{Value, json};

use crate::tool_calls::HANDOFF;
use crate::world::World;

/// The arguments with a hand-off that has begun, where they stand for one.
pub(crate) async fn with_handoff(world: &World, mut arguments: Value) -> Value {
    if arguments["session"] == HANDOFF {
        let begun =
            world.call("handoff_start", json!({"contact": "84246479604", "title": "Broken wheel"})).await.unwrap();
        arguments["session"] = begun["session"].clone();
    }
    arguments
}
