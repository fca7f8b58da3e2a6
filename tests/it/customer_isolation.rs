//! F6: two hundred concurrent customers share nothing, and any sequence of changes agrees with a model of the records.

use std::collections::BTreeMap;

use futures::future::join_all;
use hubspot_sandbox::fault::{Effect, Fault};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::{World, ask_sandbox};

const CUSTOMERS: usize = 200;

#[tokio::test(start_paused = true)]
async fn f6_two_hundred_concurrent_customers_each_get_their_own_records() {
    let sandbox =
        hubspot_sandbox::Settings { search_lag_ms: 3_000, delay_ms: 50, ..hubspot_sandbox::Settings::default() };
    let engine = hubspot_client::Settings {
        seed: Some(7),
        tier: hubspot_client::Tier::Unlimited,
        ..hubspot_client::Settings::default()
    };
    let world = &World::with(sandbox, engine).await;
    let all = join_all((0..CUSTOMERS).map(|at| async move { customer(world, at).await })).await;
    let mut ids: Vec<_> = all.iter().map(|(contact, _)| contact.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), CUSTOMERS, "nobody got another one's record");
    let kept = |kind: &str, mark: &str| {
        world.sandbox.records(kind).iter().filter(|one| one.to_string().contains(mark)).count()
    };
    assert_eq!((kept("contacts", "@crowd.example"), kept("tickets", "Trouble of ")), (CUSTOMERS, CUSTOMERS));
}

/// One customer is added, changed, recognised and given a ticket, without touching the others.
async fn customer(world: &World, at: usize) -> (String, String) {
    let (email, name) = (format!("c{at}@crowd.example"), format!("Customer{at}"));
    let added = json!({"properties": {"email": email, "firstname": name}});
    let added = world.call("create_contact", added).await.unwrap();
    assert_eq!(added["created"], true, "{at}");
    let id = added["contact"]["contact_id"].as_str().unwrap().to_owned();
    let city = json!({"contact": email, "properties": {"city": format!("City {at}")}});
    let changed = world.call("update_contact", city).await.unwrap();
    assert_eq!(
        (&changed["contact_id"], &changed["changes"]["city"]["after"]),
        (&json!(id), &json!(format!("City {at}")))
    );
    let ticket = json!({"cus_cid": id, "issue": format!("Trouble of {at}."), "stage": "waiting on us"});
    let ticket = world.call("create_ticket", ticket).await.unwrap()["ticket_id"].as_str().unwrap().to_owned();
    let (card, tickets) = tokio::join!(
        world.call("get_contact", json!({"contact": email, "properties": ["city"]})),
        world.call("find_tickets", json!({"contact": id, "content": true})),
    );
    let (card, tickets) = (card.unwrap(), tickets.unwrap());
    assert_eq!((&card["contact_id"], &card["properties"]["city"]), (&json!(id), &json!(format!("City {at}"))));
    assert_eq!((&tickets["total"], &tickets["tickets"][0]["ticket_id"]), (&json!(1), &json!(ticket)));
    assert_eq!(tickets["tickets"][0]["customer_text"]["content"], format!("Trouble of {at}."));
    (id, ticket)
}

/// A change in HubSpot, by our server or by another user. Numbers identify people; each person has an e-mail address.
#[derive(Clone, Debug)]
enum Step {
    /// Sent twice at the same time where `at_once`: HubSpot refuses the second, or our server sees that it is the same.
    Create {
        person: usize,
        lost: bool,
        at_once: bool,
    },
    Update {
        person: usize,
        city: u8,
        lost: bool,
    },
    /// Another user changes the contact in HubSpot between our read and our write.
    ChangedMeanwhile {
        person: usize,
        city: u8,
    },
    /// Another user merges two contacts.
    Merge {
        winner: usize,
        loser: usize,
    },
    Archive {
        person: usize,
    },
    Wait,
}

