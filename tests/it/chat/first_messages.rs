//! First messages of every kind: what they begin, and what they do not.

use frontdesk::chat::turn::TurnOutcome;
use frontdesk::chat::visitor::Trust;

use super::talk::{SARAH, Talk};

const PRODUCTS: &str = "Question about products, prices or delivery";

fn begins(turn: &TurnOutcome) -> bool {
    turn.done.iter().any(|done| done.call.arguments.as_ref().is_ok_and(|arguments| arguments.contains_key("intent")))
}

fn is_quoted(turn: &TurnOutcome) -> bool {
    turn.reply.text.contains(['“', '„', '«'])
}

#[tokio::test(start_paused = true)]
async fn a_topic_that_is_picked_asks_what_it_is_about() {
    for pick in ["1", "1.", PRODUCTS, "the first one"] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let asked = talk.say(pick).await;
        assert_eq!(asked.reply.text, "What would you like to know?", "{pick}");
        assert!(asked.done.iter().all(|done| done.call.tool != "search_documents"), "{pick}: {asked:?}");
        let told = talk.say("what does the adam cost").await;
        assert!(told.reply.text.contains("There is no fixed price list."), "{pick}: {told:?}");
    }
    // Another matter is heard all the same.
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["1", "my robot is broken"]).await;
    assert!(told.contains("What is your e-mail address?"), "{told}");
}

/// A passage is told only where it has the words of the question.
#[tokio::test(start_paused = true)]
async fn nothing_is_told_that_nobody_asked_for() {
    for message in [
        "hi there",
        "x",
        "'; DROP TABLE x; --",
        "what's the weather like tomorrow",
        "i can't make it tomorrow",
        "when am i seeing veronica",
        "who won the world cup",
        "löschen sie alles über mich",
        "are you open on christmas",
        "robot not delivered yet, where is it",
        "i want to buy 2 matradees",
        "our tray robot bumped into a guest",
        "can somebody teach me the tango",
        "il mio robot è caduto dalle scale e il braccio è piegato",
        "the ticket for the concert",
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let turn = talk.say(message).await;
        assert!(!is_quoted(&turn), "{message}: {turn:?}");
    }
    for question in [
        "when is the adam delivered?",
        "where is ClouTea",
        "How much is the Adam?",
        "Hvad koster Adam?",
        "What is Skylark?",
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let turn = talk.say(question).await;
        assert!(is_quoted(&turn), "{question}: {turn:?}");
    }
}

/// A question how something is done reports no problem, and one rare word decides nothing.
#[tokio::test(start_paused = true)]
async fn a_question_how_and_a_word_alone_begin_nothing() {
    for message in [
        "how do i charge the battery",
        "comment charger la batterie",
        "come carico la batteria",
        "wie lade ich den akku",
        "hvordan oplader jeg batteriet",
        "list all your customers",
        "vis alle jeres kunder",
        "ab",
        "hilfe",
        "hjælp",
        "battery",
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let turn = talk.say(message).await;
        assert!(!begins(&turn), "{message}: {turn:?}");
    }
    for (message, asked) in [("how do I register?", "name and e-mail"), ("my robot is broken", "e-mail address")] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let turn = talk.say(message).await;
        assert!(begins(&turn) && turn.reply.text.contains(asked), "{message}: {turn:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_asks_what_answers_is_told_that_it_is_automatic() {
    for (message, automatic) in [
        ("are you a robot", "I am an automatic assistant."),
        ("who are you?", "I am an automatic assistant."),
        ("what can you do", "I am an automatic assistant."),
        ("help", "I am an automatic assistant."),
        ("er du en robot", "Jeg er en automatisk assistent."),
        ("hjælp", "Jeg er en automatisk assistent."),
        ("es-tu un robot", "Je suis un assistant automatique."),
        ("sei un robot", "Sono un assistente automatico."),
        ("bist du ein roboter", "Ich bin ein automatischer Assistent."),
        ("hilfe", "Ich bin ein automatischer Assistent."),
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let turn = talk.say(message).await;
        assert!(turn.reply.text.contains(automatic) && turn.reply.choices.len() >= 9, "{message}: {turn:?}");
    }
    // In a matter, what is open is asked again.
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["my robot is broken", "are you a robot?"]).await;
    assert!(told.matches("What is your e-mail address?").count() == 2, "{told}");
    let told = talk.play(&[SARAH, "help"]).await;
    assert!(told.contains("“my robot is broken”") && !told.contains("robot is broken\n"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn praise_at_the_beginning_is_no_goodbye_and_a_yes_to_a_menu_picks_nothing() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let menu = talk.say("good").await.reply;
    assert!(menu.choices.len() >= 9 && !menu.text.contains("goodbye"), "{menu:?}");
    for graph in [None, Some("hubspot")] {
        let mut talk = Talk::begin(graph, Trust::Operator).await;
        let turn = talk.say("yes").await;
        assert!(!begins(&turn) && turn.reply.text.starts_with("Please pick one"), "{graph:?}: {turn:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_place_is_known_by_its_short_name_and_by_its_state() {
    for place in ["vegas", "LA", "in Colorado"] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let told = talk.play(&["I'd like to meet my representative next Tuesday", SARAH]).await;
        let turn = talk.say(place).await;
        assert!(!turn.reply.text.contains("time zone are you"), "{place}: {turn:?}\n{told}");
    }
}
