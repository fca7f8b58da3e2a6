//! The conversation that a person takes over: the agent hands it over, passes words both ways, and goes on when the person
//! has closed the ticket.

use serde_json::{Value, json};

use super::answer::{passage, text};
use super::client::DemoClient;
use super::colleague::Colleague;
use super::error::Error;
use super::transcript::DemoTranscript;
use crate::tool::handoff_policy::HandoffPolicy;

/// The longest wait for what the person writes or does; it comes sooner.
const WAIT_SECONDS: u32 = 25;

pub(super) async fn play(client: &DemoClient, transcript: &mut DemoTranscript<'_>) -> Result<(), Error> {
    transcript.conversation("6. A customer asks for a person")?;
    transcript.agent(&client.greeting().await?)?;
    let issue = "Our Matradee has lost the same wheel again. I would like to talk to a person.";
    transcript.customer(issue)?;
    transcript.agent("Of course. Could you please give me your e-mail address?")?;
    transcript.customer("sarah@gmail.com")?;
    let mut handoff = Handoff::start(client, transcript, issue).await?;
    handoff.customer_says("It is the left one in front.").await?;
    handoff.colleague_says("Please tighten the nut behind that wheel. A new wheel is on its way to you.").await?;
    handoff.customer_says("It holds. Thank you!").await?;
    handoff.colleague_closes().await?;
    let question = "One more thing: how long is the delivery time of a Matradee?";
    transcript.customer(question)?;
    let found = client.call(transcript, "search_documents", json!({"query": question, "limit": 1})).await?;
    transcript.agent(&passage(&found, "one month")?)
}

/// A conversation that a person has.
struct Handoff<'a, 'b> {
    client: &'a DemoClient,
    transcript: &'a mut DemoTranscript<'b>,
    colleague: Colleague<'a>,
    session: Value,
    ticket: Value,
    /// The newest event that the customer was told of.
    after: Value,
}

impl<'a, 'b> Handoff<'a, 'b> {
    async fn start(
        client: &'a DemoClient,
        transcript: &'a mut DemoTranscript<'b>,
        issue: &str,
    ) -> Result<Handoff<'a, 'b>, Error> {
        let wanted = json!({
            "contact": "sarah@gmail.com",
            "title": "The wheel of a Matradee",
            "description": "It is lost for the second time.",
            "history": [{"from": "customer", "text": issue}],
        });
        let started = client.call(transcript, "handoff_start", wanted).await?;
        transcript.agent(text(&started, "tell_customer"))?;
        let colleague = Colleague::of(client.sandbox(), text(&started, "ticket_id")).await?;
        let (session, ticket) = (started["session"].clone(), started["ticket_id"].clone());
        Ok(Handoff { client, transcript, colleague, session, ticket, after: json!(0) })
    }

    /// Passes the customer's words on.
    async fn customer_says(&mut self, words: &str) -> Result<(), Error> {
        self.transcript.customer(words)?;
        let words = json!({"session": self.session, "text": words});
        self.client.call(self.transcript, "handoff_send", words).await.map(drop)
    }

    /// The person writes a note with the mark; the agent must hear its words, once, and tells them.
    async fn colleague_says(&mut self, words: &str) -> Result<(), Error> {
        let note = format!("{} {words}", HandoffPolicy::MARK);
        self.transcript.colleague(&format!("writes a note on ticket {}: {note}", self.name_of_ticket()))?;
        self.colleague.write(&note).await?;
        let happened = self.happened("with_person").await?;
        let events = happened["events"].as_array().into_iter().flatten();
        let heard: Vec<_> = events.filter(|event| event["event"] == "message").collect();
        match heard[..] {
            [message] if message["colleague_text"] == words => {
                let name = text(message, "person");
                self.transcript.agent(&format!("{name} writes: {}", text(message, "colleague_text")))
            }
            _ => Err(unexpected(&happened)),
        }
    }

    /// The person closes the ticket; the agent must hear that they did.
    async fn colleague_closes(&mut self) -> Result<(), Error> {
        self.transcript.colleague(&format!("closes ticket {}", self.name_of_ticket()))?;
        self.colleague.close().await?;
        let happened = self.happened("ended").await?;
        match text(&happened, "tell_customer") {
            "" => Err(unexpected(&happened)),
            told => self.transcript.agent(told),
        }
    }

    /// The events since the last ones. The session must then be in the wanted state.
    async fn happened(&mut self, wanted: &str) -> Result<Value, Error> {
        let arguments = json!({"session": self.session, "after": self.after, "wait_seconds": WAIT_SECONDS});
        let happened = self.client.call(self.transcript, "handoff_events", arguments).await?;
        self.after = happened["next"].clone();
        if happened["state"] == wanted { Ok(happened) } else { Err(unexpected(&happened)) }
    }

    fn name_of_ticket(&self) -> &str {
        self.ticket.as_str().unwrap_or_default()
    }
}

fn unexpected(happened: &Value) -> Error {
    Error::Step { tool: "handoff_events".into(), answer: happened.to_string() }
}
