//! The rules by which the autopilot is silent, comes back, and hands over.

use hubspot_sandbox::conversing::{AgentMessage, VisitorMessage};
use serde_json::json;

use super::brains::{deciding, echo, say};
use super::desk::{House, MEI, REPLY, VERONICA, Way, both, pass};
use crate::handoff::desk::ask;

const PASSED_ON: &str = "I have passed this on to a colleague.";

#[tokio::test(start_paused = true)]
async fn b1_robots_and_old_messages_get_no_reply_and_two_robots_no_talk() {
    both(async |way| {
        let house = House::new(way, REPLY).with_brain(echo(0));
        let old = house.sarah("Before the autopilot began").thread_id;
        pass(10).await;
        let desk = house.open().await;
        let away = VisitorMessage::email("ann@x.example", "Automatic reply: Your order", "I am away.");
        let away = house.sandbox.visitor_writes(away).unwrap().thread_id;
        let robot =
            house.sandbox.visitor_writes(VisitorMessage::email("noreply@shop.example", "Your order", "Thanks!"));
        let robot = robot.unwrap().thread_id;
        let person = house.sandbox.visitor_writes(VisitorMessage::email("ben@x.example", "A question", "Do you ship?"));
        let person = person.unwrap().thread_id;
        pass(200).await;
        for thread in [old, away, robot] {
            assert_eq!(house.told(thread).await, [""; 0], "{way:?}");
        }
        assert_eq!(house.told(person).await.len(), 1);
        // A robot that answers every mail with the same words is heard once.
        for _ in 0..5 {
            let again = VisitorMessage::email("ben@x.example", "Re: A question", "Do you ship?").in_thread(person);
            house.sandbox.visitor_writes(again).unwrap();
            pass(100).await;
        }
        assert_eq!(house.told(person).await.len(), 1);
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn b1_after_eight_replies_in_an_hour_a_person_goes_on() {
    both(async |way| {
        let house = House::new(way, REPLY).with_brain(echo(0));
        let desk = house.open().await;
        let thread = house.sarah("number 0").thread_id;
        pass(30).await;
        for number in 1..12 {
            house.more(thread, &format!("number {number}"));
            pass(30).await;
        }
        let told = house.told(thread).await;
        assert_eq!(told.len(), 9, "eight replies, and the word that a person goes on: {told:?}");
        assert!(told[8].contains(PASSED_ON), "{told:?}");
        assert!(house.notes(thread).await[0].contains("limit of automatic replies"));
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn b2_a_person_who_comes_while_a_brain_thinks_is_not_talked_over() {
    both(async |way| {
        let house = House::new(way, REPLY).with_brain(echo(10));
        let desk = house.open().await;
        let [written, assigned] = ["one", "two"].map(|text| house.sarah(text).thread_id);
        pass(27).await;
        house.veronica(written, "I am here.");
        house.sandbox.assign_thread(assigned, Some(MEI)).unwrap();
        pass(120).await;
        if way == Way::Webhooks {
            // The turns had begun: they were thrown away, or had ended before.
            let told = house.told(assigned).await;
            assert!(told.len() <= 1, "{told:?}");
        }
        house.more(assigned, "still there?");
        house.more(written, "hello?");
        pass(120).await;
        let after = |talk: Vec<String>, event: &str| {
            let at = talk.iter().position(|line| line.starts_with(event)).unwrap();
            talk[at + 1..].iter().filter(|line| line.starts_with("desk: ")).count()
        };
        assert_eq!(after(house.talk(written).await, "desk: I am here."), 0, "{way:?}");
        assert_eq!(after(house.talk(assigned).await, "assigned: A-"), 0, "{way:?}");
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn b2_a_reply_is_thrown_away_when_a_person_has_written_meanwhile() {
    both(async |way| {
        let house = House::new(way, REPLY).with_brain(echo(10));
        let desk = house.open().await;
        let thread = house.sarah("Where is my robot?").thread_id;
        pass(8).await;
        house.veronica(thread, "It left today.");
        pass(120).await;
        assert_eq!(house.told(thread).await, ["It left today."]);
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn b2_hubspots_own_agent_has_the_conversation() {
    both(async |way| {
        let house = House::new(way, REPLY).with_brain(echo(0));
        let desk = house.open().await;
        let thread = house.sarah("Hello").thread_id;
        let agent = AgentMessage {
            thread,
            author: Some("L-7".into()),
            text: "Hi, how can I help?".into(),
            ..AgentMessage::default()
        };
        house.sandbox.agent_writes(agent).unwrap();
        pass(60).await;
        house.more(thread, "Where is my robot?");
        pass(60).await;
        assert_eq!(house.told(thread).await, ["Hi, how can I help?"]);
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn b3_a_conversation_comes_back_by_closing_by_a_comment_or_by_an_operator() {
    both(async |way| {
        let house = House::new(way, REPLY).with_brain(echo(0));
        let desk = house.open().await;
        let [closed, commented, operated, kept] = ["a", "b", "c", "d"].map(|text| house.sarah(text).thread_id);
        pass(60).await;
        for thread in [closed, commented, operated, kept] {
            assert_eq!(house.told(thread).await.len(), 1, "{way:?}");
            house.veronica(thread, "I take over.");
        }
        pass(30).await;
        house.sandbox.set_thread_closed(closed, true).unwrap();
        house.comments(commented, "/bot on");
        let scope = operated.to_string().parse().unwrap();
        frontdesk::autopilot::operator::switch(&desk.store, &scope, false).await.unwrap();
        pass(30).await;
        for thread in [closed, commented, operated, kept] {
            house.more(thread, "back again");
        }
        pass(120).await;
        for (thread, count) in [(closed, 3), (commented, 3), (operated, 3), (kept, 2)] {
            assert_eq!(house.told(thread).await.len(), count, "{way:?}: {:?}", house.talk(thread).await);
        }
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn b3_a_brain_is_shown_the_new_matter_alone() {
    both(async |way| {
        let brain = deciding(0, false, |view| say(&format!("{} before: {}", view.history.len(), view.message)));
        let house = House::new(way, REPLY).with_brain(brain);
        let desk = house.open().await;
        let thread = house.sarah("first").thread_id;
        pass(30).await;
        house.more(thread, "second");
        pass(30).await;
        house.sandbox.set_thread_closed(thread, true).unwrap();
        house.more(thread, "third");
        pass(30).await;
        let told = house.told(thread).await;
        let ends = ["0 before: first", "2 before: second", "0 before: third"];
        assert!(told.len() == 3 && told.iter().zip(ends).all(|(told, end)| told.ends_with(end)), "{told:?}");
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn b4_a_person_goes_on_customer_first_then_colleagues_then_the_assignment() {
    both(async |way| {
        let house = House::new(way, REPLY);
        let desk = house.open().await;
        let thread = house.sarah("My robot beeps.").thread_id;
        pass(60).await;
        house.more(thread, "I want to talk to a human");
        pass(60).await;
        let talk = house.talk(thread).await;
        let from = talk.iter().rposition(|line| line.starts_with("customer: ")).unwrap();
        let [told, note, assigned] = &talk[from + 1..] else { panic!("{way:?}: {talk:?}") };
        assert_eq!(told, &format!("desk: {PASSED_ON}"));
        for part in [
            "The customer asked for a person.",
            "Customer: Sarah Mark (https://",
            "Language: en",
            "- My robot beeps.",
            "- I want to talk to a human",
        ] {
            assert!(note.contains(part), "{part}: {note}");
        }
        assert_eq!(assigned, &format!("assigned: A-{VERONICA}"), "Sarah's owner");
        assert_eq!(house.thread(thread).await["status"], "OPEN");
        house.more(thread, "Hello?");
        pass(120).await;
        assert_eq!(house.told(thread).await.len(), 2, "silent from now on");
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn b4_the_settings_say_who_gets_it() {
    both(async |way| {
        let settings = format!("{REPLY}hand_over_to = \"{MEI}\"\n");
        let house = House::new(way, &settings);
        let desk = house.open().await;
        let nobody = house.sandbox.visitor_writes(VisitorMessage::chat("I want to talk to a human")).unwrap().thread_id;
        pass(60).await;
        assert_eq!(house.thread(nobody).await["assignedTo"], format!("A-{MEI}"), "a visitor without an owner");
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn b5_outside_hours_customers_are_told_when_people_answer() {
    both(async |way| {
        let hours = "zone = \"America/New_York\"\n[days]\nmonday = [\"09:00-17:00\"]\n";
        let house = House::new(way, REPLY).with_hours(hours);
        let desk = house.open().await;
        let question = house.sarah("What is ADAM?").thread_id;
        let known = house.sarah("I want to talk to a human").thread_id;
        let unknown =
            house.sandbox.visitor_writes(VisitorMessage::chat("I want to talk to a human")).unwrap().thread_id;
        pass(60).await;
        assert!(house.told(question).await[0].contains("ADAM"), "questions are answered at any time");
        let told = house.told(known).await;
        assert!(told[0].contains("tomorrow") && told[0].contains("9:00"), "{told:?}");
        let told = house.told(unknown).await;
        assert!(told[0].contains("tomorrow") && told[0].contains("e-mail address"), "{told:?}");
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn b15_words_of_the_operator_bring_a_person_before_any_brain() {
    both(async |way| {
        let settings = format!("{REPLY}[words]\nperson = [\"chef\"]\ncomplaint = [\"lawyer\"]\n");
        let brain = deciding(0, true, |_| say("A brain was asked."));
        let house = House::new(way, &settings).with_brain(brain);
        let desk = house.open().await;
        for (text, reason) in [("Chef!", "asked for a person"), ("My lawyer will write", "words for which a person")] {
            let thread = house.sarah(text).thread_id;
            pass(60).await;
            assert_eq!(house.told(thread).await, [PASSED_ON]);
            assert!(house.notes(thread).await[0].contains(reason));
        }
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn b15_what_is_not_understood_twice_goes_to_a_person() {
    both(async |way| {
        let house = House::new(way, REPLY);
        let desk = house.open().await;
        let thread = house.sarah("Xyzzy plugh quux frobnicate").thread_id;
        pass(30).await;
        house.more(thread, "Blorb grault waldo fred");
        pass(60).await;
        let told = house.told(thread).await;
        assert!(told.len() == 2 && told[1].contains(PASSED_ON), "{told:?}");
        assert!(house.notes(thread).await[0].contains("was not understood"));
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn b16_nothing_is_said_to_a_customer_who_says_nothing() {
    both(async |way| {
        let house = House::new(way, REPLY).with_brain(echo(0));
        let desk = house.open().await;
        let thread = house.sarah("Hello").thread_id;
        pass(2 * 3_600).await;
        let talk = house.talk(thread).await;
        assert_eq!(talk.len(), 2, "no reminder, and it is not closed: {talk:?}");
        assert_eq!(house.thread(thread).await["status"], "OPEN");
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn messages_of_an_outage_are_drafted_and_never_ignored() {
    both(async |way| {
        let house = House::new(way, REPLY).with_brain(echo(0)).with_safety_poll();
        let desk = house.open().await;
        let known = house.sarah("Hello").thread_id;
        pass(60).await;
        house.crash(desk);
        house.more(known, "Is anybody there?");
        let new = house.sarah("And here?").thread_id;
        pass(1_200).await;
        let desk = house.open().await;
        pass(300).await;
        for thread in [known, new] {
            let notes = house.notes(thread).await;
            assert!(notes.len() == 1 && notes[0].starts_with("Proposed reply (autopilot):"), "{way:?}: {notes:?}");
            assert!(notes[0].contains("waited too long"), "{notes:?}");
        }
        assert_eq!((house.told(known).await.len(), house.told(new).await.len()), (1, 0));
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_thread_that_is_deleted_in_the_middle_ends_the_attempt() {
    both(async |way| {
        let house = House::new(way, REPLY).with_brain(echo(10));
        let desk = house.open().await;
        let thread = house.sarah("Hello").thread_id;
        pass(8).await;
        house.sandbox.archive_thread(thread).unwrap();
        pass(120).await;
        assert_eq!(desk.store.waiting_conversations().await.unwrap(), (0, 0), "nothing waits");
        let path = format!("/conversations/v3/conversations/threads/{thread}?archived=true");
        ask(&house.sandbox, "GET", &path, json!({})).await;
        desk.close().await;
    })
    .await;
}
