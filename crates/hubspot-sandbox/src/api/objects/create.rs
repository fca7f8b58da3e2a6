//! Creating a record: a draft is checked completely before it changes anything.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::property_input::{PropertyValues, parse_properties, text_of};
use super::write_error::WriteError;
use super::{stage, unique};
use crate::api::api_error::{self, ApiError};
use crate::api::input::{AssociationInput, AssociationTypeInput, list_or_null};
use crate::assumptions::MissingTarget;
use crate::clock::{Ms, stamp};
use crate::model::associate;
use crate::model::associations::{Label, RecordKey};
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::model::record::{Record, Source};

/// The body of a create, or one input of a batch of them.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Input {
    pub(crate) properties: Map<String, Value>,
    #[serde(default, deserialize_with = "list_or_null")]
    pub(crate) associations: Vec<AssociationInput>,
    #[serde(default, rename = "objectWriteTraceId")]
    pub(crate) trace_id: Option<Value>,
}

/// A checked record that can be created.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) values: PropertyValues,
    associations: Vec<(RecordKey, Label)>,
}

/// Checks the input of a create. The portal stays unchanged.
pub(crate) fn draft(portal: &Portal, object_type: ObjectType, input: &Input) -> Result<Draft, WriteError> {
    let mut values = parse_properties(portal, object_type, &input.properties, None)?;
    add_defaults(portal, object_type, &mut values);
    check_required(portal, object_type, &values).map_err(WriteError::Other)?;
    stage::check(portal, object_type, &values, None).map_err(WriteError::invalid)?;
    unique::check_conflicts(portal, object_type, &values, None)?;
    let associations = input.associations.iter().map(|input| targets(portal, object_type, input));
    let associations = associations.collect::<Result<Vec<_>, _>>().map_err(WriteError::Other)?.concat();
    Ok(Draft { values, associations })
}

/// Creates the record with its associations and returns its id.
pub(crate) fn commit(portal: &mut Portal, object_type: ObjectType, draft: Draft, source: Source) -> u64 {
    let now_ms = portal.now_ms();
    let id = portal.table_mut(object_type).take_id();
    let mut record = Record::new(id, now_ms, source);
    draft.values.iter().for_each(|(name, text)| record.set(name, text, now_ms, source));
    for (name, text) in automatic_values(portal, object_type, &draft.values, now_ms) {
        record.set(&name, &text, now_ms, source);
    }
    let indexing = portal.indexing();
    portal.table_mut(object_type).insert(record, indexing);
    for (to, label) in draft.associations {
        associate::add(portal, (object_type, id), to, label);
    }
    id
}

fn add_defaults(portal: &Portal, object_type: ObjectType, values: &mut PropertyValues) {
    let defaults: &[(&str, &str)] = match object_type {
        ObjectType::Tickets => &[("hs_pipeline", "0")],
        ObjectType::Deals => &[("pipeline", "default")],
        ObjectType::Tasks => {
            &[("hs_task_status", "NOT_STARTED"), ("hs_task_priority", "NONE"), ("hs_task_type", "TODO")]
        }
        _ => &[],
    };
    for (name, text) in defaults {
        if let (None, Some(name)) = (text_of(values, name), portal.name(object_type, name)) {
            values.push((name, (*text).to_owned()));
        }
    }
}

fn check_required(portal: &Portal, object_type: ObjectType, values: &PropertyValues) -> Result<(), ApiError> {
    let needs_subject = object_type == ObjectType::Tickets && portal.assumptions.ticket_needs_a_subject;
    let subject: &[&str] = if needs_subject { &["subject"] } else { &[] };
    let of_type = object_type.info().required.iter().chain(subject).copied();
    let by_rule = portal.schema(object_type).all().filter(|one| one.required && one.archived_ms.is_none());
    let required = of_type.chain(by_rule.map(|one| &*one.name));
    let missing: Vec<&str> = required.filter(|name| text_of(values, name).is_none()).collect();
    if !missing.is_empty() {
        return Err(api_error::missing_properties(object_type, &missing));
    }
    let is_named = ["email", "firstname", "lastname"].iter().any(|name| text_of(values, name).is_some());
    match object_type == ObjectType::Contacts && portal.assumptions.contact_needs_a_name && !is_named {
        true => Err(api_error::missing_properties(object_type, &["email"])),
        false => Ok(()),
    }
}

/// Returns the values that HubSpot sets by itself when these values are set.
pub(crate) fn automatic_values(
    portal: &Portal,
    object_type: ObjectType,
    values: &PropertyValues,
    now_ms: Ms,
) -> PropertyValues {
    let stage = text_of(values, "lifecyclestage").map(|stage| format!("hs_lifecyclestage_{stage}_date"));
    let assigned = text_of(values, "hubspot_owner_id").map(|_| "hubspot_owner_assigneddate".to_owned());
    let closed = stage::is_closing(portal, object_type, values).then(|| "closed_date".to_owned());
    let done = text_of(values, "hs_task_status") == Some("COMPLETED");
    let done = done.then(|| "hs_task_completion_date".to_owned());
    let names = stage.into_iter().chain(assigned).chain(closed).chain(done);
    names.filter_map(|name| Some((portal.name(object_type, &name)?, stamp(now_ms)))).collect()
}

