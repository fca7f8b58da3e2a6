//! The associations of one pair of records, under the paths of objects.

use axum::Router;
use serde_json::{Value, json};

use crate::api::api_error::{ApiError, object_not_found};
use crate::api::call::ApiCall;
use crate::api::endpoint::{ASSOCIATIONS, DELETE, GET, PUT, endpoint};
use crate::api::input::AssociationTypeInput;
use crate::api::objects::find;
use crate::api::response::ApiResponse;
use crate::clock::stamp;
use crate::model::associate::{self, target_type};
use crate::model::association_type;
use crate::model::associations::{Category, Label, RecordKey};
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::sandbox::Sandbox;

/// Page size of a list, both the default and the largest.
const PAGE_MAX: usize = 500;

pub(crate) fn routes() -> Router<Sandbox> {
    let pair = "/{type}/{id}/associations/{to}/{to_id}";
    Router::new()
        .route("/{type}/{id}/associations/{to}", endpoint(GET, ASSOCIATIONS, list))
        .route(pair, endpoint(PUT, ASSOCIATIONS, label).merge(endpoint(DELETE, ASSOCIATIONS, remove)))
        .route("/{type}/{id}/associations/default/{to}/{to_id}", endpoint(PUT, ASSOCIATIONS, default))
}

fn list(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (from, limit) = (key(portal, call, "type", "id")?, call.limit(PAGE_MAX, PAGE_MAX)?);
    let to = call.object_type("to")?;
    let first = call.first_id()?;
    let mut all = portal.associations.of(from, to).filter(|(id, _)| *id >= first);
    let results: Vec<Value> =
        all.by_ref().take(limit).map(|(id, labels)| associated(portal, from.0, to, id, labels)).collect();
    let mut page = json!({"results": results});
    if let Some((next, _)) = all.next() {
        page["paging"] = call.paging(&next.to_string());
    }
    Ok(ApiResponse::ok(page))
}

/// Renders an associated record with the labels. Its id is a number, although HubSpot's specification says text.
pub(crate) fn associated(portal: &Portal, from: ObjectType, to: ObjectType, id: u64, labels: &[Label]) -> Value {
    let types = labels.iter().map(
        |label| json!({"category": label.category, "typeId": label.type_id, "label": text(portal, from, to, *label)}),
    );
    json!({"toObjectId": id, "associationTypes": types.collect::<Vec<_>>()})
}

/// Returns the text of a label; the default association type has none.
fn text(portal: &Portal, from: ObjectType, to: ObjectType, label: Label) -> Option<String> {
    match label.category {
        Category::HubspotDefined => {
            let one = association_type::between(from, to).find(|one| one.type_id == label.type_id)?;
            one.label.map(str::to_owned)
        }
        _ => {
            let custom = portal.labels.iter().find(|custom| custom.starts_at(from, label.type_id))?;
            Some(custom.text(label.type_id).to_owned())
        }
    }
}

fn label(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (from, to) = keys(portal, call)?;
    let types: Vec<AssociationTypeInput> = call.json()?;
    let labels = parse_labels(portal, from.0, to.0, &types)?;
    labels.iter().for_each(|label| associate::add(portal, from, to, *label));
    Ok(ApiResponse::created(pair_with_labels(portal, from, to, &labels)))
}

/// Checks the labels of a request: at least one, and each leads from the one object type to the other.
pub(crate) fn parse_labels(
    portal: &Portal,
    from: ObjectType,
    to: ObjectType,
    types: &[AssociationTypeInput],
) -> Result<Vec<Label>, ApiError> {
    match types.is_empty() {
        true => Err(ApiError::invalid("At least one association type is required")),
        false => types.iter().map(|given| parse_label(portal, from, to, *given)).collect(),
    }
}

fn parse_label(
    portal: &Portal,
    from: ObjectType,
    to: ObjectType,
    given: AssociationTypeInput,
) -> Result<Label, ApiError> {
    let label = given.label();
    match target_type(portal, from, label) == Some(to) {
        true => Ok(label),
        false => {
            let (from, to) = (from.upper_name(), to.upper_name());
            let message = format!("{} is not a valid association type between {from} and {to}", label.type_id);
            Err(ApiError::invalid(message).sub_category("crm.associations.INVALID_ASSOCIATION_TYPE"))
        }
    }
}

pub(crate) fn pair_with_labels(portal: &Portal, from: RecordKey, to: RecordKey, labels: &[Label]) -> Value {
    let texts: Vec<_> = labels.iter().filter_map(|label| text(portal, from.0, to.0, *label)).collect();
    json!({
        "fromObjectTypeId": from.0.info().type_id, "fromObjectId": from.1,
        "toObjectTypeId": to.0.info().type_id, "toObjectId": to.1, "labels": texts
    })
}

fn default(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (from, to) = keys(portal, call)?;
    let result = associate_by_default(portal, from, to)?;
    let now = stamp(portal.now_ms());
    Ok(ApiResponse::ok(json!({"status": "COMPLETE", "results": result, "startedAt": now, "completedAt": now})))
}

/// Adds the default association of two records and renders both directions, as HubSpot does.
pub(crate) fn associate_by_default(
    portal: &mut Portal,
    from: RecordKey,
    to: RecordKey,
) -> Result<Vec<Value>, ApiError> {
    let default = association_type::default(from.0, to.0).ok_or_else(|| cannot_be_associated(from.0, to.0))?;
    associate::add(portal, from, to, associate::hubspot_label(default.type_id));
    let one = |from: RecordKey, to: RecordKey, type_id: u32| {
        json!({
            "from": {"id": from.1.to_string()}, "to": {"id": to.1.to_string()},
            "associationSpec": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}
        })
    };
    Ok(vec![one(from, to, default.type_id), one(to, from, default.inverse_id)])
}

