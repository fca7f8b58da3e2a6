//! Create, read, list, update and archive one object.

use axum::Router;
use serde_json::{Value, json};

use super::create;
use super::find;
use super::kind::Kind;
use super::record::{Record, Source};
use super::update;
use super::view::{self, Shown};
use crate::Sandbox;
use crate::access::Scopes;
use crate::answer::Answer;
use crate::call::{Call, unknown_kind};
use crate::crm::{associations, batch, merge, search};
use crate::limits::Bucket;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::router::{DELETE, Demand, GET, PATCH, POST, answers, counts, needs};

/// HubSpot's page sizes of a list.
const PAGE_DEFAULT: usize = 10;
const PAGE_MAX: usize = 100;
/// The same when histories are asked for.
const PAGE_WITH_HISTORY_MAX: usize = 50;

pub(crate) const READ: Demand = needs(Scopes::Read);
pub(crate) const WRITE: Demand = needs(Scopes::Write);

/// Activities are written with the contacts' scope.
pub(crate) const WRITE_CONTACTS: Demand = needs(Scopes::OneOf(&["crm.objects.contacts.write"]));

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/{type}", answers(GET, READ, list).merge(answers(POST, WRITE, create)))
        .route(
            "/{type}/{id}",
            answers(GET, READ, read).merge(answers(PATCH, WRITE, change)).merge(answers(DELETE, WRITE, archive)),
        )
        .route("/{type}/search", answers(POST, counts(Scopes::Read, Bucket::Search), search::search))
        .route("/{type}/merge", answers(POST, WRITE, merge::merge))
        .route("/{type}/gdpr-delete", answers(POST, WRITE, merge::gdpr_delete))
        .merge(batch::routes())
        .merge(associations::routes())
}

fn create(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let kind = call.kind("type")?;
    let input: create::Input = call.json()?;
    let draft = create::draft(portal, kind, &input).map_err(|problem| problem.into_refusal(portal))?;
    let id = create::commit(portal, kind, draft, Source::Integration);
    Ok(Answer::created(shown(portal, kind, id, Shown::Created)))
}

fn read(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let kind = call.kind("type")?;
    let wish = Wish::of(kind, call)?;
    Ok(Answer::ok(wish.fulfil(portal, kind, find::in_path(portal, kind, call)?)))
}

fn change(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let kind = call.kind("type")?;
    let input: update::Input = call.json()?;
    let record = find::in_path(portal, kind, call)?;
    let change =
        update::draft(portal, kind, record, &input.properties).map_err(|problem| problem.into_refusal(portal))?;
    let id = change.id;
    update::commit(portal, kind, change, Source::Integration);
    let touched: Vec<&str> = input.properties.keys().map(String::as_str).collect();
    Ok(Answer::ok(shown(portal, kind, id, Shown::Touched(&touched))))
}

/// Archiving what is archived already, or was never there, is as good.
fn archive(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let kind = call.kind("type")?;
    if let Ok(id) = call.param("id").parse() {
        bury(portal, kind, id);
    }
    Ok(Answer::no_content())
}

/// An archived record keeps its values and loses its associations.
pub(crate) fn bury(portal: &mut Portal, kind: Kind, id: u64) {
    let Some(id) = portal.table(kind).live(id).map(|record| record.id) else { return };
    let now_ms = portal.now_ms();
    portal.change(kind, id, |record| record.archived_ms = Some(now_ms));
    portal.links.detach((kind, id));
}

pub(crate) fn shown(portal: &Portal, kind: Kind, id: u64, shown: Shown<'_>) -> Value {
    portal.table(kind).get(id).map_or(Value::Null, |record| view::record(portal, kind, record, shown))
}

fn list(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let kind = call.kind("type")?;
    let wish = Wish::of(kind, call)?;
    let limit = call.limit(PAGE_DEFAULT, if wish.history.is_empty() { PAGE_MAX } else { PAGE_WITH_HISTORY_MAX })?;
    let first = call.first_id()?;
    let archived = call.flag("archived");
    let mut records = portal.table(kind).from(first).filter(|record| record.is_archived() == archived);
    let results: Vec<Value> = records.by_ref().take(limit).map(|record| wish.fulfil(portal, kind, record)).collect();
    let mut page = json!({"results": results});
    if let Some(next) = records.next() {
        page["paging"] = call.paging(&next.id.to_string());
    }
    Ok(Answer::ok(page))
}

/// What a read or a list is asked to show.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) properties: Vec<String>,
    pub(crate) history: Vec<String>,
    pub(crate) associations: Vec<Kind>,
}

impl Wish {
    fn of(kind: Kind, call: &Call) -> Result<Wish, Refusal> {
        let associations = call.list("associations");
        let associations = associations.iter().map(|name| Kind::named(name).ok_or_else(|| unknown_kind(name)));
        let (properties, history) = (call.list("properties"), call.list("propertiesWithHistory"));
        Ok(Wish::new(kind, properties, history, associations.collect::<Result<_, _>>()?))
    }

    /// Asking for nothing in particular means the kind's defaults.
    pub(crate) fn new(kind: Kind, properties: Vec<String>, history: Vec<String>, associations: Vec<Kind>) -> Wish {
        let mut properties = if properties.is_empty() { view::defaults(kind) } else { properties };
        properties.extend(history.iter().cloned());
        Wish { properties, history, associations }
    }

    pub(crate) fn fulfil(&self, portal: &Portal, kind: Kind, record: &Record) -> Value {
        let mut view = view::record(portal, kind, record, Shown::Asked(&self.properties));
        if !self.history.is_empty() {
            view["propertiesWithHistory"] = view::history(portal, kind, record, &self.history);
        }
        if let Some(all) = view::associations(portal, kind, record.id, &self.associations) {
            view["associations"] = all;
        }
        view
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::choices::{Choices, MissingTarget};
    use crate::testing::{SARAH, client, client_of};
    use crate::{Settings, clock};

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
            for kind in ["contacts", "contact", "0-1"] {
                let same = client.get(&format!("{prefix}/{kind}/{SARAH}")).await.expect(200);
                assert_eq!(same, first, "{prefix}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_finds_its_contact_be_it_the_first_or_another_one() {
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
    async fn asking_for_properties_replaces_the_defaults() {
        let client = client();
        let path = format!("/crm/v3/objects/contacts/{SARAH}?properties=hubspot_owner_id,fax&properties=nonsense");
        let properties = client.get(&path).await.expect(200)["properties"].clone();
        assert_eq!(properties["hubspot_owner_id"], "117001");
        assert_eq!(properties["fax"], json!(null));
        let names: Vec<_> = properties.as_object().unwrap().keys().collect();
        assert_eq!(names, ["createdate", "fax", "hs_object_id", "hubspot_owner_id", "lastmodifieddate"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_ticket_is_made_with_its_contact_in_one_request() {
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
            let choices = Choices { missing_association_target: choice, ..Choices::default() };
            let client = client_of(Settings { choices, ..Settings::default() });
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
    async fn everything_wrong_with_the_values_is_told_at_once() {
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
    async fn an_address_is_nobody_elses() {
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
    async fn an_archived_record_is_gone_unless_asked_for() {
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
