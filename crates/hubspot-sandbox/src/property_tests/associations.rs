//! Both records of a pair see the same associations.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use crate::property_tests::{ids, runtime};
use crate::test_client::{Client, client};

/// Adds or removes the association of a pair, from either record and by either endpoint.
#[derive(Clone, Copy, Debug)]
struct Step {
    contact: usize,
    ticket: usize,
    is_added: bool,
    from_ticket: bool,
    in_batch: bool,
}

fn step() -> impl Strategy<Value = Step> {
    (0_usize..4, 0_usize..4, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(contact, ticket, is_added, from_ticket, in_batch)| Step { contact, ticket, is_added, from_ticket, in_batch },
    )
}

async fn make(client: &Client, step: Step) {
    let (contact, ticket) = (1 + step.contact, 11 + step.ticket);
    let (from, to) = if step.from_ticket { ("tickets", "contacts") } else { ("contacts", "tickets") };
    let (from_id, to_id) = if step.from_ticket { (ticket, contact) } else { (contact, ticket) };
    let reply = match (step.in_batch, step.is_added) {
        (true, true) => {
            let body = json!({"inputs": [{"from": {"id": from_id}, "to": {"id": to_id}}]});
            client.post(&format!("/crm/associations/2026-09/{from}/{to}/batch/associate/default"), body).await
        }
        (true, false) => {
            let body = json!({"inputs": [{"from": {"id": from_id}, "to": [{"id": to_id}]}]});
            client.post(&format!("/crm/v4/associations/{from}/{to}/batch/archive"), body).await
        }
        (false, true) => {
            client
                .put(&format!("/crm/v4/objects/{from}/{from_id}/associations/default/{to}/{to_id}"), json!(null))
                .await
        }
        (false, false) => client.delete(&format!("/crm/v4/objects/{from}/{from_id}/associations/{to}/{to_id}")).await,
    };
    assert!(reply.status < 300, "{}", reply.text);
}

async fn seen(client: &Client, from: &str, to: &str, id: usize) -> BTreeSet<String> {
    let page = client.get(&format!("/crm/v4/objects/{from}/{id}/associations/{to}")).await.expect(200);
    ids(&page, "toObjectId").into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn both_records_see_the_same_associations(steps in prop::collection::vec(step(), 0..24)) {
        runtime().block_on(async {
            let client = client();
            let records = |first: usize| (first..first + 4).map(|id| json!({"id": id.to_string()})).collect::<Vec<_>>();
            let seed = json!({"version": 1, "records": {"contacts": records(1), "tickets": records(11)}});
            client.sandbox.restore(&seed.to_string()).unwrap();
            let mut pairs = BTreeSet::new();
            for step in steps {
                make(&client, step).await;
                let pair = (1 + step.contact, 11 + step.ticket);
                if step.is_added { pairs.insert(pair) } else { pairs.remove(&pair) };
            }
            for contact in 1..=4 {
                let expected = pairs.iter().filter(|pair| pair.0 == contact).map(|pair| pair.1.to_string()).collect();
                prop_assert_eq!(seen(&client, "contacts", "tickets", contact).await, expected);
            }
            for ticket in 11..=14 {
                let expected = pairs.iter().filter(|pair| pair.1 == ticket).map(|pair| pair.0.to_string()).collect();
                prop_assert_eq!(seen(&client, "tickets", "contacts", ticket).await, expected);
            }
            Ok(())
        })?;
    }
}
