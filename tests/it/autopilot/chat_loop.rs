//! The loop of a chat in HubSpot's inbox, by its acceptance list.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use frontdesk::chat::brain::BrainError;
use hubspot_sandbox::conversing::{AgentMessage, VisitorMessage};
use hubspot_sandbox::webhooks::DeliveryFaults;
use serde_json::json;

use super::brains::{call, deciding, echo, say};
use super::desk::{House, REPLY, VERONICA, Way, both, pass};

const INTRODUCTION: &str = "I am an automatic assistant; you can ask for a person at any time.";

#[tokio::test(start_paused = true)]
async fn c1_a_new_message_gets_exactly_one_reply_in_the_same_thread_and_channel() {
    both(async |way| {
        let house = House::new(way, REPLY).with_brain(echo(1));
        let desk = house.open().await;
        let thread = house.sarah("Where is my robot?").thread_id;
        pass(60).await;
        let told = house.told(thread).await;
        assert_eq!(told, [format!("{INTRODUCTION}\n\nYou said: Where is my robot?")], "{way:?}");
        let stored = house.stored(thread).await;
        let [asked, reply] =
            ["INCOMING", "OUTGOING"].map(|way| stored.iter().find(|one| one["direction"] == way).unwrap());
        assert_eq!(
            (&reply["channelId"], &reply["channelAccountId"]),
            (&asked["channelId"], &asked["channelAccountId"])
        );
        let rich = reply["richText"].as_str().unwrap();
        assert_eq!(rich, format!("<p>{INTRODUCTION}</p><p>You said: Where is my robot?</p>"), "the same in HTML");
        pass(3_600).await;
        assert_eq!(house.told(thread).await.len(), 1, "and no other");
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c2_messages_of_agents_bots_and_ourselves_are_ignored() {
    both(async |way| {
        let house = House::new(way, REPLY).with_brain(echo(1));
        let desk = house.open().await;
        let thread = house.sarah("Hello?").thread_id;
        pass(30).await;
        let bot =
            AgentMessage { thread, author: Some("B-12".into()), text: "I am a bot".into(), ..AgentMessage::default() };
        house.sandbox.agent_writes(bot).unwrap();
        pass(60).await;
        assert_eq!(house.told(thread).await.len(), 2, "one of ours, and the bot's own");
        house.veronica(thread, "I take over.");
        pass(60).await;
        assert_eq!(house.told(thread).await.len(), 3, "{way:?}");
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c3_repeated_and_batched_events_are_one_message_each() {
    // A poller lists what changed lately again and again.
    both(async |way| {
        let mischief =
            DeliveryFaults { seed: 3, duplicates_percent: 80, disorder_percent: 50, ..DeliveryFaults::default() };
        let house = House::of_account(way, REPLY, Default::default(), mischief).with_brain(echo(1));
        let desk = house.open().await;
        let write = |number| house.sandbox.visitor_writes(VisitorMessage::chat(&format!("Hello {number}"))).unwrap();
        let threads: Vec<u64> = (0..12).map(|number| write(number).thread_id).collect();
        pass(300).await;
        for thread in threads {
            assert_eq!(house.told(thread).await.len(), 1, "{way:?}");
        }
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c4_the_state_of_a_conversation_survives_a_restart_and_is_exported() {
    both(async |way| {
        let house = House::new(way, REPLY);
        let desk = house.open().await;
        let thread = house.sarah("I want to book a meeting").thread_id;
        pass(60).await;
        let before = desk.store.autopilot_thread(&thread.to_string()).await.unwrap().unwrap();
        assert!(before.state.contains("\"session\":\""), "{}", before.state);
        house.crash(desk);
        let desk = house.open().await;
        house.more(thread, "sarah@gmail.com");
        pass(120).await;
        let told = house.told(thread).await;
        assert_eq!(told.len(), 2, "{told:?}");
        let second = &told[1];
        assert!(!second.contains("What can I do for you?"), "it goes on where it was: {second}");
        let after = desk.store.autopilot_thread(&thread.to_string()).await.unwrap().unwrap();
        let session = |state: &str| serde_json::from_str::<serde_json::Value>(state).unwrap()["session"].clone();
        assert_eq!(session(&before.state), session(&after.state), "{way:?}: the same session of the taskgraph");
        let exported = frontdesk::autopilot::operator::export(&desk.store, "").await.unwrap();
        let [one] = &exported[..] else { panic!("{exported:?}") };
        assert_eq!((one.conversation_id.as_str(), one.memory.turns), (thread.to_string().as_str(), 2));
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c5_quick_messages_are_answered_one_after_the_other() {
    both(async |way| {
        let under_way = Arc::new(AtomicUsize::new(0));
        let seen = under_way.clone();
        let brain = deciding(8, false, move |view| {
            seen.fetch_add(1, Ordering::SeqCst);
            say(&format!("Answer to {}", view.message.lines().last().unwrap_or_default()))
        });
        let house = House::new(way, REPLY).with_brain(brain);
        let desk = house.open().await;
        let thread = house.sarah("first").thread_id;
        pass(6).await;
        house.more(thread, "second");
        pass(60).await;
        let talk = house.talk(thread).await;
        let answers: Vec<_> = talk.iter().filter(|line| line.starts_with("desk: ")).collect();
        assert_eq!(answers.len(), 1, "the second came while the first was answered: {talk:?}");
        assert!(answers[0].ends_with("Answer to second"), "{talk:?}");
        let turns = under_way.load(Ordering::SeqCst);
        // A poller may see both messages at once.
        assert!(turns == 2 || (way == Way::Polling && turns == 1), "the first turn was made again with both: {turns}");
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c6_every_failure_ends_with_words_or_a_person_within_minutes() {
    both(async |way| {
        let several = deciding(0, true, |view| match view.done {
            [] => {
                let one = call("search_documents", json!({"query": "price"}))?;
                let other = call("no_such_tool", json!({}))?;
                let (frontdesk::chat::brain::Decision::Call(one), frontdesk::chat::brain::Decision::Call(other)) =
                    (one, other)
                else {
                    return say("never");
                };
                Ok(frontdesk::chat::brain::Decision::Call([one, other].concat()))
            }
            done => {
                say(&format!("{} calls, {} failed", done.len(), done.iter().filter(|one| one.answer.is_err()).count()))
            }
        });
        let down = deciding(0, true, |_| Err(BrainError::Unavailable("down".into())));
        let endless = deciding(0, true, |_| call("search_documents", json!({"query": "price"})));
        let stuck = deciding(100_000, true, |_| say("never"));
        for (name, brain, expected) in [
            ("several calls", several, "2 calls, 1 failed"),
            ("a model that is down: the brain without one answers", down, "ADAM"),
            ("a model that calls without end", endless, "passed this on to a colleague"),
            ("a model that does not answer: the brain without one does, or a person", stuck, "colleague"),
        ] {
            let house = House::new(way, REPLY).with_brain(brain);
            let desk = house.open().await;
            let thread = house.sarah("What is ADAM?").thread_id;
            pass(400).await;
            let told = house.told(thread).await;
            assert!(told.last().is_some_and(|last| last.contains(expected)), "{name}: {told:?}");
            desk.close().await;
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn c7_quotes_newlines_and_emoji_survive() {
    both(async |way| {
        let house = House::new(way, REPLY).with_brain(deciding(0, false, |view| say(view.message)));
        let desk = house.open().await;
        let text = "He said \"it's <broken>\" & left…\nline two: {{ $json }} \\ 🤖 Größe ñ";
        let thread = house.sarah(text).thread_id;
        pass(60).await;
        let told = house.told(thread).await;
        assert_eq!(told.len(), 1);
        assert!(told[0].ends_with(text), "{told:?}");
        let stored = house.stored(thread).await;
        let rich =
            stored.iter().find(|one| one["direction"] == "OUTGOING").unwrap()["richText"].as_str().unwrap().to_owned();
        assert!(rich.contains("&lt;broken&gt;") && rich.contains("🤖"), "{rich}");
        desk.close().await;
    })
    .await;
}

/// The same tools serve any client: what the autopilot says is what `read_conversation` shows, and a reply of a client through
/// `reply_conversation` is a reply of this server, which silences nobody.
#[tokio::test(start_paused = true)]
async fn c8_replies_of_this_server_through_its_tools_are_no_persons() {
    both(async |way| {
        let house = House::new(way, REPLY).with_brain(echo(0));
        let desk = house.open().await;
        let thread = house.sarah("Hello?").thread_id;
        pass(30).await;
        house.crash(desk);
        let server = crate::autopilot::desk::server_on(&house).await;
        let client = crate::world::connect(server).await;
        let arguments =
            json!({"conversation_id": thread.to_string(), "text": "From a client."}).as_object().unwrap().clone();
        let request = rmcp::model::CallToolRequestParams::new("reply_conversation").with_arguments(arguments);
        crate::world::read(client.call_tool(request).await.unwrap()).unwrap();
        let desk = house.open().await;
        house.more(thread, "Still there?");
        pass(60).await;
        assert!(
            house.told(thread).await.last().unwrap().ends_with("You said: Still there?"),
            "{:?}",
            house.talk(thread).await
        );
        house.veronica(thread, "I am a person, in the name of the same user.");
        house.more(thread, "And now?");
        pass(60).await;
        assert!(!house.talk(thread).await.last().unwrap().starts_with("desk:"), "{VERONICA} is told from us");
        desk.close().await;
    })
    .await;
}
