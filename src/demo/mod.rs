//! `frontdesk demo`: three conversations through a real MCP client, and the same three led by a taskgraph, with no account
//! and no network.
//!
//! The agent's part is written down; what it calls and what comes back is real: the server, the client, the embedded
//! HubSpot. A step that does not give what the conversation needs ends the demo with an error.

mod desk;
mod guided;
mod stage;

use std::io::Write;

use serde_json::{Value, json};

use desk::{Changes, Desk};
use stage::Stage;

/// What went wrong on stage.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the demo could not be printed: {0}")]
    Print(#[from] std::io::Error),
    #[error("the server could not be started: {0}")]
    Start(String),
    #[error("`{tool}` did not give what the conversation needs: {answer}")]
    Step { tool: String, answer: String },
    #[error("HubSpot does not hold what the conversations should have left there: {0}")]
    Left(String),
}

/// Plays all of it on `out`.
pub async fn play(out: &mut impl Write) -> Result<(), Error> {
    let desk = Desk::open().await?;
    let mut stage = Stage::new(out);
    stage.opening(&desk).await?;
    product_question(&desk, &mut stage).await?;
    support_ticket(&desk, &mut stage).await?;
    booking(&desk, &mut stage).await?;
    guided::play(&desk, &mut stage).await?;
    closing(&desk.changes(), &mut stage)?;
    desk.close().await
}

async fn product_question(desk: &Desk, stage: &mut Stage<'_>) -> Result<(), Error> {
    stage.conversation("1. A question about a product")?;
    stage.agent(&desk.greeting().await?)?;
    let question = "I want to know more about your product: Adam";
    stage.customer(question)?;
    stage.agent("Thanks for your interest in the ADAM robot! Could you please give me your e-mail address?")?;
    stage.customer("sarah@gmail.com")?;
    let found =
        desk.call(stage, "find_contact_by_email", json!({"email": "sarah@gmail.com", "chat": question})).await?;
    let name = text(&found, "contact_first_name");
    text(&found, "logged_communication_id");
    let query = "What does the ADAM robot make?";
    let about = desk.call(stage, "search_documents", json!({"query": query, "limit": 1})).await?;
    stage.agent(&format!("Thank you, {name}. {}", passage(&about, "ADAM")?))?;
    let question = "How much is the Adam?";
    stage.customer(question)?;
    let price = desk.call(stage, "search_documents", json!({"query": question, "limit": 1})).await?;
    stage.agent(&passage(&price, "quote")?)
}

/// The best passage in one line, if it is about what the customer asked: the agent says what the documents say.
fn passage(found: &Value, about: &str) -> Result<String, Error> {
    let text = found["passages"][0]["text"].as_str().filter(|text| text.contains(about));
    let missing = || Error::Step { tool: "search_documents".into(), answer: found.to_string() };
    Ok(text.ok_or_else(missing)?.split_whitespace().collect::<Vec<_>>().join(" "))
}

async fn support_ticket(desk: &Desk, stage: &mut Stage<'_>) -> Result<(), Error> {
    stage.conversation("2. A problem that needs support")?;
    stage.agent(&desk.greeting().await?)?;
    let issue = "I have an issue in installing the DUST-E robot";
    stage.customer(issue)?;
    stage.agent("I am sorry to hear that. Could you please give me your e-mail address?")?;
    stage.customer("sarah@gmail.com")?;
    let found = desk.call(stage, "find_contact_by_email", json!({"email": "sarah@gmail.com", "chat": issue})).await?;
    let ticket = json!({"cus_cid": found["contact_id"], "issue": issue, "priority": "HIGH"});
    let opened = desk.call(stage, "create_ticket", ticket).await?;
    let (name, ticket_id) = (text(&found, "contact_first_name"), text(&opened, "ticket_id"));
    stage.agent(&format!(
        "Thank you, {name}. I have opened ticket {ticket_id} for the installation of your DUST-E robot. Our team will \
         reach out to you shortly."
    ))
}

async fn booking(desk: &Desk, stage: &mut Stage<'_>) -> Result<(), Error> {
    stage.conversation("3. A meeting with the representative")?;
    stage.agent(&desk.greeting().await?)?;
    stage.customer("I'd like to meet my representative next Tuesday. I'm in New York, half an hour is enough.")?;
    stage.agent("Gladly. Could you please give me your e-mail address?")?;
    stage.customer("sarah@gmail.com")?;
    let found = desk.call(stage, "find_contact_by_email", json!({"email": "sarah@gmail.com"})).await?;
    let owned = desk.call(stage, "find_owner_id_by_contact_id", json!({"cus_cid": found["contact_id"]})).await?;
    let owner = desk.call(stage, "find_owner_by_owner_id", json!({"owner_id": owned["owner_id"]})).await?;
    let day = json!({
        "owner_id": owned["owner_id"], "time_zone": "America/New_York", "meeting_date": "next Tuesday", "duration": 30
    });
    let free = desk.call(stage, "check_available", day).await?;
    let start = chosen_start(&free)?;
    stage.agent(&format!(
        "{} {} is free that day, for example at {}. Shall I book it?",
        text(&owner, "first_name"),
        text(&owner, "last_name"),
        &start[11..16],
    ))?;
    stage.customer("Yes, please.")?;
    let meeting = json!({
        "cus_fname": found["contact_first_name"], "cus_lname": found["contact_last_name"],
        "cus_email": found["contact_email"], "meeting_date": start[..10], "meeting_start_time": start[11..16],
        "duration": 30, "slug": free["slug"], "time_zone": "America/New_York"
    });
    let booked = desk.call(stage, "create_meeting", meeting).await?;
    stage.agent(&format!("It is booked: {}. You will get an invitation.", text(&booked, "understood")))
}

/// The first free start after noon: customers rarely want the earliest.
fn chosen_start(free: &Value) -> Result<String, Error> {
    let starts = free["available_slots"].as_array().into_iter().flatten().filter_map(|slot| slot["start"].as_str());
    let afternoon = |start: &&str| start.get(11..13).is_some_and(|hour| hour >= "12");
    let start = starts.clone().find(afternoon).or_else(|| starts.clone().next());
    start.map(str::to_owned).ok_or_else(|| Error::Step { tool: "check_available".into(), answer: free.to_string() })
}

/// What the conversations have left in HubSpot, and whether that is all they should have.
fn closing(changes: &Changes, stage: &mut Stage<'_>) -> Result<(), Error> {
    stage.conversation("What changed in HubSpot")?;
    for line in changes.lines() {
        stage.line(&line)?;
    }
    match changes.complete() {
        true => stage.line("\nEvery step gave what the conversation needed."),
        false => Err(Error::Left(changes.lines().join("; "))),
    }
}

/// A field every conversation needs; [`Desk::ask`] has made sure that the answer is one.
fn text<'a>(answer: &'a Value, field: &str) -> &'a str {
    answer[field].as_str().unwrap_or_default()
}
