//! Meeting links: the booking pages of one or more users.

use std::collections::BTreeMap;

use chrono::Datelike;
use chrono::{NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Ms;

pub(crate) const MS_PER_MINUTE: Ms = 60_000;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MeetingLink {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) link_type: LinkType,
    pub(crate) organizer_user_id: u64,
    pub(crate) member_user_ids: Vec<u64>,
    #[serde(default)]
    pub(crate) default_link: bool,
    /// Working hours in the time zone of the organizer.
    pub(crate) availability: Availability,
    pub(crate) durations_minutes: Vec<u32>,
    #[serde(default)]
    pub(crate) increment: Increment,
    /// Minutes kept free before and after every busy time.
    #[serde(default)]
    pub(crate) buffer_minutes: u32,
    /// Minutes from now to the first bookable start.
    #[serde(default)]
    pub(crate) notice_minutes: u32,
    /// Weeks from now in which slots are offered.
    pub(crate) weeks_to_advertise: u32,
    #[serde(default)]
    pub(crate) form_fields: Vec<FormField>,
    /// `legalConsentOptions` as HubSpot shows them; `None`: no consent is required.
    #[serde(default)]
    pub(crate) consent: Option<Value>,
    /// Guests that a booking may add.
    #[serde(default)]
    pub(crate) guests_max: u32,
    /// In a round robin, the owner of the contact is preferred.
    #[serde(default)]
    pub(crate) owner_prioritized: bool,
    #[serde(default)]
    pub(crate) location: String,
    #[serde(default)]
    pub(crate) subject: String,
    #[serde(default)]
    pub(crate) meeting_type: String,
    #[serde(default)]
    pub(crate) created_ms: Ms,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum LinkType {
    /// Books meetings with one user.
    PersonalLink,
    /// All members hold the meeting, so all must be free.
    GroupCalendar,
    /// One free member holds the meeting.
    RoundRobinCalendar,
}

/// Working hours by day or group of days.
pub(crate) type Availability = BTreeMap<Days, Vec<Range>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Days {
    MonFri,
    SatSun,
    EveryDay,
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// Minutes from midnight; `end` is excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Range {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Days {
    pub(crate) fn contain(self, day: NaiveDate) -> bool {
        let weekday = day.weekday();
        let is_weekend = matches!(weekday, Weekday::Sat | Weekday::Sun);
        match self {
            Days::MonFri => !is_weekend,
            Days::SatSun => is_weekend,
            Days::EveryDay => true,
            Days::Monday => weekday == Weekday::Mon,
            Days::Tuesday => weekday == Weekday::Tue,
            Days::Wednesday => weekday == Weekday::Wed,
            Days::Thursday => weekday == Weekday::Thu,
            Days::Friday => weekday == Weekday::Fri,
            Days::Saturday => weekday == Weekday::Sat,
            Days::Sunday => weekday == Weekday::Sun,
        }
    }
}

/// Distance of starts, counted from the beginning of each range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Increment {
    Five,
    Ten,
    #[default]
    Fifteen,
    Twenty,
    Thirty,
    FortyFive,
    Sixty,
    Ninety,
    OneHundredTwenty,
    MeetingDuration,
}

impl Increment {
    pub(crate) fn minutes(self, duration_minutes: u32) -> u32 {
        match self {
            Increment::Five => 5,
            Increment::Ten => 10,
            Increment::Fifteen => 15,
            Increment::Twenty => 20,
            Increment::Thirty => 30,
            Increment::FortyFive => 45,
            Increment::Sixty => 60,
            Increment::Ninety => 90,
            Increment::OneHundredTwenty => 120,
            Increment::MeetingDuration => duration_minutes.max(1),
        }
    }
}

/// A field of the booking form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FormField {
    pub(crate) name: String,
    pub(crate) label: String,
    #[serde(rename = "type")]
    pub(crate) value_type: String,
    pub(crate) field_type: String,
    pub(crate) is_required: bool,
    #[serde(default)]
    pub(crate) is_custom: bool,
    #[serde(default)]
    pub(crate) options: Vec<Value>,
}

impl MeetingLink {
    /// Says that a meeting of this duration can be booked.
    pub(crate) fn offers(&self, duration_ms: Ms) -> bool {
        self.durations_ms().any(|offered| offered == duration_ms)
    }

    pub(crate) fn durations_ms(&self) -> impl Iterator<Item = Ms> {
        self.durations_minutes.iter().map(|minutes| Ms::from(*minutes) * MS_PER_MINUTE)
    }
}
