//! Values as visitors say them: two addresses, a day that is past, a name at the wrong question, and `her` for whoever was
//! just found.

use frontdesk::chat::visitor::Trust;
use serde_json::json;

use super::talk::{SARAH, Talk};

const TOM: &str = "tom.baker@harborviewhotel.com";

#[tokio::test(start_paused = true)]
async fn two_addresses_are_told_of_and_asked_about() {
    for (trust, pick) in [(Trust::Operator, "2"), (Trust::Operator, SARAH), (Trust::Claimed, "2")] {
        let mut talk = Talk::begin(None, trust).await;
        let before = talk.records("tickets").len();
        let asked = talk.say("I have an issue in installing the DUST-E robot").await.reply;
        assert_eq!(asked.text, "What is your e-mail address?");
        let both = talk.say(&format!("{TOM} or {SARAH}")).await.reply;
        let text = format!("You gave several e-mail addresses: {TOM}, {SARAH}. Which one is yours?");
        assert_eq!((both.text, &both.choices[..2]), (text, &[TOM.to_owned(), SARAH.to_owned()][..]));
        talk.play(&[pick, "yes"]).await;
        let tickets = talk.records("tickets");
        assert_eq!(tickets.len(), before + 1, "{pick}");
        let sarah = talk.contact(SARAH)["id"].clone();
        let linked = tickets.iter().any(|ticket| {
            ticket["properties"]["content"].as_str().is_some_and(|text| text.contains("DUST-E"))
                && ticket.to_string().contains(sarah.as_str().unwrap())
        });
        assert!(linked, "{tickets:?}");
    }
}

