//! No text of a prompt, an answer or an error, and no key, is logged or shown to the operator.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use frontdesk::chat::brain::BrainError;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use super::stub::{ModelServer, Step, calls, says};
use super::{Desk, MARK, client};
use frontdesk::chat::visitor::Trust;

/// The longest error that an operator is shown.
const SHOWN_BYTES_MAX: usize = 300;

#[derive(Clone, Debug, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Lines;

    fn make_writer(&'a self) -> Lines {
        self.clone()
    }
}

/// The forms in which servers repeat the conversation.
fn failures() -> Vec<Step> {
    let texts = json!({"message": MARK, "code": format!("the code {MARK}"), "type": format!("type {MARK}"), "param": MARK.repeat(99)});
    let list = json!([{"error": {"message": MARK, "status": format!("status {MARK}"), "details": [{"reason": format!("a {MARK}")}]}}]);
    let validation =
        json!({"object": "error", "message": {"detail": [{"loc": ["body", MARK], "msg": MARK, "input": MARK}]}});
    let bodies =
        [json!({"error": texts}), json!({"error": MARK}), list, validation, json!(MARK), json!({"message": MARK})];
    let statuses = [200, 301, 400, 401, 403, 404, 413, 422, 429, 500, 529];
    let all = statuses.iter().flat_map(|status| bodies.iter().map(|body| Step::Status(*status, &[], body.clone())));
    all.chain([Step::Text(200, MARK), says(&format!("<tool_call>{MARK}")), says("")]).collect()
}

#[tokio::test(start_paused = true)]
async fn nothing_of_a_conversation_is_logged_or_told_to_the_operator() {
    let lines = Lines::default();
    let log = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(lines.clone()).finish();
    let _guard = tracing::subscriber::set_default(log);
    let message = format!("I am {MARK}");
    for step in failures() {
        let server = ModelServer::answering(vec![step.clone(); 6]);
        let turn = Desk::over(&client(&server), Trust::Operator).with_fallback().says(&message).await;
        let failed: BrainError = turn.failed.unwrap_or_else(|| panic!("{step:?}: {}", turn.reply.text));
        let shown = format!("{failed} {failed:?}");
        assert!(!shown.contains(MARK) && failed.to_string().len() <= SHOWN_BYTES_MAX, "{step:?}: {shown}");
    }
    let call = json!({"email": format!("{MARK}@example.com"), "chat": MARK});
    let server = ModelServer::answering([calls(&[("", "find_contact_by_email", call)]), says(MARK)]);
    let client = client(&server);
    assert!(!format!("{client:?} {:?}", client.options()).contains(MARK));
    assert_eq!(Desk::over(&client, Trust::Operator).says(&message).await.reply.text, MARK);
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("The model is asked again.") && log.contains("not asked for a while"), "{log}");
    let leaking = log.lines().find(|line| line.contains(MARK));
    assert_eq!(leaking, None);
}
