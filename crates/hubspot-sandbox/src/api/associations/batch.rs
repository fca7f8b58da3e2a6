//! Many associations at once: read, create, archive.

use serde::Deserialize;
use serde_json::{Value, json};

use super::labels::object_types;
use super::pair::{associate_by_default, associated, associated_with_itself, pair_with_labels, parse_labels};
use crate::api::api_error::ApiError;
use crate::api::batch::{batch_response, inputs};
use crate::api::call::ApiCall;
use crate::api::input::{AssociationTypeInput, Target, text_or_number};
use crate::api::objects::find;
use crate::api::response::ApiResponse;
use crate::model::associate;
use crate::model::associations::{Label, RecordKey};
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;

/// HubSpot's limits on the inputs of a batch.
const READ_MAX: usize = 1_000;
const CREATE_MAX: usize = 2_000;
const ARCHIVE_MAX: usize = 100;
/// Associations of one record on one page of a batch read.
const PAGE: usize = 500;

#[derive(Deserialize)]
struct ReadInput {
    #[serde(deserialize_with = "text_or_number")]
    id: String,
    #[serde(default)]
    after: Option<String>,
}

/// Reads the associations of each record. One without any is an error entry, not an empty list.
pub(crate) fn read(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (from, to) = object_types(call)?;
    let inputs: Vec<ReadInput> = inputs(call, READ_MAX)?;
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for input in inputs {
        match read_one(portal, from, to, &input) {
            Ok(result) => results.push(result),
            Err(error) => errors.push(error),
        }
    }
    Ok(batch_response(portal, call, 200, results, errors))
}

fn read_one(portal: &Portal, from: ObjectType, to: ObjectType, input: &ReadInput) -> Result<Value, Value> {
    let key = find::live(portal, from, &input.id).ok_or_else(|| no_such_record(from, &input.id))?;
    let first: u64 = input.after.as_deref().and_then(|after| after.parse().ok()).unwrap_or(0);
    let mut all = portal.associations.of(key, to).filter(|(id, _)| *id >= first);
    let page: Vec<Value> =
        all.by_ref().take(PAGE).map(|(id, labels)| associated(portal, from, to, id, labels)).collect();
    if page.is_empty() {
        return Err(no_associations(from, to, key.1));
    }
    let mut result = json!({"from": {"id": key.1.to_string()}, "to": page});
    if let Some((next, _)) = all.next() {
        result["paging"] = json!({"next": {"after": next.to_string()}});
    }
    Ok(result)
}

fn no_associations(from: ObjectType, to: ObjectType, id: u64) -> Value {
    let (from, to) = (from.info().singular, to.info().singular);
    json!({
        "status": "error", "category": "OBJECT_NOT_FOUND", "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": format!("No {to} is associated with {from} {id}."),
        "context": {"fromObjectId": [id.to_string()], "fromObjectType": [from], "toObjectType": [to]}
    })
}

fn no_such_record(object_type: ObjectType, id: &str) -> Value {
    let singular = object_type.info().singular;
    json!({
        "status": "error", "category": "OBJECT_NOT_FOUND", "subCategory": "crm.associations.FROM_OBJECT_NOT_FOUND",
        "message": format!("No {singular} with ID {id} exists"), "context": {"fromObjectId": [id], "fromObjectType": [singular]}
    })
}

#[derive(Deserialize)]
struct PairInput {
    from: Target,
    to: Target,
    #[serde(default)]
    types: Vec<AssociationTypeInput>,
}

/// Finds the two records of an input, or returns the error entry about it.
fn keys(
    portal: &Portal,
    object_types: (ObjectType, ObjectType),
    pair: &PairInput,
) -> Result<(RecordKey, RecordKey), Value> {
    let key = |one, id: &str| find::live(portal, one, id).ok_or_else(|| no_such_record(one, id));
    let (from, to) = (key(object_types.0, &pair.from.id)?, key(object_types.1, &pair.to.id)?);
    if from == to { Err(associated_with_itself().entry()) } else { Ok((from, to)) }
}

pub(crate) fn create(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let object_types = object_types(call)?;
    let pairs: Vec<PairInput> = inputs(call, CREATE_MAX)?;
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for pair in &pairs {
        let labels = |portal: &Portal| labels_of(portal, object_types, pair).map_err(ApiError::entry);
        match keys(portal, object_types, pair).and_then(|keys| Ok((keys, labels(portal)?))) {
            Ok(((from, to), labels)) => {
                labels.iter().for_each(|label| associate::add(portal, from, to, *label));
                results.push(pair_with_labels(portal, from, to, &labels));
            }
            Err(error) => errors.push(error),
        }
    }
    Ok(batch_response(portal, call, 201, results, errors))
}

