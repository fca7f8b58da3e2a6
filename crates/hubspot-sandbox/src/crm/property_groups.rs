//! The properties API: groups.

use axum::Router;
use serde::Deserialize;
use serde_json::{Value, json};

use super::properties::{READ, WRITE, replace};
use super::schema::Group;
use crate::Sandbox;
use crate::answer::Answer;
use crate::call::Call;
use crate::portal::Portal;
use crate::refusal::{Refusal, resource_not_found};
use crate::router::{DELETE, GET, PATCH, POST, answers};

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new().route("/{type}/groups", answers(GET, READ, list).merge(answers(POST, WRITE, create))).route(
        "/{type}/groups/{name}",
        answers(GET, READ, one).merge(answers(PATCH, WRITE, change)).merge(answers(DELETE, WRITE, archive)),
    )
}

fn list(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let groups = portal.schema(call.kind("type")?).groups.iter().filter(|(_, group)| !group.archived);
    Ok(Answer::ok(json!({"results": groups.map(|(name, group)| to_json(name, group)).collect::<Vec<_>>()})))
}

fn one(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (kind, name) = (call.kind("type")?, call.param("name"));
    let group = portal.schema(kind).groups.get(name).filter(|group| !group.archived).ok_or_else(resource_not_found)?;
    Ok(Answer::ok(to_json(name, group)))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct New {
    name: String,
    label: String,
    #[serde(default)]
    display_order: Option<i64>,
}

fn create(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (kind, new) = (call.kind("type")?, call.json::<New>()?);
    let groups = portal.schemas.get_mut(&kind).map(|schema| &mut schema.groups).ok_or_else(resource_not_found)?;
    if groups.get(&new.name).is_some_and(|group| !group.archived) {
        let message = format!("A property group named '{}' already exists.", new.name);
        let refusal = Refusal::new(409, message).category("OBJECT_ALREADY_EXISTS");
        return Err(refusal.sub_category("PropertyGroups.PROPERTY_GROUP_WITH_NAME_EXISTS"));
    }
    let group = Group { label: new.label, display_order: new.display_order.unwrap_or(-1), archived: false };
    let shown = to_json(&new.name, &group);
    groups.insert(new.name, group);
    Ok(Answer::created(shown))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    display_order: Option<i64>,
}

fn change(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (kind, name, asked) = (call.kind("type")?, call.param("name"), call.json::<Change>()?);
    let group = portal.schemas.get_mut(&kind).and_then(|schema| schema.groups.get_mut(name));
    let group = group.filter(|group| !group.archived).ok_or_else(resource_not_found)?;
    replace(&mut group.label, asked.label);
    replace(&mut group.display_order, asked.display_order);
    Ok(Answer::ok(to_json(name, group)))
}

/// Only an empty group can go.
fn archive(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (kind, name) = (call.kind("type")?, call.param("name"));
    let schema = portal.schemas.get_mut(&kind).ok_or_else(resource_not_found)?;
    if schema.all().any(|property| property.group == name && property.archived_ms.is_none()) {
        let refusal = Refusal::invalid(format!("Property group {name} has active properties"));
        return Err(refusal.sub_category("PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES"));
    }
    schema.groups.get_mut(name).ok_or_else(resource_not_found)?.archived = true;
    Ok(Answer::no_content())
}

fn to_json(name: &str, group: &Group) -> Value {
    json!({"name": name, "label": group.label, "displayOrder": group.display_order, "archived": group.archived})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::client;

    const PATH: &str = "/crm/v3/properties/tickets/groups";

    #[tokio::test(start_paused = true)]
    async fn a_group_comes_changes_and_goes_when_it_is_empty() {
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
