//! A customer whom a language model plays, and who is held to a sheet by code: the model sees its sheet and the replies and
//! nothing else, and every fact that it says must come from there. A run in which it does not is void.

use std::collections::VecDeque;
use std::sync::Arc;

use fastrand::Rng;
use serde::Deserialize;

use super::account::RunError;
use super::customer::{CustomerMessage, HeardReply};
use super::customer_style::{self, CustomerStyle, Sending};
use super::dialogue::{CustomerScript, DialogueAborted};
use super::facts::TextFacts;
use super::scenario::{self, Scenario};
use super::text::folded;
use super::user_model::{UserMessage, UserModel};
use crate::chat::language;

/// The longest message of a customer whose sheet says nothing of their manner.
const WORDS_MAX: usize = 30;
/// The longest message of any other.
const WORDS_OF_MANNER_MAX: usize = 120;

/// A customer of a model, between two messages.
#[derive(Debug)]
pub struct SimulatedCustomer<'a> {
    sheet: &'a scenario::CustomerSheet,
    opens: String,
    speaker: Arc<dyn UserModel>,
    prompt: String,
    transcript: Vec<UserMessage>,
    /// Messages that go out before the model is asked again.
    waiting: VecDeque<CustomerMessage>,
    rng: Rng,
    is_over: bool,
}

/// The model's answer.
#[derive(Debug, Deserialize)]
struct ModelReply {
    #[serde(default)]
    says: String,
    #[serde(default)]
    done: bool,
    #[serde(default)]
    why: String,
    #[serde(default)]
    agrees: bool,
}

impl<'a> SimulatedCustomer<'a> {
    /// A customer by the sheet of a scenario. `finding` is what was wrong the last time, if the run is played again.
    pub fn new(
        scenario: &'a Scenario,
        speaker: Arc<dyn UserModel>,
        seed: u64,
        finding: Option<&str>,
    ) -> SimulatedCustomer<'a> {
        let sheet = &scenario.customer;
        let first = scenario.lines.iter().find(|line| line.when.is_none()).map(|line| line.says.clone());
        let opens = sheet.opens.clone().or(first).unwrap_or_default();
        SimulatedCustomer {
            sheet,
            speaker,
            prompt: prompt(sheet, &opens, CustomerStyle::of(seed), finding),
            opens,
            transcript: vec![],
            waiting: VecDeque::new(),
            rng: Rng::with_seed(seed),
            is_over: false,
        }
    }

    /// Asks the model for the next message.
    async fn ask(&mut self) -> Result<Option<CustomerMessage>, DialogueAborted> {
        let answer = self.speaker.say(&self.prompt, &self.transcript).await;
        let answer = answer.map_err(|error| DialogueAborted::Broken(RunError(error.to_string())))?;
        let ModelReply { says, done, why, agrees } =
            read(&answer).ok_or_else(|| DialogueAborted::Void("it answered no JSON".into()))?;
        if why.trim().eq_ignore_ascii_case("out of sheet") {
            return Err(DialogueAborted::Void("it was asked for what its sheet does not say".into()));
        }
        self.is_over = done;
        let says = says.trim().to_owned();
        if says.is_empty() {
            return if done { Ok(None) } else { Err(DialogueAborted::Void("it said nothing".into())) };
        }
        self.hold(&says).map_err(DialogueAborted::Void)?;
        let agrees = agrees || language::agrees(&says);
        Ok(Some(CustomerMessage {
            words: customer_style::typed(&says, &mut self.rng),
            agrees,
            ..CustomerMessage::default()
        }))
    }

    /// Holds a message against the sheet and what the desk has said.
    fn hold(&self, says: &str) -> Result<(), String> {
        let most = if self.sheet.manner.is_some() { WORDS_OF_MANNER_MAX } else { WORDS_MAX };
        let count = says.split_whitespace().count();
        if count > most {
            return Err(format!("it said {count} words at once, at most {most}"));
        }
        let heard = || self.transcript.iter().filter(|spoken| !spoken.by_customer).map(|spoken| spoken.text.as_str());
        let sheet = self.sheet.knows.iter().chain([&self.sheet.wants, &self.opens]).map(String::as_str);
        let known: Vec<&str> = sheet.chain(heard()).collect();
        let facts = TextFacts::of([says]);
        if let Some(fact) = facts.unknown_in(&TextFacts::of(known.iter().copied()), &known.join("\n")) {
            return Err(format!("it said `{fact}`, which stands neither in its sheet nor in a reply"));
        }
        let secret = TextFacts::of(self.sheet.unknown.iter().map(String::as_str)).without(&TextFacts::of(heard()));
        let whole = self.sheet.unknown.iter().find(|fact| folded(says).contains(&folded(fact)));
        match facts.shared_with(&secret).or(whole) {
            Some(fact) => Err(format!("it said `{fact}`, which it does not know")),
            None => Ok(()),
        }
    }

    fn sent(&mut self, said: CustomerMessage) -> CustomerMessage {
        self.transcript.push(UserMessage { by_customer: true, text: said.words.clone() });
        said
    }
}

