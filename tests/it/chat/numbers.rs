//! Numbers of records in a model's reply: each was given by a tool's result, the visitor or the operator; an invented one is not
//! told, in five languages.

use frontdesk::chat::visitor::Trust;
use serde_json::json;

use super::models::{call, says};
use super::talk::{SARAH, Talk};

/// Replies with a number that nobody gave.
const INVENTED: &[&str] = &[
    "Your ticket number is 48213.",
    "Ticket #482 is with us.",
    "I looked: your case TKT-48213 is open.",
    "Your reference: RT 48 213.",
    "For your records, please note 4711 as the reference.",
    "Is your ticket 90412 about the arm?",
    "You have contact 84246479699.",
    "Votre dossier porte le n° 7731.",
    "Le numéro de votre demande est 773.",
    "Votre référence est le 90 412.",
    "Votre rendez-vous a le numéro 55120.",
    "La sua pratica è la n. 5512.",
    "Il codice della sua richiesta è 551.",
    "Il suo appuntamento ha l'ID 83450290199.",
    "Il numero del ticket: 90412.",
    "Din sag har nummer 6120.",
    "Sagsnr. 612 er din.",
    "Dit kontaktnummer er 612044.",
    "Mødet har nummer 55120.",
    "Die Vorgangsnummer lautet 20417.",
    "Ihr Ticket Nr. 331 liegt vor.",
    "Ihre Buchung hat die Nummer 55120.",
];

#[tokio::test(start_paused = true)]
async fn an_invented_number_is_not_told() {
    for reply in INVENTED {
        let script = vec![says(reply), says(reply)];
        let mut talk = Talk::with(None, Trust::Operator, Some(script)).await;
        let told = talk.say("hello there, how are you").await.reply.text;
        let digits: String = reply.chars().filter(char::is_ascii_digit).collect();
        let told_digits: String = told.chars().filter(char::is_ascii_digit).collect();
        assert!(!told_digits.contains(&digits), "{reply}: {told}");
    }
}

/// The visitor's own numbers, those of results, dates, times and prices of documents stay.
#[tokio::test(start_paused = true)]
async fn a_given_number_is_told() {
    for (message, reply) in [
        ("my ticket is 48213", "I could not find ticket 48213."),
        ("ma référence est RT-7731", "Je ne trouve pas le dossier RT-7731."),
        ("hello there, how are you", "The company was founded in 2016, and we open from 9-17."),
        ("hello there, how are you", "Tuesday 1 December 2026 at 10:30 would be possible."),
    ] {
        let mut talk = Talk::with(None, Trust::Operator, Some(vec![says(reply), says("no")])).await;
        let told = talk.say(message).await.reply.text;
        assert!(told.contains(reply), "{reply}: {told}");
    }
    let found = "Your contact is 84246479604.";
    let script = vec![call("get_contact", json!({"contact": SARAH})), says(found)];
    let mut talk = Talk::with(None, Trust::Operator, Some(script)).await;
    let told = talk.say("who am I?").await.reply.text;
    assert!(told.contains(found), "{told}");
    // What an error repeats of the model's own call is no number that was given.
    let lost = "Your contact is 84246479699.";
    let script = vec![call("get_contact", json!({"contact": "84246479699"})), says(lost), says(lost)];
    let mut talk = Talk::with(None, Trust::Operator, Some(script)).await;
    let told = talk.say("who am I?").await.reply.text;
    assert!(!told.contains("84246479699"), "{told}");
}
