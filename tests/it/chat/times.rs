//! Offered times: they hold for a quarter of an hour, and are looked up again afterwards.

use frontdesk::chat::visitor::Trust;
use tokio::time::{Duration, advance};

use super::talk::{SARAH, Talk};

const OLD: &str = "I found those times a while ago, so I have looked again.";
const TIMES: [&str; 4] = ["I'd like to meet my representative next Tuesday", SARAH, "New York", "half an hour"];

/// The minutes for which nobody answers.
async fn wait(minutes: u64) {
    advance(Duration::from_secs(minutes * 60)).await;
}

#[tokio::test(start_paused = true)]
async fn a_time_that_was_offered_a_while_ago_is_looked_up_again() {
    for minutes in [14, 16] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let before = talk.records("meetings").len();
        talk.play(&TIMES).await;
        wait(minutes).await;
        let asked = talk.say("9 am").await.reply;
        assert_eq!(asked.text.contains(OLD), minutes > 15, "{asked:?}");
        assert!(asked.text.contains("Shall I book Tuesday 24 November 2026 at 09:00"), "{asked:?}");
        talk.say("yes").await;
        assert_eq!(talk.records("meetings").len(), before + 1);
    }
}

/// A yes that comes too late books nothing: what is free now is said first.
#[tokio::test(start_paused = true)]
async fn a_late_yes_is_asked_for_again() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let before = talk.records("meetings").len();
    talk.play(&[&TIMES[..], &["1 pm"]].concat()).await;
    wait(16).await;
    let asked = talk.say("yes").await.reply;
    assert!(asked.text.contains(OLD) && asked.text.contains("at 13:00"), "{asked:?}");
    assert_eq!(talk.records("meetings").len(), before);
    talk.say("yes").await;
    assert_eq!(talk.records("meetings").len(), before + 1);
}

/// What was taken meanwhile is not offered any more.
#[tokio::test(start_paused = true)]
async fn a_time_that_was_taken_meanwhile_is_said_to_be_taken() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    talk.play(&TIMES).await;
    let booked = talk.play_beside(&[&TIMES[..], &["1 pm", "yes"]].concat()).await;
    assert!(booked.contains("It is booked"), "{booked}");
    wait(16).await;
    let asked = talk.say("1 pm").await.reply;
    assert!(asked.text.contains("That time is not free."), "{asked:?}");
    assert!(!asked.choices.contains(&"13:00".to_owned()) && asked.choices.len() > 1, "{asked:?}");
}

/// A number alone at the question before a meeting does not change its hour when it repeats the length.
#[tokio::test(start_paused = true)]
async fn the_length_said_again_does_not_change_the_hour() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    talk.play(&["book a meeting", SARAH, "next tuesday, New York", "1", "15"]).await;
    let reply = talk.say("15").await.reply;
    assert!(reply.text.contains("at 09:00") && reply.text.contains("15 minutes"), "{reply:?}");
}
