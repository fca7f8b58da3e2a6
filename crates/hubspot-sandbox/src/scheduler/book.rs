//! Booking: a slot becomes busy, a contact is made or updated, a meeting is logged.

use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::calendar::Interval;
use super::info::{no_such_slug, time_zone};
use super::link::{LinkType, MeetingLink};
use super::offer::Reach;
use super::request::{self, Request, as_text, scheduling};
use crate::answer::Answer;
use crate::call::Call;
use crate::choices::SlotTaken;
use crate::clock::stamp_seconds;
use crate::crm::associate;
use crate::crm::create::{self, Draft, Input, Problem};
use crate::crm::kind::Kind;
use crate::crm::record::Source;
use crate::crm::update;
use crate::crm::upsert::Step;
use crate::portal::Portal;
use crate::refusal::Refusal;

const MEETING_TO_CONTACT: u32 = 200;

/// A booking that can be made.
#[derive(Debug)]
struct Plan {
    link: MeetingLink,
    zone: Tz,
    slot: Interval,
    /// Who holds the meeting
    hosts: Vec<u64>,
    is_offline: bool,
}

pub(super) fn book(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let request: Request = call.json()?;
    let plan = plan(portal, &request, call)?;
    let contact = contact(portal, &request).map_err(|problem| problem.into_refusal(portal))?;
    let meeting = if plan.is_offline { None } else { Some(meeting(portal, &plan, &request)?) };
    let contact_id = contact.commit(portal, Kind::Contacts, Source::Meetings);
    let event_id = meeting.map_or_else(String::new, |meeting| meeting.hold(portal, &plan, contact_id));
    Ok(Answer::ok(confirmation(&plan, &request, contact_id, &event_id)))
}

fn plan(portal: &Portal, request: &Request, call: &Call) -> Result<Plan, Refusal> {
    let link = portal.scheduler.link(&request.slug).ok_or_else(no_such_slug)?;
    let zone = time_zone(request.timezone.as_deref().or(call.query("timezone")).or(Some("UTC")))?;
    request::check(portal.settings.choices, link, request)?;
    let start = request::start_ms(portal.settings.choices, &request.start_time)?;
    let slot = Interval { start, end: start.saturating_add(request.duration) };
    let reach = Reach::of(portal, link);
    let hosts = hosts(portal, &reach, request, slot)?;
    let is_offline = !hosts.iter().any(|id| portal.scheduler.calendars.get(id).is_some_and(|own| own.is_connected()));
    Ok(Plan { link: link.clone(), zone, slot, hosts, is_offline })
}

/// Who is to hold a meeting at this time; nobody, when the time is not offered or not free.
fn hosts(portal: &Portal, reach: &Reach<'_>, request: &Request, slot: Interval) -> Result<Vec<u64>, Refusal> {
    let only = Interval { start: slot.start, end: slot.start.saturating_add(1) };
    if !reach.possible(request.duration, only).contains(&slot) {
        return Err(start_not_valid());
    }
    if !reach.free(request.duration, only).contains(&slot) {
        return Err(match portal.settings.choices.slot_taken {
            SlotTaken::StartTimeNotValid => start_not_valid(),
            SlotTaken::Conflict => taken(),
        });
    }
    if reach.link.link_type != LinkType::RoundRobinCalendar {
        return Ok(reach.link.member_user_ids.clone());
    }
    let is_free = |id: &u64| reach.free_for(*id, request.duration, only).contains(&slot);
    let wanted = preferred(portal, reach.link, request);
    let chosen = wanted.into_iter().chain(reach.link.member_user_ids.iter().copied()).find(is_free);
    chosen.map(|id| vec![id]).ok_or_else(taken)
}

/// The contact's owner where the link says so, then whom the client thinks likely.
fn preferred(portal: &Portal, link: &MeetingLink, request: &Request) -> Vec<u64> {
    let contact = portal.table(Kind::Contacts).by_email(&request.email).filter(|_| link.owner_prioritized);
    let owner = contact.and_then(|contact| portal.owner(contact.get("hubspot_owner_id")?)).map(|owner| owner.user_id);
    let likely = request.likely_available_user_ids.iter().flatten().filter_map(|id| as_text(id).parse().ok());
    owner.into_iter().chain(likely).filter(|id| link.member_user_ids.contains(id)).collect()
}

