//! Conditions are neither orders nor words for a record, in five languages.

use frontdesk::chat::visitor::Trust;
use serde_json::Value;

use super::talk::{SARAH, Talk};

/// At the question before a write a condition agrees to nothing and is joined to no text.
#[tokio::test(start_paused = true)]
async fn a_condition_is_no_part_of_a_ticket() {
    for (begins, yes, conditions) in [
        (
            "My robot is broken",
            "yes",
            &["if it rains I will not be there", "only if it is free of charge", "if my boss agrees then yes"][..],
        ),
        (
            "Min robot er gået i stykker",
            "ja",
            &["hvis det regner, kommer jeg ikke i morgen", "ja, hvis chefen siger god for det"],
        ),
        (
            "Mon robot est en panne",
            "oui",
            &["s'il pleut je ne serai pas là demain", "si mon chef est d'accord avec ça"],
        ),
        ("Il mio robot DUST-E perde olio", "sì", &["se piove domani non ci sarò", "se il mio capo è d'accordo"]),
        (
            "Mein Roboter ist kaputt",
            "ja",
            &["falls es regnet, bin ich nicht da", "wenn mein Chef einverstanden ist, ja"],
        ),
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let before = talk.records("tickets");
        talk.play(&[begins, SARAH]).await;
        for condition in conditions {
            let told = talk.say(condition).await.reply.text;
            assert_eq!(talk.records("tickets").len(), before.len(), "{condition}: {told}");
            assert!(!told.contains(condition), "{condition}: {told}");
        }
        let told = talk.say(yes).await.reply.text;
        let made: Vec<Value> = talk.records("tickets").into_iter().filter(|ticket| !before.contains(ticket)).collect();
        let [ticket] = &made[..] else { panic!("{begins}: {told}") };
        assert_eq!(ticket["properties"]["content"], begins, "{told}");
    }
}

/// What is wanted on a condition only is asked about, and begins nothing.
#[tokio::test(start_paused = true)]
async fn a_condition_is_no_order() {
    for order in [
        "If it rains, cancel my appointment",
        "Cancel my appointment if it rains",
        "Hvis det regner, så aflys min aftale",
        "S'il pleut, annulez mon rendez-vous",
        "Annulez mon rendez-vous s'il pleut",
        "Se piove, annullate il mio appuntamento",
        "Falls es regnet, sagen Sie meinen Termin ab",
        "Stornieren Sie meinen Termin, wenn es regnet",
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let turn = talk.say(order).await;
        let acted = turn
            .done
            .iter()
            .any(|done| done.call.arguments.as_ref().is_ok_and(|arguments| arguments.contains_key("intent")));
        assert!(!acted, "{order}: {turn:?}");
        assert!(!turn.reply.choices.is_empty(), "{order}: {turn:?}");
    }
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let turn = talk.say("Cancel my appointment, if possible").await;
    assert!(!turn.reply.text.contains("condition"), "a courtesy is no condition: {turn:?}");
}

/// A condition within a problem belongs to it.
#[tokio::test(start_paused = true)]
async fn a_problem_may_have_a_condition() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["My robot stops if I press the red button", SARAH, "Report a problem"]).await;
    assert!(told.contains("“My robot stops if I press the red button”?"), "{told}");
}
