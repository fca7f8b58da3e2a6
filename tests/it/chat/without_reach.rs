//! A visitor who wants a person and gives neither an address nor a number: they reach somebody all the same, or hear where
//! else to turn.

use frontdesk::chat::visitor::Trust;
use serde_json::Value;

use super::talk::Talk;

/// A wish for a person, and an answer that gives no way to be reached, in each language.
const REFUSALS: [(&str, &str); 6] = [
    ("can I speak to a person", "I don't want to give you my email"),
    ("I want to talk to a human", "I have neither mail nor phone"),
    ("jeg vil gerne tale med en person", "det vil jeg ikke oplyse"),
    ("je veux parler à une personne", "je ne donne pas mes coordonnées"),
    ("vorrei parlare con una persona", "non voglio lasciare recapiti"),
    ("ich möchte mit einem Menschen sprechen", "will ich nicht sagen"),
];

fn made(talk: &Talk, kind: &str, before: &[Value]) -> Vec<Value> {
    talk.records(kind).into_iter().filter(|record| !before.contains(record)).collect()
}

/// At the operator's own terminal a task says that there is no way but the chat, and nobody is promised an answer.
#[tokio::test(start_paused = true)]
async fn a_colleague_reads_that_there_is_no_way_but_this_chat() {
    for (wish, refusal) in REFUSALS {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let before = talk.records("tasks");
        let told = talk.play(&["The purple lamp of my robot is blinking again", wish, refusal]).await;
        assert_eq!(made(&talk, "tasks", &before).len(), 0, "not before a yes: {told}");
        let agreed = talk.say("1").await;
        let tasks = made(&talk, "tasks", &before);
        let [task] = &tasks[..] else { panic!("{refusal}: {tasks:?}\n{told}\n{agreed:?}") };
        let body = task["properties"]["hs_task_body"].to_string();
        assert!(body.contains("no way but this chat") && body.contains("purple lamp"), "{body}");
        assert!(agreed.reply.text.contains("e-mail") || agreed.reply.text.contains("E-Mail"), "{:?}", agreed.reply);
        assert!(!agreed.reply.text.contains("get back to you."), "{:?}", agreed.reply);
    }
}

/// A number that nobody can read, twice, is an answer as well.
#[tokio::test(start_paused = true)]
async fn nobody_is_asked_for_an_address_without_end() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let before = talk.records("tasks");
    let told = talk.play(&["a person please", "sarah at gmail", "just the usual one", "yes"]).await;
    assert_eq!(made(&talk, "tasks", &before).len(), 1, "{told}");
}

/// Where no tool brings a visitor of whom nothing is known to a person, they hear where else to turn; an address that comes
/// later is taken.
#[tokio::test(start_paused = true)]
async fn who_cannot_be_answered_hears_where_else_to_turn() {
    for (wish, refusal) in REFUSALS {
        let mut talk = Talk::begin(None, Trust::Claimed).await;
        let before = (talk.records("tasks"), talk.records("tickets"));
        let told = talk.play(&[wish]).await;
        let reply = talk.say(refusal).await.reply;
        assert_eq!((talk.records("tasks"), talk.records("tickets")), before, "{told}");
        let words = reply.text.to_lowercase();
        assert!(words.contains("mail") && words.len() > 80 && !words.contains('?'), "{refusal}: {reply:?}");
        let told = talk.play(&["sarah@gmail.com", "1"]).await;
        assert_eq!(made(&talk, "tasks", &before.0).len(), 1, "{refusal}: {told}");
    }
}

/// Who takes the wish for a person back is left alone.
#[tokio::test(start_paused = true)]
async fn a_person_who_is_not_wanted_after_all_is_told_nothing() {
    for answer in ["never mind", "no thanks", "nej tak", "laissez tomber"] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let before = talk.records("tasks");
        let told = talk.play(&["I want to talk to a person", answer]).await;
        assert_eq!(talk.records("tasks"), before, "{told}");
        assert!(!told.contains("Shall I pass"), "{told}");
    }
}
