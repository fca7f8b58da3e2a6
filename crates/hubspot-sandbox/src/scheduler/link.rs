//! A meeting link: whose, when, how long, what it asks.

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
    /// Working hours in the organiser's zone
    pub(crate) availability: Availability,
    pub(crate) durations_minutes: Vec<u32>,
    #[serde(default)]
    pub(crate) increment: Increment,
    /// Kept free before and after every busy time
    #[serde(default)]
    pub(crate) buffer_minutes: u32,
    /// From now to the first bookable start
    #[serde(default)]
    pub(crate) notice_minutes: u32,
    pub(crate) weeks_to_advertise: u32,
    #[serde(default)]
    pub(crate) form_fields: Vec<FormField>,
    /// `legalConsentOptions` as HubSpot shows them; none, and consent is not asked for.
    #[serde(default)]
    pub(crate) consent: Option<Value>,
    /// How many guests may be added
    #[serde(default)]
    pub(crate) guests_max: u32,
    /// Round robin: the contact's owner comes first.
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
    /// One person
    PersonalLink,
    /// All members must be free
    GroupCalendar,
    /// One free member is enough
    RoundRobinCalendar,
}

/// Ranges of minutes from midnight, by day or group of days.
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Range {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Days {
    pub(crate) fn hold(self, day: NaiveDate) -> bool {
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

/// How far apart starts lie, from the beginning of each range.
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

/// A question of the booking form.
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
    pub(crate) fn offers(&self, duration_ms: Ms) -> bool {
        self.durations_ms().any(|offered| offered == duration_ms)
    }

    pub(crate) fn durations_ms(&self) -> impl Iterator<Item = Ms> {
        self.durations_minutes.iter().map(|minutes| Ms::from(*minutes) * MS_PER_MINUTE)
    }
}
