//! Leaving before it is done: what the visitor came for is dropped only where they say so, and a colleague is offered for it.

use frontdesk::chat::visitor::Trust;

use super::talk::{SARAH, Talk};

const NOT_FINISHED: &str = "We have not finished that. Shall a colleague get back to you about it?";
const GOODBYE: &str = "Thank you for writing, and goodbye!";

#[tokio::test(start_paused = true)]
async fn whoever_leaves_before_it_is_done_is_offered_a_colleague_once() {
    let at_the_address = ["I'd like to meet my representative next Tuesday"];
    let at_the_zone = ["I'd like to meet my representative next Tuesday", SARAH];
    let not_understood = ["xyzzy plugh quux, sarah@gmail.com"];
    for begun in [&at_the_address[..], &at_the_zone, &not_understood] {
        for thanks in ["thanks", "bye", "great", "tak", "merci", "grazie", "danke"] {
            let mut talk = Talk::begin(None, Trust::Operator).await;
            let told = talk.play(begun).await;
            let left = talk.say(thanks).await.reply;
            assert!(left.choices.len() == 2 && left.text.ends_with('?'), "{thanks}: {left:?}\n{told}");
            let again = talk.say(thanks).await.reply;
            assert!(again.choices.is_empty(), "{thanks}: {again:?}");
            assert_eq!(talk.records("tasks").len(), Talk::begin(None, Trust::Operator).await.records("tasks").len());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_colleague_reads_what_was_said_before_the_visitor_left() {
    let begun = ["I'd like to meet my representative next Tuesday", SARAH, "thank you", "yes"];
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let before = talk.records("tasks").len();
    let told = talk.play(&begun).await;
    assert!(told.contains(NOT_FINISHED) && told.contains("meet my representative next Tuesday”?"), "{told}");
    assert_eq!(talk.records("tasks").len(), before, "the text is shown first");
    talk.play(&["yes"]).await;
    let tasks = talk.records("tasks");
    let task = tasks
        .iter()
        .find(|task| task["properties"]["hs_task_body"].as_str().is_some_and(|body| body.starts_with(begun[0])));
    assert!(tasks.len() == before + 1 && task.is_some(), "{tasks:?}");
}

#[tokio::test(start_paused = true)]
async fn whoever_drops_it_or_has_what_they_came_for_is_offered_nobody() {
    let meeting = "I'd like to meet my representative next Tuesday";
    let dropped = [meeting, SARAH, "never mind", "bye"];
    let refused = [meeting, SARAH, "thanks", "no", "bye"];
    let no_time_fits = [meeting, SARAH, "New York", "hm no, none of these, leave it", "bye"];
    let opened = ["I have an issue in installing the DUST-E robot", SARAH, "yes", "great, thanks"];
    let answered = ["How much is the Adam?", "thanks"];
    for lines in [&dropped[..], &refused, &no_time_fits, &opened, &answered] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let before = talk.records("tasks").len();
        let told = talk.play(lines).await;
        assert!(told.trim_end().ends_with(GOODBYE), "{told}");
        assert_eq!(talk.records("tasks").len(), before, "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_stands_behind_a_no_is_heard() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk
        .play(&["I'd like to meet my representative next Tuesday", SARAH, "never mind. How much is the Adam?"])
        .await;
    assert!(told.contains("I have left that; nothing was done.") && told.contains("The ADAM robot"), "{told}");
    assert!(talk.say("thanks").await.reply.text == GOODBYE, "nothing is open");
}

/// Who says the same unknown address again, and wants a colleague, agrees once to what is passed on.
#[tokio::test(start_paused = true)]
async fn an_address_that_nobody_has_reaches_whoever_gave_it() {
    let address = "tom.baker@harborviewhotl.com";
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let before = talk.records("tasks");
    let told = talk.play(&["Our robot leaves water on the floor, it is broken", address, address, "yes", "yes"]).await;
    assert!(told.contains("Or shall a colleague get back to you?"), "{told}");
    let made: Vec<_> = talk.records("tasks").into_iter().filter(|task| !before.contains(task)).collect();
    let [task] = &made[..] else { panic!("{made:?}\n{told}") };
    let body = task["properties"]["hs_task_body"].as_str().unwrap();
    assert!(body.contains("leaves water on the floor") && body.contains(address), "{body}\n{told}");
    assert!(told.trim_end().ends_with("Is there anything else?"), "{told}");
}