impl CustomerScript for SimulatedCustomer<'_> {
    async fn next(&mut self, reply: &HeardReply) -> Result<Option<CustomerMessage>, DialogueAborted> {
        if self.transcript.is_empty() {
            let said = CustomerMessage { words: self.opens.clone(), ..CustomerMessage::default() };
            return Ok(Some(self.sent(said)));
        }
        self.transcript.push(UserMessage { by_customer: false, text: reply.says.clone() });
        if let Some(said) = self.waiting.pop_front() {
            return Ok(Some(self.sent(said)));
        }
        if self.is_over {
            return Ok(None);
        }
        let Some(said) = self.ask().await? else { return Ok(None) };
        let said = match customer_style::sending(&mut self.rng) {
            Sending::Once => said,
            Sending::Twice => {
                self.waiting.push_back(said.clone());
                said
            }
            Sending::AfterSilence => {
                self.waiting.push_back(said);
                CustomerMessage::default()
            }
        };
        Ok(Some(self.sent(said)))
    }
}

/// The JSON of an answer, which some models put between fences.
fn read(answer: &str) -> Option<ModelReply> {
    let (from, to) = (answer.find('{')?, answer.rfind('}')?);
    serde_json::from_str(answer.get(from..=to)?).ok()
}

/// The sheet as the model reads it. It knows no tool, no script, no expectation and no name of a file.
fn prompt(sheet: &scenario::CustomerSheet, opens: &str, manner: CustomerStyle, finding: Option<&str>) -> String {
    let list = |facts: &[String]| {
        let lines: Vec<String> = facts.iter().map(|fact| format!("- {fact}")).collect();
        if lines.is_empty() { "- nothing else".to_owned() } else { lines.join("\n") }
    };
    let own = sheet.manner.as_deref().unwrap_or("You write short messages, at most 30 words.");
    let finding = finding.map(|finding| format!("\nLast time you broke these rules: {finding}.\n")).unwrap_or_default();
    format!(
        "You are a customer who writes to a company's front desk. You are not an assistant, and you never say that you \
         play somebody.\n\nYou want: {wants}\nYou began with: {opens}\n\nYou know:\n{knows}\n\nYou do not know:\n{unknown}\n\n\
         {own}\n{manner}\n{finding}\n\
         Rules: say one thing at a time. Say no address, number, date, time or name that does not stand above or in a reply \
         of the desk. Never make up what you do not know: say that you do not know it. Do not thank or agree before there \
         is a reason to. Leave when you have what you want, or when it is clear that you will not get it.\n\n\
         Answer with JSON alone: {{\"says\": \"your message\", \"agrees\": true if your message says yes to something that \
         the desk wants to do, \"done\": true if this is your last message, \"why\": \"satisfied\", \"gave up\", or \"out of \
         sheet\" if you cannot go on without making something up}}",
        wants = sheet.wants,
        knows = list(&sheet.knows),
        unknown = list(&sheet.unknown),
        manner = manner.instruction(),
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures::future::BoxFuture;

    use super::super::scenario_file;
    use super::super::user_model::UserModelError;
    use super::*;

    const SCENARIO: &str = r#"
        name = "A ticket"
        [customer]
        wants = "A ticket about the tray."
        knows = ["The address is sarah@gmail.com."]
        unknown = ["The serial number is A-4711."]
        opens = "hello"
        [[line]]
        says = "never said"
        [[change]]
        create = "tickets"
    "#;

    /// Says its lines, and remembers what it was shown.
    #[derive(Debug, Default)]
    struct Scripted {
        lines: Mutex<VecDeque<String>>,
        shown: Mutex<Vec<(String, usize)>>,
    }

    impl Scripted {
        fn of(lines: &[&str]) -> Arc<Scripted> {
            let lines = Mutex::new(lines.iter().map(|line| (*line).to_owned()).collect());
            Arc::new(Scripted { lines, ..Scripted::default() })
        }
    }

    impl UserModel for Scripted {
        fn say<'a>(
            &'a self,
            prompt: &'a str,
            heard: &'a [UserMessage],
        ) -> BoxFuture<'a, Result<String, UserModelError>> {
            self.shown.lock().unwrap().push((prompt.to_owned(), heard.len()));
            let next = self.lines.lock().unwrap().pop_front().ok_or_else(|| UserModelError("it is gone".into()));
            Box::pin(async move { next })
        }
    }

    /// The second message of a customer who hears this, in a run without odd turns.
    async fn second(says: &str, heard: &str) -> Result<Option<String>, DialogueAborted> {
        let scenario = scenario_file::read(SCENARIO).unwrap();
        let answer = format!("```json\n{}\n```", serde_json::json!({ "says": says, "done": false }));
        let mut customer = SimulatedCustomer::new(&scenario, Scripted::of(&[&answer]), 1, None);
        let first = customer.next(&HeardReply::default()).await.unwrap().unwrap();
        assert_eq!(first.words, "hello", "the first message is the author's");
        let heard = HeardReply { says: heard.into(), ..HeardReply::default() };
        customer.next(&heard).await.map(|said| said.map(|said| said.words))
    }

    #[tokio::test]
    async fn a_customer_says_only_what_is_on_the_sheet_or_was_heard() {
        for (says, heard, wrong) in [
            ("sarah@gmail.com", "Your address?", None),
            ("sara@gmail.com", "Your address?", Some("`sara@gmail.com`, which stands neither")),
            ("A-4711", "The serial number?", Some("`a-4711`")),
            ("A-4711 it is", "Is it A-4711?", None),
            ("on Friday", "When?", Some("friday")),
            ("friday is good", "Monday or Friday?", None),
            (&"so ".repeat(31), "When?", Some("31 words")),
            ("", "When?", Some("said nothing")),
        ] {
            match (second(says, heard).await, wrong) {
                (Ok(Some(said)), None) => assert_eq!(said, says),
                (Err(DialogueAborted::Void(finding)), Some(wrong)) => {
                    assert!(finding.contains(wrong), "{says}: {finding}")
                }
                (found, wrong) => panic!("{says}: {found:?}, not {wrong:?}"),
            }
        }
    }

    #[tokio::test]
    async fn a_model_that_breaks_the_form_voids_the_run_and_one_that_is_gone_breaks_it() {
        let scenario = scenario_file::read(SCENARIO).unwrap();
        let reply = HeardReply { says: "Yes?".into(), ..HeardReply::default() };
        for (lines, void) in
            [(vec!["I am fine"], true), (vec![r#"{"says": "x", "why": "out of sheet"}"#], true), (vec![], false)]
        {
            let mut customer = SimulatedCustomer::new(&scenario, Scripted::of(&lines), 1, None);
            customer.next(&HeardReply::default()).await.unwrap();
            let stop = customer.next(&reply).await.unwrap_err();
            assert_eq!(matches!(stop, DialogueAborted::Void(_)), void, "{lines:?}: {stop:?}");
        }
    }

    #[tokio::test]
    async fn the_model_sees_its_sheet_and_the_replies_alone() {
        let scenario = scenario_file::read(SCENARIO).unwrap();
        let speaker = Scripted::of(&[r#"{"says": "yes please", "done": true}"#]);
        let mut customer = SimulatedCustomer::new(&scenario, speaker.clone(), 1, Some("it said `5`"));
        customer.next(&HeardReply::default()).await.unwrap();
        let said =
            customer.next(&HeardReply { says: "A ticket?".into(), ..HeardReply::default() }).await.unwrap().unwrap();
        assert!(said.agrees, "a yes is a yes also where the model does not say so");
        assert_eq!(customer.next(&HeardReply::default()).await, Ok(None));
        let shown = speaker.shown.lock().unwrap();
        let (prompt, heard) = &shown[0];
        assert_eq!(*heard, 2);
        assert!(prompt.contains("sarah@gmail.com") && prompt.contains("Last time you broke these rules: it said `5`"));
        assert!(!prompt.contains("never said") && !prompt.contains("tickets"), "{prompt}");
    }

    #[tokio::test]
    async fn silence_and_double_messages_come_with_the_seed() {
        let scenario = scenario_file::read(SCENARIO).unwrap();
        let line = r#"{"says": "yes"}"#;
        let mut odd = vec![];
        for seed in 0..60 {
            let mut customer = SimulatedCustomer::new(&scenario, Scripted::of(&[line, line]), seed, None);
            customer.next(&HeardReply::default()).await.unwrap();
            let first = customer.next(&HeardReply::default()).await.unwrap().unwrap().words;
            let waits = !customer.waiting.is_empty();
            odd.extend(waits.then_some(first));
        }
        assert!(odd.contains(&String::new()) && odd.contains(&"yes".to_owned()), "{odd:?}");
    }
}
