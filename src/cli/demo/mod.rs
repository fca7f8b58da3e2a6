//! `frontdesk demo`: three conversations through a real MCP client, the same three led by a taskgraph, one with the chat that
//! needs no agent, one that a person takes over, and one in HubSpot's inbox that the autopilot answers, with no account and no
//! network.
//!
//! The agent's words and the person's are scripted; the server, the client, the embedded HubSpot and their answers are real. A step without
//! the expected answer ends the demo with an error.

mod answer;
mod chat;
mod client;
mod colleague;
mod error;
mod guided;
mod handoff;
mod inbox;
mod transcript;

use std::io::Write;

use serde_json::json;

use answer::{chosen_start, passage, text};
use client::{Changes, DemoClient};
use error::Error;
use transcript::DemoTranscript;

/// Plays the conversations and prints them on `out`.
pub async fn play(out: &mut impl Write) -> Result<(), Error> {
    let client = DemoClient::open().await?;
    let mut transcript = DemoTranscript::new(out);
    transcript.opening(&client.tools().await?)?;
    product_question(&client, &mut transcript).await?;
    support_ticket(&client, &mut transcript).await?;
    booking(&client, &mut transcript).await?;
    guided::play(&client, &mut transcript).await?;
    chat::play(client.desk(), &mut transcript).await?;
    handoff::play(&client, &mut transcript).await?;
    inbox::play(&client, &mut transcript).await?;
    closing(&client.changes(), &mut transcript)?;
    client.close().await
}

async fn product_question(client: &DemoClient, transcript: &mut DemoTranscript<'_>) -> Result<(), Error> {
    transcript.conversation("1. A question about a product")?;
    transcript.agent(&client.greeting().await?)?;
    let question = "I want to know more about your product: Adam";
    transcript.customer(question)?;
    transcript.agent("Thanks for your interest in the ADAM robot! Could you please give me your e-mail address?")?;
    transcript.customer("sarah@gmail.com")?;
    let found =
        client.call(transcript, "find_contact_by_email", json!({"email": "sarah@gmail.com", "chat": question})).await?;
    let name = text(&found, "contact_first_name");
    let query = "What does the ADAM robot make?";
    let about = client.call(transcript, "search_documents", json!({"query": query, "limit": 1})).await?;
    transcript.agent(&format!("Thank you, {name}. {}", passage(&about, "ADAM")?))?;
    let question = "How much is the Adam?";
    transcript.customer(question)?;
    let price = client.call(transcript, "search_documents", json!({"query": question, "limit": 1})).await?;
    transcript.agent(&passage(&price, "quote")?)
}

async fn support_ticket(client: &DemoClient, transcript: &mut DemoTranscript<'_>) -> Result<(), Error> {
    transcript.conversation("2. A problem that needs support")?;
    transcript.agent(&client.greeting().await?)?;
    let issue = "I have an issue in installing the DUST-E robot";
    transcript.customer(issue)?;
    transcript.agent("I am sorry to hear that. Could you please give me your e-mail address?")?;
    transcript.customer("sarah@gmail.com")?;
    let found =
        client.call(transcript, "find_contact_by_email", json!({"email": "sarah@gmail.com", "chat": issue})).await?;
    let ticket = json!({"cus_cid": found["contact_id"], "issue": issue, "priority": "HIGH"});
    let opened = client.call(transcript, "create_ticket", ticket).await?;
    let (name, ticket_id) = (text(&found, "contact_first_name"), text(&opened, "ticket_id"));
    transcript.agent(&format!(
        "Thank you, {name}. I have opened ticket {ticket_id} for the installation of your DUST-E robot. Our team will \
         reach out to you shortly."
    ))
}

async fn booking(client: &DemoClient, transcript: &mut DemoTranscript<'_>) -> Result<(), Error> {
    transcript.conversation("3. A meeting with the representative")?;
    transcript.agent(&client.greeting().await?)?;
    transcript.customer("I'd like to meet my representative next Tuesday. I'm in New York, half an hour is enough.")?;
    transcript.agent("Gladly. Could you please give me your e-mail address?")?;
    transcript.customer("sarah@gmail.com")?;
    let found = client.call(transcript, "find_contact_by_email", json!({"email": "sarah@gmail.com"})).await?;
    let owned = client.call(transcript, "find_owner_id_by_contact_id", json!({"cus_cid": found["contact_id"]})).await?;
    let owner = client.call(transcript, "find_owner_by_owner_id", json!({"owner_id": owned["owner_id"]})).await?;
    let day = json!({
        "owner_id": owned["owner_id"], "time_zone": "America/New_York", "meeting_date": "next Tuesday", "duration": 30
    });
    let free = client.call(transcript, "check_available", day).await?;
    let start = chosen_start(&free)?;
    transcript.agent(&format!(
        "{} {} is free that day, for example at {}. Shall I book it?",
        text(&owner, "first_name"),
        text(&owner, "last_name"),
        &start[11..16],
    ))?;
    transcript.customer("Yes, please.")?;
    let meeting = json!({
        "cus_fname": found["contact_first_name"], "cus_lname": found["contact_last_name"],
        "cus_email": found["contact_email"], "meeting_date": start[..10], "meeting_start_time": start[11..16],
        "duration": 30, "slug": free["slug"], "time_zone": "America/New_York"
    });
    let booked = client.call(transcript, "create_meeting", meeting).await?;
    transcript.agent(&format!("It is booked: {}. You will get an invitation.", text(&booked, "understood")))
}

/// Prints the records that the conversations have created, and fails if they are not the expected ones.
fn closing(changes: &Changes, transcript: &mut DemoTranscript<'_>) -> Result<(), Error> {
    transcript.conversation("What changed in HubSpot")?;
    for line in changes.lines() {
        transcript.line(&line)?;
    }
    match changes.complete() {
        true => transcript.line("\nEvery step gave what the conversation needed."),
        false => Err(Error::Left(changes.lines().join("; "))),
    }
}
