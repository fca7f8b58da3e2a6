//! What is taken back, put off or limited at the question before a write is no yes, and the next bare yes does not do it.

use frontdesk::chat::visitor::Trust;

use super::talk::{SARAH, Talk};

#[tokio::test(start_paused = true)]
async fn a_meeting_that_is_taken_back_is_not_booked_by_the_next_yes() {
    for (answer, yes) in [
        ("wait, cancel that", "yes"),
        ("hold on", "yes"),
        ("later", "yes"),
        ("warte, storniere das", "ja"),
        ("attendez, annulez", "oui"),
        ("aspetta, annulla", "sì"),
        ("øjeblik, drop det", "ja"),
        ("vent, aflys det", "ja"),
        ("ja men ikke før kl 17", "ja"),
        ("yes but not before 5 pm", "yes"),
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let before = talk.records("meetings").len();
        let told = talk.play(&["book a meeting", SARAH, "next tuesday, New York", "1", "15"]).await;
        assert!(told.contains("Shall I book"), "{told}");
        let told = talk.play(&[answer, yes]).await;
        assert_eq!(talk.records("meetings").len(), before, "{answer}: {told}");
    }
}

/// Whoever wants everything erased reaches a person, also where values are asked for.
#[tokio::test(start_paused = true)]
async fn an_erasure_is_heard_at_a_question_for_values() {
    for wish in ["please erase everything you have on me", "and delete all my data please", "forget me"] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let before = talk.records("tasks").len();
        let told = talk.play(&["what do you know about me", SARAH, "1", wish, "yes"]).await;
        assert_eq!(talk.records("tasks").len(), before + 1, "{wish}: {told}");
    }
}

/// The command of the terminal is no word of the visitor's.
#[tokio::test(start_paused = true)]
async fn the_command_for_a_person_is_no_text_of_a_record() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&[SARAH, "/person", "my robot is broken", "yes", "yes"]).await;
    let all = ["tasks", "communications"].map(|kind| serde_json::to_string(&talk.records(kind)).unwrap()).concat();
    assert!(!all.contains("/person") && !told.contains("“/person”"), "{told}\n{all}");
}

/// Who only claims an address writes nothing before they agree to it.
#[tokio::test(start_paused = true)]
async fn a_typed_address_alone_writes_nothing() {
    let mut talk = Talk::begin(None, Trust::Claimed).await;
    let before = (talk.records("contacts").len(), talk.records("communications").len());
    let told = talk.play(&["my robot is broken", "john@roe.example"]).await;
    assert_eq!((talk.records("contacts").len(), talk.records("communications").len()), before, "{told}");
}
