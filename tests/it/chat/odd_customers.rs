//! Customers who take a wish back, have two wishes at once, ask for the boss, or say yes to nothing in particular.

use frontdesk::chat::visitor::Trust;

use super::talk::{SARAH, Talk};

/// A wish that is dropped with its reason beside is dropped, at every step.
#[tokio::test(start_paused = true)]
async fn a_wish_is_dropped_whatever_reason_stands_beside() {
    for (wish, dropped) in [
        ("The DUST-E brush is stuck. sarah@gmail.com", "oh wait, it works now, forget it"),
        ("Batteriet er dødt på vores Richie. sarah@gmail.com", "nej, glem det, den virker igen"),
        ("Mon DUST-E est en panne. sarah@gmail.com", "laissez tomber, c'est réparé"),
        ("Ho un problema con il robot. sarah@gmail.com", "anzi no, lasci stare"),
        ("Der Matradee spinnt völlig. sarah@gmail.com", "ach, vergessen Sie es, der Akku war leer"),
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let before = (talk.records("tickets"), talk.records("tasks"));
        let told = talk.play(&[wish, dropped, "yes"]).await;
        assert_eq!((talk.records("tickets"), talk.records("tasks")), before, "{told}");
    }
}

/// Both of two wishes in one message are seen to, one after the other.
#[tokio::test(start_paused = true)]
async fn the_second_of_two_wishes_is_not_forgotten() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let before = talk.records("tickets").len();
    let wishes = "Mon robot ne marche plus et je voudrais aussi un rendez-vous mardi. camille.moreau@lecomptoir.fr";
    let told = talk.play(&[wishes, "oui"]).await;
    assert_eq!(talk.records("tickets").len(), before + 1, "{told}");
    assert!(told.contains("fuseau horaire"), "the meeting comes next: {told}");
    let tickets = talk.records("tickets");
    let content = |ticket: &serde_json::Value| ticket["properties"]["content"].to_string();
    let about = tickets.iter().map(content).find(|text| text.contains("ne marche plus")).unwrap_or_default();
    assert!(!about.contains("rendez-vous"), "the ticket is about the problem alone: {about}");
}

/// Whoever wants the boss, or is let down by a colleague, reaches a person; a yes to a list picks nothing of it.
#[tokio::test(start_paused = true)]
async fn who_is_angry_reaches_a_person() {
    for words in [
        "Veronica never calls me back, I want her boss",
        "Das ist eine Frechheit, ich warte seit drei Wochen auf Antwort",
        "Geben Sie mir endlich einen Menschen!",
        "vorrei parlare con il responsabile",
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let before = talk.records("tasks").len();
        let told = talk.play(&[words, SARAH, "1"]).await;
        assert_eq!(talk.records("tasks").len(), before + 1, "{told}");
    }
    let mut talk = Talk::begin(None, Trust::Operator).await;
    talk.say("frobozz the quux is gone").await;
    let reply = talk.say("yes").await.reply;
    assert!(reply.text.starts_with("Please pick one"), "nothing was understood, so nothing is likely: {reply:?}");
}

/// An address beside words such as `is now` is the customer's own, and a new number is changed.
#[tokio::test(start_paused = true)]
async fn what_is_new_is_told_from_what_is_known() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["What is the state of my ticket? The noise is now louder. sarah@gmail.com"]).await;
    assert!(!told.contains("What is your e-mail address?"), "{told}");
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told =
        talk.play(&["I have a new phone, my new mobile is +1 702 555 0199. sarah@gmail.com", "yes", "yes"]).await;
    let sarah = talk.contact(SARAH);
    let numbers =
        ["phone", "mobilephone"].map(|name| sarah["properties"][name].as_str().unwrap_or_default().to_owned());
    let digits = |number: &String| number.chars().filter(char::is_ascii_digit).collect::<String>();
    assert!(numbers.iter().any(|number| digits(number) == "17025550199"), "{numbers:?} {told}");
}

/// Of two questions the one that no document answers is said to be open.
#[tokio::test(start_paused = true)]
async fn a_question_without_an_answer_is_named() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.say("How long does delivery take and does the ADAM need a water connection?").await.reply.text;
    assert!(told.contains("say nothing about this") && told.contains("water connection"), "{told}");
}

/// Thanks and praise end a conversation, and are no question.
#[tokio::test(start_paused = true)]
async fn praise_is_no_question() {
    for words in ["thank you so much, you were great", "merci, vous êtes super", "danke, sehr nett"] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        talk.say("hello").await;
        let turn = talk.say(words).await;
        assert!(turn.done.iter().all(|done| done.call.tool != "search_documents"), "{words}: {turn:?}");
    }
}
