//! Topics about other people than the one who talks: what was meant for one of them is never written of another.

use serde_json::{Value, json};

use super::{
    conversation::Conversation,
    desk::{contacts, hit, hits, sends},
};
use crate::engine::event::Switch;

const CREATE: Option<&str> = Some("Create a new contact");
const UPDATE: Option<&str> = Some("Update a contact");

fn created(talk: &mut Conversation) {
    let paul = json!({"firstname": "Paul", "lastname": "Kern", "email": "paul@acme.example"});
    talk.says("a new one", CREATE, json!({"properties": paul}));
    assert_eq!(talk.asked(), "call create_contact: properties");
    talk.answers(json!({"created": true, "contact": {"contact_id": "9"}}));
}

fn evan() -> Value {
    json!({"properties": {"email": "evan@acme.example", "firstname": "Evan", "lastname": "Short"}})
}

/// Everything of the call that comes next, or nothing.
fn sent(talk: &Conversation) -> Value {
    if talk.asked().contains("call ") { sends(talk).clone().into() } else { Value::Null }
}

#[test]
fn a_contact_that_was_not_saved_leaves_nothing_for_the_next_one() {
    let mut talk = contacts();
    let dora = json!({"firstname": "Dora", "lastname": "Long", "email": "dora@acme.example", "phone": "+1 3125550123"});
    talk.says("a new one", CREATE, json!({"properties": dora})).switches(Switch::Leave);
    talk.says("a new one", CREATE, evan());
    let sent = sent(&talk).to_string();
    assert!(sent.contains("evan@acme.example") && !sent.contains("555") && !sent.contains("Dora"), "{sent}");
}

#[test]
fn a_change_meant_for_one_person_is_not_made_to_another() {
    let mut talk = contacts();
    talk.says("her number", UPDATE, json!({"query": "Sarah", "phone": "+1 6175550199"}));
    talk.answers(hits(&[hit("7", "Sarah", "Mark")])).switches(Switch::Leave);
    talk.says("a new one", CREATE, evan());
    assert!(!sent(&talk).to_string().contains("6175550199"), "{}", sent(&talk));
}

#[test]
fn whoever_is_not_found_does_not_stand_for_the_one_before() {
    let mut talk = contacts();
    created(&mut talk);
    talk.says("Zed's number", UPDATE, json!({"query": "Zed Nobody", "phone": "+1 6175550199"}));
    assert_eq!(talk.asked(), "call search_contacts: query");
    talk.answers(hits(&[]));
    talk.switches(Switch::Leave);
    talk.says("new details", UPDATE, json!({"properties": {"email": "lena@acme.example"}}));
    assert!(!talk.asked().contains("update_contact"), "{}: {}", talk.asked(), sent(&talk));
}

/// While the change of Zed's number waits, Evan is saved without it; then Tom's change has nothing of Evan.
#[test]
fn a_topic_that_waits_and_one_that_is_not_begun_share_nothing() {
    let mut talk = contacts();
    talk.says("Zed's number", UPDATE, json!({"phone": "+1 6175550199"})).says("a new one", CREATE, evan());
    assert_eq!(talk.asked(), "switch");
    talk.switches(Switch::ComeBack);
    let evans = sent(&talk).to_string();
    assert!(evans.contains("evan@acme.example") && !evans.contains("6175550199"), "{evans}");
    talk.answers(json!({"created": true, "contact": {"contact_id": "9"}}));
    talk.says("Zed Young", None, json!({"query": "Zed Young"}));
    talk.answers(hits(&[hit("7", "Zed", "Young")]));
    assert_eq!(sends(&talk)["properties"], json!({"phone": "+1 6175550199"}));

    let mut talk = contacts();
    talk.says("Tom's number", UPDATE, json!({"phone": "+1 6175550199"})).says("a new one", CREATE, evan());
    talk.switches(Switch::Stay)
        .says("Tom", None, json!({"query": "Tom Baker"}))
        .answers(hits(&[hit("8", "Tom", "Baker")]));
    assert_eq!(sends(&talk)["properties"], json!({"phone": "+1 6175550199"}));
}
