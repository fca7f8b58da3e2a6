//! The labels of associations: HubSpot's own, and custom ones that users of the account create.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::response::ApiResponse;
use crate::model::association_type;
use crate::model::associations::Category;
use crate::model::custom_label::CustomLabel;
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;

/// Id of the first custom label.
const FIRST_CUSTOM_LABEL: u32 = 36;

/// Reads the two object types in the path.
pub(crate) fn object_types(call: &ApiCall) -> Result<(ObjectType, ObjectType), ApiError> {
    Ok((call.object_type("from")?, call.object_type("to")?))
}

pub(crate) fn list(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (from, to) = object_types(call)?;
    let custom = custom_labels(portal, from, to).map(|(id, label)| shown(Category::UserDefined, id, Some(label)));
    let own = association_type::between(from, to);
    let own = own.map(|one| shown(Category::HubspotDefined, one.type_id, one.label));
    Ok(ApiResponse::ok(json!({"results": own.chain(custom).collect::<Vec<_>>()})))
}

fn shown(category: Category, type_id: u32, label: Option<&str>) -> Value {
    json!({"category": category, "typeId": type_id, "label": label})
}

fn custom_labels(portal: &Portal, from: ObjectType, to: ObjectType) -> impl Iterator<Item = (u32, &str)> {
    portal.labels.iter().filter_map(move |custom| {
        let forward = (custom.from == from && custom.to == to).then_some(custom.type_id);
        let id = forward.or((custom.from == to && custom.to == from).then_some(custom.back_type_id))?;
        Some((id, custom.text(id)))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewLabel {
    label: String,
    name: String,
    #[serde(default)]
    inverse_label: Option<String>,
}

/// Creates a label. It has an id in each direction: the same one if both directions have the same text and object type.
pub(crate) fn create(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (from, to) = object_types(call)?;
    let new: NewLabel = call.json()?;
    if portal.labels.iter().any(|custom| custom.name == new.name) {
        return Err(ApiError::invalid(format!("An association label named {} already exists", new.name)));
    }
    let last_id = portal.labels.iter().flat_map(|custom| [custom.type_id, custom.back_type_id]).max();
    let type_id = last_id.map_or(FIRST_CUSTOM_LABEL, |last| last + 1);
    let back_label = new.inverse_label.unwrap_or_else(|| new.label.clone());
    let back_type_id = if from == to && back_label == new.label { type_id } else { type_id + 1 };
    let custom = CustomLabel { name: new.name, from, to, type_id, back_type_id, label: new.label, back_label };
    let mut results = vec![shown(Category::UserDefined, type_id, Some(&custom.label))];
    if back_type_id != type_id {
        results.push(shown(Category::UserDefined, back_type_id, Some(&custom.back_label)));
    }
    portal.labels.push(custom);
    Ok(ApiResponse::ok(json!({"results": results})))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rename {
    association_type_id: u32,
    label: String,
}

pub(crate) fn rename(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    object_types(call)?;
    let new: Rename = call.json()?;
    let id = new.association_type_id;
    let custom = portal.labels.iter_mut().find(|custom| custom.has_id(id));
    let custom = custom.ok_or_else(|| no_such_label(&id.to_string()))?;
    if custom.type_id == id {
        custom.label = new.label;
    } else {
        custom.back_label = new.label;
    }
    Ok(ApiResponse::no_content())
}

fn no_such_label(id: &str) -> ApiError {
    ApiError::new(404, format!("No association label with ID {id} exists")).category("OBJECT_NOT_FOUND")
}

/// Deletes a label. Associations with it remain without it.
pub(crate) fn delete(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    object_types(call)?;
    let id: u32 = call.param("label").parse().map_err(|_| no_such_label(call.param("label")))?;
    let at = portal.labels.iter().position(|custom| custom.has_id(id));
    let custom = portal.labels.remove(at.ok_or_else(|| no_such_label(call.param("label")))?);
    portal.associations.remove_label_everywhere(Category::UserDefined, &[custom.type_id, custom.back_type_id]);
    Ok(ApiResponse::no_content())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::test_client::{SARAH, client};

    const TICKET: &str = "33190415288";
    const ARCHIVE: &str = "/crm/associations/2026-09/contacts/tickets/batch/labels/archive";

    #[tokio::test(start_paused = true)]
    async fn custom_labels_are_created_used_renamed_and_deleted() {
        let client = client();
        let path = "/crm/associations/2026-09/contacts/tickets/labels";
        let asked = json!({"label": "Reporter", "name": "reporter", "inverseLabel": "Reported"});
        let made = client.post(path, asked.clone()).await.expect(200);
        client.post(path, asked).await.expect(400);
        let id = made["results"][0]["typeId"].as_u64().unwrap();
        let all = client.get(path).await.expect(200);
        assert_eq!(all["results"][0], json!({"category": "HUBSPOT_DEFINED", "typeId": 15, "label": null}));
        assert_eq!(all["results"][1]["label"], "Reporter");
        let pair = format!("/crm/v4/objects/contacts/{SARAH}/associations/tickets/{TICKET}");
        let types = json!([{"associationCategory": "USER_DEFINED", "associationTypeId": id}]);
        assert_eq!(client.put(&pair, types.clone()).await.expect(201)["labels"], json!(["Reporter"]));
        let back = client.get(&format!("/crm/v4/objects/tickets/{TICKET}/associations/contacts")).await.expect(200);
        let labels: Vec<_> =
            back["results"][0]["associationTypes"].as_array().unwrap().iter().map(|one| one["label"].clone()).collect();
        assert_eq!(labels, [json!(null), json!("Reported")]);
        client.put(path, json!({"associationTypeId": id, "label": "Teller"})).await.expect(204);
        let inputs = json!([{"from": {"id": SARAH}, "to": {"id": TICKET}, "types": types}]);
        client.post(ARCHIVE, json!({"inputs": inputs})).await.expect(204);
        let left = client.get(&format!("/crm/v4/objects/contacts/{SARAH}/associations/tickets")).await.expect(200);
        assert_eq!(left["results"][0]["associationTypes"].as_array().unwrap().len(), 1);
        let plain = json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 15}]);
        let wrong = json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 16}]);
        let pair_of = |types: Value| json!({"from": {"id": SARAH}, "to": {"id": TICKET}, "types": types});
        client.post(ARCHIVE, json!({"inputs": [pair_of(plain), pair_of(wrong)]})).await.expect(400);
        let still = client.get(&format!("/crm/v4/objects/contacts/{SARAH}/associations/tickets")).await.expect(200);
        assert_eq!(still, left);
        assert_eq!(client.delete(&format!("{path}/{id}")).await.status, 204);
        client.delete(&format!("{path}/{id}")).await.expect(404);
        assert_eq!(client.get(path).await.expect(200)["results"].as_array().unwrap().len(), 1);
    }
}
