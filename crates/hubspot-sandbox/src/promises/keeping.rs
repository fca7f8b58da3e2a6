//! Whatever clients do to an account, it can be kept: its dump is taken back and says the same. And what is refused leaves
//! the account as it was.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::testing::{Client, Reply, SARAH, client};
use super::runtime;

const TOM: &str = "84246480117";
const OWN: &str = "/crm/v3/properties/contacts";

/// A request of which several in a row may leave behind what a seed file could not say.
#[derive(Clone, Debug)]
struct Write(&'static str, String, Value);

fn email() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a@x.com", "B@x.com", "sarah@gmail.com", "aiko@sato.jp", ""])
}

fn contact() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![SARAH, TOM, "84246481952"])
}

/// What a property may be called, made into, and filled with.
fn kind_and_value() -> impl Strategy<Value = (&'static str, &'static str)> {
    let types = vec!["string", "number", "enumeration", "date", "datetime", "bool"];
    let values = vec!["abc", "1", "x", "x;y", "2026-11-22", "true", ""];
    (prop::sample::select(types), prop::sample::select(values))
}

fn on_contacts() -> impl Strategy<Value = Write> {
    let post = |verb: &str, body: Value| Write("POST", format!("/crm/v3/objects/contacts/{verb}"), body);
    let address = |id: &str, email: &str| json!({"id": id, "properties": {"email": email}});
    prop_oneof![
        email().prop_map(move |email| post("", json!({"properties": {"email": email, "firstname": "A"}}))),
        (email(), email()).prop_map(move |(one, other)| {
            post("batch/update", json!({"inputs": [address(SARAH, one), address(TOM, other)]}))
        }),
        (email(), email()).prop_map(move |(one, other)| {
            let traced = |id: &str, email| json!({"id": id, "properties": {"email": email}, "objectWriteTraceId": id});
            post("batch/update", json!({"inputs": [traced(SARAH, one), traced(TOM, other)]}))
        }),
        (email(), email(), email()).prop_map(move |(id, new, other)| {
            let changed = json!({"id": id, "idProperty": "email", "properties": {"email": new}});
            let made = json!({"id": other, "idProperty": "email", "properties": {"firstname": "B"}});
            post("batch/upsert", json!({"inputs": [changed, made]}))
        }),
        (contact(), email()).prop_map(|(id, email)| {
            let more = json!({"properties": {"hs_additional_emails": email}});
            Write("PATCH", format!("/crm/v3/objects/contacts/{id}"), more)
        }),
        (contact(), contact()).prop_map(move |(winner, loser)| {
            post("merge", json!({"primaryObjectId": winner, "objectIdToMerge": loser}))
        }),
        contact().prop_map(move |id| post("gdpr-delete", json!({"objectId": id}))),
        contact().prop_map(move |id| post("batch/archive", json!({"inputs": [{"id": id}]}))),
    ]
}

fn on_properties() -> impl Strategy<Value = Write> {
    let options = |n: usize| json!([json!({"label": "x", "value": "x"}), json!({"label": "y", "value": "y"})][..n]);
    prop_oneof![
        (kind_and_value(), any::<bool>()).prop_map(move |((value_type, _), unique)| {
            let own = json!({
                "name": "own", "label": "Own", "type": value_type, "fieldType": "checkbox",
                "groupName": "contactinformation", "options": options(2), "hasUniqueValue": unique
            });
            Write("POST", OWN.into(), own)
        }),
        (0_usize..3).prop_map(move |n| Write("PATCH", format!("{OWN}/own"), json!({"options": options(n)}))),
        Just(Write("DELETE", format!("{OWN}/own"), json!(null))),
        Just(Write("PATCH", format!("{OWN}/lifecyclestage"), json!({"options": []}))),
        (contact(), kind_and_value()).prop_map(|(id, (_, value))| {
            Write("PATCH", format!("/crm/v3/objects/contacts/{id}"), json!({"properties": {"own": value}}))
        }),
    ]
}

