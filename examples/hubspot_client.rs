//! Uses the HubSpot client alone: it finds a contact and opens a ticket once, although HubSpot's answer is lost.
//!
//! `cargo run --example hubspot_client`

#![expect(clippy::print_stdout, reason = "an example prints what it found")]

use std::error::Error;

use domain::clock::Clock;
use http_client::InProcess;
use hubspot_client::{HubSpot, NewTicket, Settings};
use hubspot_sandbox::Sandbox;
use hubspot_sandbox::fault::{Effect, Fault};

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::new(hubspot_sandbox::Settings::default());
    // For your own account: `Network::new("https://api.hubapi.com")` and your token.
    let wire = InProcess(sandbox.router());
    let hubspot = HubSpot::new(wire, Some(sandbox.token().into()), Settings::default(), Clock::System);

    let contact = hubspot.contacts().by_email(&"sarah@gmail.com".parse()?, &["firstname"]).await?;
    let contact = contact.ok_or("nobody has this address")?;

    let ticket = NewTicket {
        contact: Some(contact.id),
        subject: "The robot beeps.".to_owned(),
        content: "It beeps twice a minute.".to_owned(),
        pipeline: "0".to_owned(),
        stage: "1".to_owned(),
        priority: Some("HIGH".to_owned()),
        category: None,
        owner: None,
        properties: Default::default(),
        key: None,
    };
    sandbox.inject_fault(Fault::once(Effect::LostAnswer));
    let opened = hubspot.tickets().create(&ticket).await?;
    assert!(opened.recovered, "the answer was lost, and the ticket was looked up in place of a second creation");

    let usage = hubspot.usage();
    println!("ticket {} with {} requests in {} attempts", opened.value.id, usage.requests, usage.attempts);
    Ok(())
}
