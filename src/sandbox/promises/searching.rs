//! Search finds what a plain scan finds.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::testing::client;
use super::paging::walk_search;
use super::runtime;

/// The properties that searches are tried on, with values that meet now and then.
const NAMES: [&str; 4] = ["firstname", "company", "annualrevenue", "lifecyclestage"];

fn value_of(name: &'static str) -> BoxedStrategy<String> {
    match name {
        "annualrevenue" => (0_u32..6).prop_map(|number| number.to_string()).boxed(),
        "lifecyclestage" => prop::sample::select(vec!["lead", "customer", "other"]).prop_map(str::to_owned).boxed(),
        _ => prop::sample::select(vec!["Ada", "ada", "Bo", "Cy Cy", "bo-bo"]).prop_map(str::to_owned).boxed(),
    }
}

type Person = [Option<String>; 4];

fn person() -> impl Strategy<Value = Person> {
    let [a, b, c, d] = NAMES.map(|name| prop::option::of(value_of(name)));
    (a, b, c, d).prop_map(|(a, b, c, d)| [a, b, c, d])
}

#[derive(Clone, Debug)]
struct Condition {
    place: usize,
    operator: &'static str,
    value: String,
}

fn condition() -> impl Strategy<Value = Condition> {
    let operators = vec!["EQ", "NEQ", "LT", "GTE", "HAS_PROPERTY", "NOT_HAS_PROPERTY"];
    (0..NAMES.len(), prop::sample::select(operators)).prop_flat_map(|(place, operator)| {
        value_of(NAMES[place]).prop_map(move |value| Condition { place, operator, value })
    })
}

/// What the operators mean, said once more and plainly.
fn holds(condition: &Condition, person: &Person) -> bool {
    let (value, name) = (&condition.value, NAMES[condition.place]);
    let Some(own) = &person[condition.place] else { return matches!(condition.operator, "NEQ" | "NOT_HAS_PROPERTY") };
    let order = match name {
        "annualrevenue" => own.parse::<u32>().unwrap().cmp(&value.parse().unwrap()),
        "lifecyclestage" => own.cmp(value),
        _ => own.to_lowercase().cmp(&value.to_lowercase()),
    };
    match condition.operator {
        "EQ" => order.is_eq(),
        "NEQ" => order.is_ne(),
        "LT" => order.is_lt(),
        "GTE" => order.is_ge(),
        operator => operator == "HAS_PROPERTY",
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn search_agrees_with_a_plain_scan(
        people in prop::collection::vec(person(), 0..20),
        groups in prop::collection::vec(prop::collection::vec(condition(), 1..4), 0..4),
        limit in 1_usize..30,
    ) {
        runtime().block_on(async {
            let client = client();
            let records = people.iter().enumerate().map(|(at, person)| {
                let values = NAMES.iter().zip(person).filter_map(|(name, value)| Some(((*name).to_owned(), json!(value.as_ref()?))));
                json!({"id": (at + 1).to_string(), "properties": values.collect::<serde_json::Map<_, _>>()})
            });
            let seed = json!({"version": 1, "records": {"contacts": records.collect::<Vec<_>>()}});
            client.sandbox.restore(&seed.to_string()).unwrap();
            let filter = |one: &Condition| json!({"propertyName": NAMES[one.place], "operator": one.operator, "value": one.value});
            let asked: Vec<Value> = groups.iter().map(|group| json!({"filters": group.iter().map(filter).collect::<Vec<_>>()})).collect();
            let found = walk_search(&client, &json!({"filterGroups": asked}), limit).await;
            let wanted = |person: &Person| groups.is_empty() || groups.iter().any(|group| group.iter().all(|one| holds(one, person)));
            let expected = people.iter().enumerate().filter(|(_, person)| wanted(person)).map(|(at, _)| (at + 1).to_string());
            prop_assert_eq!(found, expected.collect::<Vec<_>>());
            Ok(())
        })?;
    }
}
