//! Short messages that pick, move, forbid, ask for a person, or name somebody.

use frontdesk::chat::visitor::Trust;

use super::talk::{SARAH, Talk};

const MEET: &str = "I'd like to meet my representative";

#[tokio::test(start_paused = true)]
async fn the_last_day_that_is_offered_is_picked() {
    for words in ["the last one", "the last", "the fifth option"] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let offered = talk.play(&[MEET, SARAH]).await;
        let last = talk.say("what?").await.reply.choices.last().cloned().unwrap();
        let turn = talk.say(words).await;
        let told = talk.say("New York").await.reply.text;
        assert!(told.contains(&last), "{words}: {last}: {turn:?}\n{told}\n{offered}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_day_of_the_days_before_is_past() {
    for (begins, day, past) in [
        (MEET, "november 3rd", "is past"),
        ("Jeg vil gerne mødes med min kontaktperson", "3. november", "er forbi"),
        ("Ich möchte einen Termin mit meinem Ansprechpartner", "am 3. November", "vorbei"),
        ("Je voudrais un rendez-vous avec mon conseiller", "le 3 novembre", "passé"),
        ("Vorrei un appuntamento con il mio referente", "il 3 novembre", "passato"),
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        talk.play(&[begins, SARAH]).await;
        let told = talk.say(day).await.reply.text;
        assert!(told.contains(past), "{day}: {told}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_appointment_that_was_spoken_of_is_moved() {
    for (asks, moves) in [
        ("When is my appointment?", "move it to thursday"),
        ("Hvornår er min aftale?", "flyt den til torsdag"),
        ("Quand est mon rendez-vous ?", "déplacez-le à jeudi"),
        ("Quando è il mio appuntamento?", "lo sposti a giovedì"),
        ("Wann ist mein Termin?", "verschieben Sie ihn auf Donnerstag"),
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        talk.play(&[asks, SARAH]).await;
        let turn = talk.say(moves).await;
        let intents: Vec<&str> =
            turn.done.iter().filter_map(|done| done.call.arguments.as_ref().ok()?.get("intent")?.as_str()).collect();
        assert_eq!(intents, ["Move or cancel an appointment"], "{moves}: {turn:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_deed_that_is_forbidden_in_the_passive_is_not_begun() {
    for forbids in [
        "Mein Ticket soll nicht geschlossen werden",
        "Meine Daten dürfen nicht gelöscht werden",
        "Mein Termin darf nicht abgesagt werden",
        "My ticket must not be closed",
        "Min aftale må ikke aflyses",
        "Mon rendez-vous ne doit pas être annulé",
        "Il mio appuntamento non deve essere annullato",
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let turn = talk.say(forbids).await;
        let begun = turn
            .done
            .iter()
            .any(|done| done.call.arguments.as_ref().is_ok_and(|arguments| arguments.contains_key("intent")));
        assert!(!begun, "{forbids}: {turn:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_shouts_for_a_person_reaches_one() {
    for shout in [
        "A PERSON NOW!!!",
        "EN PERSON NU!!!",
        "UNE PERSONNE TOUT DE SUITE !!!",
        "UNA PERSONA SUBITO!!!",
        "EINE PERSON, SOFORT!!!",
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let before = talk.records("tasks").len();
        let told = talk.play(&[shout, SARAH, "1"]).await;
        assert_eq!(talk.records("tasks").len(), before + 1, "{shout}: {told}");
    }
}

/// Whoever names another colleague is told whose times these are.
#[tokio::test(start_paused = true)]
async fn a_colleague_who_is_not_the_customers_is_pointed_out() {
    let lines = |wish: &'static str| [wish, SARAH, "New York"];
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&lines("Book a meeting with Daniel on Tuesday")).await;
    assert!(told.contains("For a meeting with Daniel") && told.contains("Veronica"), "{told}");
    for wish in [
        "Book a meeting with Veronica on Tuesday",
        "Book a meeting with my representative on Tuesday",
        "Book a meeting on Tuesday",
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let told = talk.play(&lines(wish)).await;
        assert!(told.contains("Which time suits you?") && !told.contains("For a meeting with"), "{wish}: {told}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_is_looked_for_in_whatever_words_it_is_said() {
    for said in ["name Sarah Mark", "name: Sarah Mark", "Sarah Mark", "her name is Sarah Mark"] {
        let mut talk = Talk::begin(Some("contacts"), Trust::Operator).await;
        let told = talk.play(&["find somebody", said]).await;
        assert!(told.contains("sarah@gmail.com"), "{said}: {told}");
    }
    for said in ["name Sara Marks", "find Sara Marks", "who is Sara Mark?"] {
        let mut talk = Talk::begin(Some("contacts"), Trust::Operator).await;
        let told = talk.play(&["find somebody", said]).await;
        assert!(told.contains("Sarah Mark"), "nearly the same name: {said}: {told}");
    }
    // Whom a front desk serves hears no other customer's name.
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["Known by phone or name, not by e-mail", "Sara Marks"]).await;
    assert!(!told.contains("Sarah Mark"), "{told}");
}

/// Whoever was found has another name now.
#[tokio::test(start_paused = true)]
async fn a_new_name_of_whoever_was_found_is_a_change() {
    for (finds, renames) in
        [("find Sarah Mark", "her name is now Sarah Hansen"), ("søg efter Sarah Mark", "hun hedder nu Sarah Hansen")]
    {
        let mut talk = Talk::begin(Some("contacts"), Trust::Operator).await;
        let told = talk.play(&[finds, renames, "1"]).await;
        assert_eq!(talk.contact(SARAH)["properties"]["lastname"], "Hansen", "{told}");
    }
}

/// Whoever complains reaches a person, and a company is nobody's name.
#[tokio::test(start_paused = true)]
async fn a_complaint_reaches_a_person_and_a_company_is_no_name() {
    for complaint in [
        "I want a refund",
        "jeg vil klage",
        "je voudrais me plaindre",
        "voglio un rimborso",
        "ich möchte mich beschweren",
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let before = talk.records("tasks").len();
        let told = talk.play(&[complaint, SARAH, "1"]).await;
        assert_eq!(talk.records("tasks").len(), before + 1, "{complaint}: {told}");
    }
    for says in
        ["I am from Newman Diner and want to become a customer", "je suis du Newman Diner, je voudrais devenir client"]
    {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let told = talk.play(&[says, "info@newman.example", "Jean Petit", "1"]).await;
        let contact = talk.contact("info@newman.example");
        let named = |name: &str| contact["properties"][name].clone();
        assert_eq!((named("company"), named("firstname")), ("Newman Diner".into(), "Jean".into()), "{told}");
    }
}
