//! Paging returns every record exactly once, whatever the size of a page.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::property_tests::{ids, runtime};
use crate::test_client::{Client, client};

/// Returns the ids of all pages. `after` is sent as it was received.
async fn walk(client: &Client, path: &str, name: &str) -> Vec<String> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{path}{after}")).await.expect(200);
        all.extend(ids(&page, name));
        match page["paging"]["next"]["after"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return all,
        }
    }
}

pub(super) async fn walk_search(client: &Client, request: &Value, limit: usize) -> Vec<String> {
    let (mut all, mut after) = (Vec::new(), json!(null));
    loop {
        let mut request = request.clone();
        request["limit"] = limit.into();
        request["after"] = after;
        let page = client.post("/crm/v3/objects/contacts/search", request).await.expect(200);
        all.extend(ids(&page, "id"));
        match &page["paging"]["next"]["after"] {
            Value::Null => return all,
            next => after = next.clone(),
        }
    }
}

fn once(all: &[String]) -> bool {
    all.iter().collect::<BTreeSet<_>>().len() == all.len()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn paging_returns_every_record_once(people in 0_usize..60, limit in 1_usize..20) {
        runtime().block_on(async {
            let client = client();
            client.sandbox.generate_contacts(people as u64);
            let contacts = walk(&client, &format!("/crm/v3/objects/contacts?limit={limit}"), "id").await;
            prop_assert!(once(&contacts) && contacts.len() == people + 7);
            for sorts in [json!([]), json!(["-createdate"]), json!(["firstname"])] {
                let found = walk_search(&client, &json!({"sorts": sorts}), limit).await;
                prop_assert!(once(&found) && found.len() == people + 7);
            }
            let links = walk(&client, &format!("/scheduler/v3/meetings/meeting-links?limit={limit}"), "slug").await;
            prop_assert!(once(&links) && links.len() == 7);
            let owners = walk(&client, &format!("/crm/v3/owners?limit={limit}"), "id").await;
            prop_assert!(once(&owners) && owners.len() == 3);
            Ok(())
        })?;
    }
}