/// Where a contact is changed, the first address says whom, and the other one is the new one.
#[tokio::test(start_paused = true)]
async fn an_address_is_changed_into_another() {
    let mut talk = Talk::begin(Some("contacts"), Trust::Operator).await;
    let change = format!("Change the e-mail address of {TOM} to tom@harborview.example");
    let told = talk.play(&[&change, "Update a contact", "yes"]).await;
    assert_eq!(talk.contact("tom@harborview.example")["properties"]["lastname"], "Baker", "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_day_that_is_past_is_said_to_be_past() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["I'd like to meet my representative on 2026-11-02", SARAH]).await;
    assert!(told.contains("That day is past.\nWhich day suits you"), "{told}");
    let again = talk.say("2026-11-03").await.reply;
    assert!(again.text.starts_with("That day is past."), "{again:?}");
    let other = talk.say("hm hm").await.reply;
    assert!(other.text.starts_with("I did not understand that."), "{other:?}");
    // A day in a report of a problem is no day for a meeting.
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["I have a problem: my robot stopped working on 2026-11-02", SARAH]).await;
    assert!(!told.contains("That day is past."), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_name_said_at_a_confirmation_is_taken() {
    let begun = ["I'd like to meet my representative next Tuesday", SARAH, "New York", "half an hour", "1 pm"];
    let mut talk = Talk::begin(None, Trust::Operator).await;
    talk.play(&begun).await;
    let asked = talk.say("my name is Sarah Marks now").await.reply;
    assert!(asked.text.contains("for Sarah Marks, sarah@gmail.com?"), "{asked:?}");
    let mut talk = Talk::begin(Some("contacts"), Trust::Operator).await;
    let told = talk.play(&["Add a contact: ada@acme.example", "her name is Ada Byron", "yes"]).await;
    assert_eq!(talk.contact("ada@acme.example")["properties"]["lastname"], "Byron", "{told}");
}

/// Whoever has no address at hand is looked for by the name that they say.
#[tokio::test(start_paused = true)]
async fn a_name_at_the_question_for_an_address_is_looked_up() {
    for name in ["no idea which one you have. I am Sarah Mark", "Sarah Mark"] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let before = talk.records("tickets").len();
        let told = talk.play(&["I have an issue in installing the DUST-E robot", name, "yes"]).await;
        assert_eq!(talk.records("tickets").len(), before + 1, "{told}");
    }
}

/// Whoever turns out to write for somebody else books for them.
#[tokio::test(start_paused = true)]
async fn an_address_of_somebody_else_in_the_middle_is_looked_up() {
    let begun = ["I'd like to meet my representative next Tuesday", SARAH, "New York"];
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&[&begun[..], &["wait, it is for Aiko: aiko.sato@kissaten.jp"]].concat()).await;
    assert!(told.contains("Thank you, Aiko."), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_search_goes_on_with_other_words() {
    for (find, change) in [
        ("who is Sarah Mark?", "change her phone number to +1 617 555 0188"),
        ("who is Sarah Mark?", "his number is +1 617 555 0188 now"),
        ("hvem er Sarah Mark?", "Ret hans telefonnummer til +1 617 555 0188"),
        ("qui est Sarah Mark ?", "Change son numéro : +1 617 555 0188"),
        ("chi è Sarah Mark?", "Il suo numero è cambiato: +1 617 555 0188"),
        ("Wer ist Sarah Mark?", "Ändere seine Nummer auf +1 617 555 0188"),
    ] {
        let mut talk = Talk::begin(Some("contacts"), Trust::Operator).await;
        let told = talk.play(&[find]).await;
        let asked = talk.say(change).await.reply;
        assert!(asked.text.contains("0188") && asked.text.contains("Sarah Mark"), "{change}: {asked:?}\n{told}");
        talk.say(asked.choices.first().unwrap()).await;
        let phone = &talk.contact(SARAH)["properties"]["phone"];
        assert!(phone.as_str().is_some_and(|phone| phone.contains("0188")), "{change}: {phone}");
    }
    // Nobody was found, and the next message has who it is.
    let mut talk = Talk::begin(Some("contacts"), Trust::Operator).await;
    let told = talk
        .play(&["do we have an Ida Lindqvist?", "1", "then put her in: Ida Lindqvist, ida@fjord.example", "yes"])
        .await;
    assert_eq!(talk.contact("ida@fjord.example")["properties"]["firstname"], "Ida", "{told}");
    // Of several, and of another one, nobody is meant.
    let mut talk = Talk::begin(Some("contacts"), Trust::Operator).await;
    let asked = talk.play(&["who is Sarah Mark?", "Change the phone number of Tom Baker to +1 617 555 0188"]).await;
    assert!(asked.trim_end().contains("Tom Baker, tom.baker"), "{asked}");
}

/// A ticket is meant by a word of its title.
#[tokio::test(start_paused = true)]
async fn a_ticket_is_meant_by_a_word_of_its_title() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    for subject in ["The lamp is dark", "There is no wifi"] {
        let ticket = json!({"cus_cid": SARAH, "issue": subject, "subject": subject}).as_object().unwrap().clone();
        talk.chat.visitor().call("create_ticket", ticket).await.unwrap();
    }
    tokio::time::sleep(std::time::Duration::from_secs(30)).await; // HubSpot's index lags.
    let note = "the one about the lamp: the rear lamp is dark too now";
    let told = talk.play(&["i want to add something to my ticket", SARAH, note, "Add to it or change it", "yes"]).await;
    let notes = talk.records("notes");
    assert!(notes.iter().any(|made| made["properties"]["hs_note_body"] == note), "{told}");
    let lamp = talk.records("tickets").into_iter().find(|ticket| ticket["properties"]["subject"] == "The lamp is dark");
    assert!(told.contains(&format!("added it to ticket {}", lamp.unwrap()["id"].as_str().unwrap())), "{told}");
}

#[tokio::test(start_paused = true)]
async fn long_names_of_a_graph_are_offered_shortened() {
    let mut talk = Talk::begin(Some("hubspot"), Trust::Operator).await;
    let offered = talk.greeting.choices.clone();
    for name in ["Questions about the product", "Technical support", "Schedule a meeting with the representative"] {
        assert!(offered.iter().any(|choice| choice == name), "{offered:?}");
    }
    let support = offered.iter().position(|choice| choice == "Technical support").unwrap() + 1;
    let reply = talk.say(&support.to_string()).await.reply;
    assert!(reply.text.contains("e-mail"), "{reply:?}");
}
