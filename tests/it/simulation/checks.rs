//! Invariants of a simulation, by the records of the embedded HubSpot.

use std::collections::{BTreeMap, BTreeSet};

use domain::time_zone::rules::ZoneRules;
use hubspot_sandbox::LoggedRequest;
use serde_json::{Value, json};

use super::customers::{ANSWERS, CALL_MAX, Call, Outcome, town};
use crate::audit::Trail;
use crate::audit_check::{self, Evidence};
use crate::thundering_herd::number_of;
use crate::world::World;

/// Holds for the worst run: one call in ten is cancelled, and faults stop few of the others.
const SERVED_PERCENT_MIN: usize = 50;

/// The types of records that calls make.
const OBJECTS: [&str; 5] = ["communications", "tickets", "meetings", "notes", "contacts"];

type Ids = BTreeMap<&'static str, BTreeSet<String>>;

/// The ids of the records that calls can make.
pub(super) fn records(world: &World) -> Ids {
    let ids =
        |object| world.sandbox.records(object).iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect();
    OBJECTS.map(|object| (object, ids(object))).into()
}

/// Checks the audit trail against HubSpot's log and records.
pub(super) fn check_trail(seed: u64, world: &World, trail: &Trail, before: &Ids) {
    let requests = world.sandbox.requests();
    assert!(requests.len() < 10_000, "SEED={seed}: HubSpot's log is not whole");
    let request = |sent: &LoggedRequest| json!({"method": sent.method, "path": sent.path, "status": sent.status, "correlation_id": sent.correlation_id});
    let made = records(world).into_iter().map(|(object, ids)| (object, &ids - &before[object]));
    let evidence =
        Evidence { lines: trail.lines(), requests: requests.iter().map(request).collect(), made: made.collect() };
    audit_check::check(&format!("SEED={seed}"), &evidence);
}

/// Checks that enough customers were served: a server that refuses everybody would keep every other invariant.
pub(super) fn check_served(seed: u64, calm: bool, calls: &[Call]) {
    let mut served = 0;
    for call in calls {
        match &call.outcome {
            Outcome::Done(_) | Outcome::Already(_) => served += 1,
            Outcome::Failed(code) if ANSWERS.contains(&(call.tool, code)) => served += 1,
            Outcome::Failed(code) => assert!(!calm, "SEED={seed}: {} failed with {code} on a quiet day", call.tool),
            Outcome::HungUp => {}
        }
    }
    let percent = served * 100 / calls.len();
    assert!(percent >= SERVED_PERCENT_MIN, "SEED={seed}: {percent} of a hundred calls were served");
}

/// Checks the invariants.
pub(super) fn check(seed: u64, world: &World, contacts: &[String], calls: &[Call]) {
    for call in calls {
        assert!(call.took <= CALL_MAX, "SEED={seed}: {} took {:?}", call.tool, call.took);
        if let Outcome::Failed(code) = &call.outcome {
            assert!(!["INTERNAL_ERROR", "INVALID_INPUT_ERROR"].contains(&code.as_str()), "SEED={seed}: {code}");
        }
    }
    let peaks = world.sandbox.peaks();
    assert_eq!(peaks.refused, 0, "SEED={seed}: HubSpot's windows were exceeded: {peaks:?}");
    for object in OBJECTS {
        check_records(seed, world, contacts, calls, object);
    }
    check_changes(seed, world, contacts, calls);
}

/// Checks that every acknowledged change was made.
fn check_changes(seed: u64, world: &World, contacts: &[String], calls: &[Call]) {
    let records = world.sandbox.records("contacts").into_iter();
    let kept: BTreeMap<_, _> = records.map(|record| (record["id"].as_str().unwrap().to_owned(), record)).collect();
    for call in calls.iter().filter(|call| call.tool == "update_contact" && matches!(call.outcome, Outcome::Done(_))) {
        let record = &kept[&contacts[call.customer]];
        assert_eq!(record["properties"]["city"], town(call.customer), "SEED={seed}: customer {}", call.customer);
    }
}

#[derive(Default)]
struct Count {
    made: usize,
    done: usize,
    perhaps: usize,
}

/// Checks that every acknowledged record exists exactly once, and that no other record does.
fn check_records(seed: u64, world: &World, contacts: &[String], calls: &[Call], object: &str) {
    let mut counts: BTreeMap<(usize, String), Count> = BTreeMap::new();
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    let mut already = vec![];
    for call in calls {
        let Some((kind, words)) = &call.marks else { continue };
        if *kind != object {
            continue;
        }
        let count = counts.entry((call.customer, words.clone())).or_default();
        match &call.outcome {
            Outcome::Done(id) => {
                count.done += 1;
                if let Some(id) = id {
                    assert_eq!(
                        ids.insert(id.clone(), call.customer),
                        None,
                        "SEED={seed}: {object} {id} was given twice"
                    );
                }
            }
            Outcome::Already(id) => already.push((id.clone(), call.customer)),
            Outcome::Failed(code) if code == "OUTCOME_UNKNOWN_ERROR" => count.perhaps += 1,
            Outcome::Failed(_) => {}
            Outcome::HungUp => count.perhaps += 1,
        }
    }
    let mut seen = BTreeMap::new();
    for record in world.sandbox.records(object) {
        let Some((customer, words)) = owner_of(&record, contacts, object) else { continue };
        let id = record["id"].as_str().unwrap().to_owned();
        if let Some(acknowledged) = ids.get(&id) {
            assert_eq!(*acknowledged, customer, "SEED={seed}: {object} {id} belongs to somebody else");
        }
        seen.insert(id, customer);
        counts.entry((customer, words)).or_default().made += 1;
    }
    for (id, customer) in already {
        assert_eq!(seen.get(&id), Some(&customer), "SEED={seed}: {object} {id} is not that of an equal call");
    }
    for id in ids.keys() {
        assert!(seen.contains_key(id), "SEED={seed}: acknowledged {object} {id} does not exist");
    }
    for ((customer, words), count) in counts {
        let right = (count.done..=count.done + count.perhaps).contains(&count.made);
        assert!(
            right,
            "SEED={seed}: {object} `{words}` of customer {customer}: {} exist, {} were acknowledged, {} are open",
            count.made, count.done, count.perhaps
        );
    }
}

/// The customer of a record and the words that identify it; `None` for records of the seed company.
fn owner_of(record: &Value, contacts: &[String], object: &str) -> Option<(usize, String)> {
    if object == "contacts" {
        let friend = record["properties"]["email"].as_str()?;
        let customer = number_of(friend.rsplit_once(".of.")?.1)?;
        return Some((customer, friend.to_owned()));
    }
    let contact = record["associations"]["contacts"]["results"][0]["id"].as_str()?;
    let customer = contacts.iter().position(|id| id == contact)?;
    let property = |name: &str| record["properties"][name].as_str().map(str::to_owned);
    let words = match object {
        "communications" => property("hs_communication_body"),
        "tickets" => property("content"),
        "notes" => property("hs_note_body"),
        _ => property("hs_meeting_start_time").map(|start| {
            let start: chrono::DateTime<chrono::Utc> = start.parse().unwrap();
            start
                .with_timezone(&ZoneRules::embedded().zone("America/New_York").unwrap())
                .format("%Y-%m-%dT%H:%M")
                .to_string()
        }),
    };
    Some((customer, words?))
}
