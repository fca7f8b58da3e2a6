//! The free times of a meeting link, and the questions of its booking form.
//!
//! HubSpot's answers hold names and addresses of staff, which are not read.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Weekday;
use serde_json::Value;

use crate::api::scheduler::links::{LinkKind, kind};
use crate::record;
use domain::id::UserId;

/// A stretch of time in Unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first millisecond.
    pub start_ms: i64,
    /// The millisecond after the last one.
    pub end_ms: i64,
}

/// A link's settings, and its free times now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookingInfo {
    /// The settings of the link.
    pub settings: Arc<LinkSettings>,
    /// True if no calendar is connected. HubSpot would confirm a booking and book nothing.
    pub offline: bool,
    /// The first page of free times.
    pub availability: AvailabilityPage,
}

/// The settings of a link and its booking form, which seldom change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkSettings {
    /// The kind of the link.
    pub kind: LinkKind,
    /// The durations that can be booked, in milliseconds.
    pub durations_ms: Vec<i64>,
    /// The questions of the form, besides names and e-mail address.
    pub form_fields: Vec<FormField>,
    /// The consent that the form asks for.
    pub consent: Consent,
    /// The most guests that may be added; 0 if none may.
    pub guests_max: u32,
    /// The place of the meetings, as the organiser wrote it.
    pub location: Option<String>,
    /// The days of the week on which meetings are held, in the organiser's zone; empty if they are not known.
    pub open_on: Vec<Weekday>,
    /// The number of weeks from now in which times are offered.
    pub weeks_advertised: Option<u32>,
    /// The end of the offer in Unix milliseconds, for a link that has one.
    pub ends_ms: Option<i64>,
}

/// Free times, and the busy times of the people behind the link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AvailabilityPage {
    /// The times that can be booked, by duration in milliseconds. They overlap. HubSpot has considered working hours,
    /// notice, buffers and busy times.
    pub free: BTreeMap<i64, Vec<Span>>,
    /// The busy times of each person.
    pub busy: Vec<BusyUser>,
    /// True if the next month may offer more.
    pub has_more: bool,
}

/// The busy times of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusyUser {
    /// The user, if HubSpot names it.
    pub user_id: Option<UserId>,
    /// True if the person's calendar is not connected.
    pub offline: bool,
    /// The busy times.
    pub spans: Vec<Span>,
}

/// A question of the booking form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField {
    /// The internal name of the contact's property.
    pub name: String,
    /// The question as people see it.
    pub label: String,
    /// HubSpot's `fieldType`: `text`, `select`, `checkbox`, …
    pub kind: String,
    /// True if HubSpot refuses a booking without an answer.
    pub required: bool,
    /// The values that it takes; empty if they are not limited.
    pub options: Vec<String>,
}

/// The consent that the person has to give.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    /// True if the form asks for consent.
    pub enabled: bool,
    /// True if consent to the storing of data needs a ticked checkbox; otherwise booking implies it.
    pub processing_needs_tick: bool,
    /// The text about the storing of data.
    pub processing_text: Option<String>,
    /// The text about the privacy policy.
    pub privacy_text: Option<String>,
    /// The text above the kinds of messages.
    pub communication_text: Option<String>,
    /// The kinds of messages to which the person may agree.
    pub communications: Vec<ConsentChoice>,
}

/// One kind of message to which the person may agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentChoice {
    /// HubSpot's id of the kind.
    pub communication_type_id: String,
    /// The text of the tick box.
    pub label: String,
    /// True if HubSpot refuses a booking without it.
    pub required: bool,
}

impl BookingInfo {
    pub(super) fn read(answer: &Value) -> BookingInfo {
        let availability = AvailabilityPage::read(answer);
        BookingInfo {
            settings: Arc::new(LinkSettings::read(answer)),
            offline: is_true(&answer["isOffline"]) || availability.all_offline(),
            availability,
        }
    }
}