/// Returns the records that an inline association leads to, each with its label.
fn targets(
    portal: &Portal,
    object_type: ObjectType,
    input: &AssociationInput,
) -> Result<Vec<(RecordKey, Label)>, ApiError> {
    if input.types.is_empty() {
        return Err(not_valid("At least one association type is required", "INVALID_ASSOCIATION_TYPE"));
    }
    input.types.iter().map(|given| target(portal, object_type, &input.to.id, *given)).collect()
}

fn target(
    portal: &Portal,
    object_type: ObjectType,
    id: &str,
    given: AssociationTypeInput,
) -> Result<(RecordKey, Label), ApiError> {
    let label = given.label();
    let Some(to) = associate::target_type(portal, object_type, label) else {
        let message = format!("{} is not a valid association type for {}", label.type_id, object_type.upper_name());
        return Err(not_valid(&message, "INVALID_ASSOCIATION_TYPE"));
    };
    let record = id.parse().ok().and_then(|id| portal.table(to).live(id));
    match (record, portal.assumptions.missing_association_target) {
        (Some(record), _) => Ok(((to, record.id), label)),
        (None, MissingTarget::BadRequest) => {
            Err(not_valid(&format!("No {} with ID {id} exists", to.info().singular), "INVALID_OBJECT_IDS"))
        }
        (None, MissingTarget::NotFound) => Err(api_error::object_not_found(id)),
    }
}

fn not_valid(message: &str, code: &str) -> ApiError {
    ApiError::invalid("one or more associations are not valid")
        .detail(json!({"message": message, "code": code, "in": "associations"}))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::test_client::{SARAH, client};

    const TASKS: &str = "/crm/objects/2026-09/tasks";
    const TICKET: &str = "33190415288";

    fn task(properties: Value) -> Value {
        let to = |id: &str, type_id: u32| {
            let types = [json!({"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id})];
            json!({"to": {"id": id}, "types": types})
        };
        json!({"properties": properties, "associations": [to(SARAH, 204), to(TICKET, 230)]})
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_is_due_at_its_timestamp_and_stands_on_its_records() {
        let client = client();
        let sent = json!({"hs_timestamp": 1_796_137_200_000_u64, "hs_task_subject": "Call back", "hubspot_owner_id": "117001"});
        let made = client.post(TASKS, task(sent)).await.expect(201);
        let id = made["id"].as_str().unwrap();
        assert_eq!(made["properties"]["hs_timestamp"], "2026-12-01T15:00:00.000Z");
        let names = "hs_task_status,hs_task_type,hs_task_priority,hubspot_owner_assigneddate";
        let read =
            client.get(&format!("{TASKS}/{id}?properties={names}&associations=contacts,tickets")).await.expect(200);
        assert_eq!(read["properties"]["hs_task_status"], "NOT_STARTED");
        assert_eq!(
            (&read["properties"]["hs_task_type"], &read["properties"]["hs_task_priority"]),
            (&json!("TODO"), &json!("NONE"))
        );
        assert_eq!(read["associations"]["contacts"]["results"][0]["id"], SARAH);
        assert_eq!(read["associations"]["tickets"]["results"][0]["id"], TICKET);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_without_a_due_date_or_with_an_unknown_status_is_refused() {
        let client = client();
        let undated = client.post(TASKS, task(json!({"hs_task_subject": "Call back"}))).await.expect(400);
        assert!(undated.to_string().contains("hs_timestamp"), "{undated}");
        let odd = json!({"hs_timestamp": "2026-12-01T15:00:00Z", "hs_task_status": "SOMEDAY"});
        let odd = client.post(TASKS, task(odd)).await.expect(400);
        assert!(odd.to_string().contains("INVALID_OPTION"), "{odd}");
        assert_eq!(client.sandbox.records("tasks").len(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn tasks_are_made_in_batches_found_by_search_and_completed() {
        let client = client();
        let input = |subject: &str| {
            task(
                json!({"hs_timestamp": "2026-12-01T15:00:00Z", "hs_task_subject": subject, "hs_queue_membership_ids": "859787765"}),
            )
        };
        let body = json!({"inputs": [input("Call Sarah"), input("Write to Sarah")]});
        let made = client.post(&format!("{TASKS}/batch/create"), body).await.expect(201);
        assert_eq!(made["results"].as_array().unwrap().len(), 2);
        let filter = json!({"propertyName": "hs_task_subject", "operator": "EQ", "value": "Call Sarah"});
        let search = json!({"filterGroups": [{"filters": [filter]}]});
        tokio::time::advance(std::time::Duration::from_secs(60)).await;
        let found = client.post(&format!("{TASKS}/search"), search).await.expect(200);
        assert_eq!(found["total"], 1);
        let path = format!("{TASKS}/{}", found["results"][0]["id"].as_str().unwrap());
        client.patch(&path, json!({"properties": {"hs_task_status": "COMPLETED"}})).await.expect(200);
        let done =
            client.get(&format!("{path}?properties=hs_task_completion_date,hs_queue_membership_ids")).await.expect(200);
        assert!(
            done["properties"]["hs_task_completion_date"].as_str().unwrap().starts_with("2026-11-22T15:0"),
            "{done}"
        );
        assert_eq!(done["properties"]["hs_queue_membership_ids"], "859787765");
        let read_only = json!({"properties": {"hs_task_completion_date": "2026-12-01T15:00:00Z"}});
        client.patch(&path, read_only).await.expect(400);
    }
}
