//! The start of a scenario: an embedded HubSpot with the records, the faults and the calendars that the file asks for.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hubspot_sandbox::Sandbox;
use serde_json::json;
use tokio::time;

use super::account::{RunError, ask};
use super::judge::Before;
use super::scenario::{Addition, Meanwhile, Start};
use super::state::{Difference, HubSpotRecords, Key, ReadOnly};

/// An account in the state of the scenario's start.
#[derive(Debug)]
pub struct Fixture {
    /// Embedded HubSpot of this run alone.
    pub sandbox: Sandbox,
    /// Records before the first message.
    pub before: Before,
    computed: ReadOnly,
    clock: ClockMode,
    /// The differences that colleagues have made since.
    others: Mutex<Vec<Difference>>,
}

/// Clock of the run: stopped, or that of the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClockMode {
    /// The clock stands still, and moves on where somebody waits.
    #[default]
    Stopped,
    /// The clock runs, because a model takes its time; a wait moves it at once. No other run may be under way.
    Running,
}

impl Fixture {
    /// Brings an account into the state of the start, without its faults.
    pub async fn set(sandbox: Sandbox, start: &Start) -> Result<Fixture, RunError> {
        let computed = ReadOnly::of(&sandbox).await?;
        let mut before = Before { state: HubSpotRecords::of(&sandbox, &computed), named: BTreeMap::new() };
        for addition in &start.add {
            let key = add(&sandbox, addition, &before).await?;
            before.named.insert(addition.name.clone(), key);
            before.state = HubSpotRecords::of(&sandbox, &computed);
        }
        sandbox.flush_search();
        if let Some(user) = start.offline.filter(|user| !sandbox.disconnect_calendar(*user)) {
            return Err(RunError(format!("`start.offline`: there is no user {user}")));
        }
        before.state = HubSpotRecords::of(&sandbox, &computed);
        Ok(Fixture { sandbox, before, computed, clock: ClockMode::default(), others: Mutex::default() })
    }

    /// A fixture on another clock.
    #[must_use]
    pub fn on(self, clock: ClockMode) -> Fixture {
        Fixture { clock, ..self }
    }

    /// Lets time pass, for the account and the desk alike.
    pub async fn wait(&self, wait: Duration) {
        if wait.is_zero() {
            return;
        }
        match self.clock {
            ClockMode::Stopped => time::sleep(wait).await,
            ClockMode::Running => {
                time::pause();
                time::advance(wait).await;
                time::resume();
            }
        }
    }

    /// Does what a colleague does in HubSpot, past the desk.
    pub async fn act(&self, act: &Meanwhile) -> Result<(), RunError> {
        let earlier = self.state();
        let known = self.before_and_meanwhile();
        match (&act.create, &act.update) {
            (Some(kind), _) => {
                let addition = Addition {
                    name: "meanwhile".into(),
                    create: kind.clone(),
                    linked: act.linked.clone(),
                    with: act.with.clone(),
                };
                add(&self.sandbox, &addition, &known).await?;
            }
            (None, Some(name)) => {
                let missing = || RunError(format!("`meanwhile`: `{name}` is no record"));
                let (kind, id) = known.find(name).ok_or_else(missing)?;
                let path = format!("/crm/v3/objects/{kind}/{id}");
                ask(&self.sandbox, "PATCH", &path, &json!({ "properties": act.with })).await?;
            }
            (None, None) => {}
        }
        self.sandbox.flush_search();
        // A lock is broken only by a panic while it is held, and nothing is done then.
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        others.extend(earlier.until(&self.state()));
        Ok(())
    }

    /// The records before the first message, with what colleagues have done since: the desk's differences are those from it.
    pub fn before_and_meanwhile(&self) -> Before {
        let others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let state = others.iter().fold(self.before.state.clone(), HubSpotRecords::with);
        Before { state, named: self.before.named.clone() }
    }

    /// Begins to disturb the account as the start says, and to count its requests.
    pub fn open(&self, start: &Start) {
        start.fault.iter().for_each(|fault| self.sandbox.inject_fault(fault.clone()));
        self.sandbox.clear_requests();
    }

    /// The account as it is now.
    pub fn state(&self) -> HubSpotRecords {
        HubSpotRecords::of(&self.sandbox, &self.computed)
    }
}

async fn add(sandbox: &Sandbox, addition: &Addition, before: &Before) -> Result<Key, RunError> {
    let path = format!("/crm/v3/objects/{}", addition.create);
    let made = ask(sandbox, "POST", &path, &json!({ "properties": addition.with })).await?;
    let id = made["id"].as_str().ok_or_else(|| RunError(format!("`{}` was not made", addition.name)))?;
    let key: Key = (addition.create.clone(), id.to_owned());
    for to in &addition.linked {
        let Some((kind, id)) = before.find(to) else {
            return Err(RunError(format!("`start.add`: `{to}` is no record, so nothing can be linked to it")));
        };
        let path = format!("/crm/v4/objects/{}/{}/associations/default/{kind}/{id}", key.0, key.1);
        ask(sandbox, "PUT", &path, &json!({})).await?;
    }
    Ok(key)
}
