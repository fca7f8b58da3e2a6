//! Questions beside what is asked: documents answer them, and the matter at hand goes on.

use frontdesk::chat::brain::{Decision, HandOver, Reply};
use frontdesk::chat::visitor::Trust;

use super::talk::{SARAH, Talk};

const PRICE: &str = "How much is the Adam?";

#[tokio::test(start_paused = true)]
async fn a_question_at_a_question_is_answered_and_the_matter_goes_on() {
    for at in [&[][..], &[SARAH, "New York"], &[SARAH, "New York", "half an hour", "1 pm"]] {
        let lines = [&["I'd like to meet my representative next Tuesday"], at].concat();
        let mut talk = Talk::begin(None, Trust::Operator).await;
        talk.play(&lines).await;
        let open = talk.say("what?").await.reply;
        let asked = open.text.lines().last().unwrap().to_owned();
        let answered = talk.say(PRICE).await.reply;
        assert!(answered.text.contains("The ADAM robot"), "{answered:?}");
        assert_eq!((answered.text.lines().last(), answered.choices), (Some(asked.as_str()), open.choices));
    }
}

/// What only tells something is told without the question whether to come back.
#[tokio::test(start_paused = true)]
async fn an_appointment_is_told_in_the_middle_of_a_booking() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk
        .play(&["I'd like to meet my representative next Tuesday", SARAH, "New York", "When is my appointment?"])
        .await;
    assert!(!told.contains("What shall we do?") && told.contains("appointment to come"), "{told}");
    assert!(told.trim_end().contains("Which time suits you?"), "{told}");
}

/// A hand-over of the turn itself, such as that of a model that has failed, answers what documents can.
#[tokio::test(start_paused = true)]
async fn a_question_on_the_way_to_a_person_is_answered() {
    let mut talk =
        Talk::with(None, Trust::Operator, Some(vec![Ok(Decision::Say(Reply::handing_over(HandOver::Limit)))])).await;
    let reply = talk.say("Is that not dangerous? And how much is the Adam?").await.reply;
    assert_eq!(reply.hand_over, Some(HandOver::Limit));
    assert!(
        reply.text.contains("The ADAM robot") && reply.text.ends_with("A phone number will do as well."),
        "{reply:?}"
    );
    // Asked how they are reached, they ask something else first.
    let before = talk.records("tasks").len();
    let reply = talk.say("And how much is the Adam?").await.reply;
    assert!(
        reply.text.contains("The ADAM robot") && reply.text.ends_with("A phone number will do as well."),
        "{reply:?}"
    );
    let reply = talk.say(SARAH).await.reply;
    assert!(!reply.text.contains("ADAM"), "{reply:?}");
    assert_eq!(talk.records("tasks").len(), before + 1);
}

/// A passage answers what is asked, and not only what the question is about.
#[tokio::test(start_paused = true)]
async fn the_name_of_a_product_alone_is_no_answer() {
    for (question, told, not_told) in [
        ("what does matradee cost", "", "delivered in one month"),
        ("how tall is the matradee", "", "delivered in one month"),
        ("where is my robot", "", "Skylark"),
        ("robot robot robot", "", "Skylark"),
        ("How soon is Matradee delivered?", "one month", "Skylark"),
        ("What does ADAM cost?", "depends on its configuration", "two weeks"),
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let reply = talk.say(question).await.reply;
        assert!(reply.text.contains(told) && !reply.text.contains(not_told), "{question}: {reply:?}");
    }
}