fn on_associations() -> impl Strategy<Value = Write> {
    let company = prop::sample::select(vec!["28904455120", "28904460873"]);
    let pair = move |id: &str, company: &str, type_id: u32| {
        let types = json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}]);
        json!({"inputs": [{"from": {"id": id}, "to": {"id": company}, "types": types}]})
    };
    let path = |verb: &str| format!("/crm/v4/associations/contacts/companies/{verb}");
    let label = json!({"label": "Buyer", "name": "buyer", "inverseLabel": "Bought by"});
    prop_oneof![
        (contact(), company, prop::sample::select(vec![1_u32, 279]), any::<bool>()).prop_map(
            move |(id, company, type_id, together)| {
                let verb = if together { "batch/create" } else { "batch/labels/archive" };
                Write("POST", path(verb), pair(id, company, type_id))
            }
        ),
        Just(Write("POST", path("labels"), label)),
        Just(Write("DELETE", path("labels/36"), json!(null))),
        (contact(), contact()).prop_map(|(one, other)| {
            Write("PUT", format!("/crm/v4/objects/contacts/{one}/associations/default/contacts/{other}"), json!(null))
        }),
    ]
}

fn on_the_rest() -> impl Strategy<Value = Write> {
    let stages = json!([{"label": "One"}, {"label": "Two", "metadata": {"isClosed": "true"}}]);
    let slot = json!({
        "slug": "richtech/veronica-chen", "duration": 1_800_000, "startTime": 1_796_148_000_000_i64,
        "email": "new@x.com", "firstName": "New", "lastName": "Guest"
    });
    prop_oneof![
        Just(Write("POST", "/crm/v3/pipelines/tickets".into(), json!({"label": "Own", "stages": stages}))),
        Just(Write("DELETE", "/crm/v3/pipelines/tickets/0".into(), json!(null))),
        Just(Write("POST", "/crm/v3/pipelines/tickets/0/stages".into(), json!({"label": "New"}))),
        Just(Write("POST", "/scheduler/v3/meetings/meeting-links/book".into(), slot)),
        Just(Write("POST", "/crm/v3/properties/contacts/groups".into(), json!({"name": "g", "label": "G"}))),
        Just(Write("POST", "/__sandbox/clock".into(), json!({"advance_ms": 1_000}))),
    ]
}

impl Write {
    async fn send(&self, client: &Client) -> Reply {
        let Write(method, path, body) = self;
        let reply = client.send(method.parse().unwrap(), path, body.to_string()).await;
        assert!(reply.status < 500, "{self:?} -> {} {}", reply.status, reply.text);
        reply
    }
}

/// The first line in which two accounts differ.
fn difference(one: &str, other: &str) -> Option<(String, String)> {
    let lines = one.lines().zip(other.lines()).find(|(one, other)| one != other);
    lines.map(|(one, other)| (one.to_owned(), other.to_owned()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_an_account_holds_can_be_kept_and_what_is_refused_is_not_done(
        writes in prop::collection::vec(prop_oneof![on_contacts(), on_properties(), on_associations(), on_the_rest()], 1..16),
        hostile in prop::collection::vec(super::hostile::request(), 0..6),
    ) {
        runtime().block_on(async {
            let (again, client) = (client(), client());
            let mut kept = client.sandbox.snapshot();
            for write in &writes {
                let reply = write.send(&client).await;
                let after = client.sandbox.snapshot();
                prop_assert!(reply.status < 400 || difference(&kept, &after).is_none(), "{:?} was refused, but done", write);
                kept = after;
            }
            for request in &hostile {
                let reply = request.send(&client).await;
                let after = client.sandbox.snapshot();
                prop_assert!(reply.status < 400 || difference(&kept, &after).is_none(), "{:?} was refused, but done", request);
                kept = after;
            }
            if let Err(error) = again.sandbox.restore(&kept) {
                panic!("{error}");
            }
            prop_assert_eq!(difference(&again.sandbox.snapshot(), &kept), None);
            Ok(())
        })?;
    }
}
