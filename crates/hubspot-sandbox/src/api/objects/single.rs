//! One object: create, read, list, update, archive.

use serde_json::{Value, json};

use super::view::{self, Projection, ReadOptions};
use super::{create, find, update};
use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::response::ApiResponse;
use crate::model::portal::Portal;
use crate::model::record::Source;

/// HubSpot's page sizes of a list.
const PAGE_DEFAULT: usize = 10;
const PAGE_MAX: usize = 100;
/// The largest page with histories.
const PAGE_WITH_HISTORY_MAX: usize = 50;

pub(crate) fn create(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let object_type = call.object_type("type")?;
    let input: create::Input = call.json()?;
    let draft = create::draft(portal, object_type, &input).map_err(|error| error.into_api_error(portal))?;
    let id = create::commit(portal, object_type, draft, Source::Integration);
    Ok(ApiResponse::created(view::record_by_id(portal, object_type, id, Projection::Created)))
}

pub(crate) fn read(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let object_type = call.object_type("type")?;
    let options = ReadOptions::of(object_type, call)?;
    Ok(ApiResponse::ok(options.render(portal, object_type, find::in_path(portal, object_type, call)?)))
}

pub(crate) fn update(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let object_type = call.object_type("type")?;
    let input: update::Input = call.json()?;
    let record = find::in_path(portal, object_type, call)?;
    let change = update::draft(portal, object_type, record, &input.properties);
    let change = change.map_err(|error| error.into_api_error(portal))?;
    let id = change.id;
    update::commit(portal, object_type, change, Source::Integration);
    let names: Vec<&str> = input.properties.keys().map(String::as_str).collect();
    Ok(ApiResponse::ok(view::record_by_id(portal, object_type, id, Projection::Updated(&names))))
}

/// Archives a record. An id that is archived already or was never there is a success, too.
pub(crate) fn archive(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let object_type = call.object_type("type")?;
    if let Ok(id) = call.param("id").parse() {
        portal.archive(object_type, id);
    }
    Ok(ApiResponse::no_content())
}

