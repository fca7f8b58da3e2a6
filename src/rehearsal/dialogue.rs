//! The conversation of a customer and a desk, to the customer's last line.

use std::future::Future;

use tokio::time::Instant;

use super::account::RunError;
use super::customer::{CustomerMessage, HeardReply, Script};
use super::fixture::Fixture;
use super::turn::{Call, DialogueTurn};
use crate::chat::language;

/// The most messages of one customer.
pub const TURNS_MAX: usize = 30;

/// A desk that answers customers.
pub trait RehearsedDesk {
    /// Answers a message.
    fn hear(&mut self, said: &CustomerMessage) -> impl Future<Output = Result<DeskReply, RunError>>;
}

/// An answer, and the calls that were made for it.
#[derive(Clone, Debug, Default)]
pub struct DeskReply {
    /// What the customer hears.
    pub reply: HeardReply,
    /// Tool calls made for this message, in their order.
    pub calls: Vec<Call>,
}

/// Somebody who talks to a desk.
pub trait CustomerScript {
    /// The message that answers the last reply; `None`: the customer leaves.
    fn next(&mut self, reply: &HeardReply) -> impl Future<Output = Result<Option<CustomerMessage>, DialogueAborted>>;
}

/// The reason why a conversation ended before the customer left, which says nothing of the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DialogueAborted {
    /// The customer broke the rules of its sheet.
    Void(String),
    /// Something between the two failed.
    Broken(RunError),
}

impl CustomerScript for Script<'_> {
    async fn next(&mut self, reply: &HeardReply) -> Result<Option<CustomerMessage>, DialogueAborted> {
        Ok(self.says(reply))
    }
}

/// Plays to the customer's last line, or until something stops the conversation.
pub async fn play(
    fixture: &Fixture,
    customer: &mut impl CustomerScript,
    desk: &mut impl RehearsedDesk,
) -> (Vec<DialogueTurn>, Option<DialogueAborted>) {
    let (mut turns, mut reply) = (vec![], HeardReply::default());
    while turns.len() < TURNS_MAX {
        let said = match customer.next(&reply).await {
            Ok(Some(said)) => said,
            Ok(None) => break,
            Err(stop) => return (turns, Some(stop)),
        };
        fixture.wait(said.wait).await;
        if let Some(act) = &said.meanwhile
            && let Err(broken) = fixture.act(act).await
        {
            return (turns, Some(DialogueAborted::Broken(broken)));
        }
        let began = Instant::now();
        let answer = match desk.hear(&said).await {
            Ok(answer) => answer,
            Err(broken) => return (turns, Some(DialogueAborted::Broken(broken))),
        };
        reply = answer.reply.clone();
        let CustomerMessage { words: says, agrees, line, wait: waited, .. } = said;
        let DeskReply { reply, calls } = answer;
        let agrees = agrees || language::agrees(&says);
        turns.push(DialogueTurn {
            says,
            line,
            waited,
            agrees,
            reply,
            calls,
            took: began.elapsed(),
            state: fixture.state(),
        });
    }
    (turns, None)
}
