//! The file of a scripted brain: for each message of the customer the calls that it makes and the reply that it gives. It
//! shows that a scenario can be passed, or that it fails when it should.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::chat::brain::script::ScriptBrain;
use crate::chat::brain::{Decision, HandOver, Reply, ToolCall};

/// The turns of a script. Unknown keys are errors.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrainScript {
    #[serde(rename = "turn")]
    turns: Vec<ScriptedTurn>,
}

/// The answer to one message.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptedTurn {
    #[serde(default)]
    calls: Vec<ScriptedCall>,
    #[serde(default)]
    says: String,
    #[serde(default)]
    choices: Vec<String>,
    /// The customer is left to a person.
    #[serde(default)]
    hand_over: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScriptedCall {
    tool: String,
    #[serde(default)]
    with: Map<String, Value>,
}

impl BrainScript {
    /// Reads a file; the error names its line.
    pub fn read(text: &str) -> Result<BrainScript, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    /// The script of these answers.
    pub(super) fn of(turns: Vec<ScriptedTurn>) -> BrainScript {
        BrainScript { turns }
    }

    /// A brain at the beginning of the script.
    pub fn brain(&self) -> ScriptBrain {
        ScriptBrain::new(self.turns.iter().flat_map(ScriptedTurn::decisions).map(Ok))
    }
}

impl ScriptedTurn {
    fn decisions(&self) -> Vec<Decision> {
        let call = |(at, call): (usize, &ScriptedCall)| ToolCall {
            id: format!("call_{at}"),
            tool: call.tool.clone(),
            arguments: Ok(call.with.clone()),
        };
        let calls: Vec<ToolCall> = self.calls.iter().enumerate().map(call).collect();
        let reply = Reply {
            text: self.says.clone(),
            choices: self.choices.clone(),
            hand_over: self.hand_over.then_some(HandOver::Asked),
            ..Reply::default()
        };
        let called = Some(calls).filter(|calls| !calls.is_empty()).map(Decision::Call);
        called.into_iter().chain([Decision::Say(reply)]).collect()
    }
}

#[test]
fn a_turn_is_its_calls_and_then_its_reply() {
    let script = BrainScript::read(
        "[[turn]]\ncalls = [{ tool = \"find_tickets\", with = { contact = \"a@x.example\", limit = 2 } }]\nsays = \"Hm.\"\n",
    )
    .unwrap();
    let decisions = script.turns[0].decisions();
    assert!(matches!(&decisions[0], Decision::Call(calls) if calls[0].arguments.as_ref().unwrap()["limit"] == 2));
    assert_eq!(decisions[1..], [Decision::Say(Reply::text("Hm."))]);
    assert!(BrainScript::read("[[turn]]\nsay = \"x\"\n").unwrap_err().contains("line 2"));
}
