//! HubSpot's own inbox: a visitor writes into it, the autopilot answers and books, a person takes the conversation over, and gives
//! it back. The visitor and the person are scripted; everything that is answered is the autopilot's.

use std::time::Duration;

use hubspot_sandbox::conversing::{AgentMessage, VisitorMessage};
use serde_json::Value;
use tokio::time::{sleep, timeout};

use super::client::DemoClient;
use super::error::Error;
use super::transcript::DemoTranscript;
use crate::tool::handoff_policy::HandoffPolicy;
use crate::web::panes::account_snapshot::{AccountSnapshot, InboxItem, InboxItemKind, InboxMessage};

/// What the visitor writes until a meeting is booked, and a part of what the autopilot must answer.
const BOOKING: [(&str, &str); 6] = [
    ("What is ADAM?", "ADAM"),
    ("I work for Blue Harbor Hotels and would like to book a meeting", "e-mail"),
    ("sarah@gmail.com", "Which day"),
    ("Half an hour next Tuesday, I am in New York", "Which time"),
    ("1", "name"),
    ("Sarah Mark", "?"),
];
const BOOKED: &str = "booked";
/// The contact who writes.
const SARAH: u64 = 84_246_479_604;
/// The person who takes over: her owner.
const VERONICA: u64 = 9_586_504;
/// The longest wait for an answer; it comes sooner.
const WAIT: Duration = Duration::from_secs(25);
const LOOK_EVERY: Duration = Duration::from_millis(50);

pub(super) async fn play(client: &DemoClient, transcript: &mut DemoTranscript<'_>) -> Result<(), Error> {
    transcript.conversation("7. HubSpot's inbox, which the autopilot answers")?;
    transcript.line("Here no agent calls tools: a visitor writes into HubSpot's own chat, and is answered there.")?;
    transcript.line("")?;
    let mut talk = InboxTalk { client, transcript, thread: None, told: 0, noted: 0 };
    for (says, wanted) in BOOKING {
        talk.customer_says(says, wanted).await?;
    }
    talk.customer_says("Yes", BOOKED).await?;
    talk.customer_says("Thanks. I would like to talk to a person about the contract.", "colleague").await?;
    talk.is_assigned().await?;
    talk.colleague(AgentMessage::reply, "Hello Sarah, this is Veronica. I have your contract here.").await?;
    talk.customer_says_to_person("Wonderful. Is it for two years?").await?;
    talk.colleague(AgentMessage::comment, "/bot on").await?;
    talk.customer_says("And how long is the delivery time of a Matradee?", "month").await
}

/// A conversation of HubSpot's inbox, as its readers see it.
struct InboxTalk<'a, 'b> {
    client: &'a DemoClient,
    transcript: &'a mut DemoTranscript<'b>,
    thread: Option<u64>,
    /// The messages of the autopilot, and its comments, that were printed.
    told: usize,
    noted: usize,
}

impl InboxTalk<'_, '_> {
    /// The visitor writes, and must be answered with these words.
    async fn customer_says(&mut self, words: &str, wanted: &str) -> Result<(), Error> {
        self.write(words)?;
        let told = self.told;
        let item = self.until(|item| of(item, "assistant").count() > told).await?;
        let answer = of(&item, "assistant").skip(told).map(|said| said.text.clone()).collect::<Vec<_>>().join("\n");
        self.print(&item)?;
        match answer.contains(wanted) {
            true => Ok(()),
            false => Err(unexpected(&answer)),
        }
    }

    /// The visitor writes while a person has the conversation: the autopilot looks at it and says nothing.
    async fn customer_says_to_person(&mut self, words: &str) -> Result<(), Error> {
        let before = self.client.silences().await?;
        self.write(words)?;
        let looked = async {
            while self.client.silences().await? == before {
                sleep(LOOK_EVERY).await;
            }
            Ok::<(), Error>(())
        };
        timeout(WAIT, looked).await.map_err(|_| unexpected("the autopilot has not looked at the message"))??;
        let item = self.item()?;
        match of(&item, "assistant").count() == self.told {
            true => self.transcript.line("  (the autopilot is silent: a person has the conversation)"),
            false => Err(unexpected("the autopilot has talked over a person")),
        }
    }