impl LinkSettings {
    fn read(answer: &Value) -> LinkSettings {
        let settings = &answer["customParams"];
        let guests = &settings["guestSettings"];
        let guests_max = guests["maxGuestCount"].as_u64().unwrap_or(0) as u32;
        LinkSettings {
            kind: kind(&answer["linkType"]),
            durations_ms: list(&settings["durations"]).iter().filter_map(Value::as_i64).collect(),
            form_fields: list(&settings["formFields"]).iter().filter_map(form_field).collect(),
            consent: consent(settings),
            guests_max: if is_true(&guests["canAddGuests"]) { guests_max } else { 0 },
            location: settings["location"].as_str().filter(|text| !text.is_empty()).map(str::to_owned),
            open_on: open_on(&settings["availability"]),
            weeks_advertised: settings["weeksToAdvertise"].as_u64().and_then(|weeks| weeks.try_into().ok()),
            ends_ms: settings["customAvailabilityEndDate"].as_i64(),
        }
    }
}

impl AvailabilityPage {
    /// True if nobody behind the link has a connected calendar.
    pub fn all_offline(&self) -> bool {
        !self.busy.is_empty() && self.busy.iter().all(|user| user.offline)
    }

    pub(super) fn read(answer: &Value) -> AvailabilityPage {
        let link = &answer["linkAvailability"];
        let by_duration = link["linkAvailabilityByDuration"].as_object().into_iter().flatten();
        AvailabilityPage {
            free: by_duration.filter_map(|(key, entry)| free(key, entry)).collect(),
            busy: list(&answer["allUsersBusyTimes"]).iter().map(busy_user).collect(),
            // HubSpot's guide shows the field in one place, its schema in the other.
            has_more: is_true(&link["hasMore"]) || is_true(&answer["hasMore"]),
        }
    }
}

fn free(key: &str, entry: &Value) -> Option<(i64, Vec<Span>)> {
    let duration_ms = entry["meetingDurationMillis"].as_i64().or_else(|| key.parse().ok())?;
    let span = |slot: &Value| span(slot, "startMillisUtc", "endMillisUtc");
    Some((duration_ms, list(&entry["availabilities"]).iter().filter_map(span).collect()))
}

fn busy_user(value: &Value) -> BusyUser {
    BusyUser {
        user_id: record::id(&value["meetingsUser"]["userId"]),
        offline: is_true(&value["isOffline"]),
        spans: list(&value["busyTimes"]).iter().filter_map(|busy| span(busy, "start", "end")).collect(),
    }
}

fn span(value: &Value, start: &str, end: &str) -> Option<Span> {
    Some(Span { start_ms: value[start].as_i64()?, end_ms: value[end].as_i64()? })
}

fn form_field(value: &Value) -> Option<FormField> {
    let text = |field: &str| value[field].as_str().unwrap_or_default().to_owned();
    let shown = list(&value["options"]).iter().filter(|option| !is_true(&option["hidden"]));
    Some(FormField {
        name: value["name"].as_str()?.to_owned(),
        label: text("label"),
        kind: text("fieldType"),
        required: is_true(&value["isRequired"]),
        options: shown.filter_map(|option| option["value"].as_str().map(str::to_owned)).collect(),
    })
}

