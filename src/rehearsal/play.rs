//! The conversation of a customer and a desk, to the customer's last line.

use std::future::Future;

use tokio::time::Instant;

use super::account::Broken;
use super::customer::{Reply, Said, Script};
use super::stage::Stage;
use super::turn::{Call, Turn};
use crate::chat::language;

/// The most messages of one customer.
pub const TURNS_MAX: usize = 30;

/// A desk that answers customers.
pub trait Desk {
    /// Answers a message.
    fn hear(&mut self, said: &Said) -> impl Future<Output = Result<Answer, Broken>>;
}

/// An answer, and the calls that were made for it.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// What the customer hears.
    pub reply: Reply,
    /// In order.
    pub calls: Vec<Call>,
}

/// Somebody who talks to a desk.
pub trait Customer {
    /// The message that answers the last reply; `None`: the customer leaves.
    fn next(&mut self, reply: &Reply) -> impl Future<Output = Result<Option<Said>, Stop>>;
}

/// The reason why a conversation ended before the customer left, which says nothing of the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The customer broke the rules of its sheet.
    Void(String),
    /// Something between the two failed.
    Broken(Broken),
}

impl Customer for Script<'_> {
    async fn next(&mut self, reply: &Reply) -> Result<Option<Said>, Stop> {
        Ok(self.says(reply))
    }
}

/// Plays to the customer's last line, or until something stops the conversation.
pub async fn play(stage: &Stage, customer: &mut impl Customer, desk: &mut impl Desk) -> (Vec<Turn>, Option<Stop>) {
    let (mut turns, mut reply) = (vec![], Reply::default());
    while turns.len() < TURNS_MAX {
        let said = match customer.next(&reply).await {
            Ok(Some(said)) => said,
            Ok(None) => break,
            Err(stop) => return (turns, Some(stop)),
        };
        stage.wait(said.wait).await;
        let began = Instant::now();
        let answer = match desk.hear(&said).await {
            Ok(answer) => answer,
            Err(broken) => return (turns, Some(Stop::Broken(broken))),
        };
        reply = answer.reply.clone();
        let Said { words: says, agrees, line, wait: waited, .. } = said;
        let Answer { reply, calls } = answer;
        let agrees = agrees || language::agrees(&says);
        turns.push(Turn { says, line, waited, agrees, reply, calls, took: began.elapsed(), state: stage.state() });
    }
    (turns, None)
}
