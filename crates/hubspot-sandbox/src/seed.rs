//! The company the sandbox starts with: Richtech Robotics, as the first customers of the front desk know it.

use std::collections::BTreeMap;

use chrono::Weekday;
use serde_json::{Map, Value, json};

use super::TOKEN;
use super::access::{self, Token, Tokens};
use super::clock::Ms;
use super::crm::associate;
use super::crm::kind::Kind;
use super::crm::owners::{Owner, Team};
use super::crm::pipelines::{Pipeline, Stage};
use super::crm::record::{Record, Source};
use super::crm::table::Indexing;
use super::crm::values::moment;
use super::portal::{Identity, Portal};
use super::scheduler::calendar::{Calendar, Weekly};
use super::scheduler::link::{Availability, Days, FormField, Increment, LinkType, MeetingLink, Range};

/// The integration whose token the seed company has; every record that came through the API is said to be its.
pub(super) const APP_ID: u64 = 8_190_657;
/// Owner 117001's user id.
const VERONICA: u64 = 9_586_504;
/// Has a meeting link and no calendar: the offline trap.
const DANIEL: u64 = 9_586_611;
const MEI: u64 = 9_586_742;

pub(super) fn identity() -> Identity {
    Identity {
        portal_id: 44_237_313,
        time_zone: chrono_tz::America::New_York,
        account_type: "DEVELOPER_TEST".into(),
        currency: "USD".into(),
        ui_domain: "app.hubspot.com".into(),
    }
}

/// The one with every scope.
pub(super) fn tokens() -> Tokens {
    let token = Token { scopes: access::every_scope(), user_id: VERONICA, app_id: APP_ID, expires_at_ms: None };
    [(TOKEN.to_owned(), token)].into()
}

/// What a fresh account has.
pub(super) fn default_pipelines() -> BTreeMap<Kind, Vec<Pipeline>> {
    [(Kind::Tickets, vec![support()]), (Kind::Deals, vec![sales()])].into()
}

/// Fills an empty portal.
pub(super) fn company(portal: &mut Portal) {
    portal.tokens = tokens();
    portal.owners = owners();
    portal.pipelines = default_pipelines();
    portal.pipelines.entry(Kind::Tickets).or_default().push(repairs());
    portal.scheduler.calendars = calendars().into();
    portal.scheduler.links = links();
    for (kind, id, created, updated, values) in RECORDS {
        record(portal, *kind, *id, [created, updated], values);
    }
    for (from, to, type_id) in ASSOCIATIONS {
        link(portal, *from, *to, *type_id);
    }
}

