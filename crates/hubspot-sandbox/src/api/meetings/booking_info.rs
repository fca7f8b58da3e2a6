//! The booking page of a meeting link: its settings, and the free slots of a month.

use serde_json::{Map, Value, json};

use crate::api::api_error::ApiError;
use crate::api::call::{ApiCall, unreadable_query};
use crate::api::response::ApiResponse;
use crate::model::calendar::{Calendar, Interval, minutes, month_start};
use crate::model::link_availability::LinkAvailability;
use crate::model::meeting_link::MeetingLink;
use crate::model::portal::Portal;
use crate::model::zone::Zone;

/// Months ahead that a client may ask for.
const MONTHS_MAX: u32 = 1_200;

pub(crate) fn booking_info(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (link, month) = link_and_month(portal, call, 0)?;
    let link_availability = LinkAvailability::of(portal, link);
    Ok(ApiResponse::ok(json!({
        "linkId": link.id, "isOffline": link_availability.is_offline(), "linkType": link.link_type,
        "customParams": settings(link), "allUsersBusyTimes": busy_times(portal, &link_availability, month),
        "brandingMetadata": branding(portal), "linkAvailability": availability(&link_availability, month)
    })))
}

pub(crate) fn availability_page(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let offset = match call.query("monthOffset") {
        None | Some("") => 0,
        Some(text) => {
            text.parse().ok().filter(|offset| *offset <= MONTHS_MAX).ok_or_else(|| unreadable_query("monthOffset"))?
        }
    };
    let (link, month) = link_and_month(portal, call, offset)?;
    let link_availability = LinkAvailability::of(portal, link);
    Ok(ApiResponse::ok(json!({
        "linkAvailability": availability(&link_availability, month), "allUsersBusyTimes": busy_times(portal, &link_availability, month)
    })))
}

/// Reads the link and the month, in the requested time zone. The present month begins now.
fn link_and_month<'a>(
    portal: &'a Portal,
    call: &ApiCall,
    month_offset: u32,
) -> Result<(&'a MeetingLink, Interval), ApiError> {
    let zone = time_zone(call.query("timezone"))?;
    let link = portal.scheduler.link(call.param("slug")).ok_or_else(no_such_slug)?;
    let now = portal.clock.now();
    let start = month_start(zone, now, month_offset).ok_or_else(|| unreadable_query("monthOffset"))?;
    let end = month_start(zone, now, month_offset + 1).ok_or_else(|| unreadable_query("monthOffset"))?;
    Ok((link, Interval { start: start.max(portal.now_ms()), end }))
}

pub(crate) fn time_zone(text: Option<&str>) -> Result<Zone, ApiError> {
    match text {
        None | Some("") => Err(ApiError::invalid("Some required query parameters were not set: [timezone]")),
        Some(name) => name.parse().map_err(|_| ApiError::invalid(format!("{name} is not a valid timezone"))),
    }
}

pub(crate) fn no_such_slug() -> ApiError {
    ApiError::new(404, "slug does not exist").category("OBJECT_NOT_FOUND")
}

fn availability(link_availability: &LinkAvailability<'_>, month: Interval) -> Value {
    let by_duration: Map<String, Value> = link_availability
        .link
        .durations_ms()
        .map(|duration_ms| {
            let slots = link_availability.free_slots(duration_ms, month);
            let slots: Vec<Value> =
                slots.iter().map(|slot| json!({"startMillisUtc": slot.start, "endMillisUtc": slot.end})).collect();
            (duration_ms.to_string(), json!({"meetingDurationMillis": duration_ms, "availabilities": slots}))
        })
        .collect();
    json!({"linkAvailabilityByDuration": by_duration, "hasMore": month.end < link_availability.latest_ms()})
}

fn busy_times(portal: &Portal, link_availability: &LinkAvailability<'_>, month: Interval) -> Value {
    let each = link_availability.members.iter().map(|(user_id, calendar)| {
        json!({
            "isOffline": !calendar.is_connected(), "meetingsUser": meetings_user(portal, *user_id, calendar),
            "busyTimes": calendar.busy_within(month)
        })
    });
    each.collect::<Vec<_>>().into()
}

fn meetings_user(portal: &Portal, user_id: u64, calendar: &Calendar) -> Value {
    let owner = portal.owners.iter().find(|owner| owner.user_id == user_id);
    let name = |pick: fn(&crate::model::owner::Owner) -> &String| owner.map_or("", |owner| pick(owner).as_str());
    let (first, last) = (name(|owner| &owner.first_name), name(|owner| &owner.last_name));
    json!({
        "id": calendar.meetings_user_id.to_string(), "userId": user_id.to_string(), "isSalesStarter": false,
        "calendarProvider": calendar.provider.as_deref().unwrap_or("UNKNOWN"),
        "userProfile": {
            "firstName": first, "lastName": last, "email": name(|owner| &owner.email),
            "fullName": format!("{first} {last}")
        }
    })
}

