//! Booking a meeting: a slot becomes busy, a contact is created or updated, a meeting is logged.
//!
//! See HubSpot's page "Meetings API" for the request and the response.

use serde_json::{Map, Value, json};

use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::input::as_text;
use crate::api::meetings::booking_info::{no_such_slug, time_zone};
use crate::api::meetings::booking_request::{self, BookingRequest, scheduling_error};
use crate::api::objects::create::{self, Draft, Input};
use crate::api::objects::update;
use crate::api::objects::write::Write;
use crate::api::objects::write_error::WriteError;
use crate::api::response::ApiResponse;
use crate::assumptions::SlotTaken;
use crate::clock::stamp_seconds;
use crate::model::associate;
use crate::model::calendar::Interval;
use crate::model::link_availability::LinkAvailability;
use crate::model::meeting_link::{LinkType, MeetingLink};
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::model::record::Source;
use crate::model::zone::Zone;

const MEETING_TO_CONTACT: u32 = 200;

/// A checked booking.
#[derive(Debug)]
struct BookingPlan {
    link: MeetingLink,
    zone: Zone,
    slot: Interval,
    /// User ids of the people who hold the meeting.
    hosts: Vec<u64>,
    /// None of the hosts has a calendar: nothing is booked.
    is_offline: bool,
}

pub(crate) fn book(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let request: BookingRequest = call.json()?;
    let plan = plan(portal, &request, call)?;
    let contact = contact(portal, &request).map_err(|error| error.into_api_error(portal))?;
    let meeting = if plan.is_offline { None } else { Some(meeting(portal, &plan, &request)?) };
    let contact_id = contact.commit(portal, ObjectType::Contacts, Source::Meetings);
    let event_id = meeting.map_or_else(String::new, |meeting| meeting.commit(portal, &plan, contact_id));
    Ok(ApiResponse::ok(confirmation(&plan, &request, contact_id, &event_id)))
}

fn plan(portal: &Portal, request: &BookingRequest, call: &ApiCall) -> Result<BookingPlan, ApiError> {
    let link = portal.scheduler.link(&request.slug).ok_or_else(no_such_slug)?;
    let zone = time_zone(request.timezone.as_deref().or(call.query("timezone")).or(Some("UTC")))?;
    booking_request::check(portal.assumptions, link, request)?;
    let start = booking_request::start_ms(portal.assumptions, &request.start_time)?;
    let slot = Interval { start, end: start.saturating_add(request.duration) };
    let availability = LinkAvailability::of(portal, link);
    let hosts = hosts(portal, &availability, request, slot)?;
    let is_offline = !hosts.iter().any(|id| portal.scheduler.calendars.get(id).is_some_and(|own| own.is_connected()));
    Ok(BookingPlan { link: link.clone(), zone, slot, hosts, is_offline })
}

/// Returns the user ids of those who are to hold the meeting, or an error if the slot is not offered or not free.
fn hosts(
    portal: &Portal,
    availability: &LinkAvailability<'_>,
    request: &BookingRequest,
    slot: Interval,
) -> Result<Vec<u64>, ApiError> {
    let only = Interval { start: slot.start, end: slot.start.saturating_add(1) };
    if !availability.all_slots(request.duration, only).contains(&slot) {
        return Err(start_not_valid());
    }
    if !availability.free_slots(request.duration, only).contains(&slot) {
        return Err(match portal.assumptions.slot_taken {
            SlotTaken::StartTimeNotValid => start_not_valid(),
            SlotTaken::Conflict => slot_taken(),
        });
    }
    if availability.link.link_type != LinkType::RoundRobinCalendar {
        return Ok(availability.link.member_user_ids.clone());
    }
    let is_free = |id: &u64| availability.free_slots_of(*id, request.duration, only).contains(&slot);
    let preferred = preferred_hosts(portal, availability.link, request);
    let chosen = preferred.into_iter().chain(availability.link.member_user_ids.iter().copied()).find(is_free);
    chosen.map(|id| vec![id]).ok_or_else(slot_taken)
}

