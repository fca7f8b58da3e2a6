//! The ticket that the help desk makes of a new thread.

use crate::model::associate;
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::model::record::{Record, Source};

/// Association type of a ticket with its contact.
const TICKET_TO_CONTACT: u32 = 16;

/// Creates a ticket in the first stage of the first pipeline, associated with the contact if there is one, and returns
/// its id.
pub(crate) fn create(portal: &mut Portal, subject: &str, text: &str, contact: Option<u64>) -> u64 {
    let now_ms = portal.now_ms();
    let id = portal.table_mut(ObjectType::Tickets).take_id();
    let mut record = Record::new(id, now_ms, Source::Screen);
    let (pipeline, stage) = first_stage(portal);
    for (name, value) in [
        ("subject", subject),
        ("content", text),
        ("hs_pipeline", pipeline.as_str()),
        ("hs_pipeline_stage", stage.as_str()),
    ] {
        if let Some(name) = portal.name(ObjectType::Tickets, name) {
            record.set(&name, value, now_ms, Source::Screen);
        }
    }
    let indexing = portal.indexing();
    portal.table_mut(ObjectType::Tickets).insert(record, indexing);
    if let Some(contact) = contact {
        let label = associate::hubspot_label(TICKET_TO_CONTACT);
        associate::add(portal, (ObjectType::Tickets, id), (ObjectType::Contacts, contact), label);
    }
    id
}

fn first_stage(portal: &Portal) -> (String, String) {
    let first = portal.pipelines.get(&ObjectType::Tickets).and_then(|all| all.first());
    let stage = first.and_then(|pipeline| Some((pipeline.id.clone(), pipeline.stages.first()?.id.clone())));
    stage.unwrap_or_default()
}
