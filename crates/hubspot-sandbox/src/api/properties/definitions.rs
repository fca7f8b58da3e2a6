//! Property definitions: read, create, update, archive.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::api_error::ApiError;
use crate::api::batch::{INPUTS_MAX, batch_response, inputs};
use crate::api::call::{ApiCall, unreadable_query};
use crate::api::input::replace;
use crate::api::response::ApiResponse;
use crate::clock::Ms;
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::model::schema::{Definition, PropertyOption, ValueType};

/// HubSpot's limit on unique properties of one object type.
const UNIQUE_MAX: usize = 10;
const NAME_CHARS_MAX: usize = 100;

/// Lists all definitions: this list has no pages.
pub(crate) fn list(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let archived = call.flag("archived");
    let object_type = call.object_type("type")?;
    if asks_for_sensitive(call)? {
        return Ok(ApiResponse::ok(json!({"results": []})));
    }
    let all = portal.schema(object_type).all().filter(|one| one.archived_ms.is_some() == archived);
    Ok(ApiResponse::ok(json!({"results": all.map(Definition::to_json).collect::<Vec<Value>>()})))
}

/// Says that the query asks for properties of a higher sensitivity, of which the account has none.
fn asks_for_sensitive(call: &ApiCall) -> Result<bool, ApiError> {
    match call.query("dataSensitivity") {
        None | Some("" | "non_sensitive") => Ok(false),
        Some("sensitive" | "highly_sensitive") => Ok(true),
        Some(_) => Err(unreadable_query("dataSensitivity")),
    }
}

