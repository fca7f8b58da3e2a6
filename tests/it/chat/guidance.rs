//! What guides a conversation: back, start over, cancelling, denials, introductions, a language, and a yes that says more.

use frontdesk::chat::visitor::Trust;
use serde_json::Value;

use super::talk::{SARAH, Talk};

const BROKEN: [(&str, &str, &str); 5] = [
    ("my robot is broken", "back", "What is your e-mail address?"),
    ("Jeg har et problem med at installere min DUST-E robot", "tilbage", "Hvad er din e-mailadresse?"),
    ("J'ai un problème avec l'installation de mon robot DUST-E", "retour", "Quelle est votre adresse e-mail ?"),
    ("Ho un problema con l'installazione del robot DUST-E", "indietro", "Qual è il suo indirizzo e-mail?"),
    ("Ich habe ein Problem mit der Installation meines DUST-E Roboters", "zurück", "Wie lautet Ihre E-Mail-Adresse?"),
];

/// The texts of the records that are there after and were not before.
fn new_texts(talk: &Talk, kind: &str, property: &str, before: &[Value]) -> Vec<String> {
    let new = talk.records(kind).into_iter().filter(|record| !before.contains(record));
    new.map(|record| record["properties"][property].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn back_asks_the_question_before_and_from_the_first_one_shows_all() {
    for (broken, back, asked) in BROKEN {
        for trust in [Trust::Operator, Trust::Claimed] {
            let mut talk = Talk::begin(None, trust).await;
            talk.play(&[broken, SARAH]).await;
            let reply = talk.say(back).await.reply;
            assert_eq!(reply.text, asked, "{back}");
            let menu = talk.say(back).await.reply;
            assert!(menu.choices.len() >= 9, "{back}: {menu:?}");
            let again = talk.say(broken).await.reply;
            // The matter begins anew, with its own words alone.
            assert!(again.choices.len() < 9 && !again.text.contains(back), "{again:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn back_leads_through_all_questions_of_a_meeting() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let before = talk.records("meetings").len();
    talk.play(&["book a meeting", SARAH, "next tuesday, New York", "1", "15"]).await;
    for asked in ["Which time suits you?", "Which day suits you", "What is your e-mail address?"] {
        let reply = talk.say("back").await.reply;
        assert!(reply.text.starts_with(asked), "{reply:?}");
    }
    let told = talk.play(&[SARAH, "wednesday, New York", "2", "30", "yes"]).await;
    assert_eq!(talk.records("meetings").len(), before + 1, "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_booking_names_the_colleague_and_is_cancelled_through_one() {
    for cancel in ["cancel it", "annuller det", "annulez", "annulla"] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let before = talk.records("tasks");
        let told = talk.play(&["book a meeting", SARAH, "next tuesday, New York", "1", "15"]).await;
        assert!(told.contains("15 minutes, “Meet Veronica Chen”, for Sarah Mark, sarah@gmail.com?"), "{told}");
        let told = talk.play(&["yes", cancel]).await;
        let said = talk.say("yes").await;
        let tasks = new_texts(&talk, "tasks", "hs_task_body", &before);
        assert_eq!(tasks.len(), 1, "{cancel}: {told} {said:?}");
        assert!(!told.contains("goodbye"), "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_ticket_that_is_cancelled_is_no_appointment() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["my robot is broken", SARAH, "yes", "cancel the ticket"]).await;
    assert!(told.contains("Your tickets:") && !told.contains("appointment to come"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_wanted_is_not_begun() {
    for denial in [
        "I do not want to book a meeting",
        "Je ne veux pas prendre rendez-vous",
        "Non voglio fissare un appuntamento",
        "Jeg har ikke noget problem",
        "Je n'ai pas de problème",
        "don't close my ticket",
        "do not delete my data",
        "I don't want to talk to a person",
        "i dont want to book a meeting",
        "dont cancel my meeting",
        "please dont close my ticket",
        "je veux pas prendre rendez-vous",
        "jeg har ikke lyst til et møde",
        "Jeg vil ikke tale med en person",
        "Ich möchte nicht mit einer Person sprechen",
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let turn = talk.say(denial).await;
        let steps = turn.done.iter().filter_map(|done| done.call.arguments.as_ref().ok()?.get("intent"));
        assert_eq!(steps.count(), 0, "{denial}: {turn:?}");
        assert!(turn.reply.choices.len() >= 9 && turn.reply.hand_over.is_none(), "{denial}: {turn:?}");
    }
    for denial in [
        "do not change the phone of Sarah Mark to +1 212 555 0100",
        "don't create a contact for Jo Hill, jo@hill.example",
    ] {
        let mut talk = Talk::begin(Some("contacts"), Trust::Operator).await;
        let before = talk.records("contacts");
        let told = talk.play(&[denial, "yes", "yes"]).await;
        assert_eq!(talk.records("contacts"), before, "{told}");
    }
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["I don't want a meeting, my robot is broken", SARAH]).await;
    assert!(told.contains("Shall I open a ticket with these words: “my robot is broken”?"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn who_says_who_they_are_is_asked_what_they_want() {
    for hello in [
        "I'm sarah@gmail.com",
        "hello, sarah@gmail.com here",
        "Sono sarah@gmail.com",
        "jeg er sarah@gmail.com",
        "je suis sarah@gmail.com",
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let before = talk.records("contacts").len();
        let told = talk.play(&[hello, "my robot is broken"]).await;
        assert!(
            told.contains("“my robot is broken”")
                || told.contains("my robot is broken »")
                || told.contains("„my robot"),
            "{told}"
        );
        assert_eq!(talk.records("contacts").len(), before, "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_that_was_said_reaches_the_visitor() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let before = talk.records("tasks");
    let told = talk.play(&["asdf qwer", SARAH, "zxcv bnm", "hm", "yes"]).await;
    assert!(!told.contains("How can a colleague reach you"), "{told}");
    let tasks = new_texts(&talk, "tasks", "hs_task_body", &before);
    assert!(tasks.len() == 1 && !tasks[0].contains("hm"), "{tasks:?} {told}");
}

#[tokio::test(start_paused = true)]
async fn two_addresses_of_a_contact_change_neither() {
    let mut talk = Talk::begin(Some("contacts"), Trust::Operator).await;
    let told =
        talk.play(&["change sarah@gmail.com, sarah@work.example phone to +1 212 555 0100", "yes", "1", "yes"]).await;
    assert!(told.contains("Which one is meant?") && told.contains("Please pick one of these."), "{told}");
    assert_eq!(talk.contact(SARAH)["properties"]["phone"], "+1 212 555 0100", "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_new_number_is_written_and_not_looked_up() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["My phone number changed to +1 212 555 0199", SARAH, "yes"]).await;
    assert_eq!(talk.contact(SARAH)["properties"]["phone"], "+1 212 555 0199", "{told}");
    for number in ["What is the state of ticket 33397362407?", "My robot is broken, order 4500012345"] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let turn = talk.say(number).await;
        assert!(turn.reply.text.contains("What is your e-mail address?"), "{turn:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn texts_of_records_hold_what_was_told_and_no_more() {
    for (lines, kind, property, text) in [
        (
            &["my robot is broken", SARAH, "not sure", "you are an idiot", "yes"][..],
            "tickets",
            "content",
            "my robot is broken",
        ),
        (
            &["my robot is broken", SARAH, "yes... no wait", "oui non attendez", "yes"],
            "tickets",
            "content",
            "my robot is broken",
        ),
        (
            &["Mon robot ne démarre plus", "camille.moreau@lecomptoir.fr", "oui"],
            "tickets",
            "content",
            "Mon robot ne démarre plus",
        ),
        (
            &["my arm robot is stuck, mail me at sarah@gmail.com or tom@example.org", SARAH, "1", "yes"],
            "tickets",
            "content",
            "my arm robot is stuck, mail me at sarah@gmail.com",
        ),
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let before = talk.records(kind);
        let told = talk.play(lines).await;
        assert_eq!(new_texts(&talk, kind, property, &before), [text], "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wish_beside_a_yes_is_heard_after_it() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let before = talk.records("tickets");
    let told = talk.play(&["my robot is broken", SARAH, "yes, and I also want a meeting tomorrow"]).await;
    assert_eq!(new_texts(&talk, "tickets", "content", &before), ["my robot is broken"], "{told}");
    assert!(told.contains("I have opened ticket") && told.contains("In which city or time zone are you?"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_plain_yes_picks_none_of_several() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["book a meeting", SARAH, "my robot is broken", "yes"]).await;
    assert!(
        told.trim_end().ends_with("Stay with what we are at") && told.contains("Please pick one of these."),
        "{told}"
    );
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["How much is the Adam?", "yes", "yes"]).await;
    assert!(told.trim_end().ends_with("A person, please") && told.contains("What can I do for you?"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn days_that_are_not_plain_are_offered_by_number() {
    for (message, reason) in [
        ("sometime next month", "I cannot tell which day is meant."),
        ("tuesday or wednesday", "I cannot tell which day is meant."),
        ("not on tuesday but on wednesday", "I cannot tell which day is meant."),
        ("03/04/2027", "I cannot tell which day is meant."),
        ("yesterday", "That day is past."),
        ("last friday", "That day is past."),
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        talk.play(&["book a meeting", SARAH]).await;
        let reply = talk.say(message).await.reply;
        assert!(reply.text.starts_with(reason) && reply.choices.len() == 5, "{message}: {reply:?}");
        let told = talk.play(&["2", "New York"]).await;
        assert!(told.contains("Free on Tuesday 24 November 2026"), "{message}: {told}");
    }
}

#[tokio::test(start_paused = true)]
async fn another_language_is_spoken_when_it_is_asked_for() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    talk.play(&["Mein Roboter ist kaputt"]).await;
    let reply = talk.say("please speak English").await.reply;
    assert!(reply.text.starts_with("What is your e-mail address?"), "{reply:?}");
}

/// A day, a place and a time that are said while it is asked what was meant are kept for the answer.
#[tokio::test(start_paused = true)]
async fn values_beside_a_doubt_are_kept() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["can i meet somebody on tuesday", SARAH, "New York", "1 pm", "yes"]).await;
    assert!(told.contains("Shall I book Tuesday 24 November 2026 at 13:00, America/New_York"), "{told}");
    let before = talk.records("meetings").len();
    let told = talk.play(&["actually cancel that", "yes"]).await;
    assert_eq!(talk.records("meetings").len(), before, "{told}");
}

/// The name stays when the company is said after it, in the languages that ask for both.
#[tokio::test(start_paused = true)]
async fn a_company_said_alone_is_no_name() {
    for (lines, name, company) in [
        (
            &["Ich möchte Kunde werden", "Max Meier, max@meier.example", "+49 170 1234567", "Meier GmbH", "ja"][..],
            ("Max", "Meier"),
            "Meier GmbH",
        ),
        (
            &["Vorrei diventare cliente", "Anna Rossi, max@meier.example", "Pizzeria Rossi", "sì"][..],
            ("Anna", "Rossi"),
            "Pizzeria Rossi",
        ),
        (
            &["I want to become a customer", "John Smith, max@meier.example", "Smith Foods", "yes"][..],
            ("John", "Smith"),
            "Smith Foods",
        ),
        (
            &["Je voudrais devenir client", "Marie Dupont max@meier.example +33 1 23 45 67 89 Dupont SA", "oui"][..],
            ("Marie", "Dupont"),
            "Dupont SA",
        ),
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let told = talk.play(lines).await;
        let added = talk.contact("max@meier.example")["properties"].clone();
        assert_eq!((&added["firstname"], &added["lastname"]), (&name.0.into(), &name.1.into()), "{told}");
        assert_eq!(added["company"], company, "{told}");
    }
    let mut talk = Talk::begin(Some("contacts"), Trust::Operator).await;
    let told = talk.play(&["create contact Bo Hansen bo@hansen.example +45 20123456 Hansen ApS", "1", "yes"]).await;
    let added = talk.contact("bo@hansen.example")["properties"].clone();
    assert_eq!((added["lastname"].as_str(), added["company"].as_str()), (Some("Hansen"), Some("Hansen ApS")), "{told}");
}

/// A wish for a new meeting begins one, whatever day and hour stand in it; a question about one does not.
#[tokio::test(start_paused = true)]
async fn a_wish_for_a_meeting_with_an_hour_begins_one() {
    for wish in [
        "Ich möchte einen Termin um 11 Uhr",
        "Ich möchte einen Termin am Mittwoch um 11 Uhr",
        "termin freitag 10 uhr",
        "i want an appointment on friday at 10",
        "Vorrei un appuntamento",
        "Je voudrais un rendez-vous jeudi à 14h30",
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        talk.say(wish).await;
        let turn = talk.say(SARAH).await;
        let told = turn.reply.text.as_str();
        assert!(!turn.done.iter().any(|done| done.call.tool == "find_meetings"), "{wish}: {told}");
        assert!(!turn.reply.choices.is_empty() || told.contains('?'), "{wish}: {told}");
    }
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let turn = talk.play(&["Wann ist mein Termin am Mittwoch um 11 Uhr?", SARAH]).await;
    assert!(!turn.contains("Welcher Tag"), "{turn}");
}

/// A request to be forgotten reaches a person; a question where the company is tells nothing that is stored.
#[tokio::test(start_paused = true)]
async fn an_erasure_reaches_a_person() {
    for wish in
        ["delete my data please", "vergessen sie mich", "oubliez-moi", "cancellate i miei dati", "slet mine data"]
    {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let before = talk.records("tasks").len();
        let told = talk.play(&[wish, SARAH, "1", "1"]).await;
        assert_eq!(talk.records("tasks").len(), before + 1, "{told}");
        assert!(!told.contains("Sarah Mark, sarah@gmail.com"), "{told}");
    }
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["where is your office", SARAH]).await;
    assert!(!told.contains("Sarah Mark, sarah@gmail.com"), "{told}");
}

/// A forbidden deed is not begun.
#[tokio::test(start_paused = true)]
async fn a_forbidden_deed_is_not_begun() {
    for forbids in [
        "bitte nicht den termin absagen",
        "Sagen Sie meinen Termin bitte nicht ab",
        "nicht absagen bitte",
        "bitte keinen termin absagen",
        "non cancellate il mio appuntamento",
        "non annullate l'appuntamento",
        "rufen sie mich nicht an",
        "ring ikke til mig",
        "no human please",
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let turn = talk.say(forbids).await;
        let begun = turn
            .done
            .iter()
            .any(|done| done.call.arguments.as_ref().is_ok_and(|arguments| arguments.contains_key("intent")));
        assert!(!begun && turn.reply.hand_over.is_none(), "{forbids}: {turn:?}");
    }
}

/// Words for no, for later or for a person are not written into the record.
#[tokio::test(start_paused = true)]
async fn an_answer_is_no_part_of_the_record() {
    for answer in [
        "yes after lunch",
        "yes once you have told me the price",
        "yes unless it costs money",
        "if my boss agrees",
        "under no circumstances",
        "hors de question",
        "neanche per sogno",
        "aldrig i livet",
        "das brauchen Sie nicht",
        "lad mig tænke",
        "the second one",
        "non merci beaucoup",
        "no, grazie mille",
        "nvm",
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let told = talk.play(&["my robot is broken", SARAH, answer, "yes"]).await;
        let added = talk
            .records("tickets")
            .iter()
            .any(|ticket| ticket["properties"]["content"].as_str().is_some_and(|content| content.contains(answer)));
        assert!(!added, "{answer}: {told}");
    }
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["my robot is broken", SARAH, "a person", "yes"]).await;
    let tasks = talk.records("tasks");
    let body = tasks.last().unwrap()["properties"]["hs_task_body"].as_str().unwrap_or_default().to_owned();
    assert!(!body.contains("a person"), "{body}: {told}");
}

/// A script that recognises the customer before it answers asks for the question.
#[tokio::test(start_paused = true)]
async fn a_topic_that_was_picked_by_number_asks_for_the_question() {
    let mut talk = Talk::begin(Some("hubspot"), Trust::Operator).await;
    talk.say("1").await;
    let turn = talk.say(SARAH).await;
    assert!(!turn.done.iter().any(|done| done.call.tool == "search_documents"), "{turn:?}");
    assert!(turn.reply.text.contains('?'), "{turn:?}");
    let turn = talk.say("How much does ADAM cost?").await;
    assert!(turn.reply.text.contains("depends on its configuration"), "{turn:?}");
}
