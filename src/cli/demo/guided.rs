//! The three conversations led by the taskgraph: the agent only answers the questions of `taskgraph_step`.

use serde_json::{Value, json};

use super::answer::{chosen_time, text};
use super::client::DemoClient;
use super::error::Error;
use super::transcript::DemoTranscript;

const PRODUCT: &str = "Question about products, prices or delivery";
const SUPPORT: &str = "Report a problem";
const MEETING: &str = "Book a meeting";

pub(super) async fn play(client: &DemoClient, transcript: &mut DemoTranscript<'_>) -> Result<(), Error> {
    transcript.conversation("4. The same three, led by the taskgraph")?;
    transcript
        .line("Here the server owns the script: it says what comes next, and calls the tools itself when asked to.")?;
    product(&mut GuidedConversation::begin(client, transcript).await?).await?;
    support(&mut GuidedConversation::begin(client, transcript).await?).await?;
    booking(&mut GuidedConversation::begin(client, transcript).await?).await
}

async fn product(guide: &mut GuidedConversation<'_, '_>) -> Result<(), Error> {
    let question = "I want to know more about your product: Adam";
    guide.says(question, json!({ "intent": PRODUCT }), "products answer").await?;
    guide.says("How much is the Adam?", json!({ "intent": PRODUCT }), "products answer").await
}

async fn support(guide: &mut GuidedConversation<'_, '_>) -> Result<(), Error> {
    let issue = "Our Matradee robot has lost a wheel since Monday";
    guide.says(issue, json!({ "intent": SUPPORT }), "problem.who slots").await?;
    let email = json!({"slots": {"email": "sarah@gmail.com"}});
    guide.says("sarah@gmail.com", email, "problem.tickets intent").await?;
    guide.says("No, this is another problem.", json!({"intent": "A new problem"}), "problem.new say").await
}

async fn booking(guide: &mut GuidedConversation<'_, '_>) -> Result<(), Error> {
    let said = json!({"intent": MEETING, "slots": {"email": "sarah@gmail.com"}});
    guide.says("I am sarah@gmail.com and would like to meet my representative.", said, "meeting.times slots").await?;
    let day = json!({"time_zone": "America/New_York", "meeting_date": "next Tuesday", "duration": 30});
    guide.says("Half an hour next Tuesday; I am in New York.", json!({ "slots": day }), "meeting.book slots").await?;
    let start = chosen_time(&guide.turn["called"][0]["result"])?;
    let slots = json!({"meeting_start_time": start});
    guide.says("The first time after noon, please.", json!({ "slots": slots }), "meeting.book say").await
}

/// One conversation, as a session of the taskgraph.
struct GuidedConversation<'a, 'b> {
    client: &'a DemoClient,
    transcript: &'a mut DemoTranscript<'b>,
    session: Value,
    /// The result of the last step.
    turn: Value,
}

impl<'a, 'b> GuidedConversation<'a, 'b> {
    async fn begin(
        client: &'a DemoClient,
        transcript: &'a mut DemoTranscript<'b>,
    ) -> Result<GuidedConversation<'a, 'b>, Error> {
        let turn = client.ask("taskgraph_start", &json!({"graph": "frontdesk"})).await?;
        transcript.line("")?;
        transcript.agent(text(&turn["asks"][0], "text"))?;
        Ok(GuidedConversation { client, transcript, session: turn["session"].clone(), turn })
    }

    /// Sends the customer's words and the agent's reading of them. The session must then be at the wanted node and ask the
    /// wanted kind of question.
    async fn says(&mut self, words: &str, mut step: Value, wanted: &str) -> Result<(), Error> {
        self.transcript.customer(words)?;
        self.transcript.call("taskgraph_step", &step)?;
        step["session"] = self.session.clone();
        step["user_text"] = json!(words);
        step["execute"] = json!(true);
        let (turn, requests) = self.client.watch("taskgraph_step", &step).await?;
        self.turn = turn;
        self.called(&requests)?;
        let asks = self.turn["asks"].as_array().and_then(|asks| asks.last());
        let kind = asks.map(|ask| text(ask, "kind")).unwrap_or_default();
        let reached = format!("{} {kind}", text(&self.turn, "node"));
        self.transcript.line(&format!("  script  node {}, asks: {kind}{}", text(&self.turn, "node"), missing(asks)))?;
        match reached == wanted {
            true => Ok(()),
            false => Err(Error::Step { tool: "taskgraph_step".into(), answer: self.turn.to_string() }),
        }
    }
}

impl GuidedConversation<'_, '_> {
    /// Prints the calls that the server made itself in the last step.
    fn called(&mut self, requests: &[String]) -> Result<(), Error> {
        let called = self.turn["called"].as_array().map(Vec::as_slice).unwrap_or_default();
        for call in called {
            self.transcript.line(&format!("  called  {}", text(call, "tool")))?;
            self.transcript.answer(&call["result"])?;
        }
        if !called.is_empty() {
            self.transcript.requests(requests)?;
        }
        Ok(())
    }
}

fn missing(ask: Option<&Value>) -> String {
    let missing = ask.and_then(|ask| ask["missing"].as_array()).into_iter().flatten();
    let names: Vec<&str> = missing.map(|missing| text(missing, "name")).collect();
    if names.is_empty() { String::new() } else { format!(" for {}", names.join(", ")) }
}
