//! The calendars and meeting links of the seed company.

use chrono::Weekday;
use serde_json::{Value, json};

use super::people::{CREATED_MS, DANIEL, MEI, VERONICA};
use crate::model::calendar::{Calendar, Weekly};
use crate::model::meeting_link::{Availability, Days, FormField, Increment, LinkType, MeetingLink, Range};
use crate::model::zone::Zone;

pub(crate) fn calendars() -> [(u64, Calendar); 3] {
    let google = Some("GOOGLE".to_owned());
    let veronica = Calendar {
        meetings_user_id: 2_101_913,
        zone: Zone::known("America/New_York"),
        provider: google.clone(),
        weekly: vec![
            weekly(Weekday::Tue, 10 * 60, 30),
            weekly(Weekday::Tue, 14 * 60, 60),
            weekly(Weekday::Tue, 21 * 60, 60),
            // Overnight: until Thursday 10:00
            weekly(Weekday::Wed, 20 * 60, 14 * 60),
            // Across midnight for a customer in Tokyo, summer and winter
            weekly(Weekday::Fri, 9 * 60 + 30, 2 * 60),
        ],
        busy: vec![],
    };
    let daniel = Calendar {
        meetings_user_id: 2_101_940,
        zone: Zone::known("America/New_York"),
        provider: None,
        weekly: vec![],
        busy: vec![],
    };
    let mei = Calendar {
        meetings_user_id: 2_102_077,
        zone: Zone::known("America/Los_Angeles"),
        provider: google,
        weekly: vec![
            weekly(Weekday::Mon, 9 * 60, 90),
            weekly(Weekday::Tue, 10 * 60, 60),
            weekly(Weekday::Thu, 13 * 60, 120),
        ],
        busy: vec![],
    };
    [(VERONICA, veronica), (DANIEL, daniel), (MEI, mei)]
}

fn weekly(weekday: Weekday, start_minute: u32, length_minutes: u32) -> Weekly {
    Weekly { weekday, start_minute, length_minutes }
}

/// Returns the meeting links. The first one listed is not the default of its owner.
pub(crate) fn links() -> Vec<MeetingLink> {
    let quick = MeetingLink {
        durations_minutes: vec![15],
        ..personal("12428901", "richtech/quick-call", "Quick call", VERONICA)
    };
    let visit = MeetingLink {
        buffer_minutes: 15,
        notice_minutes: 24 * 60,
        increment: Increment::Thirty,
        durations_minutes: vec![60],
        form_fields: vec![form_field("company", "Company name", true), form_field("phone", "Phone number", false)],
        consent: Some(consent()),
        guests_max: 5,
        ..personal("12428977", "richtech/site-visit", "Site visit", VERONICA)
    };
    let group = MeetingLink {
        link_type: LinkType::GroupCalendar,
        member_user_ids: vec![VERONICA, MEI],
        guests_max: 10,
        ..personal("12429010", "team/solution-design", "Solution design", VERONICA)
    };
    let robin = MeetingLink {
        link_type: LinkType::RoundRobinCalendar,
        member_user_ids: vec![VERONICA, MEI],
        owner_prioritized: true,
        ..personal("12429044", "team/product-demo", "Product demo", MEI)
    };
    vec![
        quick,
        MeetingLink {
            default_link: true,
            ..personal("12428962", "richtech/veronica-chen", "Meet Veronica Chen", VERONICA)
        },
        visit,
        group,
        robin,
        MeetingLink {
            default_link: true,
            ..personal("12429102", "richtech/daniel-ortiz", "Meet Daniel Ortiz", DANIEL)
        },
        MeetingLink { default_link: true, ..personal("12429155", "richtech/mei-tanaka", "Meet Mei Tanaka", MEI) },
    ]
}

fn personal(id: &str, slug: &str, name: &str, user_id: u64) -> MeetingLink {
    let hours: Availability = [(Days::MonFri, vec![Range { start: 9 * 60, end: 17 * 60 }])].into();
    MeetingLink {
        id: id.into(),
        slug: slug.into(),
        name: name.into(),
        link_type: LinkType::PersonalLink,
        organizer_user_id: user_id,
        member_user_ids: vec![user_id],
        default_link: false,
        availability: hours,
        durations_minutes: vec![15, 30, 60],
        increment: Increment::Fifteen,
        buffer_minutes: 0,
        notice_minutes: 0,
        weeks_to_advertise: 12,
        form_fields: vec![],
        consent: None,
        guests_max: 0,
        owner_prioritized: false,
        location: "Google Meet".into(),
        subject: name.into(),
        meeting_type: "Sales call".into(),
        created_ms: CREATED_MS,
    }
}

fn form_field(name: &str, label: &str, is_required: bool) -> FormField {
    let (value_type, field_type) = ("string".into(), "text".into());
    FormField {
        name: name.into(),
        label: label.into(),
        value_type,
        field_type,
        is_required,
        is_custom: false,
        options: vec![],
    }
}

fn consent() -> Value {
    json!({
        "processingConsentType": "IMPLICIT",
        "processingConsentText": "By booking you let Richtech Robotics use your data to arrange the visit.",
        "processingConsentCheckboxLabel": "", "processingConsentFooterText": "",
        "privacyPolicyText": "You can withdraw at any time.",
        "communicationConsentText": "Richtech Robotics would like to stay in touch.",
        "communicationConsentCheckboxes": [
            {"communicationTypeId": "12345", "label": "I agree to be contacted about my visit.", "required": true}
        ],
        "isLegitimateInterest": false
    })
}