fn labels_of(
    portal: &Portal,
    object_types: (ObjectType, ObjectType),
    pair: &PairInput,
) -> Result<Vec<Label>, ApiError> {
    parse_labels(portal, object_types.0, object_types.1, &pair.types)
}

pub(crate) fn create_default(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let object_types = object_types(call)?;
    let pairs: Vec<PairInput> = inputs(call, CREATE_MAX)?;
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for pair in &pairs {
        match keys(portal, object_types, pair) {
            Ok((from, to)) => results.extend(associate_by_default(portal, from, to)?),
            Err(error) => errors.push(error),
        }
    }
    Ok(batch_response(portal, call, 200, results, errors))
}

#[derive(Deserialize)]
struct ArchiveInput {
    from: Target,
    to: Vec<Target>,
}

pub(crate) fn archive(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (from_type, to_type) = object_types(call)?;
    let inputs: Vec<ArchiveInput> = inputs(call, ARCHIVE_MAX)?;
    for ArchiveInput { from, to } in inputs {
        for to in to {
            let keys = find::live(portal, from_type, &from.id).zip(find::live(portal, to_type, &to.id));
            if let Some((from, to)) = keys {
                portal.associations.remove(from, to);
            }
        }
    }
    Ok(batch_response(portal, call, 200, Vec::new(), Vec::new()))
}

pub(crate) fn archive_labels(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let object_types = object_types(call)?;
    let pairs: Vec<PairInput> = inputs(call, CREATE_MAX)?;
    let labels: Result<Vec<_>, _> = pairs.iter().map(|pair| labels_of(portal, object_types, pair)).collect();
    for (pair, labels) in pairs.iter().zip(labels?) {
        if let Ok((from, to)) = keys(portal, object_types, pair) {
            labels.iter().for_each(|label| associate::remove_label(portal, from, to, *label));
        }
    }
    Ok(ApiResponse::no_content())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::test_client::{Client, SARAH, client};

    const TICKET: &str = "33190415288";

    async fn batch(client: &Client, path: &str, inputs: Value, status: u16) -> Value {
        client.post(&format!("/crm/associations/2026-09/{path}"), json!({"inputs": inputs})).await.expect(status)
    }

    #[tokio::test(start_paused = true)]
    async fn a_record_without_associations_is_an_error_entry() {
        let client = client();
        let inputs = json!([{"id": SARAH}, {"id": "103107104018"}, {"id": "9993051"}]);
        let answer = batch(&client, "contacts/companies/batch/read", inputs, 207).await;
        let found = &answer["results"][0];
        assert_eq!(found["from"]["id"], SARAH);
        assert_eq!(found["to"][0]["toObjectId"], 28_904_455_120_u64);
        assert_eq!(found["to"][0]["associationTypes"][0]["label"], "Primary");
        let errors = &answer["errors"];
        assert_eq!(errors[0]["message"], "No company is associated with contact 103107104018.");
        assert_eq!(errors[0]["subCategory"], "crm.associations.NO_ASSOCIATIONS_FOUND");
        assert_eq!(errors[1]["message"], "No contact with ID 9993051 exists");
    }

    #[tokio::test(start_paused = true)]
    async fn many_associations_are_created_and_archived_at_once() {
        let client = client();
        let pair = |types: Value| json!([{"from": {"id": SARAH}, "to": {"id": TICKET}, "types": types}]);
        let typed = |id: u32| json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": id}]);
        batch(&client, "contacts/tickets/batch/create", pair(typed(15)), 201).await;
        let wrong = batch(&client, "contacts/tickets/batch/create", pair(typed(0)), 207).await;
        assert_eq!(wrong["errors"][0]["message"], "0 is not a valid association type between CONTACT and TICKET");
        let without = batch(&client, "contacts/tickets/batch/create", pair(json!([])), 207).await;
        assert_eq!(without["errors"][0]["message"], "At least one association type is required");
        let itself = json!([{"from": {"id": SARAH}, "to": {"id": SARAH}}]);
        batch(&client, "contacts/contacts/batch/associate/default", itself, 207).await;
        let plain = batch(&client, "0-1/0-5/batch/associate/default", pair(json!([])), 200).await;
        assert_eq!(plain["results"][1]["associationSpec"]["associationTypeId"], 16);
        assert_eq!(
            batch(&client, "tickets/contacts/batch/read", json!([{"id": TICKET}]), 200).await["results"][0]["to"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
        let away = json!([{"from": {"id": SARAH}, "to": [{"id": TICKET}]}]);
        batch(&client, "contacts/tickets/batch/archive", away, 200).await;
        assert_eq!(
            batch(&client, "tickets/contacts/batch/read", json!([{"id": TICKET}]), 200).await["results"][0]["to"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }
}