fn start_not_valid() -> Refusal {
    scheduling("Start time must be contained in availability settings", "MEETING_START_TIME_NOT_VALID")
}

fn taken() -> Refusal {
    Refusal::new(409, "The meeting time is no longer available")
        .category("CONFLICT")
        .sub_category("MeetingsBookingSchedulingError.MEETING_TIME_NOT_AVAILABLE")
}

/// Booking is a CRM write as well: the contact with this address gets the names and answers, or is made.
fn contact(portal: &Portal, request: &Request) -> Result<Step, Problem> {
    let mut properties = Map::new();
    properties.insert("firstname".into(), request.first_name.clone().into());
    properties.insert("lastname".into(), request.last_name.clone().into());
    let schema = portal.schema(Kind::Contacts);
    for field in request.form_fields.iter().flatten() {
        if schema
            .get(&field.name)
            .is_some_and(|definition| !definition.read_only && definition.name.as_ref() != "email")
        {
            properties.insert(field.name.clone(), field.value.clone());
        }
    }
    match portal.table(Kind::Contacts).by_email(&request.email) {
        Some(contact) => update::draft(portal, Kind::Contacts, contact, &properties).map(Step::Change),
        None => {
            properties.insert("email".into(), request.email.clone().into());
            drafted(portal, Kind::Contacts, properties).map(Step::Create)
        }
    }
}

fn drafted(portal: &Portal, kind: Kind, properties: Map<String, Value>) -> Result<Draft, Problem> {
    create::draft(portal, kind, &Input { properties, associations: Vec::new(), trace_id: None })
}

/// A meeting that can be logged, with the id of its event.
struct Meeting {
    draft: Draft,
    event_id: String,
}

fn meeting(portal: &Portal, plan: &Plan, request: &Request) -> Result<Meeting, Refusal> {
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
        ("hs_meeting_external_url", json!(conference(&event_id))),
        ("hs_activity_type", json!(plan.link.meeting_type)),
        ("hubspot_owner_id", json!(owner)),
    ];
    let properties = properties.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
    let draft = drafted(portal, Kind::Meetings, properties).map_err(|problem| problem.into_refusal(portal))?;
    Ok(Meeting { draft, event_id })
}

impl Meeting {
    /// Puts the meeting into the hosts' calendars and logs it on the contact.
    fn hold(self, portal: &mut Portal, plan: &Plan, contact_id: u64) -> String {
        portal.scheduler.hold(&plan.hosts, plan.slot);
        let meeting = create::commit(portal, Kind::Meetings, self.draft, Source::Meetings);
        stamp_source(portal, meeting, &self.event_id);
        let label = associate::hubspot(MEETING_TO_CONTACT);
        associate::add(portal, (Kind::Meetings, meeting), (Kind::Contacts, contact_id), label);
        self.event_id
    }
}

/// What tells a meeting made through the scheduler from one that was typed in.
fn stamp_source(portal: &mut Portal, meeting: u64, event_id: &str) {
    let all = [
        ("hs_meeting_source", "INTEGRATION"),
        ("hs_meeting_source_id", event_id),
        ("hs_engagement_source", "MEETINGS"),
    ];
    stamp(portal, meeting, &all);
}

/// Values of a meeting that only HubSpot sets.
pub(super) fn stamp(portal: &mut Portal, meeting: u64, all: &[(&str, &str)]) {
    let now_ms = portal.now_ms();
    let named: Vec<_> =
        all.iter().filter_map(|(name, text)| Some((portal.name(Kind::Meetings, name)?, *text))).collect();
    portal.change(Kind::Meetings, meeting, |record| {
        named.iter().for_each(|(name, text)| record.set(name, text, now_ms, Source::Meetings));
    });
}

fn subject(plan: &Plan, request: &Request) -> String {
    let name = format!("{} {}", request.first_name.trim(), request.last_name.trim());
    match plan.link.subject.as_str() {
        "" => format!("Meeting with {name}"),
        subject => format!("{subject}: {name}"),
    }
}

fn conference(event_id: &str) -> String {
    let letters: String = event_id.chars().filter(char::is_ascii_lowercase).cycle().take(10).collect();
    match letters.len() {
        10 => format!("https://meet.google.com/{}-{}-{}", &letters[..3], &letters[3..7], &letters[7..]),
        _ => "https://meet.google.com/frontdesk".to_owned(),
    }
}