pub(crate) fn one(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (object_type, name) = (call.object_type("type")?, call.param("name"));
    let found =
        portal.schema(object_type).with_archived(name).filter(|one| one.archived_ms.is_some() == call.flag("archived"));
    found.map(|one| ApiResponse::ok(one.to_json())).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> ApiError {
    ApiError::new(404, format!("Property {name} does not exist")).category("OBJECT_NOT_FOUND")
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewDefinition {
    name: String,
    label: String,
    #[serde(rename = "type")]
    value_type: ValueType,
    field_type: String,
    group_name: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    options: Option<Vec<PropertyOption>>,
    #[serde(default)]
    display_order: Option<i64>,
    #[serde(default)]
    hidden: bool,
    #[serde(default)]
    form_field: bool,
    #[serde(default)]
    has_unique_value: bool,
}

/// The fields that an update may change. Those that are not sent stay.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct DefinitionEdit {
    label: Option<String>,
    group_name: Option<String>,
    description: Option<String>,
    options: Option<Vec<PropertyOption>>,
    display_order: Option<i64>,
    hidden: Option<bool>,
    form_field: Option<bool>,
}

pub(crate) fn create(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (object_type, new) = (call.object_type("type")?, call.json::<NewDefinition>()?);
    Ok(ApiResponse::created(define(portal, object_type, new)?))
}

fn define(portal: &mut Portal, object_type: ObjectType, new: NewDefinition) -> Result<Value, ApiError> {
    let now_ms = portal.now_ms();
    check(portal, object_type, &new)?;
    let definition = new.define(now_ms);
    let shown = definition.to_json();
    if let Some(schema) = portal.schemas.get_mut(&object_type) {
        schema.put(definition);
    }
    Ok(shown)
}

/// Checks a new definition. The name of an archived one may be used again.
fn check(portal: &Portal, object_type: ObjectType, new: &NewDefinition) -> Result<(), ApiError> {
    let schema = portal.schema(object_type);
    if schema.get(&new.name).is_some() {
        let message = format!("A property named '{}' already exists.", new.name);
        let error = ApiError::new(409, message).category("OBJECT_ALREADY_EXISTS");
        return Err(error.sub_category("Properties.PROPERTY_WITH_NAME_EXISTS"));
    }
    if !is_valid_name(&new.name) {
        let message =
            format!("Property name {} must be lower-case letters, digits and _, and start with a letter", new.name);
        return Err(ApiError::invalid(message).sub_category("PropertyValidationError.INVALID_PROPERTY_NAME"));
    }
    if schema.groups.get(&new.group_name).is_none_or(|group| group.archived) {
        let message = format!("Property group {} does not exist", new.group_name);
        return Err(ApiError::invalid(message).sub_category("PropertyValidationError.PROPERTY_GROUP_DOES_NOT_EXIST"));
    }
    let unique = schema.all().filter(|one| one.unique && !one.hubspot_defined).count();
    match new.has_unique_value && unique >= UNIQUE_MAX {
        true => Err(ApiError::invalid(format!("At most {UNIQUE_MAX} properties can have unique values"))),
        false => Ok(()),
    }
}

fn is_valid_name(name: &str) -> bool {
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
    starts
        && name.len() <= NAME_CHARS_MAX
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

impl NewDefinition {
    fn define(self, now_ms: Ms) -> Definition {
        Definition {
            name: self.name.into(),
            label: self.label,
            value_type: self.value_type,
            field_type: self.field_type,
            group: self.group_name,
            description: self.description.unwrap_or_default(),
            options: self.options.unwrap_or_default(),
            display_order: self.display_order.unwrap_or(-1),
            read_only: false,
            calculated: false,
            external_options: false,
            unique: self.has_unique_value,
            required: false,
            hidden: self.hidden,
            hubspot_defined: false,
            form_field: self.form_field,
            created_ms: now_ms,
            updated_ms: now_ms,
            archived_ms: None,
        }
    }
}

impl DefinitionEdit {
    fn apply(self, definition: &mut Definition) {
        replace(&mut definition.label, self.label);
        replace(&mut definition.group, self.group_name);
        replace(&mut definition.description, self.description);
        replace(&mut definition.options, self.options);
        replace(&mut definition.display_order, self.display_order);
        replace(&mut definition.hidden, self.hidden);
        replace(&mut definition.form_field, self.form_field);
    }
}

pub(crate) fn update(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (object_type, name, change) = (call.object_type("type")?, call.param("name"), call.json::<DefinitionEdit>()?);
    let now_ms = portal.now_ms();
    let definition = portal.schemas.get_mut(&object_type).and_then(|schema| schema.get_mut(name));
    let definition = definition.ok_or_else(|| unknown(name))?;
    if definition.hubspot_defined && change.options.as_ref().is_some_and(|options| *options != definition.options) {
        return Err(ApiError::invalid(format!("Property {name} is defined by HubSpot: its options cannot be changed")));
    }
    change.apply(definition);
    definition.updated_ms = now_ms;
    Ok(ApiResponse::ok(definition.to_json()))
}

pub(crate) fn archive(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (object_type, name) = (call.object_type("type")?, call.param("name"));
    check_archivable(portal, object_type, name)?;
    archive_definition(portal, object_type, name);
    Ok(ApiResponse::no_content())
}

/// Checks that a property may be archived: it is neither HubSpot's own nor a field of a booking form.
fn check_archivable(portal: &Portal, object_type: ObjectType, name: &str) -> Result<(), ApiError> {
    let mut fields = portal.scheduler.links.iter().flat_map(|link| &link.form_fields);
    let in_use = object_type == ObjectType::Contacts && fields.any(|field| field.name == name);
    if portal.schema(object_type).get(name).ok_or_else(|| unknown(name))?.hubspot_defined {
        let message = format!("Property {name} is defined by HubSpot and cannot be archived");
        return Err(
            ApiError::invalid(message).sub_category("PropertyValidationError.CANNOT_DELETE_HUBSPOT_DEFINED_PROPERTY")
        );
    }
    if in_use {
        let message = format!("Property {name} cannot be deleted, it is in use");
        return Err(ApiError::invalid(message).sub_category("PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE"));
    }
    Ok(())
}

fn archive_definition(portal: &mut Portal, object_type: ObjectType, name: &str) {
    let now_ms = portal.now_ms();
    if let Some(definition) = portal.schemas.get_mut(&object_type).and_then(|schema| schema.get_mut(name)) {
        definition.archived_ms = Some(now_ms);
    }
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

pub(crate) fn read_batch(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (object_type, inputs) = (call.object_type("type")?, inputs::<Named>(call, INPUTS_MAX)?);
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for Named { name } in inputs {
        match portal.schema(object_type).get(&name) {
            Some(definition) => results.push(definition.to_json()),
            None => errors.push(unknown(&name).context(json!({"name": [name]})).entry()),
        }
    }
    Ok(batch_response(portal, call, 200, results, errors))
}

pub(crate) fn create_batch(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (object_type, inputs) = (call.object_type("type")?, inputs::<NewDefinition>(call, INPUTS_MAX)?);
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for new in inputs {
        match define(portal, object_type, new) {
            Ok(shown) => results.push(shown),
            Err(error) => errors.push(error.entry()),
        }
    }
    Ok(batch_response(portal, call, 201, results, errors))
}

pub(crate) fn archive_batch(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (object_type, inputs) = (call.object_type("type")?, inputs::<Named>(call, INPUTS_MAX)?);
    let known = || inputs.iter().map(|one| one.name.as_str());
    known()
        .filter(|name| portal.schema(object_type).get(name).is_some())
        .try_for_each(|name| check_archivable(portal, object_type, name))?;
    known().for_each(|name| archive_definition(portal, object_type, name));
    Ok(ApiResponse::no_content())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::test_client::{SARAH, client};

    const PATH: &str = "/crm/properties/2026-09/contacts";

    fn robots() -> Value {
        json!({
            "name": "robots", "label": "Robots", "type": "enumeration", "fieldType": "checkbox",
            "groupName": "contactinformation",
            "options": [{"label": "ADAM", "value": "adam"}, {"label": "DUST-E", "value": "dust-e"}]
        })
    }

    #[tokio::test(start_paused = true)]
    async fn a_definition_shows_if_its_values_are_read_only() {
        let client = client();
        let all = client.get(PATH).await.expect(200);
        assert!(all["results"].as_array().unwrap().len() > 60);
        let sensitive = client.get(&format!("{PATH}?dataSensitivity=sensitive")).await.expect(200);
        assert_eq!(sensitive["results"], json!([]));
        client.get(&format!("{PATH}?dataSensitivity=secret")).await.expect(400);
        let stage = client.get(&format!("{PATH}/lifecyclestage")).await.expect(200);
        assert_eq!(stage["options"][0]["value"], "subscriber");
        let computed = client.get(&format!("{PATH}/num_notes")).await.expect(200);
        assert_eq!(computed["modificationMetadata"]["readOnlyValue"], true);
        assert_eq!(client.get(&format!("{PATH}/nonsense")).await.expect(404)["category"], "OBJECT_NOT_FOUND");
    }

    #[tokio::test(start_paused = true)]
    async fn a_property_is_created_archived_and_created_again() {
        let client = client();
        let made = client.post(PATH, robots()).await.expect(201);
        assert_eq!(
            (&made["hubspotDefined"], &made["modificationMetadata"]["archivable"]),
            (&json!(false), &json!(true))
        );
        let twice = client.post(PATH, robots()).await.expect(409);
        assert_eq!(twice["subCategory"], "Properties.PROPERTY_WITH_NAME_EXISTS");
        let value = json!({"properties": {"robots": "adam;dust-e"}});
        client.patch(&format!("/crm/v3/objects/contacts/{SARAH}"), value.clone()).await.expect(200);
        let renamed = client.patch(&format!("{PATH}/robots"), json!({"label": "Our robots"})).await.expect(200);
        assert_eq!((&renamed["label"], renamed["options"].as_array().unwrap().len()), (&json!("Our robots"), 2));
        assert_eq!(client.delete(&format!("{PATH}/robots")).await.status, 204);
        client.patch(&format!("/crm/v3/objects/contacts/{SARAH}"), value).await.expect(400);
        client.get(&format!("{PATH}/robots?archived=true")).await.expect(200);
        client.post(PATH, robots()).await.expect(201);
    }

    #[tokio::test(start_paused = true)]
    async fn an_invalid_definition_is_an_error() {
        let client = client();
        for (change, sub_category) in [
            (json!({"name": "Robots"}), "PropertyValidationError.INVALID_PROPERTY_NAME"),
            (json!({"groupName": "none"}), "PropertyValidationError.PROPERTY_GROUP_DOES_NOT_EXIST"),
        ] {
            let mut asked = robots();
            asked.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            assert_eq!(client.post(PATH, asked).await.expect(400)["subCategory"], sub_category);
        }
        client.post(PATH, json!({"name": "x"})).await.expect(400);
        client.delete(&format!("{PATH}/email")).await.expect(400);
        client.patch(&format!("{PATH}/lifecyclestage"), json!({"options": []})).await.expect(400);
        client.patch(&format!("{PATH}/lifecyclestage"), json!({"label": "Stage"})).await.expect(200);
    }

    #[tokio::test(start_paused = true)]
    async fn a_unique_property_finds_its_record() {
        let client = client();
        let number = json!({
            "name": "customer_number", "label": "Customer number", "type": "string", "fieldType": "text",
            "groupName": "contactinformation", "hasUniqueValue": true
        });
        client.post(PATH, number).await.expect(201);
        let value = json!({"properties": {"customer_number": "K-17"}});
        client.patch(&format!("/crm/v3/objects/contacts/{SARAH}"), value).await.expect(200);
        let found = client.get("/crm/v3/objects/contacts/K-17?idProperty=customer_number").await.expect(200);
        assert_eq!(found["id"], SARAH);
        let same = json!({"properties": {"email": "k17@x.com", "customer_number": "K-17"}});
        let refused = client.post("/crm/v3/objects/contacts", same.clone()).await.expect(400);
        assert_eq!(refused["errors"][0]["code"], "CONFLICTING_UNIQUE_VALUE");
        let twins = json!({"inputs": [
            {"properties": {"firstname": "A", "customer_number": "K-18"}},
            {"properties": {"firstname": "B", "customer_number": "K-18"}}
        ]});
        client.post("/crm/v3/objects/contacts/batch/create", twins).await.expect(400);
        client.delete(&format!("/crm/v3/objects/contacts/{SARAH}")).await;
        let heir = client.post("/crm/v3/objects/contacts", same).await.expect(201);
        let found = client.get("/crm/v3/objects/contacts/K-17?idProperty=customer_number").await.expect(200);
        assert_eq!(found["id"], heir["id"]);
    }

    #[tokio::test(start_paused = true)]
    async fn properties_are_read_created_and_archived_in_batches() {
        let client = client();
        let made =
            client.post(&format!("{PATH}/batch/create"), json!({"inputs": [robots(), robots()]})).await.expect(207);
        assert_eq!((made["results"].as_array().unwrap().len(), &made["numErrors"]), (1, &json!(1)));
        let names = json!({"inputs": [{"name": "robots"}, {"name": "nonsense"}]});
        let read = client.post(&format!("{PATH}/batch/read"), names.clone()).await.expect(207);
        assert_eq!(read["results"][0]["name"], "robots");
        let with_hubspots = json!({"inputs": [{"name": "robots"}, {"name": "email"}]});
        client.post(&format!("{PATH}/batch/archive"), with_hubspots).await.expect(400);
        client.get(&format!("{PATH}/robots")).await.expect(200);
        client.post(&format!("{PATH}/batch/archive"), names).await.expect(204);
        client.get(&format!("{PATH}/robots")).await.expect(404);
    }
}
