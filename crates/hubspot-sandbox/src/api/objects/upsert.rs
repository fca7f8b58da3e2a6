//! Batch upsert: updates the record that has a unique value, or creates one.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::batch::{self, check_duplicate_ids, duplicate_id};
use super::create::{self, Input};
use super::unique::check_duplicates_in_batch;
use super::view::{self, Projection};
use super::write::Write;
use super::write_error::{WriteError, collect_or_first_error};
use super::{find, update};
use crate::api::api_error::ApiError;
use crate::api::batch::{INPUTS_MAX, batch_response, inputs};
use crate::api::call::ApiCall;
use crate::api::response::ApiResponse;
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::model::record::{Record, Source};

/// Upserts all inputs or none: HubSpot has no partial upserts by e-mail address.
pub(crate) fn upsert(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let object_type = call.object_type("type")?;
    let inputs: Vec<batch::UpdateInput> = inputs(call, INPUTS_MAX)?;
    check_duplicate_ids(&inputs)?;
    let writes: Result<Vec<_>, _> = inputs.iter().map(|input| plan(portal, object_type, input)).collect();
    let writes = collect_or_first_error(portal, writes?)?;
    check_duplicate_records(&writes)?;
    check_duplicates_in_batch(portal, object_type, writes.iter().map(Write::values))?;
    let results: Vec<Value> =
        writes.into_iter().zip(&inputs).map(|(write, input)| commit(portal, object_type, write, input)).collect();
    Ok(batch_response(portal, call, 200, results, Vec::new()))
}

fn plan(
    portal: &Portal,
    object_type: ObjectType,
    input: &batch::UpdateInput,
) -> Result<Result<Write, WriteError>, ApiError> {
    let name = input.id_property.as_deref().unwrap_or("hs_object_id");
    let found = find::record(portal, object_type, &input.id, Some(name))?.filter(|one| !one.is_archived());
    match found.filter(|record| matches_id(portal, record, name, &input.id)) {
        Some(record) => Ok(update::draft(portal, object_type, record, &input.properties).map(Write::Update)),
        None if name == "hs_object_id" => {
            Err(ApiError::invalid(format!("No {} with ID {} exists", object_type.info().singular, input.id)))
        }
        None => {
            let mut properties = input.properties.clone();
            properties.insert(name.to_owned(), json!(input.id));
            let input = Input { properties, ..Input::default() };
            Ok(create::draft(portal, object_type, &input).map(Write::Create))
        }
    }
}

/// Says that a record found by `id` is to be updated. One found by a secondary e-mail address is so only by assumption.
fn matches_id(portal: &Portal, record: &Record, name: &str, id: &str) -> bool {
    let is_primary = || record.get("email").is_some_and(|email| email.eq_ignore_ascii_case(id.trim()));
    name != "email" || portal.assumptions.upsert_meets_secondary_email || is_primary()
}

/// Checks that no record is updated twice, as it would be by two addresses of one contact.
fn check_duplicate_records(writes: &[Write]) -> Result<(), ApiError> {
    let mut seen = BTreeSet::new();
    let ids = writes.iter().filter_map(|write| match write {
        Write::Update(change) => Some(change.id),
        Write::Create(_) => None,
    });
    ids.into_iter().find(|id| !seen.insert(*id)).map_or(Ok(()), |id| Err(duplicate_id(&id.to_string())))
}

fn commit(portal: &mut Portal, object_type: ObjectType, write: Write, input: &batch::UpdateInput) -> Value {
    let is_new = matches!(write, Write::Create(_));
    let id = write.commit(portal, object_type, Source::Integration);
    let names: Vec<&str> = input.properties.keys().map(String::as_str).collect();
    let projection = if is_new { Projection::Created } else { Projection::Updated(&names) };
    let mut shown = view::record_by_id(portal, object_type, id, projection);
    shown["new"] = is_new.into();
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::assumptions::Assumptions;
    use crate::settings::Settings;
    use crate::test_client::{Client, SARAH, client, client_with};

    async fn upsert(client: &Client, emails: &[&str], status: u16) -> Value {
        let inputs: Vec<_> = emails
            .iter()
            .map(|email| json!({"id": email, "idProperty": "email", "properties": {"firstname": "New"}}))
            .collect();
        client.post("/crm/objects/2026-09/contacts/batch/upsert", json!({"inputs": inputs})).await.expect(status)
    }

    #[tokio::test(start_paused = true)]
    async fn known_records_are_updated_and_unknown_ones_are_created() {
        let client = client();
        let answer = upsert(&client, &["sarah@gmail.com", "aiko@sato.jp", "new@x.com"], 200).await;
        let seen: Vec<_> =
            answer["results"].as_array().unwrap().iter().map(|one| (one["id"].clone(), one["new"].clone())).collect();
        assert_eq!(seen[0], (json!(SARAH), json!(false)));
        assert_eq!(seen[1], (json!("84246481952"), json!(false)));
        assert_eq!(seen[2].1, json!(true));
        assert_eq!(client.sandbox.records("contacts").len(), 8);
    }

    #[tokio::test(start_paused = true)]
    async fn one_invalid_input_prevents_the_whole_batch() {
        let client = client();
        upsert(&client, &["new@x.com", "not an address"], 400).await;
        upsert(&client, &["aiko@sato.jp", "a.sato@kissaten.jp"], 400).await;
        let moved = json!({"id": "sarah@gmail.com", "idProperty": "email", "properties": {"email": "new@x.com"}});
        let made = json!({"id": "new@x.com", "idProperty": "email", "properties": {"firstname": "New"}});
        let path = "/crm/v3/objects/contacts/batch/upsert";
        client.post(path, json!({"inputs": [moved, made]})).await.expect(409);
        assert_eq!(client.sandbox.records("contacts").len(), 7);
        let assumptions = Assumptions { upsert_meets_secondary_email: false, ..Assumptions::default() };
        let client = client_with(Settings { assumptions, ..Settings::default() });
        upsert(&client, &["aiko@sato.jp"], 409).await;
    }
}