/// Without a calendar HubSpot answers 200 all the same, with an empty event id: nothing was booked.
fn confirmation(plan: &Plan, request: &Request, contact_id: u64, event_id: &str) -> Value {
    let mut booked = json!({
        "calendarEventId": event_id, "start": stamp_seconds(plan.slot.start), "end": stamp_seconds(plan.slot.end),
        "duration": request.duration, "contactId": contact_id.to_string(), "bookingTimezone": plan.zone.name(),
        "locale": request.locale.as_deref().unwrap_or("en-us"),
        "guestEmails": request.guest_emails.as_deref().unwrap_or_default(), "subject": subject(plan, request),
        "location": plan.link.location, "isOffline": plan.is_offline, "formFields": filled(plan, request),
        "legalConsentResponses": consents(request)
    });
    if !plan.is_offline {
        booked["webConferenceUrl"] = conference(event_id).into();
        booked["webConferenceMeetingId"] = event_id.into();
    }
    booked
}

fn filled(plan: &Plan, request: &Request) -> Vec<Value> {
    let fields = request.form_fields.iter().flatten().filter_map(|answered| {
        let field = plan.link.form_fields.iter().find(|field| field.name == answered.name)?;
        Some(json!({
            "name": field.name, "label": field.label, "value": answered.value, "isCustom": field.is_custom,
            "fieldType": field.field_type
        }))
    });
    fields.collect()
}

fn consents(request: &Request) -> Vec<Value> {
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
    use crate::Settings;
    use crate::choices::Choices;
    use crate::clock::Ms;
    use crate::testing::{Client, SARAH, client, client_of};

    /// Tuesday 1 December 2026, 13:00 in New York
    const FREE: &str = "2026-12-01T18:00:00Z";

    fn at(text: &str) -> Ms {
        text.parse::<DateTime<Utc>>().unwrap().timestamp_millis()
    }

    /// What the original tools send: no form fields, no consent, a timezone in the query as well.
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
    async fn a_booking_that_is_refused_leaves_nothing_behind() {
        let client = client();
        let before = client.sandbox.snapshot();
        book(&client, json!({"email": "new@guest.com", "firstName": "N".repeat(65_530), "lastName": "-"}), 400).await;
        assert!(client.sandbox.snapshot() == before);
        book(&client, json!({}), 200).await;
    }

    #[tokio::test(start_paused = true)]
    async fn who_left_the_company_owns_no_meeting() {
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
    async fn a_stranger_becomes_a_contact() {
        let client = client();
        let booked = book(&client, json!({"email": "new@guest.com", "firstName": "New", "lastName": "-"}), 200).await;
        let path = format!("/crm/v3/objects/contacts/{}", booked["contactId"].as_str().unwrap());
        let made = client.get(&format!("{path}?properties=lastname,hs_object_source_label")).await.expect(200);
        assert_eq!(made["properties"]["lastname"], "-");
        assert_eq!(made["properties"]["hs_object_source_label"], "MEETINGS");
    }

    #[tokio::test(start_paused = true)]
    async fn every_refusal_has_its_code_and_changes_nothing() {
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
    async fn without_a_calendar_nothing_is_booked_although_the_answer_is_200() {
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
    async fn a_round_robin_prefers_the_contacts_owner_and_takes_who_is_free() {
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
    async fn a_round_robin_passes_over_who_has_no_calendar() {
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
    async fn the_open_points_can_be_switched() {
        let conflict = Choices { slot_taken: SlotTaken::Conflict, ..Choices::default() };
        let client = client_of(Settings { choices: conflict, ..Settings::default() });
        let refused = book(&client, json!({"startTime": at("2026-12-01T19:00:00Z")}), 409).await;
        assert_eq!(refused["subCategory"], "MeetingsBookingSchedulingError.MEETING_TIME_NOT_AVAILABLE");
        let strict =
            Choices { booking_demands_empty_lists: true, booking_reads_iso_start: false, ..Choices::default() };
        let client = client_of(Settings { choices: strict, ..Settings::default() });
        book(&client, json!({}), 400).await;
        let lists = json!({"formFields": [], "legalConsentResponses": [], "likelyAvailableUserIds": []});
        book(&client, lists.clone(), 200).await;
        let mut iso = lists;
        iso["startTime"] = json!("2026-12-02T18:00:00Z");
        book(&client, iso, 400).await;
    }
}