fn cannot_be_associated(from: ObjectType, to: ObjectType) -> ApiError {
    ApiError::invalid(format!("{} and {} cannot be associated", from.upper_name(), to.upper_name()))
        .sub_category("crm.associations.INVALID_ASSOCIATION_TYPE")
}

fn remove(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (from, to) = keys(portal, call)?;
    portal.associations.remove(from, to);
    Ok(ApiResponse::no_content())
}

fn keys(portal: &Portal, call: &ApiCall) -> Result<(RecordKey, RecordKey), ApiError> {
    let (from, to) = (key(portal, call, "type", "id")?, key(portal, call, "to", "to_id")?);
    if from == to { Err(associated_with_itself()) } else { Ok((from, to)) }
}

pub(crate) fn associated_with_itself() -> ApiError {
    ApiError::invalid("An object cannot be associated with itself")
}

/// Finds the record that two path parameters name.
fn key(portal: &Portal, call: &ApiCall, object_type: &str, id: &str) -> Result<RecordKey, ApiError> {
    let (object_type, id) = (call.object_type(object_type)?, call.param(id));
    find::live(portal, object_type, id).ok_or_else(|| object_not_found(id))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::test_client::{SARAH, client};

    const TICKET: &str = "33190415288";
    const COMPANY: &str = "28904460873";

    fn labelled(type_id: u32) -> Value {
        json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}])
    }

    #[tokio::test(start_paused = true)]
    async fn an_association_is_seen_from_both_sides_until_it_is_removed() {
        let client = client();
        let path = format!("/crm/v4/objects/contact/{SARAH}/associations/ticket/{TICKET}");
        let made = client.put(&path, labelled(15)).await.expect(201);
        assert_eq!(
            made,
            json!({"fromObjectTypeId": "0-1", "fromObjectId": 84_246_479_604_u64, "toObjectTypeId": "0-5", "toObjectId": 33_190_415_288_u64, "labels": []})
        );
        let back =
            client.get(&format!("/crm/objects/2026-09/tickets/{TICKET}/associations/contacts")).await.expect(200);
        let types = json!([{"category": "HUBSPOT_DEFINED", "typeId": 16, "label": null}]);
        assert_eq!(back["results"][1], json!({"toObjectId": 84_246_481_952_u64, "associationTypes": types}));
        assert_eq!(back["results"][0]["toObjectId"], 84_246_479_604_u64);
        assert_eq!(client.delete(&path).await.status, 204);
        let back = client.get(&format!("/crm/v4/objects/tickets/{TICKET}/associations/contacts")).await.expect(200);
        assert_eq!(back["results"].as_array().unwrap().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_record_has_one_primary_company() {
        let client = client();
        let path = format!("/crm/v4/objects/contacts/{SARAH}/associations/companies");
        let labels = async || {
            let page = client.get(&path).await.expect(200);
            let all = page["results"].as_array().unwrap().iter();
            all.map(|one| {
                one["associationTypes"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|object_type| object_type["typeId"].as_u64().unwrap())
                    .collect::<Vec<_>>()
            })
            .collect::<Vec<_>>()
        };
        assert_eq!(labels().await, [vec![1, 279]]);
        client
            .put(&format!("/crm/v4/objects/contacts/{SARAH}/associations/default/companies/{COMPANY}"), json!(null))
            .await
            .expect(200);
        assert_eq!(labels().await, [vec![1, 279], vec![279]]);
        let made = client.put(&format!("{path}/{COMPANY}"), labelled(1)).await.expect(201);
        assert_eq!(made["labels"], json!(["Primary"]));
        assert_eq!(labels().await, [vec![279], vec![1, 279]]);
        let read = client.get(&format!("/crm/v3/objects/contacts/{SARAH}?associations=companies")).await.expect(200);
        assert_eq!(read["associations"]["companies"]["results"][0]["type"], "contact_to_company_unlabeled");
    }

    #[tokio::test(start_paused = true)]
    async fn an_invalid_association_is_an_error() {
        let client = client();
        let pair = format!("/crm/v4/objects/contacts/{SARAH}/associations/tickets");
        let refused = client.put(&format!("{pair}/{TICKET}"), labelled(16)).await.expect(400);
        assert_eq!(refused["message"], "16 is not a valid association type between CONTACT and TICKET");
        client.put(&format!("{pair}/{TICKET}"), json!([])).await.expect(400);
        client.put(&format!("{pair}/999"), labelled(15)).await.expect(404);
        client.get(&format!("/crm/v4/objects/contacts/{SARAH}/associations/butterflies")).await.expect(400);
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_is_paged() {
        let client = client();
        for _ in 0..5 {
            let note = json!({
                "properties": {"hs_timestamp": "1"},
                "associations": [{"to": {"id": SARAH}, "types": labelled(202)}]
            });
            client.post("/crm/v3/objects/notes", note).await.expect(201);
        }
        let path = format!("/crm/v4/objects/contacts/{SARAH}/associations/notes?limit=3");
        let first = client.get(&path).await.expect(200);
        let after = first["paging"]["next"]["after"].as_str().unwrap();
        let last = client.get(&format!("{path}&after={after}")).await.expect(200);
        assert_eq!((last["results"].as_array().unwrap().len(), last.get("paging")), (2, None));
    }
}