fn step() -> impl Strategy<Value = Step> {
    let person = 0..6_usize;
    prop_oneof![
        4 => (person.clone(), any::<bool>(), any::<bool>())
            .prop_map(|(person, lost, at_once)| Step::Create { person, lost, at_once }),
        4 => (person.clone(), any::<u8>(), any::<bool>())
            .prop_map(|(person, city, lost)| Step::Update { person, city, lost }),
        1 => (person.clone(), any::<u8>()).prop_map(|(person, city)| Step::ChangedMeanwhile { person, city }),
        1 => (person.clone(), person.clone()).prop_map(|(winner, loser)| Step::Merge { winner, loser }),
        1 => person.prop_map(|person| Step::Archive { person }),
        1 => Just(Step::Wait),
    ]
}

/// The expected state of HubSpot: who has which e-mail address, and the city of each contact; empty for none.
#[derive(Debug, Default)]
struct Model {
    /// The id of the contact who has this person's address, by the person's number.
    contact_of: BTreeMap<usize, String>,
    city_of: BTreeMap<String, String>,
    /// Ids of merged contacts, with the contact each was merged into.
    merged: BTreeMap<String, String>,
}

fn email(person: usize) -> String {
    format!("person{person}@model.example")
}

fn lose_next(world: &World, method: &str, path: &str, after: u32) {
    let mut fault = Fault::once(Effect::LostAnswer);
    (fault.matches.method, fault.matches.path) = (Some(method.into()), Some(path.into()));
    fault.after = after;
    world.sandbox.inject_fault(fault);
}

impl Model {
    async fn apply(&mut self, world: &World, step: &Step) {
        match step {
            Step::Create { person, lost, at_once } => self.create(world, *person, *lost, *at_once).await,
            Step::Update { person, city, lost } => self.update(world, *person, *city, *lost).await,
            Step::ChangedMeanwhile { person, city } => self.changed_meanwhile(world, *person, *city).await,
            Step::Merge { winner, loser } => self.merge(world, *winner, *loser).await,
            Step::Archive { person } => self.archive(world, *person),
            Step::Wait => tokio::time::sleep(std::time::Duration::from_secs(10)).await,
        }
    }

    async fn create(&mut self, world: &World, person: usize, lost: bool, at_once: bool) {
        let known = self.contact_of.get(&person).cloned();
        if lost && known.is_none() {
            lose_next(world, "POST", "/crm/objects/2026-09/contacts", 1);
        }
        let wanted = json!({"properties": {"email": email(person), "firstname": format!("P{person}")}});
        let first = world.call("create_contact", wanted.clone());
        let (answer, second) = if at_once {
            let (first, second) = tokio::join!(first, world.call("create_contact", wanted));
            (first.unwrap(), Some(second.unwrap()))
        } else {
            (first.await.unwrap(), None)
        };
        let made = [Some(&answer), second.as_ref()].into_iter().flatten().filter(|one| one["created"] == true).count();
        assert_eq!(made, usize::from(known.is_none()), "{answer} {second:?}");
        assert!(second.is_none_or(|second| second["contact"]["contact_id"] == answer["contact"]["contact_id"]));
        let id = answer["contact"]["contact_id"].as_str().unwrap().to_owned();
        match known {
            Some(known) => assert_eq!(known, id),
            None => {
                self.city_of.insert(id.clone(), String::new());
                self.contact_of.insert(person, id);
            }
        }
    }

    async fn update(&mut self, world: &World, person: usize, city: u8, lost: bool) {
        let change = json!({"contact": email(person), "properties": {"city": format!("City {city}")}});
        let Some(id) = self.contact_of.get(&person).cloned() else {
            assert_eq!(world.code("update_contact", change).await, "USER_NOT_FOUND_ERROR");
            return;
        };
        let before = self.city_of[&id].clone();
        let after = format!("City {city}");
        if lost && before != after {
            lose_next(world, "PATCH", "/crm/objects/2026-09/contacts", 0);
        }
        let answer = world.call("update_contact", change).await.unwrap();
        assert_eq!(answer["contact_id"], id);
        let told = answer["changes"].get("city").cloned();
        let expected = (before != after).then(|| json!({"before": before, "after": after}));
        assert_eq!(told, expected, "{answer}");
        self.city_of.insert(id, after);
    }

