//! Groups of properties: read, create, update, archive.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::api_error::{ApiError, resource_not_found};
use crate::api::call::ApiCall;
use crate::api::input::replace;
use crate::api::response::ApiResponse;
use crate::model::portal::Portal;
use crate::model::schema::Group;

pub(crate) fn list(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let groups = portal.schema(call.object_type("type")?).groups.iter().filter(|(_, group)| !group.archived);
    Ok(ApiResponse::ok(json!({"results": groups.map(|(name, group)| to_json(name, group)).collect::<Vec<_>>()})))
}

pub(crate) fn one(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (object_type, name) = (call.object_type("type")?, call.param("name"));
    let group =
        portal.schema(object_type).groups.get(name).filter(|group| !group.archived).ok_or_else(resource_not_found)?;
    Ok(ApiResponse::ok(to_json(name, group)))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewGroup {
    name: String,
    label: String,
    #[serde(default)]
    display_order: Option<i64>,
}

pub(crate) fn create(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (object_type, new) = (call.object_type("type")?, call.json::<NewGroup>()?);
    let groups =
        portal.schemas.get_mut(&object_type).map(|schema| &mut schema.groups).ok_or_else(resource_not_found)?;
    if groups.get(&new.name).is_some_and(|group| !group.archived) {
        let message = format!("A property group named '{}' already exists.", new.name);
        let error = ApiError::new(409, message).category("OBJECT_ALREADY_EXISTS");
        return Err(error.sub_category("PropertyGroups.PROPERTY_GROUP_WITH_NAME_EXISTS"));
    }
    let group = Group { label: new.label, display_order: new.display_order.unwrap_or(-1), archived: false };
    let shown = to_json(&new.name, &group);
    groups.insert(new.name, group);
    Ok(ApiResponse::created(shown))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GroupEdit {
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    display_order: Option<i64>,
}

pub(crate) fn update(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (object_type, name, change) = (call.object_type("type")?, call.param("name"), call.json::<GroupEdit>()?);
    let group = portal.schemas.get_mut(&object_type).and_then(|schema| schema.groups.get_mut(name));
    let group = group.filter(|group| !group.archived).ok_or_else(resource_not_found)?;
    replace(&mut group.label, change.label);
    replace(&mut group.display_order, change.display_order);
    Ok(ApiResponse::ok(to_json(name, group)))
}

/// Archives a group, which must have no active properties.
pub(crate) fn archive(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (object_type, name) = (call.object_type("type")?, call.param("name"));
    let schema = portal.schemas.get_mut(&object_type).ok_or_else(resource_not_found)?;
    if schema.all().any(|property| property.group == name && property.archived_ms.is_none()) {
        let error = ApiError::invalid(format!("Property group {name} has active properties"));
        return Err(error.sub_category("PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES"));
    }
    schema.groups.get_mut(name).ok_or_else(resource_not_found)?.archived = true;
    Ok(ApiResponse::no_content())
}

fn to_json(name: &str, group: &Group) -> Value {
    json!({"name": name, "label": group.label, "displayOrder": group.display_order, "archived": group.archived})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::test_client::client;

    const PATH: &str = "/crm/v3/properties/tickets/groups";

    #[tokio::test(start_paused = true)]
    async fn a_group_is_created_changed_and_archived_when_it_is_empty() {
        let client = client();
        let all = client.get(PATH).await.expect(200);
        assert!(all["results"].as_array().unwrap().iter().any(|group| group["name"] == "ticketinformation"));
        let asked = json!({"name": "robots", "label": "Robots"});
        client.post(PATH, asked.clone()).await.expect(201);
        client.post(PATH, asked).await.expect(409);
        let changed = client.patch(&format!("{PATH}/robots"), json!({"label": "Our robots"})).await.expect(200);
        assert_eq!(changed["label"], "Our robots");
        let full = client.delete(&format!("{PATH}/ticketinformation")).await.expect(400);
        assert_eq!(full["subCategory"], "PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES");
        assert_eq!(client.delete(&format!("{PATH}/robots")).await.status, 204);
        client.get(&format!("{PATH}/robots")).await.expect(404);
    }
}