/// Returns the hosts of a round robin to prefer: the contact's owner if the link says so, then the client's choice.
fn preferred_hosts(portal: &Portal, link: &MeetingLink, request: &BookingRequest) -> Vec<u64> {
    let contact = portal.table(ObjectType::Contacts).by_email(&request.email).filter(|_| link.owner_prioritized);
    let owner = contact.and_then(|contact| portal.owner(contact.get("hubspot_owner_id")?)).map(|owner| owner.user_id);
    let likely = request.likely_available_user_ids.iter().flatten().filter_map(|id| as_text(id).parse().ok());
    owner.into_iter().chain(likely).filter(|id| link.member_user_ids.contains(id)).collect()
}

fn start_not_valid() -> ApiError {
    scheduling_error("Start time must be contained in availability settings", "MEETING_START_TIME_NOT_VALID")
}

fn slot_taken() -> ApiError {
    ApiError::new(409, "The meeting time is no longer available")
        .category("CONFLICT")
        .sub_category("MeetingsBookingSchedulingError.MEETING_TIME_NOT_AVAILABLE")
}

/// Checks the write of the contact: one with the address gets the names and the form fields, else one is created.
fn contact(portal: &Portal, request: &BookingRequest) -> Result<Write, WriteError> {
    let mut properties = Map::new();
    properties.insert("firstname".into(), request.first_name.clone().into());
    properties.insert("lastname".into(), request.last_name.clone().into());
    let schema = portal.schema(ObjectType::Contacts);
    for field in request.form_fields.iter().flatten() {
        if schema
            .get(&field.name)
            .is_some_and(|definition| !definition.read_only && definition.name.as_ref() != "email")
        {
            properties.insert(field.name.clone(), field.value.clone());
        }
    }
    match portal.table(ObjectType::Contacts).by_email(&request.email) {
        Some(contact) => update::draft(portal, ObjectType::Contacts, contact, &properties).map(Write::Update),
        None => {
            properties.insert("email".into(), request.email.clone().into());
            draft(portal, ObjectType::Contacts, properties).map(Write::Create)
        }
    }
}

fn draft(portal: &Portal, object_type: ObjectType, properties: Map<String, Value>) -> Result<Draft, WriteError> {
    create::draft(portal, object_type, &Input { properties, ..Input::default() })
}

/// A checked meeting with the id of its calendar event.
struct Meeting {
    draft: Draft,
    event_id: String,
}

fn meeting(portal: &Portal, plan: &BookingPlan, request: &BookingRequest) -> Result<Meeting, ApiError> {
    let event_id = portal.scheduler.next_event_id();
    let mut owners = portal.owners.iter().filter(|owner| !owner.archived);
    let owner = owners.find(|owner| plan.hosts.contains(&owner.user_id)).map(|owner| owner.id.as_str());
    let properties = [
        ("hs_timestamp", json!(plan.slot.start)),
        ("hs_meeting_title", json!(subject(plan, request))),
        ("hs_meeting_start_time", json!(plan.slot.start)),
        ("hs_meeting_end_time", json!(plan.slot.end)),
        ("hs_meeting_outcome", json!("SCHEDULED")),
        ("hs_meeting_location", json!(plan.link.location)),
        ("hs_meeting_external_url", json!(conference_url(&event_id))),
        ("hs_activity_type", json!(plan.link.meeting_type)),
        ("hubspot_owner_id", json!(owner)),
    ];
    let properties = properties.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
    let draft = draft(portal, ObjectType::Meetings, properties).map_err(|error| error.into_api_error(portal))?;
    Ok(Meeting { draft, event_id })
}

impl Meeting {
    /// Puts the meeting into the hosts' calendars, logs it on the contact, and returns the id of its event.
    fn commit(self, portal: &mut Portal, plan: &BookingPlan, contact_id: u64) -> String {
        portal.scheduler.reserve(&plan.hosts, plan.slot);
        let meeting = create::commit(portal, ObjectType::Meetings, self.draft, Source::Meetings);
        set_source(portal, meeting, &self.event_id);
        let label = associate::hubspot_label(MEETING_TO_CONTACT);
        associate::add(portal, (ObjectType::Meetings, meeting), (ObjectType::Contacts, contact_id), label);
        self.event_id
    }
}

/// Sets the properties that mark a meeting as made by the scheduler.
fn set_source(portal: &mut Portal, meeting: u64, event_id: &str) {
    let all = [
        ("hs_meeting_source", "INTEGRATION"),
        ("hs_meeting_source_id", event_id),
        ("hs_engagement_source", "MEETINGS"),
    ];
    set_read_only(portal, meeting, &all);
}

