//! The conversations of the front desk and of the contact assistant in five languages, judged by what HubSpot has
//! afterwards.

use frontdesk::chat::visitor::Trust;
use serde_json::json;

use super::talk::{SARAH, Talk};

#[tokio::test(start_paused = true)]
async fn the_greeting_says_what_can_be_done_and_that_nobody_is_there() {
    let talk = Talk::begin(None, Trust::Operator).await;
    assert!(talk.greeting.text.starts_with("Hello! Welcome to Richtech."), "{:?}", talk.greeting);
    assert!(talk.greeting.text.contains("I am an automatic assistant."));
    assert!(talk.greeting.choices.len() >= 5 && talk.greeting.choices.last().unwrap() == "A person, please");
}

/// The customer's question about a product, their problem and their meeting, in every language of the fixed texts.
#[tokio::test(start_paused = true)]
async fn the_front_desk_works_in_five_languages() {
    let conversations: [(&str, [&[&str]; 3]); 5] = [
        (
            "English",
            [
                &["I want to know more about your product: Adam", "How much is the Adam?"],
                &["I have an issue in installing the DUST-E robot", SARAH, "yes please", "thanks, bye"],
                &[
                    "I'd like to meet my representative next Tuesday",
                    SARAH,
                    "New York",
                    "half an hour",
                    "1 pm",
                    "yes",
                    "thank you",
                ],
            ],
        ),
        (
            "Danish",
            [
                &["Jeg vil gerne vide mere om jeres produkt: Adam", "Hvad koster Adam?"],
                &["Jeg har et problem med at installere min DUST-E robot", SARAH, "ja tak", "mange tak, farvel"],
                &[
                    "Jeg vil gerne møde min konsulent på tirsdag",
                    SARAH,
                    "New York",
                    "en halv time",
                    "kl. 13",
                    "ja",
                    "tak",
                ],
            ],
        ),
        (
            "French",
            [
                &["Je voudrais en savoir plus sur votre produit : Adam", "Combien coûte Adam ?"],
                &["J'ai un problème avec l'installation de mon robot DUST-E", SARAH, "oui", "merci, au revoir"],
                &[
                    "Je voudrais rencontrer mon conseiller mardi",
                    SARAH,
                    "New York",
                    "une demi-heure",
                    "13h",
                    "oui",
                    "merci",
                ],
            ],
        ),
        (
            "Italian",
            [
                &["Vorrei sapere di più sul vostro prodotto: Adam", "Quanto costa Adam?"],
                &["Ho un problema con l'installazione del robot DUST-E", SARAH, "sì", "grazie, arrivederci"],
                &[
                    "Vorrei incontrare il mio consulente martedì",
                    SARAH,
                    "New York",
                    "mezz'ora",
                    "alle 13:00",
                    "sì",
                    "grazie",
                ],
            ],
        ),
        (
            "German",
            [
                &["Ich möchte mehr über Ihr Produkt Adam wissen", "Was kostet der Adam?"],
                &[
                    "Ich habe ein Problem mit der Installation meines DUST-E Roboters",
                    SARAH,
                    "ja bitte",
                    "danke, tschüss",
                ],
                &[
                    "Ich möchte meinen Berater am Dienstag treffen",
                    SARAH,
                    "New York",
                    "eine halbe Stunde",
                    "um 13 Uhr",
                    "ja",
                    "danke",
                ],
            ],
        ),
    ];
    for (language, [product, problem, meeting]) in conversations {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let tickets = talk.records("tickets");
        let told = talk.play(product).await;
        assert!(told.contains("The ADAM robot"), "{language}: {told}");
        assert_eq!(talk.records("tickets"), tickets, "{language}: a question is no problem");

        let mut talk = Talk::begin(None, Trust::Operator).await;
        let (tickets, logs) = (talk.records("tickets").len(), talk.records("communications").len());
        let told = talk.play(problem).await;
        let after = talk.records("tickets");
        assert_eq!(after.len(), tickets + 1, "{language}: {told}");
        let ticket = after
            .iter()
            .find(|ticket| ticket["properties"]["content"].as_str().is_some_and(|text| text.contains("DUST-E")));
        assert!(ticket.is_some(), "{language}: {told}");
        assert_eq!(talk.records("communications").len(), logs + 1, "{language}: the conversation is logged");
        let id = ticket.unwrap()["id"].as_str().unwrap();
        assert!(told.contains(id), "{language}: {told}");

        let mut talk = Talk::begin(None, Trust::Operator).await;
        let meetings = talk.records("meetings").len();
        let told = talk.play(meeting).await;
        let after = talk.records("meetings");
        assert_eq!(after.len(), meetings + 1, "{language}: {told}");
        let booked = after.iter().any(|meeting| {
            let of = |name: &str| meeting["properties"][name].as_str().unwrap_or_default().to_owned();
            of("hs_meeting_start_time").starts_with("2026-11-24T18:00")
                && of("hs_meeting_end_time").starts_with("2026-11-24T18:30")
        });
        assert!(booked, "{language}: {after:?}\n{told}");
    }
}

/// What a colleague does with contacts, by buttons and by words.
#[tokio::test(start_paused = true)]
async fn the_contact_assistant_works_in_five_languages() {
    let conversations = [
        (
            "English",
            [
                "who is Sarah Mark?",
                "Add Ada Byron, ada@acme.example, +45 12 34 56 78",
                "yes",
                "Change the phone number of Tom Baker to +1 617 555 0188",
                "yes",
            ],
        ),
        (
            "Danish",
            [
                "hvem er Sarah Mark?",
                "Opret Ada Byron som kontakt, ada@acme.example, +45 12 34 56 78",
                "ja",
                "Ret telefonnummeret på Tom Baker til +1 617 555 0188",
                "ja",
            ],
        ),
        (
            "French",
            [
                "qui est Sarah Mark ?",
                "Ajoute Ada Byron, ada@acme.example, +45 12 34 56 78",
                "oui",
                "Change le numéro de Tom Baker : +1 617 555 0188",
                "oui",
            ],
        ),
        (
            "Italian",
            [
                "chi è Sarah Mark?",
                "Aggiungi Ada Byron, ada@acme.example, +45 12 34 56 78",
                "sì",
                "Il numero di Tom Baker è cambiato: +1 617 555 0188",
                "sì",
            ],
        ),
        (
            "German",
            [
                "Wer ist Sarah Mark?",
                "Lege Ada Byron als Kontakt an, ada@acme.example, +45 12 34 56 78",
                "ja",
                "Ändere die Nummer von Tom Baker auf +1 617 555 0188",
                "ja",
            ],
        ),
    ];
    for (language, lines) in conversations {
        let mut talk = Talk::begin(Some("contacts"), Trust::Operator).await;
        let told = talk.play(&lines).await;
        assert!(told.contains("+1 702 555 0143") && told.contains("ClouTea"), "{language}: {told}");
        let ada = talk.contact("ada@acme.example");
        assert_eq!(
            (&ada["properties"]["firstname"], &ada["properties"]["lastname"]),
            (&json!("Ada"), &json!("Byron")),
            "{language}: {told}"
        );
        let tom = talk.contact("tom.baker@harborviewhotel.com");
        assert!(tom["properties"]["phone"].as_str().is_some_and(|phone| phone.contains("0188")), "{language}: {told}");
    }
}
