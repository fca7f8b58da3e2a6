//! What operators see and steer: modes, pauses, counts, and the questions without an answer.

use frontdesk::autopilot::operator::{self, Scope};

use super::brains::{deciding, echo, say};
use super::desk::{House, REPLY, VERONICA, Way, both, pass};
use crate::binary::{frontdesk, soon};

#[tokio::test(start_paused = true)]
async fn b21_by_default_a_comment_proposes_the_reply_and_nothing_is_written() {
    both(async |way| {
        let house = House::new(way, "");
        let desk = house.open().await;
        let thread = house.sarah("What is ADAM?").thread_id;
        let human = house.sarah("I want to talk to a human").thread_id;
        pass(90).await;
        assert_eq!(house.told(thread).await, [""; 0], "{way:?}");
        let notes = house.notes(thread).await;
        assert!(
            notes.len() == 1 && notes[0].starts_with("Proposed reply (autopilot):") && notes[0].contains("ADAM"),
            "{notes:?}"
        );
        let notes = house.notes(human).await;
        assert!(notes.len() == 1 && notes[0].contains("asked for a person"), "{notes:?}");
        assert_eq!(house.thread(human).await["assignedTo"], serde_json::Value::Null, "a draft changes nothing");
        house.veronica(thread, "ADAM is a robot.");
        house.more(thread, "Thanks. And its price?");
        pass(90).await;
        assert_eq!(house.notes(thread).await.len(), 1, "a person is at it");
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn b21_inboxes_have_modes_of_their_own() {
    both(async |way| {
        let house = House::new(way, REPLY).with_brain(echo(0));
        let inbox = house.thread(house.sarah("Which inbox?").thread_id).await["inboxId"].as_str().unwrap().to_owned();
        let house = house.with_settings(&format!("{REPLY}[inboxes.{inbox}]\nmode = \"off\"\n"));
        let desk = house.open().await;
        let thread = house.sarah("Hello").thread_id;
        pass(60).await;
        assert_eq!(house.talk(thread).await, ["customer: Hello"]);
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn b21_what_is_paused_waits_and_goes_on() {
    both(async |way| {
        let house = House::new(way, REPLY).with_brain(echo(0));
        let desk = house.open().await;
        let thread = house.sarah("one").thread_id;
        pass(60).await;
        for scope in [
            Scope::All,
            Scope::Conversation(thread.to_string().parse().unwrap()),
            Scope::Inbox(house.thread(thread).await["inboxId"].as_str().unwrap().to_owned()),
        ] {
            let before = house.told(thread).await.len();
            operator::switch(&desk.store, &scope, true).await.unwrap();
            pass(10).await;
            house.more(thread, &format!("while {} is paused", scope.name()));
            pass(120).await;
            assert_eq!(house.told(thread).await.len(), before, "{way:?}");
            let status = operator::status(&desk.store).await.unwrap();
            assert_eq!((status.paused, status.waiting), (vec![scope.name()], 1));
            operator::switch(&desk.store, &scope, false).await.unwrap();
            pass(120).await;
            assert_eq!(house.told(thread).await.len(), before + 1, "{way:?}: {:?}", house.talk(thread).await);
        }
        desk.close().await;
    })
    .await;
}

/// A turn takes time: a pause that comes meanwhile holds, and what was prepared is said afterwards.
#[tokio::test(start_paused = true)]
async fn b21_a_pause_holds_for_a_turn_that_is_under_way_and_for_an_inbox_that_was_never_seen() {
    both(async |way| {
        let house = House::new(way, REPLY).with_brain(echo(30));
        let desk = house.open().await;
        let thread = house.sarah("one").thread_id;
        pass(25).await;
        operator::switch(&desk.store, &Scope::All, true).await.unwrap();
        pass(300).await;
        let answers = async || house.told(thread).await.iter().filter(|text| text.ends_with("You said: one")).count();
        assert_eq!(answers().await, 0, "{way:?}");
        operator::switch(&desk.store, &Scope::All, false).await.unwrap();
        pass(150).await;
        assert_eq!(answers().await, 1, "{way:?}");
        let inbox = Scope::Inbox(house.thread(thread).await["inboxId"].as_str().unwrap().to_owned());
        operator::switch(&desk.store, &inbox, true).await.unwrap();
        let new = house.sarah("a new conversation").thread_id;
        let human = house.sarah("I want to talk to a human").thread_id;
        pass(200).await;
        assert_eq!((house.talk(new).await.len(), house.talk(human).await.len()), (1, 1), "{way:?}");
        operator::switch(&desk.store, &inbox, false).await.unwrap();
        pass(200).await;
        let said = |told: Vec<String>| told.iter().any(|text| text.ends_with("You said: a new conversation"));
        assert!(said(house.told(new).await) && house.talk(human).await.len() == 4, "{way:?}");
        desk.close().await;
    })
    .await;
}

/// What is wrong with the settings, or contradicts itself, stops the start and names its line.
#[tokio::test]
async fn settings_that_contradict_stop_the_start_with_their_line() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("autopilot.toml");
    for (text, part) in [
        ("mode = \"off\"\n", "line 1: no inbox would be answered"),
        ("[limits]\nquiet_seconds = 40\n", "line 2: it is longer than `longest_wait_seconds`"),
        ("tools = [\"read_conversation\"]\n", "line 1: `read_conversation` is no tool that customers may use"),
        (
            "[leads]\nproperties = [\"favourite\"]\n[[leads.rules]]\nproperty = \"favourite\"\nfrom = \"company\"\n",
            "line 4: `favourite`: there is no such property",
        ),
    ] {
        std::fs::write(&file, text).unwrap();
        let path = file.to_str().unwrap();
        for flags in [
            &["autopilot", path, "--sandbox"][..],
            &["http", "--sandbox", "--bind", "127.0.0.1:0", "--autopilot", path],
        ] {
            let ended = soon(frontdesk(flags).output()).await.unwrap();
            let said = String::from_utf8_lossy(&ended.stderr).into_owned();
            assert!(!ended.status.success() && said.contains(part) && said.contains("autopilot.toml"), "{said}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_became_of_messages_is_counted_and_open_questions_are_listed() {
    let house = House::new(Way::Webhooks, REPLY).with_brain(deciding(0, false, |view| match view.message {
        "Hello" => say("Hi."),
        _ => Ok(frontdesk::chat::brain::Decision::Say(frontdesk::chat::brain::Reply::handing_over(
            frontdesk::chat::brain::HandOver::NotUnderstood,
        ))),
    }));
    let desk = house.open().await;
    let hello = house.sarah("Hello").thread_id;
    let asked: Vec<_> = (0..2).map(|_| house.sarah("Do robots dream of sheep?")).collect();
    pass(60).await;
    house.sandbox.assign_thread(hello, Some(VERONICA)).unwrap();
    house.more(hello, "Thanks, and one more thing");
    pass(60).await;
    let report = operator::report(&desk.store, 7).await.unwrap();
    let lines: Vec<_> =
        report.iter().map(|line| (line.outcome.as_str(), line.reason.as_str(), line.messages)).collect();
    assert_eq!(
        lines,
        [
            ("answered", "", 1),
            ("handed_over", "not_understood", 2),
            ("silent", "assigned_to_person", 1),
            ("turn", "fake", 0)
        ]
    );
    assert!(report[0].seconds.unwrap() < 15.0 && report[3].tokens == 300, "{report:?}");
    let open = operator::unanswered(&desk.store, 10).await.unwrap();
    assert_eq!((open.len(), open[0].asked), (1, 2));
    let last = asked.iter().find(|one| one.message_id == open[0].message_id).unwrap();
    assert_eq!(open[0].conversation_id, last.thread_id.to_string());
    let remembered = operator::conversation(&desk.store, &hello.to_string()).await.unwrap().unwrap();
    assert_eq!(
        (remembered.memory.outcome.as_deref(), remembered.memory.reason.as_deref()),
        (Some("silent"), Some("assigned_to_person"))
    );
    assert_eq!(operator::conversation(&desk.store, "1").await.unwrap(), None);
    desk.close().await;
}
