//! The seed company, Richtech Robotics: the data of a new account.

use super::{conversations, defaults, meetings, people};
use crate::model::associate;
use crate::model::associations::RecordKey;
use crate::model::object_type::ObjectType;
use crate::model::pipeline::Pipeline;
use crate::model::portal::Portal;
use crate::model::property_value::parse_date_time;
use crate::model::record::{Record, Source};
use crate::model::table::Indexing;

/// Fills an empty account.
pub(crate) fn populate(portal: &mut Portal) {
    portal.tokens = defaults::tokens();
    portal.apps = defaults::apps();
    portal.owners = people::owners();
    portal.pipelines = defaults::pipelines();
    portal.pipelines.entry(ObjectType::Tickets).or_default().push(repairs());
    portal.scheduler.calendars = meetings::calendars().into();
    portal.scheduler.links = meetings::links();
    portal.conversations.inboxes = conversations::inboxes();
    portal.conversations.accounts = conversations::accounts();
    for record in RECORDS {
        insert(portal, record);
    }
    for (from, to, type_id) in ASSOCIATIONS {
        // The activity dates of the records stay as they are.
        associate::add_quietly(portal, *from, *to, associate::hubspot_label(*type_id));
    }
}

/// Object type, id, creation, last change, and property values.
type SeedRecord = (ObjectType, u64, &'static str, &'static str, &'static [(&'static str, &'static str)]);

const RECORDS: &[SeedRecord] = &[
    (
        ObjectType::Contacts,
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
        ObjectType::Contacts,
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
        ObjectType::Contacts,
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
        ObjectType::Contacts,
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
        ObjectType::Contacts,
        103_107_104_018,
        "2025-09-12T11:48:09.233Z",
        "2025-09-12T11:48:09.233Z",
        &[("email", "info@noodlebar.com"), ("company", "Noodle Bar"), ("lifecyclestage", "subscriber")],
    ),
    (
        ObjectType::Contacts,
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
        ObjectType::Contacts,
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
        ObjectType::Companies,
        28_904_455_120,
        "2025-02-15T21:20:00.000Z",
        "2025-02-15T21:20:00.000Z",
        &[("name", "ClouTea"), ("domain", "cloutea.com"), ("city", "Las Vegas"), ("industry", "FOOD_BEVERAGES")],
    ),
    (
        ObjectType::Companies,
        28_904_460_873,
        "2025-03-02T09:10:00.000Z",
        "2025-03-02T09:10:00.000Z",
        &[("name", "Harborview Hotel"), ("domain", "harborviewhotel.com"), ("industry", "HOSPITALITY")],
    ),
    (
        ObjectType::Tickets,
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

const ASSOCIATIONS: &[(RecordKey, RecordKey, u32)] = &[
    ((ObjectType::Contacts, 84_246_479_604), (ObjectType::Companies, 28_904_455_120), 279),
    ((ObjectType::Contacts, 84_246_480_117), (ObjectType::Companies, 28_904_460_873), 279),
    ((ObjectType::Tickets, 33_190_415_288), (ObjectType::Contacts, 84_246_481_952), 16),
];

fn insert(portal: &mut Portal, (object_type, id, created, updated, values): &SeedRecord) {
    let ms = |text: &str| parse_date_time(text).unwrap_or_default();
    let mut record = Record::new(*id, ms(created), Source::Screen);
    for (name, text) in *values {
        if let Some(name) = portal.name(*object_type, name) {
            record.set(&name, text, ms(created), Source::Screen);
        }
    }
    record.updated_ms = ms(updated);
    let next_id = portal.table(*object_type).next_id();
    portal.table_mut(*object_type).insert(record, Indexing::Now);
    portal.table_mut(*object_type).start_ids_at(next_id);
}

fn repairs() -> Pipeline {
    let stages = [
        ("1120457301", "Received"),
        ("1120457302", "In repair"),
        ("1120457303", "Shipped back"),
        ("1120457304", "Closed"),
    ];
    let stages = stages.iter().zip(0..).map(|((id, label), order)| defaults::ticket_stage(id, label, order));
    defaults::pipeline("748239100", "Repairs and exchanges", 1, stages.collect())
}