    fn write(&mut self, words: &str) -> Result<(), Error> {
        self.transcript.customer(words)?;
        let message = VisitorMessage { thread: self.thread, ..VisitorMessage::chat(words) };
        let message = if self.thread.is_none() { VisitorMessage { contact: Some(SARAH), ..message } } else { message };
        let written = self.client.sandbox().visitor_writes(message).map_err(|error| unexpected(&error.to_string()))?;
        if self.thread.replace(written.thread_id).is_none() {
            // The widget of HubSpot's chat greets everybody; the autopilot needs a moment.
            self.told = of(&self.item()?, "assistant").count();
        }
        Ok(())
    }

    /// The person writes to the visitor, or a comment.
    async fn colleague(&mut self, of: fn(u64, u64, &str) -> AgentMessage, words: &str) -> Result<(), Error> {
        let message = of(self.thread.unwrap_or_default(), VERONICA, words);
        let does = if message.internal { "comments" } else { "writes" };
        self.transcript.colleague(&format!("{does}: {words}"))?;
        self.client.sandbox().agent_writes(message).map(drop).map_err(|error| unexpected(&error.to_string()))
    }

    /// The conversation must be assigned to somebody.
    async fn is_assigned(&mut self) -> Result<(), Error> {
        let item = self.until(|item| !item.owner.is_empty()).await?;
        self.print(&item)?;
        self.transcript.line(&format!("  assigned to {}", item.owner))
    }

    /// Prints what is new of the autopilot.
    fn print(&mut self, item: &InboxItem) -> Result<(), Error> {
        for said in of(item, "assistant").skip(self.told) {
            said.text.lines().filter(|line| !line.is_empty()).try_for_each(|line| self.transcript.agent(line))?;
        }
        for note in of(item, "note").filter(|note| note.text.contains("autopilot")).skip(self.noted) {
            note.text
                .lines()
                .filter(|line| !line.is_empty())
                .try_for_each(|line| self.transcript.line(&format!("  comment {line}")))?;
        }
        self.told = of(item, "assistant").count();
        self.noted = of(item, "note").filter(|note| note.text.contains("autopilot")).count();
        Ok(())
    }

    async fn until(&self, is_there: impl Fn(&InboxItem) -> bool) -> Result<InboxItem, Error> {
        let mut seen = None;
        let looked = async {
            loop {
                // A snapshot of the whole account takes a while: it is read only if something has changed.
                let changes = Some(self.client.sandbox().changes());
                if seen != changes {
                    seen = changes;
                    let item = self.item()?;
                    if is_there(&item) {
                        return Ok(item);
                    }
                }
                sleep(LOOK_EVERY).await;
            }
        };
        timeout(WAIT, looked).await.map_err(|_| unexpected("nothing"))?
    }

    fn item(&self) -> Result<InboxItem, Error> {
        let snapshot: Value = serde_json::from_str(&self.client.sandbox().snapshot()).unwrap_or_default();
        let id = self.thread.unwrap_or_default().to_string();
        let all = AccountSnapshot::of(&snapshot).inbox(HandoffPolicy::MARK);
        let found = all.into_iter().find(|item| item.kind == InboxItemKind::Thread && item.id == id);
        found.ok_or_else(|| unexpected("there is no such conversation"))
    }
}

fn of<'a>(item: &'a InboxItem, from: &'static str) -> impl Iterator<Item = &'a InboxMessage> {
    item.messages.iter().filter(move |message| message.from == from)
}

fn unexpected(answer: &str) -> Error {
    Error::Step { tool: "autopilot".into(), answer: answer.to_owned() }
}
