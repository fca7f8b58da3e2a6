//! A visitor who is asked for their address and is known by a number or a name: a button says so.

use frontdesk::chat::visitor::Trust;

use super::talk::Talk;

/// A wish, the button, and the answer to the wish once the visitor is found, in each language.
const TALKS: [(&str, &str, &str); 5] = [
    ("What is the state of my ticket?", "You know me by phone or name", "I find no ticket"),
    ("Hvad er status på min sag?", "I kender mig på telefon eller navn", "Jeg finder ingen sag"),
    ("Où en est mon ticket ?", "Vous me connaissez par mon téléphone ou mon nom", "Je ne trouve aucun ticket"),
    ("A che punto è il mio ticket?", "Mi conoscete per telefono o per nome", "Non trovo nessun ticket"),
    ("Wie ist der Stand meines Tickets?", "Sie kennen mich mit Telefonnummer oder Namen", "Ich finde kein Ticket"),
];

/// The matter at hand goes on once they are found.
#[tokio::test(start_paused = true)]
async fn whoever_is_known_by_a_number_or_a_name_says_so_by_a_button() {
    for (wish, button, goes_on) in TALKS {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let question = talk.say(wish).await.reply;
        assert_eq!(question.choices, [button], "{wish}: {question:?}");
        talk.say(button).await;
        let found = talk.say("Sarah Mark").await.reply;
        assert!(found.text.contains("Sarah Mark") && found.text.contains(goes_on), "{wish}: {found:?}");
    }
}

/// A yes to the question for an address is none to the button, and the address is taken beside it.
#[tokio::test(start_paused = true)]
async fn a_yes_is_no_answer_to_the_question_for_an_address() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    talk.say("What is the state of my ticket?").await;
    let again = talk.say("yes").await.reply;
    assert!(again.text.contains("e-mail"), "{again:?}");
    let found = talk.say("sarah@gmail.com").await.reply;
    assert!(found.text.contains("ticket"), "{found:?}");
}

/// A visitor of the page is looked up by nothing but an address: a colleague goes on.
#[tokio::test(start_paused = true)]
async fn a_visitor_of_the_page_who_has_no_address_comes_to_a_colleague() {
    let mut talk = Talk::begin(None, Trust::Claimed).await;
    talk.say("What is the state of my ticket?").await;
    let asked = talk.say("You know me by phone or name").await.reply;
    assert!(asked.text.contains("phone number"), "{asked:?}");
    let offered = talk.say("+1 702 555 0143").await.reply;
    assert!(offered.text.contains("a colleague can") && !offered.text.contains("Sarah"), "{offered:?}");
}