type Given = (Kind, u64, &'static str, &'static str, &'static [(&'static str, &'static str)]);

const RECORDS: &[Given] = &[
    (
        Kind::Contacts,
        84_246_479_604,
        "2025-02-15T21:23:10.453Z",
        "2025-02-23T22:15:05.802Z",
        &[
            ("email", "sarah@gmail.com"),
            ("firstname", "Sarah"),
            ("lastname", "Mark"),
            ("phone", "+1 702 555 0143"),
            ("company", "ClouTea"),
            ("lifecyclestage", "customer"),
            ("hubspot_owner_id", "117001"),
        ],
    ),
    (
        Kind::Contacts,
        84_246_480_117,
        "2025-03-02T09:12:44.020Z",
        "2025-03-02T09:12:44.020Z",
        &[
            ("email", "tom.baker@harborviewhotel.com"),
            ("firstname", "Tom"),
            ("lastname", "Baker"),
            ("company", "Harborview Hotel"),
            ("lifecyclestage", "lead"),
        ],
    ),
    (
        Kind::Contacts,
        84_246_481_952,
        "2025-04-18T02:40:31.771Z",
        "2026-01-09T04:11:20.115Z",
        &[
            ("email", "aiko.sato@kissaten.jp"),
            ("hs_additional_emails", "aiko@sato.jp;a.sato@kissaten.jp"),
            ("firstname", "Aiko"),
            ("lastname", "Sato"),
            ("company", "Kissaten Group"),
            ("hs_timezone", "asia_slash_tokyo"),
            ("lifecyclestage", "customer"),
            ("hubspot_owner_id", "117003"),
        ],
    ),
    (
        Kind::Contacts,
        97_530_152_525,
        "2025-06-30T16:05:00.309Z",
        "2025-11-11T18:22:41.500Z",
        &[
            ("email", "liam.oconnor@dunlaoghaireclinic.ie"),
            ("firstname", "Liam"),
            ("lastname", "O'Connor"),
            ("lifecyclestage", "opportunity"),
            ("hubspot_owner_id", "117002"),
        ],
    ),
    (
        Kind::Contacts,
        103_107_104_018,
        "2025-09-12T11:48:09.233Z",
        "2025-09-12T11:48:09.233Z",
        &[("email", "info@noodlebar.com"), ("company", "Noodle Bar"), ("lifecyclestage", "subscriber")],
    ),
    (
        Kind::Contacts,
        118_420_663_270,
        "2026-02-03T20:15:55.640Z",
        "2026-05-27T13:03:17.984Z",
        &[
            ("email", "freja.holm@nordlys.dk"),
            ("firstname", "Freja"),
            ("lastname", "Holm"),
            ("hs_language", "da"),
            ("lifecyclestage", "customer"),
            ("hubspot_owner_id", "117001"),
        ],
    ),
    (
        Kind::Contacts,
        126_905_318_446,
        "2026-04-21T07:33:12.018Z",
        "2026-08-14T10:44:02.660Z",
        &[
            ("email", "camille.moreau@lecomptoir.fr"),
            ("firstname", "Camille"),
            ("lastname", "Moreau"),
            ("hs_language", "fr"),
            ("lifecyclestage", "salesqualifiedlead"),
            ("hubspot_owner_id", "117003"),
        ],
    ),
    (
        Kind::Companies,
        28_904_455_120,
        "2025-02-15T21:20:00.000Z",
        "2025-02-15T21:20:00.000Z",
        &[("name", "ClouTea"), ("domain", "cloutea.com"), ("city", "Las Vegas"), ("industry", "FOOD_BEVERAGES")],
    ),
    (
        Kind::Companies,
        28_904_460_873,
        "2025-03-02T09:10:00.000Z",
        "2025-03-02T09:10:00.000Z",
        &[("name", "Harborview Hotel"), ("domain", "harborviewhotel.com"), ("industry", "HOSPITALITY")],
    ),
    (
        Kind::Tickets,
        33_190_415_288,
        "2026-01-09T04:10:58.204Z",
        "2026-01-13T17:30:41.090Z",
        &[
            ("subject", "Matradee L stops at the kitchen door"),
            ("content", "Since the update the robot stops in front of the swing door and waits."),
            ("hs_pipeline", "0"),
            ("hs_pipeline_stage", "4"),
            ("hs_ticket_priority", "MEDIUM"),
            ("hs_ticket_category", "PRODUCT_ISSUE"),
            ("closed_date", "2026-01-13T17:30:41.090Z"),
            ("hubspot_owner_id", "117003"),
        ],
    ),
];

type Tie = ((Kind, u64), (Kind, u64), u32);

const ASSOCIATIONS: &[Tie] = &[
    ((Kind::Contacts, 84_246_479_604), (Kind::Companies, 28_904_455_120), 279),
    ((Kind::Contacts, 84_246_480_117), (Kind::Companies, 28_904_460_873), 279),
    ((Kind::Tickets, 33_190_415_288), (Kind::Contacts, 84_246_481_952), 16),
];

fn record(portal: &mut Portal, kind: Kind, id: u64, [created, updated]: [&&str; 2], values: &[(&str, &str)]) {
    let at = |text: &str| moment(text).unwrap_or_default();
    let mut record = Record::new(id, at(created), Source::Screen);
    for (name, text) in values {
        if let Some(name) = portal.name(kind, name) {
            record.set(&name, text, at(created), Source::Screen);
        }
    }
    record.updated_ms = at(updated);
    let next_id = portal.table(kind).next_id();
    portal.table_mut(kind).insert(record, Indexing::Now);
    portal.table_mut(kind).start_ids_at(next_id);
}

/// Without touching: the seed's dates stay as they are.
fn link(portal: &mut Portal, from: (Kind, u64), to: (Kind, u64), type_id: u32) {
    associate::tie(portal, from, to, associate::hubspot(type_id));
}

fn owners() -> Vec<Owner> {
    let sales = Team { id: "368389".into(), name: "Sales Team".into(), primary: true };
    let service = Team { id: "368390".into(), name: "Service Team".into(), primary: true };
    vec![
        owner("117001", VERONICA, "Veronica", "Chen", vec![sales.clone()]),
        owner("117002", DANIEL, "Daniel", "Ortiz", vec![service]),
        owner("117003", MEI, "Mei", "Tanaka", vec![sales]),
        Owner { archived: true, ..owner("117004", 9_586_803, "Paul", "Adams", vec![]) },
    ]
}

fn owner(id: &str, user_id: u64, first_name: &str, last_name: &str, teams: Vec<Team>) -> Owner {
    let email = format!("{}.{}@richtech.example", first_name.to_lowercase(), last_name.to_lowercase());
    let (first_name, last_name) = (first_name.into(), last_name.into());
    Owner { id: id.into(), user_id, email, first_name, last_name, archived: false, teams, created_ms: CREATED_MS }
}

/// 2025-01-06, when the company opened its account.
const CREATED_MS: Ms = 1_736_157_600_000;

fn support() -> Pipeline {
    let stages = ["New", "Waiting on contact", "Waiting on us", "Closed"];
    let stages = stages.iter().zip(1..).map(|(label, id)| ticket_stage(&id.to_string(), label, id - 1));
    pipeline("0", "Support Pipeline", 0, stages.collect())
}

fn repairs() -> Pipeline {
    let stages = [
        ("1120457301", "Received"),
        ("1120457302", "In repair"),
        ("1120457303", "Shipped back"),
        ("1120457304", "Closed"),
    ];
    let stages = stages.iter().zip(0..).map(|((id, label), order)| ticket_stage(id, label, order));
    pipeline("748239100", "Repairs and exchanges", 1, stages.collect())
}

fn sales() -> Pipeline {
    let stages = [
        ("appointmentscheduled", "Appointment Scheduled", "0.2"),
        ("qualifiedtobuy", "Qualified To Buy", "0.4"),
        ("presentationscheduled", "Presentation Scheduled", "0.6"),
        ("decisionmakerboughtin", "Decision Maker Bought-In", "0.8"),
        ("contractsent", "Contract Sent", "0.9"),
        ("closedwon", "Closed Won", "1.0"),
        ("closedlost", "Closed Lost", "0.0"),
    ];
    let stages = stages.iter().zip(0..).map(|((id, label, probability), order)| {
        let closed = id.starts_with("closed").to_string();
        stage(id, label, order, json!({"isClosed": closed, "probability": probability}))
    });
    pipeline("default", "Sales Pipeline", 0, stages.collect())
}

fn ticket_stage(id: &str, label: &str, order: i64) -> Stage {
    let closed = label == "Closed";
    let state = if closed { "CLOSED" } else { "OPEN" };
    stage(id, label, order, json!({"ticketState": state, "isClosed": closed.to_string()}))
}

fn stage(id: &str, label: &str, display_order: i64, metadata: Value) -> Stage {
    let metadata: Map<String, Value> = metadata.as_object().cloned().unwrap_or_default();
    Stage { id: id.into(), label: label.into(), display_order, metadata, created_ms: 0, updated_ms: 0 }
}

fn pipeline(id: &str, label: &str, display_order: i64, stages: Vec<Stage>) -> Pipeline {
    Pipeline { id: id.into(), label: label.into(), display_order, stages, created_ms: 0, updated_ms: 0 }
}

fn calendars() -> [(u64, Calendar); 3] {
    let google = Some("GOOGLE".to_owned());
    let veronica = Calendar {
        meetings_user_id: 2_101_913,
        zone: chrono_tz::America::New_York,
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
        zone: chrono_tz::America::New_York,
        provider: None,
        weekly: vec![],
        busy: vec![],
    };
    let mei = Calendar {
        meetings_user_id: 2_102_077,
        zone: chrono_tz::America::Los_Angeles,
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

/// The first one listed is nobody's default.
fn links() -> Vec<MeetingLink> {
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
