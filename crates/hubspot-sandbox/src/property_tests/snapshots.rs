//! The snapshot of any account can be restored and equals the snapshot of the restored account. A request that returns
//! an error leaves the account unchanged.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::conversing::VisitorMessage;
use crate::property_tests::runtime;
use crate::test_client::{Client, Reply, SARAH, client};

const TOM: &str = "84246480117";
const OWN: &str = "/crm/v3/properties/contacts";

/// A write. Several of them in a row may lead to a state that a seed file cannot hold.
#[derive(Clone, Debug)]
struct Write(&'static str, String, Value);

fn email() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a@x.com", "B@x.com", "sarah@gmail.com", "aiko@sato.jp", ""])
}

fn contact() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![SARAH, TOM, "84246481952"])
}

/// A type for a custom property, and a value for it.
fn type_and_value() -> impl Strategy<Value = (&'static str, &'static str)> {
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
            let traced_error =
                |id: &str, email| json!({"id": id, "properties": {"email": email}, "objectWriteTraceId": id});
            post("batch/update", json!({"inputs": [traced_error(SARAH, one), traced_error(TOM, other)]}))
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
        (type_and_value(), any::<bool>()).prop_map(move |((value_type, _), unique)| {
            let own = json!({
                "name": "own", "label": "Own", "type": value_type, "fieldType": "checkbox",
                "groupName": "contactinformation", "options": options(2), "hasUniqueValue": unique
            });
            Write("POST", OWN.into(), own)
        }),
        (0_usize..3).prop_map(move |n| Write("PATCH", format!("{OWN}/own"), json!({"options": options(n)}))),
        Just(Write("DELETE", format!("{OWN}/own"), json!(null))),
        Just(Write("PATCH", format!("{OWN}/lifecyclestage"), json!({"options": []}))),
        (contact(), type_and_value()).prop_map(|(id, (_, value))| {
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

/// Writes of visitors, of agents, and of an app in the thread that every run begins with.
fn on_conversations() -> impl Strategy<Value = Write> {
    let admin = |path: &str, body: Value| Write("POST", format!("/__sandbox/conversations/{path}"), body);
    let thread = "6065362089";
    let of_thread = move |rest: &str| format!("/conversations/conversations/2026-09/threads/{thread}{rest}");
    let file = json!({"name": "a.txt", "mime": "text/plain", "base64": "YQ=="});
    let text = prop::sample::select(vec!["hello", "Yes.\n> No?", "", "ö\u{0}\"<b>"]);
    let channel = prop::sample::select(vec!["chat", "email", "form"]);
    let message = json!({
        "type": "MESSAGE", "text": "Hi", "senderActorId": "A-9586504", "channelId": "1002", "recipients": [
            {"deliveryIdentifiers": [{"type": "HS_EMAIL_ADDRESS", "value": "a@x.com"}]}
        ], "channelAccountId": "3551452842", "attachments": []
    });
    prop_oneof![
        (channel, email(), text, any::<bool>()).prop_map(move |(channel, email, text, again)| {
            let files = if again { json!([file]) } else { json!([]) };
            let thread = again.then_some(thread);
            admin(
                "visitor-messages",
                json!({
                    "channel": channel, "email": email, "text": text, "thread": thread, "attachments": files
                }),
            )
        }),
        any::<bool>().prop_map(move |internal| {
            let body = json!({"thread": thread, "user_id": 9_586_504, "text": "Hi", "internal": internal});
            admin("agent-messages", body)
        }),
        Just(admin("assignments", json!({"thread": thread, "user_id": 9_586_742}))),
        Just(admin("moves", json!({"thread": thread, "inbox": 948_000_001}))),
        Just(admin("departures", json!({"thread": thread}))),
        Just(Write("POST", of_thread("/messages"), message)),
        Just(Write("POST", of_thread("/messages"), json!({"type": "COMMENT", "text": "a"}))),
        Just(Write("PATCH", of_thread(""), json!({"status": "CLOSED"}))),
        Just(Write("PATCH", of_thread("?archived=true"), json!({"archived": false}))),
        Just(Write("DELETE", of_thread(""), json!(null))),
        Just(Write("PUT", of_thread("/assignee"), json!({"actorId": "A-9586504"}))),
        Just(Write("DELETE", of_thread("/assignee"), json!(null))),
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

/// Returns the first line in which two snapshots differ.
fn difference(one: &str, other: &str) -> Option<(String, String)> {
    let lines = one.lines().zip(other.lines()).find(|(one, other)| one != other);
    lines.map(|(one, other)| (one.to_owned(), other.to_owned()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_account_can_be_restored_and_an_error_changes_nothing(
        writes in prop::collection::vec(prop_oneof![on_contacts(), on_properties(), on_associations(), on_conversations(), on_the_rest()], 1..16),
        hostile in prop::collection::vec(crate::property_tests::hostile_input::request(), 0..6),
    ) {
        runtime().block_on(async {
            let (again, client) = (client(), client());
            client.sandbox.visitor_writes(VisitorMessage::chat("hello")).unwrap();
            let mut before = client.sandbox.snapshot();
            for write in &writes {
                let reply = write.send(&client).await;
                let after = client.sandbox.snapshot();
                prop_assert!(reply.status < 400 || difference(&before, &after).is_none(), "{:?} returned an error, but changed the account", write);
                before = after;
            }
            for request in &hostile {
                let reply = request.send(&client).await;
                let after = client.sandbox.snapshot();
                prop_assert!(reply.status < 400 || difference(&before, &after).is_none(), "{:?} returned an error, but changed the account", request);
                before = after;
            }
            if let Err(error) = again.sandbox.restore(&before) {
                panic!("{error}");
            }
            prop_assert_eq!(difference(&again.sandbox.snapshot(), &before), None);
            Ok(())
        })?;
    }
}
