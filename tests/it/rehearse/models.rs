//! Rehearsals in which a model plays the desk or the customer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use frontdesk::chat::limits::TurnLimits;
use frontdesk::chat::persona::Persona;
use frontdesk::chat::visitor::Trust;
use frontdesk::rehearsal::brains::BrainChoice;
use frontdesk::rehearsal::run::{self, RehearsalRun, Setup, Verdict};
use frontdesk::rehearsal::scenario_file::ScenarioFile;
use frontdesk::rehearsal::script_brain::BrainScript;
use frontdesk::rehearsal::test_environment::TestEnvironment;
use frontdesk::rehearsal::user_model::{UserMessage, UserModel, UserModelError};
use futures::future::BoxFuture;
use knowledge::documents::Documents;

use super::{OPENS, TICKET, folder, model_server, path, rehearse};

#[tokio::test]
async fn a_model_is_played_four_times_and_another_plays_the_customer() {
    let scenario = "name = \"A\"\n[customer]\nwants = \"B\"\nopens = \"hello\"\n[[line]]\nsays = \"hello\"\n\
                    [replies]\nmust_say = [[\"help\"]]\n";
    let file = folder(&[("one.toml", scenario)]);
    let file = path(&file, "one.toml");
    let (url, _server) = model_server(200).await;
    let model = ["--brain", "model", "--model-url", &url, "--model", "desk-1"];
    let done =
        rehearse(&[&[file.as_str()], &model[..], &["--customers", "model", "--customer-model", "guest-1"]].concat())
            .await;
    assert_eq!((done.code, done.last_line()), (0, "4 passed, 0 failed"), "{}{}", done.out, done.err);
    for part in ["brain desk-1   customers guest-1", "✔✔✔✔  4/4", "tokens", "(1 scenario × 4 runs)"] {
        assert!(done.out.contains(part), "{part:?} is not in\n{}", done.out);
    }
    let (url, _server) = model_server(401).await;
    let model = ["--brain", "model", "--model-url", &url, "--model", "desk-1", "--repeat", "1"];
    let done = rehearse(&[&[file.as_str()], &model[..]].concat()).await;
    assert_eq!((done.code, done.last_line()), (2, "0 passed, 0 failed, 1 broken"), "{}", done.out);
    for flag in ["--brain", "--customers"] {
        let done = rehearse(&[&file, flag, "model"]).await;
        assert!(done.code == 2 && done.err.contains("needs `--model-url` and `--model`"), "{}", done.err);
    }
}

/// Answers as a customer's model would.
#[derive(Debug)]
struct Answers(Mutex<VecDeque<&'static str>>);

impl UserModel for Answers {
    fn say<'a>(&'a self, _: &'a str, _: &'a [UserMessage]) -> BoxFuture<'a, Result<String, UserModelError>> {
        let next = self.0.lock().unwrap().pop_front().ok_or_else(|| UserModelError("it is gone".into()));
        Box::pin(async move { next.map(str::to_owned) })
    }
}

async fn simulated(answers: &[&'static str]) -> RehearsalRun {
    let speaker = Answers(Mutex::new(answers.iter().copied().collect()));
    let setup = Setup {
        environment: TestEnvironment {
            taskgraphs: crate::world::taskgraphs(),
            graph: None,
            documents: Documents::none(),
            policy: Arc::default(),
            hubspot: hubspot_client::Settings::default(),
            sandbox: hubspot_sandbox::Settings::default(),
        },
        brain: BrainChoice::Script(Arc::new(BrainScript::read(OPENS).unwrap())),
        speaker: Some(Arc::new(speaker)),
        persona: Persona::default(),
        trust: Trust::Operator,
        limits: TurnLimits::default(),
        seed: 1,
    };
    let source = ScenarioFile::read(TICKET.into()).unwrap();
    run::run(&setup, &source, 1).await
}

#[tokio::test(start_paused = true)]
async fn a_customer_of_a_model_who_makes_something_up_voids_the_run_and_it_is_played_again() {
    let bye = r#"{"says": "thank you", "done": true}"#;
    let made_up = r#"{"says": "the order is 4711", "done": false}"#;
    let run = simulated(&[bye]).await;
    assert_eq!((run.verdict, run.voided.len()), (Verdict::Passed, 0));
    let run = simulated(&[made_up, bye]).await;
    assert_eq!((run.verdict, run.voided.len()), (Verdict::Passed, 1));
    assert!(run.voided[0].contains("`4711`"), "{:?}", run.voided);
    let run = simulated(&[made_up, made_up, made_up, bye]).await;
    assert!(matches!(run.verdict, Verdict::Void(_)) && run.voided.len() == 2, "{:?}", run.verdict);
    let run = simulated(&[]).await;
    assert!(matches!(&run.verdict, Verdict::Broken(why) if why.contains("it is gone")), "{:?}", run.verdict);
}
