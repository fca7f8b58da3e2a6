//! Prepares the words for a customer: one turn of a brain, as plain text with what it cost and did.

use super::history;
use super::leads::evidence::{self, ShownInTurn};
use super::plain_reply;
use super::reason::HandOverReason;
use crate::chat::brain::{FinishedCall, HandOver};
use crate::chat::claims;
use crate::chat::language::Language;
use crate::chat::texts;
use crate::chat::turn::TurnOutcome;
use domain::code::Code;

/// The tool that begins a session of a taskgraph.
const START: &str = "taskgraph_start";

/// The words to be said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Utterance {
    /// The plain text.
    pub text: String,
    /// The tools that have written.
    pub written: Vec<String>,
    /// The tokens that it cost.
    pub tokens: u64,
    /// A person has to go on, for this reason.
    pub hand_over: Option<HandOverReason>,
    /// The customer got no good answer.
    pub unserved: bool,
    /// The taskgraph session that was begun.
    pub session: Option<String>,
    /// The brain that answered.
    pub brain: &'static str,
    /// What its calls have shown of the customer.
    pub shown: ShownInTurn,
}

/// A turn as what is said.
pub fn of(turn: &TurnOutcome, language: Language) -> Utterance {
    let is_written = |done: &&FinishedCall| done.answer.is_ok() && claims::is_write(&done.call.tool);
    let session =
        turn.done.iter().rev().find(|done| done.call.tool == START).and_then(|done| done.answer.as_ref().ok());
    let hand_over = turn.reply.hand_over.map(reason);
    let misses = [texts::REPHRASE, texts::NO_PASSAGE].map(|text| text.in_language(language));
    let plain = plain_reply::of(&history::plain(&turn.reply));
    let apology = turn.reply.hand_over.map(|why| why.apology(language)).filter(|_| plain.is_empty());
    Utterance {
        unserved: misses.iter().any(|miss| turn.reply.text.contains(miss))
            || hand_over.is_some_and(|reason| reason != HandOverReason::Asked),
        text: apology.map_or(plain, str::to_owned),
        written: turn.done.iter().filter(is_written).map(|done| done.call.tool.clone()).collect(),
        tokens: turn.tokens.total(),
        hand_over,
        session: session.and_then(|answer| answer["session"].as_str()).map(str::to_owned),
        brain: turn.brain,
        shown: evidence::of_calls(&turn.done),
    }
}

/// True for a turn that came to nothing because the store failed, and that has written nothing: it can be made again. After a
/// write a person goes on.
pub fn lacks_store(turn: &TurnOutcome) -> bool {
    let has_failed =
        |done: &FinishedCall| done.answer.as_ref().is_err_and(|error| error["code"] == Code::StoreFailed.as_str());
    let may_have_written = turn.done.iter().any(|done| claims::is_write(&done.call.tool));
    let came_to_nothing = matches!(turn.reply.hand_over, Some(HandOver::NotUnderstood | HandOver::Failed));
    came_to_nothing && !may_have_written && turn.done.iter().any(has_failed)
}

fn reason(why: HandOver) -> HandOverReason {
    match why {
        HandOver::Asked | HandOver::Unreachable => HandOverReason::Asked,
        HandOver::NotUnderstood => HandOverReason::NotUnderstood,
        HandOver::Refused => HandOverReason::Refused,
        HandOver::Limit | HandOver::Failed => HandOverReason::Failed,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;
    use crate::chat::brain::{Reply, ToolCall};

    #[test]
    fn a_turn_without_its_store_is_made_again_unless_it_may_have_written() {
        let away = Err(json!({"code": "STORE_FAILED_ERROR"}));
        let done = |tool: &str, answer| FinishedCall {
            call: ToolCall { id: String::new(), tool: tool.to_owned(), arguments: Ok(Map::new()) },
            round: 0,
            answer,
        };
        for (calls, hand_over, is_made_again) in [
            (vec![done("taskgraph_start", away.clone())], Some(HandOver::Failed), true),
            (vec![done("taskgraph_start", away.clone())], None, false),
            (vec![done("taskgraph_start", away.clone())], Some(HandOver::Asked), false),
            (vec![done("create_ticket", Ok(json!({}))), done("taskgraph_step", away)], Some(HandOver::Failed), false),
            (vec![done("taskgraph_start", Err(json!({"code": "TIMEOUT_ERROR"})))], Some(HandOver::Failed), false),
        ] {
            let reply = Reply { hand_over, ..Reply::default() };
            let turn = TurnOutcome { reply, done: calls, ..TurnOutcome::default() };
            assert_eq!(lacks_store(&turn), is_made_again, "{turn:?}");
        }
    }
}
