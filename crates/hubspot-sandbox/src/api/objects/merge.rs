//! Merging two records into one, and erasing a record for good ("GDPR delete").

use serde::Deserialize;
use serde_json::Value;

use crate::api::api_error::{ApiError, object_not_found};
use crate::api::call::ApiCall;
use crate::api::input::text_or_number;
use crate::api::objects::find;
use crate::api::objects::view::ReadOptions;
use crate::api::response::ApiResponse;
use crate::model::associations::{Label, RecordKey};
use crate::model::conversations::changes;
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::model::record::{Name, Record};
use crate::model::table::emails;
use crate::model::{associate, association_type};

/// E-mail addresses of one contact.
const IDENTITIES_MAX: usize = 250;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MergeInput {
    #[serde(deserialize_with = "text_or_number")]
    primary_object_id: String,
    #[serde(deserialize_with = "text_or_number")]
    object_id_to_merge: String,
}

/// Merges two records. The winner keeps its values, takes from the loser those that it lacks, and is found by the
/// loser's id from now on.
pub(crate) fn merge(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let object_type = call.object_type("type")?;
    let input: MergeInput = call.json()?;
    let winner = live(portal, object_type, &input.primary_object_id)?.clone();
    let loser = live(portal, object_type, &input.object_id_to_merge)?.clone();
    if winner.id == loser.id {
        return Err(ApiError::invalid("Cannot merge an object with itself"));
    }
    if emails(&winner).chain(emails(&loser)).count() > IDENTITIES_MAX {
        return Err(ApiError::new(414, "Cannot have more than 250 identities on a profile"));
    }
    merge_into(portal, object_type, &winner, &loser);
    let options = ReadOptions::new(object_type, Vec::new(), Vec::new(), Vec::new());
    let merged = portal.table(object_type).get(winner.id);
    Ok(ApiResponse::ok(merged.map_or(Value::Null, |record| options.render(portal, object_type, record))))
}

fn live<'a>(portal: &'a Portal, object_type: ObjectType, id: &str) -> Result<&'a Record, ApiError> {
    let found = find::record(portal, object_type, id, None)?;
    found.filter(|record| !record.is_archived()).ok_or_else(|| object_not_found(id))
}

fn merge_into(portal: &mut Portal, object_type: ObjectType, winner: &Record, loser: &Record) {
    let inherited = inherited(portal, object_type, winner, loser);
    let (now_ms, indexing) = (portal.now_ms(), portal.indexing());
    move_associations(portal, (object_type, loser.id), (object_type, winner.id));
    portal.table_mut(object_type).absorb(loser.id, winner.id, indexing);
    if object_type == ObjectType::Contacts {
        changes::give_to(portal, loser.id, winner.id);
    }
    portal.change(object_type, winner.id, |record| {
        inherited.iter().for_each(|(name, text)| record.set(name, text, now_ms, loser.source));
        record.created_ms = record.created_ms.min(loser.created_ms);
        record.merged_ids.push(loser.id);
        record.merged_ids.extend(&loser.merged_ids);
    });
}

/// Returns the values that the winner takes from the loser. Their e-mail addresses are joined.
fn inherited(portal: &Portal, object_type: ObjectType, winner: &Record, loser: &Record) -> Vec<(Name, String)> {
    let lacking = loser.values().filter(|(name, _)| winner.get(name).is_none() && &***name != "hs_additional_emails");
    let mut values: Vec<_> = lacking.map(|(name, version)| (name.clone(), version.text.to_string())).collect();
    if let Some(name) = portal.name(object_type, "hs_additional_emails") {
        let has_primary = winner.get("email").is_some();
        let own = emails(winner).skip(usize::from(has_primary));
        let other = emails(loser).skip(usize::from(!has_primary && loser.get("email").is_some()));
        values.push((name, own.chain(other).collect::<Vec<_>>().join(";")));
    }
    values
}

fn move_associations(portal: &mut Portal, from: RecordKey, to: RecordKey) {
    let all: Vec<(RecordKey, Vec<Label>)> =
        portal.associations.of_any(from).map(|(other, labels)| (other, labels.to_vec())).collect();
    for (other, labels) in all.into_iter().filter(|(other, _)| *other != to) {
        labels.into_iter().for_each(|label| {
            let label = inherited_label(portal, to, other, label);
            associate::add_quietly(portal, to, other, label);
        });
    }
    portal.associations.remove_all_of(from);
}