    async fn changed_meanwhile(&mut self, world: &World, person: usize, city: u8) {
        let Some(id) = self.contact_of.get(&person).cloned() else { return };
        let seen = world.call("get_contact", json!({"contact": id})).await.unwrap()["updated_at"].clone();
        tokio::time::advance(std::time::Duration::from_millis(10)).await;
        let path = format!("/crm/v3/objects/contacts/{id}");
        let theirs = format!("Their city {city}");
        ask_sandbox(world, "PATCH", &path, json!({"properties": {"city": theirs}})).await;
        self.city_of.insert(id.clone(), theirs.clone());
        let change = json!({"contact": id, "properties": {"city": "Ours"}, "if_updated_at": seen});
        let error = world.call("update_contact", change).await.unwrap_err();
        assert_eq!((&error["code"], &error["now"]["city"]), (&json!("CHANGED_ERROR"), &json!(theirs)));
    }

    async fn merge(&mut self, world: &World, winner: usize, loser: usize) {
        let ids = (self.contact_of.get(&winner).cloned(), self.contact_of.get(&loser).cloned());
        let (Some(winner), Some(loser)) = ids else { return };
        if winner == loser {
            return;
        }
        let body = json!({"primaryObjectId": winner, "objectIdToMerge": loser});
        ask_sandbox(world, "POST", "/crm/v3/objects/contacts/merge", body).await;
        let city = self.city_of.remove(&loser).unwrap();
        let kept = self.city_of.get_mut(&winner).unwrap();
        if kept.is_empty() {
            *kept = city;
        }
        self.contact_of.values_mut().filter(|id| **id == loser).for_each(|id| id.clone_from(&winner));
        self.merged.values_mut().filter(|into| **into == loser).for_each(|into| into.clone_from(&winner));
        self.merged.insert(loser, winner);
    }

    fn archive(&mut self, world: &World, person: usize) {
        let Some(id) = self.contact_of.get(&person).cloned() else { return };
        assert!(world.sandbox.archive("contacts", id.parse().unwrap()));
        self.contact_of.retain(|_, of| *of != id);
        self.city_of.remove(&id);
        self.merged.retain(|_, into| *into != id);
    }

    /// Checks that each contact is found by address, by id, and by an id from before a merge.
    async fn check(&self, world: &World) {
        for person in 0..6 {
            let found = world.call("search_contacts", json!({"query": email(person)})).await.unwrap();
            let ids: Vec<_> = found["contacts"].as_array().unwrap().iter().map(|one| &one["contact_id"]).collect();
            let expected: Vec<Value> = self.contact_of.get(&person).map(|id| json!(id)).into_iter().collect();
            assert_eq!(ids, expected.iter().collect::<Vec<_>>(), "person {person}: {self:?}");
        }
        for (id, city) in &self.city_of {
            let card = world.call("get_contact", json!({"contact": id, "properties": ["city"]})).await.unwrap();
            assert_eq!(card["properties"]["city"], json!(city), "{id}: {self:?}");
        }
        for (loser, winner) in &self.merged {
            let card = world.call("get_contact", json!({"contact": loser})).await.unwrap();
            assert_eq!((&card["contact_id"], &card["merged_from"]), (&json!(winner), &json!(loser)), "{self:?}");
        }
    }

    /// Checks the search index after it has caught up.
    async fn check_index(&self, world: &World) {
        world.sandbox.flush_search();
        for (id, city) in self.city_of.iter().filter(|(_, city)| !city.is_empty()) {
            let asked = json!({"filters": {"city": [city], "email": "*@model.example"}, "limit": 100});
            let found = world.call("search_contacts", asked).await.unwrap();
            let same = self.city_of.values().filter(|other| *other == city).count();
            assert_eq!(found["total"], same, "{city}: {self:?}");
            assert!(found["contacts"].to_string().contains(id.as_str()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_records_agree_with_a_model_of_them(steps in prop::collection::vec(step(), 1..20)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let settings = hubspot_sandbox::Settings { search_lag_ms: 5_000, ..hubspot_sandbox::Settings::default() };
            let world = World::with(settings, hubspot_client::Settings { seed: Some(1), ..hubspot_client::Settings::default() }).await;
            let mut model = Model::default();
            for step in &steps {
                model.apply(&world, step).await;
                model.check(&world).await;
            }
            model.check_index(&world).await;
        });
    }
}
