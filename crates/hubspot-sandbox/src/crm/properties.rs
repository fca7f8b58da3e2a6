//! The properties API: definitions.

use axum::Router;
use serde::Deserialize;
use serde_json::{Value, json};

use super::batch::{envelope, inputs};
use super::kind::Kind;
use super::property_groups;
use super::schema::{Choice, Definition, ValueType};
use crate::Sandbox;
use crate::access::Scopes;
use crate::answer::Answer;
use crate::call::{Call, unreadable_query};
use crate::clock::Ms;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::router::{DELETE, Demand, GET, PATCH, POST, answers, needs};

/// HubSpot's limit on properties of one kind whose values are unique.
const UNIQUE_MAX: usize = 10;
const NAME_CHARS_MAX: usize = 100;

pub(crate) const READ: Demand = needs(Scopes::Read);
/// Any scope that may change a schema.
pub(crate) const WRITE: Demand =
    needs(Scopes::OneOf(&["crm.schemas.contacts.write", "crm.objects.contacts.write", "tickets"]));

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/{type}", answers(GET, READ, list).merge(answers(POST, WRITE, create)))
        .route(
            "/{type}/{name}",
            answers(GET, READ, one).merge(answers(PATCH, WRITE, change)).merge(answers(DELETE, WRITE, archive)),
        )
        .route("/{type}/batch/read", answers(POST, READ, read_batch))
        .route("/{type}/batch/create", answers(POST, WRITE, create_batch))
        .route("/{type}/batch/archive", answers(POST, WRITE, archive_batch))
        .merge(property_groups::routes())
}

/// The account has no objects of its own making.
pub(crate) fn custom_objects() -> Router<Sandbox> {
    Router::new().route("/schemas", answers(GET, needs(Scopes::Any), |_, _| Ok(Answer::ok(json!({"results": []})))))
}

/// One call gives all there are.
fn list(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let archived = call.flag("archived");
    let kind = call.kind("type")?;
    if holds_secrets(call)? {
        return Ok(Answer::ok(json!({"results": []})));
    }
    let all = portal.schema(kind).all().filter(|one| one.archived_ms.is_some() == archived);
    Ok(Answer::ok(json!({"results": all.map(Definition::to_json).collect::<Vec<Value>>()})))
}

/// Whether properties of a higher sensitivity are asked for. The account has none.
fn holds_secrets(call: &Call) -> Result<bool, Refusal> {
    match call.query("dataSensitivity") {
        None | Some("" | "non_sensitive") => Ok(false),
        Some("sensitive" | "highly_sensitive") => Ok(true),
        Some(_) => Err(unreadable_query("dataSensitivity")),
    }
}

fn one(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (kind, name) = (call.kind("type")?, call.param("name"));
    let found =
        portal.schema(kind).with_archived(name).filter(|one| one.archived_ms.is_some() == call.flag("archived"));
    found.map(|one| Answer::ok(one.to_json())).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Refusal {
    Refusal::new(404, format!("Property {name} does not exist")).category("OBJECT_NOT_FOUND")
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct New {
    name: String,
    label: String,
    #[serde(rename = "type")]
    value_type: ValueType,
    field_type: String,
    group_name: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    options: Option<Vec<Choice>>,
    #[serde(default)]
    display_order: Option<i64>,
    #[serde(default)]
    hidden: bool,
    #[serde(default)]
    form_field: bool,
    #[serde(default)]
    has_unique_value: bool,
}

/// What may be changed later; what is not sent stays.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Change {
    label: Option<String>,
    group_name: Option<String>,
    description: Option<String>,
    options: Option<Vec<Choice>>,
    display_order: Option<i64>,
    hidden: Option<bool>,
    form_field: Option<bool>,
}

fn create(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (kind, new) = (call.kind("type")?, call.json::<New>()?);
    Ok(Answer::created(make(portal, kind, new)?))
}

fn make(portal: &mut Portal, kind: Kind, new: New) -> Result<Value, Refusal> {
    let now_ms = portal.now_ms();
    check(portal, kind, &new)?;
    let definition = new.define(now_ms);
    let shown = definition.to_json();
    if let Some(schema) = portal.schemas.get_mut(&kind) {
        schema.put(definition);
    }
    Ok(shown)
}

/// Making a name that was archived brings it back.
fn check(portal: &Portal, kind: Kind, new: &New) -> Result<(), Refusal> {
    let schema = portal.schema(kind);
    if schema.get(&new.name).is_some() {
        let message = format!("A property named '{}' already exists.", new.name);
        let refusal = Refusal::new(409, message).category("OBJECT_ALREADY_EXISTS");
        return Err(refusal.sub_category("Properties.PROPERTY_WITH_NAME_EXISTS"));
    }
    if !is_name(&new.name) {
        let message =
            format!("Property name {} must be lower-case letters, digits and _, and start with a letter", new.name);
        return Err(Refusal::invalid(message).sub_category("PropertyValidationError.INVALID_PROPERTY_NAME"));
    }
    if schema.groups.get(&new.group_name).is_none_or(|group| group.archived) {
        let message = format!("Property group {} does not exist", new.group_name);
        return Err(Refusal::invalid(message).sub_category("PropertyValidationError.PROPERTY_GROUP_DOES_NOT_EXIST"));
    }
    let unique = schema.all().filter(|one| one.unique && !one.hubspot_defined).count();
    match new.has_unique_value && unique >= UNIQUE_MAX {
        true => Err(Refusal::invalid(format!("At most {UNIQUE_MAX} properties can have unique values"))),
        false => Ok(()),
    }
}

pub(crate) fn is_name(name: &str) -> bool {
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
    starts
        && name.len() <= NAME_CHARS_MAX
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

impl New {
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
            hidden: self.hidden,
            hubspot_defined: false,
            form_field: self.form_field,
            created_ms: now_ms,
            updated_ms: now_ms,
            archived_ms: None,
        }
    }
}