fn settings(link: &MeetingLink) -> Value {
    let mut settings = json!({
        "legalConsentEnabled": link.consent.is_some(), "ownerPrioritized": link.owner_prioritized,
        "formFields": link.form_fields,
        "displayInfo": {"companyAvatar": null, "publicDisplayAvatarOption": "PROFILE_IMAGE"},
        "guestSettings": {"canAddGuests": link.guests_max > 0, "maxGuestCount": link.guests_max},
        "meetingBufferTime": minutes(link.buffer_minutes), "availability": link.availability,
        "startTimeIncrementMinutes": link.increment, "weeksToAdvertise": link.weeks_to_advertise,
        "durations": link.durations_ms().collect::<Vec<_>>(), "location": link.location,
        "redirectUrl": null, "locale": "en-us", "language": "en",
        "welcomeScreenInfo": {"useCompanyLogo": false, "showWelcomeScreen": false}
    });
    if let Some(consent) = &link.consent {
        settings["legalConsentOptions"] = consent.clone();
    }
    settings
}

fn branding(portal: &Portal) -> Value {
    json!({
        "logoWidth": 0, "logoHeight": 0, "showMarketingAd": false, "showSalesAd": false, "logoUrl": "",
        "logoAltText": "", "primaryColor": "#3574E3", "secondaryColor": null, "accentColor": null,
        "accent2Color": null, "companyName": null, "companyDomain": format!("{}.hs-sites.com", portal.identity.portal_id)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::clock::{Ms, stamp};
    use crate::test_client::{Client, client};

    const BOOK: &str = "/scheduler/2026-09/meetings/meeting-links/book";

    async fn starts(client: &Client, offset: u32, duration: &str) -> Vec<String> {
        let path =
            format!("{BOOK}/availability-page/richtech%2Fveronica-chen?timezone=America/New_York&monthOffset={offset}");
        let page = client.get(&path).await.expect(200);
        let slots = &page["linkAvailability"]["linkAvailabilityByDuration"][duration]["availabilities"];
        slots.as_array().unwrap().iter().map(|slot| stamp(slot["startMillisUtc"].as_i64().unwrap())).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn booking_info_shows_settings_and_this_month() {
        let path = format!("{BOOK}/richtech%2Fveronica-chen?timezone=America%2FNew_York");
        let info = client().get(&path).await.expect(200);
        let settings = &info["customParams"];
        assert_eq!(settings["durations"], json!([900_000, 1_800_000, 3_600_000]));
        assert_eq!(settings["availability"], json!({"MON_FRI": [{"start": 540, "end": 1020}]}));
        assert_eq!((&settings["meetingBufferTime"], &settings["weeksToAdvertise"]), (&json!(0), &json!(12)));
        let user = &info["allUsersBusyTimes"][0]["meetingsUser"];
        assert_eq!((&user["id"], &user["userId"]), (&json!("2101913"), &json!("9586504")));
        let first = &info["allUsersBusyTimes"][0]["busyTimes"][0];
        assert_eq!(stamp(first["start"].as_i64().unwrap()), "2026-11-24T15:00:00.000Z");
        assert_eq!(info["linkAvailability"]["hasMore"], true);
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_of_december_is_free_at_one_and_busy_at_two() {
        let client = client();
        let december = starts(&client, 1, "3600000").await;
        let tuesday: Vec<_> = december.iter().filter(|start| start.starts_with("2026-12-01")).collect();
        assert!(tuesday.contains(&&"2026-12-01T18:00:00.000Z".to_owned()));
        for busy in ["18:15", "19:00", "19:45", "15:00", "14:15"] {
            assert!(!tuesday.contains(&&format!("2026-12-01T{busy}:00.000Z")), "{busy}");
        }
        assert!(starts(&client, 0, "900000").await.iter().all(|start| start.starts_with("2026-11")));
        assert_eq!(starts(&client, 3, "900000").await.last().map(|start| &start[..10]), Some("2027-02-12"));
        assert_eq!(starts(&client, 4, "900000").await, Vec::<String>::new());
    }

    #[tokio::test(start_paused = true)]
    async fn a_round_robin_is_free_when_any_member_is_and_a_group_when_all_are() {
        let client = client();
        let now: Ms = client.sandbox.now().timestamp_millis();
        let portal = &client.sandbox.lock().portal;
        let window = Interval { start: now, end: now + 14 * 86_400_000 };
        let free = |slug| {
            LinkAvailability::of(portal, portal.scheduler.link(slug).unwrap()).free_slots(1_800_000, window).len()
        };
        assert!(free("team/solution-design") < free("richtech/veronica-chen"));
        assert!(free("richtech/veronica-chen") < free("team/product-demo"));
    }

    #[tokio::test(start_paused = true)]
    async fn an_unknown_time_zone_or_slug_is_an_error() {
        let client = client();
        client.get(&format!("{BOOK}/richtech%2Fveronica-chen")).await.expect(400);
        client.get(&format!("{BOOK}/richtech%2Fveronica-chen?timezone=NYC")).await.expect(400);
        let unknown = client.get(&format!("{BOOK}/nobody?timezone=UTC")).await.expect(404);
        assert_eq!(unknown["message"], "slug does not exist");
        client
            .get(&format!("{BOOK}/availability-page/richtech%2Fveronica-chen?timezone=UTC&monthOffset=-1"))
            .await
            .expect(400);
    }
}