/// Sets properties of a meeting that clients cannot set.
pub(crate) fn set_read_only(portal: &mut Portal, meeting: u64, all: &[(&str, &str)]) {
    let now_ms = portal.now_ms();
    let named: Vec<_> =
        all.iter().filter_map(|(name, text)| Some((portal.name(ObjectType::Meetings, name)?, *text))).collect();
    portal.change(ObjectType::Meetings, meeting, |record| {
        named.iter().for_each(|(name, text)| record.set(name, text, now_ms, Source::Meetings));
    });
}

fn subject(plan: &BookingPlan, request: &BookingRequest) -> String {
    let name = format!("{} {}", request.first_name.trim(), request.last_name.trim());
    match plan.link.subject.as_str() {
        "" => format!("Meeting with {name}"),
        subject => format!("{subject}: {name}"),
    }
}

fn conference_url(event_id: &str) -> String {
    let letters: String = event_id.chars().filter(char::is_ascii_lowercase).cycle().take(10).collect();
    match letters.len() {
        10 => format!("https://meet.google.com/{}-{}-{}", &letters[..3], &letters[3..7], &letters[7..]),
        _ => "https://meet.google.com/frontdesk".to_owned(),
    }
}

/// Renders the booking. Without a calendar HubSpot answers 200, too, with an empty event id: nothing is booked.
fn confirmation(plan: &BookingPlan, request: &BookingRequest, contact_id: u64, event_id: &str) -> Value {
    let mut booked = json!({
        "calendarEventId": event_id, "start": stamp_seconds(plan.slot.start), "end": stamp_seconds(plan.slot.end),
        "duration": request.duration, "contactId": contact_id.to_string(), "bookingTimezone": plan.zone.name(),
        "locale": request.locale.as_deref().unwrap_or("en-us"),
        "guestEmails": request.guest_emails.as_deref().unwrap_or_default(), "subject": subject(plan, request),
        "location": plan.link.location, "isOffline": plan.is_offline, "formFields": form_fields(plan, request),
        "legalConsentResponses": consents(request)
    });
    if !plan.is_offline {
        booked["webConferenceUrl"] = conference_url(event_id).into();
        booked["webConferenceMeetingId"] = event_id.into();
    }
    booked
}

fn form_fields(plan: &BookingPlan, request: &BookingRequest) -> Vec<Value> {
    let fields = request.form_fields.iter().flatten().filter_map(|answered| {
        let field = plan.link.form_fields.iter().find(|field| field.name == answered.name)?;
        Some(json!({
            "name": field.name, "label": field.label, "value": answered.value, "isCustom": field.is_custom,
            "fieldType": field.field_type
        }))
    });
    fields.collect()
}