/// Returns the label that the winner gets for one of the loser. The primary company of the winner stays primary; that
/// of the loser gets the default label.
fn inherited_label(portal: &Portal, winner: RecordKey, other: RecordKey, label: Label) -> Label {
    let default =
        association_type::default(winner.0, other.0).filter(|_| associate::replaces_primary(portal, winner, label));
    default.map_or(label, |default| associate::hubspot_label(default.type_id))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EraseInput {
    #[serde(deserialize_with = "text_or_number")]
    object_id: String,
    #[serde(default)]
    id_property: Option<String>,
}

/// Erases a record for good: no archived record is left.
pub(crate) fn gdpr_delete(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let object_type = call.object_type("type")?;
    let input: EraseInput = call.json()?;
    let found = find::record(portal, object_type, &input.object_id, input.id_property.as_deref())?;
    if let Some(id) = found.map(|record| record.id) {
        portal.associations.remove_all_of((object_type, id));
        portal.table_mut(object_type).erase(id);
        if object_type == ObjectType::Contacts {
            changes::erase_of(portal, id);
        }
    }
    Ok(ApiResponse::no_content())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::conversing::VisitorMessage;
    use crate::test_client::{SARAH, client};

    const AIKO: &str = "84246481952";

    #[tokio::test(start_paused = true)]
    async fn the_losers_conversations_are_the_winners() {
        let client = client();
        let hello = VisitorMessage { contact: Some(AIKO.parse().unwrap()), ..VisitorMessage::chat("hello") };
        let thread = client.sandbox.visitor_writes(hello).unwrap().thread_id;
        let merge = json!({"primaryObjectId": SARAH, "objectIdToMerge": AIKO});
        client.post("/crm/v3/objects/contacts/merge", merge).await.expect(200);
        let thread = client.get(&format!("/conversations/v3/conversations/threads/{thread}")).await.expect(200);
        assert_eq!(thread["associatedContactId"], SARAH);
    }

    #[tokio::test(start_paused = true)]
    async fn the_losers_id_addresses_and_associations_lead_to_the_winner() {
        let client = client();
        let body = json!({"primaryObjectId": SARAH, "objectIdToMerge": AIKO});
        let merged = client.post("/crm/v3/objects/contacts/merge", body.clone()).await.expect(200);
        assert_eq!(merged["id"], SARAH);
        let path = format!(
            "/crm/v3/objects/contacts/{AIKO}?associations=tickets&properties=hs_additional_emails,hs_language,firstname,hs_merged_object_ids"
        );
        let found = client.get(&path).await.expect(200);
        assert_eq!(found["id"], SARAH);
        assert_eq!(
            found["properties"]["hs_additional_emails"],
            "aiko.sato@kissaten.jp;aiko@sato.jp;a.sato@kissaten.jp"
        );
        assert_eq!(
            (&found["properties"]["firstname"], &found["properties"]["hs_merged_object_ids"]),
            (&json!("Sarah"), &json!(AIKO))
        );
        assert_eq!(found["associations"]["tickets"]["results"][0]["id"], "33190415288");
        let by_email = client.get("/crm/v3/objects/contacts/aiko@sato.jp?idProperty=email").await.expect(200);
        assert_eq!(by_email["id"], SARAH);
        client.post("/crm/v3/objects/contacts/merge", body).await.expect(400);
        let unknown = json!({"primaryObjectId": SARAH, "objectIdToMerge": "1"});
        client.post("/crm/v3/objects/contacts/merge", unknown).await.expect(404);
    }

    #[tokio::test(start_paused = true)]
    async fn the_winner_keeps_its_primary_company() {
        let client = client();
        let primary = json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]);
        for company in ["28904455120", "28904460873"] {
            client
                .put(&format!("/crm/v4/objects/contacts/{AIKO}/associations/companies/{company}"), primary.clone())
                .await
                .expect(201);
        }
        let body = json!({"primaryObjectId": SARAH, "objectIdToMerge": AIKO});
        client.post("/crm/v3/objects/contacts/merge", body).await.expect(200);
        let of = client.get(&format!("/crm/v4/objects/contacts/{SARAH}/associations/companies")).await.expect(200);
        let types = |at: usize| of["results"][at]["associationTypes"].as_array().unwrap().len();
        assert_eq!((types(0), types(1)), (2, 1), "{of}");
        let (tom, freja) = ("84246480117", "118420663270");
        client
            .post("/crm/v3/objects/contacts/merge", json!({"primaryObjectId": freja, "objectIdToMerge": tom}))
            .await
            .expect(200);
        let of = client.get(&format!("/crm/v4/objects/contacts/{freja}/associations/companies")).await.expect(200);
        assert_eq!(of["results"][0]["associationTypes"][0]["label"], "Primary");
    }

    #[tokio::test(start_paused = true)]
    async fn an_erased_contact_is_not_even_archived() {
        let client = client();
        let body = json!({"objectId": "sarah@gmail.com", "idProperty": "email"});
        assert_eq!(client.post("/crm/v3/objects/contacts/gdpr-delete", body).await.status, 204);
        client.get(&format!("/crm/v3/objects/contacts/{SARAH}?archived=true")).await.expect(404);
    }
}
