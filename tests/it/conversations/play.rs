//! Plays a scenario: one sandbox, one customer, one desk.

use std::collections::BTreeMap;

use serde_json::json;

use super::customer::{Reply, Script};
use super::desk::{Desk, Tools};
use super::judge::{Before, Turn};
use super::scenario::{Scenario, Start};
use super::state::{Key, ReadOnly, State};
use crate::world::{World, ask_sandbox};

/// The most messages of one customer.
const TURNS_MAX: usize = 30;

/// A world in the state of the scenario's start.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) before: Before,
    computed: ReadOnly,
}

impl Stage {
    pub(crate) async fn of(start: &Start) -> Stage {
        let world = World::at(start.now).await;
        let computed = ReadOnly::of(&world).await;
        let mut named = BTreeMap::new();
        for addition in &start.add {
            let path = format!("/crm/v3/objects/{}", addition.create);
            let made = ask_sandbox(&world, "POST", &path, json!({ "properties": addition.with })).await;
            let key: Key = (addition.create.clone(), made["id"].as_str().unwrap().to_owned());
            let known = Before { state: State::of(&world, &computed), named: named.clone() };
            for to in &addition.linked {
                let (kind, id) = known.find(to).unwrap_or_else(|| panic!("`{to}` is nothing"));
                let path = format!("/crm/v4/objects/{}/{}/associations/default/{kind}/{id}", key.0, key.1);
                ask_sandbox(&world, "PUT", &path, json!({})).await;
            }
            named.insert(addition.name.clone(), key);
        }
        world.sandbox.flush_search();
        if let Some(user) = start.offline {
            assert!(world.sandbox.disconnect_calendar(user), "no user {user}");
        }
        let before = Before { state: State::of(&world, &computed), named };
        start.fault.iter().for_each(|fault| world.sandbox.inject_fault(fault.clone()));
        Stage { world, before, computed }
    }

    /// Plays to the customer's last line.
    pub(crate) async fn play(&self, scenario: &Scenario, desk: &mut impl Desk) -> Vec<Turn> {
        let (mut customer, mut reply, mut turns) = (Script::new(scenario), Reply::default(), vec![]);
        while turns.len() < TURNS_MAX
            && let Some(said) = customer.next(&reply)
        {
            let mut tools = Tools { world: &self.world, calls: vec![] };
            reply = desk.hear(&said, &mut tools).await;
            let state = State::of(&self.world, &self.computed);
            let (calls, reply) = (tools.calls, reply.clone());
            turns.push(Turn { says: said.words, agrees: said.agrees, reply, calls, state });
        }
        turns
    }
}
