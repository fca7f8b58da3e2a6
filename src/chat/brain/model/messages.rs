//! The messages of a request, in the order that every endpoint takes: one system message, the talk so far with the visitor's
//! message at its end, then each round of calls directly followed by its answers.

use serde_json::{Value, json};

use super::calls;
use super::ids::Ids;
use super::markers::neutral;
use super::memory::{Correction, TurnMemory};
use crate::chat::brain::{FinishedCall, View};
use crate::chat::conversation::{Author, Message};

/// Stands for the visitor's messages before the window: some templates want the visitor to speak first.
const EARLIER: &str = "[…]";
/// The beginning of a correction, which comes in the visitor's role: a second system message is refused by some.
const NOTE: &str = "[A note of the desk's software, not of the customer]";

/// The messages. `history` is the part of the talk that is shown; `echo` sends the model's reasoning back to it.
pub(super) fn of(view: &View<'_>, history: &[Message], memory: &TurnMemory, echo: bool) -> Vec<Value> {
    let mut messages = vec![json!({"role": "system", "content": view.prompt})];
    messages.extend(talk(history, view.message));
    let mut ids = Ids::default();
    let mut done = 0;
    for round in view.done.chunk_by(|a, b| a.round == b.round) {
        messages.extend(corrections(memory, done));
        messages.extend(calls_with_answers(round, memory, echo, &mut ids));
        done += round.len();
    }
    messages.extend(corrections(memory, done));
    messages
}

/// The talk, where messages of one author that follow each other are one.
fn talk(history: &[Message], message: &str) -> Vec<Value> {
    let mut turns: Vec<(Author, String)> = vec![];
    let all = history.iter().map(|said| (said.author, said.text.as_str())).chain([(Author::Visitor, message)]);
    for (author, text) in all.filter(|(_, text)| !text.trim().is_empty()) {
        let text = neutral(text).into_owned();
        match turns.last_mut() {
            None if author == Author::Desk => turns.extend([(Author::Visitor, EARLIER.to_owned()), (author, text)]),
            Some((last, said)) if *last == author => *said = format!("{said}\n\n{text}"),
            _ => turns.push((author, text)),
        }
    }
    turns.into_iter().map(|(author, text)| json!({"role": role(author), "content": text})).collect()
}

fn role(author: Author) -> &'static str {
    match author {
        Author::Visitor => "user",
        Author::Desk => "assistant",
    }
}

fn corrections(memory: &TurnMemory, done: usize) -> Vec<Value> {
    let here = memory.corrections.iter().filter(|correction| correction.after == done);
    here.flat_map(|Correction { said, why, .. }| {
        let said = (!said.is_empty()).then(|| json!({"role": "assistant", "content": neutral(said)}));
        said.into_iter().chain([json!({"role": "user", "content": format!("{NOTE} {}", neutral(why))})])
    })
    .collect()
}

fn calls_with_answers(round: &[FinishedCall], memory: &TurnMemory, echo: bool, ids: &mut Ids) -> Vec<Value> {
    let taken: Vec<String> = round.iter().map(|done| ids.take(&done.call.id)).collect();
    let known = memory.message_of(round).map(|message| if echo { message.clone() } else { calls::plain(message) });
    let calls = known.unwrap_or_else(|| {
        let calls: Vec<_> = taken.iter().cloned().zip(round.iter().map(|done| &done.call)).collect();
        calls::rebuilt(&calls)
    });
    let answers =
        taken.iter().zip(round).map(|(id, done)| json!({"role": "tool", "tool_call_id": id, "content": told(done)}));
    [calls].into_iter().chain(answers).collect()
}

fn told(done: &FinishedCall) -> String {
    let answer = match &done.answer {
        Ok(answer) => answer.to_string(),
        Err(error) => json!({"error": error}).to_string(),
    };
    neutral(&answer).into_owned()
}