fn consents(request: &BookingRequest) -> Vec<Value> {
    let responses = request.legal_consent_responses.iter().flatten();
    responses
        .map(|response| {
            json!({
                "communicationTypeId": as_text(&response.communication_type_id), "consented": response.consented
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use serde_json::json;

    use super::*;
    use crate::assumptions::Assumptions;
    use crate::clock::Ms;
    use crate::settings::Settings;
    use crate::test_client::{Client, SARAH, client, client_with};

    /// Tuesday 1 December 2026, 13:00 in New York.
    const FREE: &str = "2026-12-01T18:00:00Z";

    fn at(text: &str) -> Ms {
        text.parse::<DateTime<Utc>>().unwrap().timestamp_millis()
    }

    /// The request of a client that sends no form fields, no consents, and the time zone in the query as well.
    fn request(change: Value) -> Value {
        let mut request = json!({
            "slug": "richtech/veronica-chen", "duration": 1_800_000, "startTime": at(FREE), "email": "Sarah@gmail.com",
            "firstName": "Sarah", "lastName": "Mark", "timezone": "America/New_York", "locale": "en-us"
        });
        request.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        request
    }

    async fn book(client: &Client, change: Value, status: u16) -> Value {
        let path = "/scheduler/v3/meetings/meeting-links/book?timezone=America%2FNew_York";
        client.post(path, request(change)).await.expect(status)
    }

    #[tokio::test(start_paused = true)]
    async fn a_booking_is_in_the_calendar_and_on_the_contact() {
        let client = client();
        let booked = book(&client, json!({}), 200).await;
        assert_eq!((&booked["start"], &booked["end"]), (&json!(FREE), &json!("2026-12-01T18:30:00Z")));
        assert_eq!((&booked["contactId"], &booked["isOffline"]), (&json!(SARAH), &json!(false)));
        assert_eq!(booked["calendarEventId"].as_str().unwrap().len(), 26);
        let meeting = &client.sandbox.records("meetings")[0];
        assert_eq!(meeting["properties"]["hs_meeting_source"], "INTEGRATION");
        assert_eq!(meeting["properties"]["hs_meeting_outcome"], "SCHEDULED");
        assert_eq!(meeting["properties"]["hubspot_owner_id"], "117001");
        assert_eq!(meeting["associations"]["contacts"]["results"][0]["id"], SARAH);
        let again = book(&client, json!({}), 400).await;
        assert_eq!(again["subCategory"], "MeetingsBookingSchedulingError.MEETING_START_TIME_NOT_VALID");
        assert_eq!(client.sandbox.records("meetings").len(), 1);
        book(&client, json!({"startTime": "2026-12-01T18:30:00Z"}), 200).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_booking_leaves_nothing_behind() {
        let client = client();
        let before = client.sandbox.snapshot();
        book(&client, json!({"email": "new@guest.com", "firstName": "N".repeat(65_530), "lastName": "-"}), 400).await;
        assert!(client.sandbox.snapshot() == before);
        book(&client, json!({}), 200).await;
    }

    #[tokio::test(start_paused = true)]
    async fn an_archived_owner_owns_no_meeting() {
        let client = client();
        client
            .sandbox
            .restore(&client.sandbox.snapshot().replace(
                r#""firstName":"Veronica","lastName":"Chen","archived":false"#,
                r#""firstName":"Veronica","lastName":"Chen","archived":true"#,
            ))
            .unwrap();
        book(&client, json!({}), 200).await;
        assert_eq!(client.sandbox.records("meetings")[0]["properties"].get("hubspot_owner_id"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_booking_of_an_unknown_address_creates_a_contact() {
        let client = client();
        let booked = book(&client, json!({"email": "new@guest.com", "firstName": "New", "lastName": "-"}), 200).await;
        let path = format!("/crm/v3/objects/contacts/{}", booked["contactId"].as_str().unwrap());
        let made = client.get(&format!("{path}?properties=lastname,hs_object_source_label")).await.expect(200);
        assert_eq!(made["properties"]["lastname"], "-");
        assert_eq!(made["properties"]["hs_object_source_label"], "MEETINGS");
    }

    #[tokio::test(start_paused = true)]
    async fn every_error_has_its_code_and_changes_nothing() {
        let client = client();
        let site_visit = json!({"slug": "richtech/site-visit", "duration": 3_600_000});
        let with = |more: Value| {
            let mut visit = site_visit.clone();
            visit.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            visit
        };
        let company = json!([{"name": "company", "value": "Acme"}]);
        for (change, status, code) in [
            (json!({"startTime": at("2026-11-01T18:00:00Z")}), 400, "MEETING_START_TIME_NOT_VALID"),
            (json!({"startTime": at("2026-12-01T18:07:00Z")}), 400, "MEETING_START_TIME_NOT_VALID"),
            (json!({"startTime": at("2026-12-01T19:00:00Z")}), 400, "MEETING_START_TIME_NOT_VALID"),
            (json!({"startTime": at("2026-12-05T18:00:00Z")}), 400, "MEETING_START_TIME_NOT_VALID"),
            (json!({"duration": 30}), 400, "MEETING_DURATION_NOT_VALID"),
            (json!({"email": "testuser@example.com"}), 400, "INVALID_EMAIL"),
            (json!({"guestEmails": ["a@b.com"]}), 400, "INVALID_EMAIL_GUESTS"),
            (site_visit.clone(), 400, "MISSING_REQUIRED_FORM_FIELD"),
            (with(json!({"formFields": company})), 400, "LEGAL_CONSENT_NOT_VALID"),
        ] {
            let refused = book(&client, change.clone(), status).await;
            assert_eq!(refused["subCategory"], format!("MeetingsBookingSchedulingError.{code}"), "{change}");
        }
        book(&client, json!({"slug": "nobody"}), 404).await;
        book(&client, json!({"lastName": " "}), 400).await;
        book(&client, json!({"startTime": null}), 400).await;
        assert_eq!(client.sandbox.records("meetings").len() + client.sandbox.records("contacts").len(), 7);
        let consents = json!([{"communicationTypeId": "12345", "consented": true}]);
        let visit = with(
            json!({"formFields": company, "legalConsentResponses": consents, "guestEmails": ["a@b.com"], "startTime": "2026-12-01T17:00:00Z"}),
        );
        let booked = book(&client, visit, 200).await;
        assert_eq!(booked["formFields"][0]["label"], "Company name");
        assert_eq!(client.sandbox.records("contacts")[0]["properties"]["company"], "Acme");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_calendar_nothing_is_booked_although_the_status_is_200() {
        let client = client();
        let booked = book(&client, json!({"slug": "richtech/daniel-ortiz", "email": "x@guest.com"}), 200).await;
        assert_eq!((&booked["isOffline"], &booked["calendarEventId"]), (&json!(true), &json!("")));
        assert_eq!(client.sandbox.records("meetings").len(), 0);
        assert_eq!(client.sandbox.records("contacts").len(), 8);
        assert!(client.sandbox.connect_calendar(9_586_611, "GOOGLE"));
        let booked = book(&client, json!({"slug": "richtech/daniel-ortiz"}), 200).await;
        assert_eq!(booked["isOffline"], false);
    }

    #[tokio::test(start_paused = true)]
    async fn a_round_robin_prefers_the_contacts_owner_and_takes_a_free_member() {
        let client = client();
        let robin =
            |email: &str| json!({"slug": "team/product-demo", "email": email, "startTime": at("2026-12-02T18:00:00Z")});
        let hosts = async |client: &Client| {
            let meetings = client.sandbox.records("meetings");
            meetings.iter().map(|meeting| meeting["properties"]["hubspot_owner_id"].clone()).collect::<Vec<_>>()
        };
        book(&client, robin("aiko@sato.jp"), 200).await;
        assert_eq!(hosts(&client).await, ["117003"]);
        book(&client, robin("sarah@gmail.com"), 200).await;
        assert_eq!(hosts(&client).await, ["117003", "117001"]);
        book(&client, robin("sarah@gmail.com"), 400).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_round_robin_passes_over_members_without_a_calendar() {
        let client = client();
        client.sandbox.disconnect_calendar(9_586_742);
        let robin =
            json!({"slug": "team/product-demo", "email": "aiko@sato.jp", "startTime": at("2026-12-02T18:00:00Z")});
        let booked = book(&client, robin.clone(), 200).await;
        assert_eq!(booked["isOffline"], false);
        assert_eq!(client.sandbox.records("meetings")[0]["properties"]["hubspot_owner_id"], "117001");
        book(&client, robin.clone(), 400).await;
        client.sandbox.disconnect_calendar(9_586_504);
        assert_eq!(book(&client, robin, 200).await["isOffline"], true);
    }

    #[tokio::test(start_paused = true)]
    async fn the_assumptions_can_be_changed() {
        let conflict = Assumptions { slot_taken: SlotTaken::Conflict, ..Assumptions::default() };
        let client = client_with(Settings { assumptions: conflict, ..Settings::default() });
        let refused = book(&client, json!({"startTime": at("2026-12-01T19:00:00Z")}), 409).await;
        assert_eq!(refused["subCategory"], "MeetingsBookingSchedulingError.MEETING_TIME_NOT_AVAILABLE");
        let strict =
            Assumptions { booking_demands_empty_lists: true, booking_reads_iso_start: false, ..Assumptions::default() };
        let client = client_with(Settings { assumptions: strict, ..Settings::default() });
        book(&client, json!({}), 400).await;
        let lists = json!({"formFields": [], "legalConsentResponses": [], "likelyAvailableUserIds": []});
        book(&client, lists.clone(), 200).await;
        let mut iso = lists;
        iso["startTime"] = json!("2026-12-02T18:00:00Z");
        book(&client, iso, 400).await;
    }
}