pub(crate) fn list(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let object_type = call.object_type("type")?;
    let options = ReadOptions::of(object_type, call)?;
    let page_max = if options.history.is_empty() { PAGE_MAX } else { PAGE_WITH_HISTORY_MAX };
    let limit = call.limit(PAGE_DEFAULT, page_max)?;
    let first = call.first_id()?;
    let archived = call.flag("archived");
    let mut records = portal.table(object_type).from(first).filter(|record| record.is_archived() == archived);
    let results: Vec<Value> =
        records.by_ref().take(limit).map(|record| options.render(portal, object_type, record)).collect();
    let mut page = json!({"results": results});
    if let Some(next) = records.next() {
        page["paging"] = call.paging(&next.id.to_string());
    }
    Ok(ApiResponse::ok(page))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::assumptions::{Assumptions, MissingTarget, TakenValue};
    use crate::clock;
    use crate::settings::Settings;
    use crate::test_client::{SARAH, client, client_with};

    const TICKET: &str = "33190415288";

    #[tokio::test(start_paused = true)]
    async fn a_contact_reads_the_same_at_every_version_of_the_path() {
        let client = client();
        let first = client.get(&format!("/crm/objects/2026-09/contacts/{SARAH}")).await.expect(200);
        assert_eq!(first["properties"]["email"], "sarah@gmail.com");
        assert_eq!(first["createdAt"], first["properties"]["createdate"]);
        assert_eq!(first["updatedAt"], "2025-02-23T22:15:05.802Z");
        assert_eq!(first["url"], format!("https://app.hubspot.com/contacts/44237313/record/0-1/{SARAH}"));
        let names: Vec<_> = first["properties"].as_object().unwrap().keys().collect();
        assert_eq!(names, ["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"]);
        for prefix in ["/crm/v3/objects", "/crm/objects/2026-03", "/crm/2026-09/objects", "/crm/objects/v3"] {
            for object_type in ["contacts", "contact", "0-1"] {
                let same = client.get(&format!("{prefix}/{object_type}/{SARAH}")).await.expect(200);
                assert_eq!(same, first, "{prefix}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_contact_is_found_by_its_primary_and_its_secondary_addresses() {
        let client = client();
        for email in ["aiko.sato%40kissaten.jp", "AIKO@sato.jp", "a.sato@kissaten.jp"] {
            let found =
                client.get(&format!("/crm/objects/2026-09/contacts/{email}?idProperty=email")).await.expect(200);
            assert_eq!(found["id"], "84246481952");
        }
        let unknown = client.get("/crm/objects/2026-09/contacts/nobody@x.com?idProperty=email").await.expect(404);
        assert_eq!(unknown["category"], "OBJECT_NOT_FOUND");
        assert_eq!(unknown["context"]["id"][0], "nobody@x.com");
        client.get("/crm/v3/objects/contacts/Sarah?idProperty=firstname").await.expect(400);
    }

    #[tokio::test(start_paused = true)]
    async fn requested_properties_replace_the_defaults() {
        let client = client();
        let path = format!("/crm/v3/objects/contacts/{SARAH}?properties=hubspot_owner_id,fax&properties=nonsense");
        let properties = client.get(&path).await.expect(200)["properties"].clone();
        assert_eq!(properties["hubspot_owner_id"], "117001");
        assert_eq!(properties["fax"], json!(null));
        let names: Vec<_> = properties.as_object().unwrap().keys().collect();
        assert_eq!(names, ["createdate", "fax", "hs_object_id", "hubspot_owner_id", "lastmodifieddate"]);
    }

    #[tokio::test(start_paused = true)]
    async fn of_two_creations_with_one_unique_value_one_wins() {
        for (form, text) in [
            (TakenValue::Listed, "Property values were not valid: [{"),
            (
                TakenValue::Text,
                "Cannot set PropertyValueCoordinates{portalId=44237313, propertyName=hs_external_object_ids, ",
            ),
        ] {
            let assumptions = Assumptions { taken_value: form, ..Assumptions::default() };
            let client = client_with(Settings { assumptions, ..Settings::default() });
            let ticket = json!({"properties": {"hs_pipeline_stage": "1", "hs_external_object_ids": "key"}});
            let path = "/crm/objects/2026-09/tickets";
            let (one, other) = tokio::join!(client.post(path, ticket.clone()), client.post(path, ticket));
            let made = one.expect(201);
            let message = other.expect(400)["message"].as_str().unwrap().to_owned();
            let holder = format!("{} already has that value.", made["id"].as_str().unwrap());
            assert!(message.starts_with(text) && message.contains(&holder), "{message}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_ticket_is_created_with_its_contact_in_one_request() {
        let client = client();
        let ticket = json!({
            "properties": {"hs_pipeline_stage": 1, "content": "Issue in installing the DUST-E robot"},
            "associations": [{"to": {"id": SARAH}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 16}]}]
        });
        let made = client.post("/crm/objects/2026-09/tickets", ticket).await.expect(201);
        assert_eq!(made["id"], "33397362407");
        let echo = &made["properties"];
        assert_eq!((&echo["hs_pipeline"], &echo["hs_pipeline_stage"]), (&json!("0"), &json!("1")));
        assert_eq!(echo["hs_is_visible_in_help_desk"], "true");
        assert_eq!(echo["hs_ticket_id"], made["id"]);
        assert_eq!(made["createdAt"], "2026-11-22T15:00:00.000Z");
        let path = format!("/crm/v3/objects/contacts/{SARAH}?associations=tickets&properties=notes_last_updated");
        let sarah = client.get(&path).await.expect(200);
        let expected = json!({"results": [{"id": "33397362407", "type": "contact_to_ticket"}]});
        assert_eq!(sarah["associations"]["tickets"], expected);
        assert_eq!(sarah["updatedAt"], "2026-11-22T15:00:00.000Z");
        assert_eq!(sarah["properties"]["notes_last_updated"], "2026-11-22T15:00:00.000Z");
    }

    #[tokio::test(start_paused = true)]
    async fn a_communication_moves_the_contacts_last_activity() {
        let client = client();
        let chat = json!({
            "properties": {
                "hs_communication_channel_type": "CUSTOM_CHANNEL_CONVERSATION", "hs_communication_logged_from": "CRM",
                "hs_communication_body": "I want to know more about your product: Adam",
                "hs_timestamp": "2026-11-22T14:59:58.580988+00:00"
            },
            "associations": [{"to": {"id": 84_246_479_604_u64}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 81}]}]
        });
        let made = client.post("/crm/objects/2026-09/communications", chat).await.expect(201);
        assert_eq!(made["id"], "81116227304");
        assert_eq!(made["properties"]["hs_body_preview"], "I want to know more about your product: Adam");
        assert_eq!(made["properties"]["hs_timestamp"], "2026-11-22T14:59:58.580Z");
        let sarah = &client.sandbox.records("contacts")[0];
        assert_eq!(sarah["properties"]["notes_last_contacted"], "2026-11-22T14:59:58.580Z");
        assert_eq!(sarah["properties"]["num_notes"], "1");
        assert_eq!(sarah["properties"]["lastmodifieddate"], "2026-11-22T15:00:00.000Z");
        assert_eq!(sarah["associations"]["communications"]["results"][0]["id"], "81116227304");
    }

    #[tokio::test(start_paused = true)]
    async fn a_create_with_an_unknown_contact_leaves_nothing_behind() {
        for (choice, status) in [(MissingTarget::BadRequest, 400), (MissingTarget::NotFound, 404)] {
            let assumptions = Assumptions { missing_association_target: choice, ..Assumptions::default() };
            let client = client_with(Settings { assumptions, ..Settings::default() });
            let before = client.sandbox.records("tickets").len();
            let ticket = json!({
                "properties": {"hs_pipeline_stage": "1"},
                "associations": [{"to": {"id": "999"}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 16}]}]
            });
            let refused = client.post("/crm/v3/objects/tickets", ticket).await.expect(status);
            assert!(refused["correlationId"].is_string());
            assert_eq!(client.sandbox.records("tickets").len(), before);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_lists_every_invalid_value() {
        let client = client();
        let wrong =
            json!({"properties": {"missing": "x", "email": "000", "createdate": "1", "lifecyclestage": "Lead"}});
        let refused = client.post("/crm/v3/objects/contacts", wrong).await.expect(400);
        let codes: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| error["code"].clone()).collect();
        assert_eq!(codes, ["PROPERTY_DOESNT_EXIST", "INVALID_EMAIL", "READ_ONLY_VALUE", "INVALID_OPTION"]);
        for (properties, code) in [
            (json!({"subject": "x"}), "MISSING_REQUIRED_PROPERTY"),
            (json!({"hs_pipeline_stage": "9"}), "INVALID_OPTION"),
            (json!({"hs_pipeline": "748239100", "hs_pipeline_stage": "1"}), "INVALID_OPTION"),
            (json!({"hs_pipeline_stage": "1", "hubspot_owner_id": "9586504"}), "INVALID_OPTION"),
        ] {
            let refused = client.post("/crm/v3/objects/tickets", json!({"properties": properties})).await.expect(400);
            assert_eq!(refused["errors"][0]["code"], code);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_belongs_to_one_contact() {
        let client = client();
        for email in ["Sarah@Gmail.com", "aiko@sato.jp"] {
            let refused =
                client.post("/crm/v3/objects/contacts", json!({"properties": {"email": email}})).await.expect(409);
            let message = refused["message"].as_str().unwrap();
            assert!(message.starts_with("Contact already exists. Existing ID: 84246"), "{message}");
            assert_eq!(refused["category"], "CONFLICT");
        }
        let body = json!({"properties": {"email": "sarah@gmail.com", "phone": "+45 12"}});
        client.patch("/crm/v3/objects/contacts/84246481952", body.clone()).await.expect(409);
        let aiko = "/crm/v3/objects/contacts/84246481952";
        client.patch(aiko, json!({"properties": {"email": "aiko@sato.jp"}})).await.expect(200);
        let after = client.get(&format!("{aiko}?properties=hs_additional_emails")).await.expect(200);
        assert_eq!(after["properties"]["hs_additional_emails"], "aiko.sato@kissaten.jp;a.sato@kissaten.jp");
        let own = client.patch(&format!("/crm/v3/objects/contacts/{SARAH}"), body).await.expect(200);
        assert_eq!(own["properties"]["phone"], "+45 12");
        assert_eq!(own["properties"]["lastname"], json!(null));
    }

    #[tokio::test(start_paused = true)]
    async fn the_lifecycle_stage_moves_forward_only() {
        let client = client();
        let path = format!("/crm/v3/objects/contacts/{SARAH}");
        let stage = |stage: &str| json!({"properties": {"lifecyclestage": stage}});
        let back = client.patch(&path, stage("lead")).await.expect(200);
        assert_eq!(back["properties"]["lifecyclestage"], "customer");
        client.patch(&path, stage("")).await.expect(200);
        let cleared = client.patch(&path, stage("lead")).await.expect(200);
        assert_eq!(cleared["properties"]["lifecyclestage"], "lead");
        let made = client.post("/crm/v3/objects/contacts", stage("lead")).await.expect(201);
        let ms = clock::instant(1_795_359_600_000).timestamp_millis().to_string();
        assert_eq!(made["properties"]["hs_lifecyclestage_lead_date"], ms);
    }

    #[tokio::test(start_paused = true)]
    async fn an_archived_record_is_found_only_with_archived_true() {
        let client = client();
        let path = format!("/crm/v3/objects/contacts/{SARAH}");
        for _ in 0..2 {
            assert_eq!(client.delete(&path).await.status, 204);
        }
        client.get(&path).await.expect(404);
        let archived = client.get(&format!("{path}?archived=true")).await.expect(200);
        assert_eq!(archived["archived"], true);
        assert!(archived["archivedAt"].is_string());
        client.post("/crm/v3/objects/contacts", json!({"properties": {"email": "sarah@gmail.com"}})).await.expect(201);
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_is_paged_by_the_next_id() {
        let client = client();
        let first = client.get("/crm/v3/objects/contacts?limit=4").await.expect(200);
        assert_eq!(first["results"].as_array().unwrap().len(), 4);
        let after = first["paging"]["next"]["after"].as_str().unwrap().to_owned();
        let last = client.get(&format!("/crm/v3/objects/contacts?limit=4&after={after}")).await.expect(200);
        assert_eq!(last["results"][0]["id"], after);
        assert_eq!(last["results"].as_array().unwrap().len(), 3);
        assert_eq!(last.get("paging"), None);
        for bad in ["limit=0", "limit=101", "limit=51&propertiesWithHistory=email", "limit=x", "after=x"] {
            client.get(&format!("/crm/v3/objects/contacts?{bad}")).await.expect(400);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_link_of_a_page_leads_to_the_next_one() {
        let client = client();
        let with_fax = "/crm/objects/2026-09/contacts?after=84246480117&limit=4&properties=fax";
        for (first, page) in [
            (with_fax.to_owned(), 2),
            (format!("/crm/v4/objects/tickets/{TICKET}/associations/contacts?limit=1"), 1),
            ("/scheduler/v3/meetings/meeting-links?type=PERSONAL_LINK&limit=3".to_owned(), 2),
        ] {
            let label = "/crm/v4/objects/contacts/84246479604/associations/default/tickets/33190415288";
            client.put(label, json!(null)).await.expect(200);
            let paging = client.get(&first).await.expect(200)["paging"]["next"].clone();
            let path = paging["link"].as_str().unwrap().strip_prefix("https://api.hubapi.com").unwrap();
            assert!(path.ends_with(&format!("after={}", paging["after"].as_str().unwrap())), "{path}");
            let last = client.get(path).await.expect(200);
            assert_eq!((last["results"].as_array().unwrap().len(), last.get("paging")), (page, None), "{path}");
            assert_eq!(last["results"][0]["properties"].get("fax").is_some(), first == with_fax);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn history_is_shown_newest_first() {
        let client = client();
        let path = format!("/crm/v3/objects/contacts/{SARAH}");
        client.patch(&path, json!({"properties": {"firstname": "Sara"}})).await.expect(200);
        let read =
            client.get(&format!("{path}?propertiesWithHistory=firstname,hs_object_id,nonsense")).await.expect(200);
        assert_eq!(read["propertiesWithHistory"]["hs_object_id"][0]["value"], SARAH);
        assert_eq!(read["propertiesWithHistory"].get("nonsense"), None);
        let history = &read["propertiesWithHistory"]["firstname"];
        assert_eq!((&history[0]["value"], &history[1]["value"]), (&json!("Sara"), &json!("Sarah")));
        assert_eq!(history[1]["sourceType"], "CRM_UI");
    }
}
