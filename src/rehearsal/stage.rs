//! The start of a scenario: an embedded HubSpot with the records, the faults and the calendars that the file asks for.

use std::collections::BTreeMap;
use std::time::Duration;

use hubspot_sandbox::Sandbox;
use serde_json::json;
use tokio::time;

use super::account::{Broken, ask};
use super::judge::Before;
use super::scenario::{Addition, Start};
use super::state::{Key, ReadOnly, State};

/// An account in the state of the scenario's start.
#[derive(Debug)]
pub struct Stage {
    /// The account.
    pub sandbox: Sandbox,
    /// The state in which the desk finds it.
    pub before: Before,
    computed: ReadOnly,
    clock: Clockwork,
}

/// The way in which the time of a run passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clockwork {
    /// The clock stands still, and moves on where somebody waits.
    #[default]
    Stopped,
    /// The clock runs, because a model takes its time; a wait moves it at once. No other run may be under way.
    Running,
}

impl Stage {
    /// Brings an account into the state of the start, without its faults.
    pub async fn set(sandbox: Sandbox, start: &Start) -> Result<Stage, Broken> {
        let computed = ReadOnly::of(&sandbox).await?;
        let mut before = Before { state: State::of(&sandbox, &computed), named: BTreeMap::new() };
        for addition in &start.add {
            let key = add(&sandbox, addition, &before).await?;
            before.named.insert(addition.name.clone(), key);
            before.state = State::of(&sandbox, &computed);
        }
        sandbox.flush_search();
        if let Some(user) = start.offline.filter(|user| !sandbox.disconnect_calendar(*user)) {
            return Err(Broken(format!("`start.offline`: there is no user {user}")));
        }
        before.state = State::of(&sandbox, &computed);
        Ok(Stage { sandbox, before, computed, clock: Clockwork::default() })
    }

    /// The same on another clock.
    #[must_use]
    pub fn on(self, clock: Clockwork) -> Stage {
        Stage { clock, ..self }
    }

    /// Lets time pass, for the account and the desk alike.
    pub async fn wait(&self, wait: Duration) {
        if wait.is_zero() {
            return;
        }
        match self.clock {
            Clockwork::Stopped => time::sleep(wait).await,
            Clockwork::Running => {
                time::pause();
                time::advance(wait).await;
                time::resume();
            }
        }
    }

    /// Begins to disturb the account as the start says, and to count its requests.
    pub fn open(&self, start: &Start) {
        start.fault.iter().for_each(|fault| self.sandbox.inject_fault(fault.clone()));
        self.sandbox.clear_requests();
    }

    /// The account as it is now.
    pub fn state(&self) -> State {
        State::of(&self.sandbox, &self.computed)
    }
}

async fn add(sandbox: &Sandbox, addition: &Addition, before: &Before) -> Result<Key, Broken> {
    let path = format!("/crm/v3/objects/{}", addition.create);
    let made = ask(sandbox, "POST", &path, &json!({ "properties": addition.with })).await?;
    let id = made["id"].as_str().ok_or_else(|| Broken(format!("`{}` was not made", addition.name)))?;
    let key: Key = (addition.create.clone(), id.to_owned());
    for to in &addition.linked {
        let Some((kind, id)) = before.find(to) else {
            return Err(Broken(format!("`start.add`: `{to}` is no record, so nothing can be linked to it")));
        };
        let path = format!("/crm/v4/objects/{}/{}/associations/default/{kind}/{id}", key.0, key.1);
        ask(sandbox, "PUT", &path, &json!({})).await?;
    }
    Ok(key)
}