impl Change {
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

pub(crate) fn replace<T>(place: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *place = new;
    }
}

fn change(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (kind, name, asked) = (call.kind("type")?, call.param("name"), call.json::<Change>()?);
    let now_ms = portal.now_ms();
    let definition = portal.schemas.get_mut(&kind).and_then(|schema| schema.get_mut(name));
    let definition = definition.ok_or_else(|| unknown(name))?;
    if definition.hubspot_defined && asked.options.as_ref().is_some_and(|options| *options != definition.options) {
        return Err(Refusal::invalid(format!("Property {name} is defined by HubSpot: its options cannot be changed")));
    }
    asked.apply(definition);
    definition.updated_ms = now_ms;
    Ok(Answer::ok(definition.to_json()))
}

fn archive(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (kind, name) = (call.kind("type")?, call.param("name"));
    archivable(portal, kind, name)?;
    put_away(portal, kind, name);
    Ok(Answer::no_content())
}

/// HubSpot's own properties stay, and so does what a booking form asks for.
fn archivable(portal: &Portal, kind: Kind, name: &str) -> Result<(), Refusal> {
    let mut fields = portal.scheduler.links.iter().flat_map(|link| &link.form_fields);
    let in_use = kind == Kind::Contacts && fields.any(|field| field.name == name);
    if portal.schema(kind).get(name).ok_or_else(|| unknown(name))?.hubspot_defined {
        let message = format!("Property {name} is defined by HubSpot and cannot be archived");
        return Err(
            Refusal::invalid(message).sub_category("PropertyValidationError.CANNOT_DELETE_HUBSPOT_DEFINED_PROPERTY")
        );
    }
    if in_use {
        let message = format!("Property {name} cannot be deleted, it is in use");
        return Err(Refusal::invalid(message).sub_category("PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE"));
    }
    Ok(())
}

fn put_away(portal: &mut Portal, kind: Kind, name: &str) {
    let now_ms = portal.now_ms();
    if let Some(definition) = portal.schemas.get_mut(&kind).and_then(|schema| schema.get_mut(name)) {
        definition.archived_ms = Some(now_ms);
    }
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

fn read_batch(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (kind, asked) = (call.kind("type")?, inputs::<Named>(call)?);
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for Named { name } in asked {
        match portal.schema(kind).get(&name) {
            Some(definition) => results.push(definition.to_json()),
            None => errors.push(unknown(&name).context(json!({"name": [name]})).entry()),
        }
    }
    Ok(envelope(portal, call, 200, results, errors))
}

fn create_batch(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (kind, asked) = (call.kind("type")?, inputs::<New>(call)?);
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for new in asked {
        match make(portal, kind, new) {
            Ok(shown) => results.push(shown),
            Err(refusal) => errors.push(refusal.entry()),
        }
    }
    Ok(envelope(portal, call, 201, results, errors))
}

fn archive_batch(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (kind, asked) = (call.kind("type")?, inputs::<Named>(call)?);
    let known = || asked.iter().map(|one| one.name.as_str());
    known()
        .filter(|name| portal.schema(kind).get(name).is_some())
        .try_for_each(|name| archivable(portal, kind, name))?;
    known().for_each(|name| put_away(portal, kind, name));
    Ok(Answer::no_content())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{SARAH, client};

    const PATH: &str = "/crm/properties/2026-09/contacts";

    fn robots() -> Value {
        json!({
            "name": "robots", "label": "Robots", "type": "enumeration", "fieldType": "checkbox",
            "groupName": "contactinformation",
            "options": [{"label": "ADAM", "value": "adam"}, {"label": "DUST-E", "value": "dust-e"}]
        })
    }

    #[tokio::test(start_paused = true)]
    async fn a_property_says_whether_it_can_be_written() {
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
    async fn a_property_lives_is_archived_and_comes_back() {
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
    async fn a_property_that_cannot_be_is_refused() {
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
    async fn properties_come_in_batches_too() {
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
