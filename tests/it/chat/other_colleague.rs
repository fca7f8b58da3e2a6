//! A colleague whom the visitor does not want gets no task and is not named; the words go along.

use frontdesk::chat::visitor::Trust;
use serde_json::Value;

use super::talk::{SARAH, Talk};

const VERONICA: &str = "Veronica Chen";

async fn tasks_after(lines: &[&str]) -> (Vec<Value>, String) {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let before = talk.records("tasks");
    let told = talk.play(lines).await;
    (talk.records("tasks").into_iter().filter(|task| !before.contains(task)).collect(), told)
}

#[tokio::test(start_paused = true)]
async fn a_colleague_who_is_not_wanted_gets_no_task_and_is_not_named() {
    for (lines, words) in [
        (&["I want to talk to a person, not Veronica please. sarah@gmail.com", "yes"][..], "not Veronica"),
        (&["a person please", SARAH, "yes but not Veronica, she was rude", "yes"], "she was rude"),
        (&["a person please, but nobody from sales", SARAH, "yes"], "nobody from sales"),
        (&["Ich möchte mit jemandem sprechen, aber nicht mit Frau Chen", SARAH, "ja"], "nicht mit Frau Chen"),
        (&["I want to make a complaint about my account manager", SARAH, "yes"], "complaint about my account manager"),
    ] {
        let (tasks, told) = tasks_after(lines).await;
        let [task] = &tasks[..] else { panic!("{lines:?}: {} tasks\n{told}", tasks.len()) };
        let owner = task["properties"]["hubspot_owner_id"].as_str().unwrap_or_default();
        assert_eq!(owner, "", "{lines:?}: {task}");
        assert!(task["properties"]["hs_task_body"].as_str().unwrap_or_default().contains(words), "{lines:?}: {task}");
        assert!(!told.contains(VERONICA), "{lines:?}: {told}");
    }
}

/// Whoever says so after the task was made changes that task.
#[tokio::test(start_paused = true)]
async fn a_task_that_was_made_leaves_the_colleague_who_is_not_wanted() {
    let call = "somebody has to call me about the invoice of October. sarah@gmail.com";
    let (tasks, told) =
        tasks_after(&[call, "yes", "please spare me Veronica this time, she made the mess", "yes"]).await;
    let [task] = &tasks[..] else { panic!("{} tasks\n{told}", tasks.len()) };
    assert_eq!(task["properties"]["hubspot_owner_id"].as_str().unwrap_or_default(), "", "{task}\n{told}");
    assert!(task["properties"]["hs_task_body"].as_str().unwrap().contains("invoice of October"), "{task}");
}

/// The usual colleague still gets what nobody else is wanted for.
#[tokio::test(start_paused = true)]
async fn the_usual_colleague_is_told_where_nobody_else_is_wanted() {
    let (tasks, told) = tasks_after(&["a person please, my robot is not working on Monday", SARAH, "yes"]).await;
    assert!(tasks.len() == 1 && told.contains(VERONICA), "{told}");
}
