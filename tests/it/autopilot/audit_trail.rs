//! The audit trail of the autopilot: each write to HubSpot has its line, and without a place for one nothing is written.

use std::collections::BTreeSet;

use frontdesk::tool::digest;
use hubspot_sandbox::LoggedRequest;
use serde_json::{Value, json};

use super::desk::{House, REPLY, both, pass};
use crate::audit::Trail;
use crate::inbox::SARAH;

const LEADS: &str = "[leads]\nwrite = true\nproperties = [\"city\"]\n[[leads.rules]]\nproperty = \"city\"\nvalue = \"Oslo\"\nreplace = true\nwords = [\"price\"]\n";

/// HubSpot's writes, by their correlation ids. A search, a batch read and a look at the token are POSTs that write nothing.
fn written(house: &House) -> Vec<LoggedRequest> {
    let reads = |sent: &LoggedRequest| {
        sent.method == "GET"
            || sent.path.starts_with("/oauth/")
            || sent.path.ends_with("/search")
            || sent.path.ends_with("/read")
    };
    house.sandbox.requests().into_iter().filter(|sent| !reads(sent)).collect()
}

fn told(lines: &[Value]) -> BTreeSet<&str> {
    let writes = lines.iter().flat_map(|line| line["writes"].as_array().unwrap());
    writes.flat_map(|write| write["correlation_ids"].as_array().unwrap()).map(|id| id.as_str().unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn every_write_has_its_line() {
    both(async |way| {
        // Of its turns, which only read here, there are lines too.
        let trail = Trail::with(1 << 20, true);
        let house = House::new(way, &format!("{REPLY}{LEADS}")).with_audit(&trail);
        let desk = house.open().await;
        house.sandbox.clear_requests();
        let thread = house.sarah("What is the price of ADAM?").thread_id;
        pass(90).await;
        house.more(thread, "I want to talk to a person");
        pass(180).await;
        let (lines, sent) = (trail.lines(), written(&house));
        let told = told(&lines);
        let silent: Vec<_> = sent.iter().filter(|sent| !told.contains(sent.correlation_id.as_str())).collect();
        assert!(silent.is_empty(), "{way:?}: {silent:?}");
        for part in ["/contacts/", "/messages", "/threads/"] {
            assert!(sent.iter().any(|sent| sent.path.contains(part)), "{way:?}: {part}: {sent:?}");
        }
        let ours: Vec<_> = lines.iter().filter(|line| line["by"] == "autopilot").collect();
        assert!(ours.len() >= 2 && ours.iter().all(|line| line["caller"] == "autopilot"), "{way:?}: {lines:?}");
        assert!(ours.iter().all(|line| line["call"].as_str().is_some_and(|id| !id.is_empty())), "{way:?}: {lines:?}");
        let of_turns: Vec<_> =
            lines.iter().filter(|line| line["caller"] == json!(format!("autopilot/{thread}"))).collect();
        let sarah = json!(digest::short(&format!("V-{SARAH}")));
        assert!(of_turns.iter().any(|line| line["actor"] == sarah), "{way:?}: {of_turns:#?}");
        assert!(of_turns.iter().all(|line| line["actor"].is_string()), "{way:?}: {of_turns:#?}");
        desk.close().await;
    })
    .await;
}