/// Reads the days of HubSpot's `availability`, whose keys are days or groups of them.
fn open_on(availability: &Value) -> Vec<Weekday> {
    const WEEK: [Weekday; 7] =
        [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
    let ranges = availability.as_object().into_iter().flatten();
    let open = ranges.filter(|(_, ranges)| !list(ranges).is_empty());
    let mut days: Vec<Weekday> = vec![];
    for (key, _) in open {
        match key.as_str() {
            "EVERY_DAY" => days.extend(WEEK),
            "MON_FRI" => days.extend(&WEEK[..5]),
            "SAT_SUN" => days.extend(&WEEK[5..]),
            day => days.extend(day.parse::<Weekday>()),
        }
    }
    days.sort_unstable_by_key(Weekday::num_days_from_monday);
    days.dedup();
    days
}

fn consent(settings: &Value) -> Consent {
    let options = &settings["legalConsentOptions"];
    let text = |field: &str| options[field].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    Consent {
        enabled: is_true(&settings["legalConsentEnabled"]),
        processing_needs_tick: options["processingConsentType"] == "REQUIRED_CHECKBOX",
        processing_text: text("processingConsentText"),
        privacy_text: text("privacyPolicyText"),
        communication_text: text("communicationConsentText"),
        communications: list(&options["communicationConsentCheckboxes"]).iter().filter_map(choice).collect(),
    }
}

fn choice(value: &Value) -> Option<ConsentChoice> {
    Some(ConsentChoice {
        communication_type_id: record::id(&value["communicationTypeId"])?,
        label: value["label"].as_str().unwrap_or_default().to_owned(),
        required: is_true(&value["required"]),
    })
}

fn is_true(value: &Value) -> bool {
    value.as_bool() == Some(true)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_booking_form_is_read_without_the_names_of_staff() {
        let info = BookingInfo::read(&json!({
            "linkType": "PERSONAL_LINK", "isOffline": false,
            "customParams": {
                "durations": [900_000, 1_800_000], "location": "",
                "guestSettings": {"canAddGuests": false, "maxGuestCount": 10},
                "legalConsentEnabled": true,
                "legalConsentOptions": {
                    "processingConsentType": "REQUIRED_CHECKBOX",
                    "communicationConsentCheckboxes": [{"communicationTypeId": 7, "label": "News", "required": false}],
                },
                "formFields": [{"name": "company", "label": "Company", "fieldType": "select", "isRequired": true,
                    "options": [{"value": "a"}, {"value": "b", "hidden": true}]}],
            },
            "allUsersBusyTimes": [{"isOffline": false,
                "meetingsUser": {"id": "21", "userId": "2195101", "userProfile": {"email": "secret@hubspot.com"}},
                "busyTimes": [{"start": 1, "end": 2}]}],
            "linkAvailability": {"hasMore": true, "linkAvailabilityByDuration": {
                "900000": {"availabilities": [{"startMillisUtc": 5, "endMillisUtc": 6}]}}},
        }));
        let settings = &info.settings;
        assert_eq!(settings.durations_ms, [900_000, 1_800_000]);
        assert_eq!((settings.guests_max, info.offline, settings.kind), (0, false, LinkKind::Personal));
        assert_eq!(
            (settings.form_fields[0].required, settings.form_fields[0].options.as_slice()),
            (true, &["a".to_owned()][..])
        );
        assert!(settings.consent.enabled && settings.consent.processing_needs_tick);
        assert_eq!(settings.consent.communications[0].communication_type_id, "7");
        let page = &info.availability;
        assert_eq!((page.free[&900_000].as_slice(), page.has_more), (&[Span { start_ms: 5, end_ms: 6 }][..], true));
        assert_eq!(page.busy[0].user_id.as_ref().unwrap().as_str(), "2195101");
        assert!(!format!("{info:?}").contains("secret"));
    }

    #[test]
    fn the_days_of_a_link_are_read_one_by_one_or_in_groups() {
        use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        let hours = json!([{"start": 540, "end": 1020}]);
        for (availability, expected) in [
            (json!({"MON_FRI": hours}), vec![Mon, Tue, Wed, Thu, Fri]),
            (json!({"SAT_SUN": hours, "FRIDAY": hours}), vec![Fri, Sat, Sun]),
            (json!({"EVERY_DAY": hours, "MONDAY": hours}), vec![Mon, Tue, Wed, Thu, Fri, Sat, Sun]),
            (json!({"MONDAY": []}), vec![]),
            (json!(null), vec![]),
        ] {
            assert_eq!(open_on(&availability), expected, "{availability}");
        }
    }

    #[test]
    fn more_pages_are_read_from_either_place() {
        assert!(AvailabilityPage::read(&json!({"hasMore": true, "linkAvailability": {}})).has_more);
        assert!(!AvailabilityPage::read(&json!({"linkAvailability": {"hasMore": false}})).has_more);
    }
}
