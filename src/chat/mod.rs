//! One turn of talk with a visitor: their message in, a reply and done actions out, by a brain of the operator's choice.
//!
//! | module | content |
//! |---|---|
//! | [`turn`] | a conversation, and one turn of it |
//! | `turn_run`, `talk` | the loop of one turn: asks the brain, calls tools, and stops at every limit; what lasts between turns |
//! | [`brain`] | what decides: a language model, or matching by words alone, or a script |
//! | `memory` | what a conversation remembers, as another process takes it up |
//! | [`write_gate`] | whoever holds a conversation for all replicas notes a write before it is made |
//! | [`desk`] | what the conversations of one desk share |
//! | [`conversation`] | the messages so far, and the part of them that a brain is shown |
//! | [`persona`] | the system prompt of a model |
//! | [`visitor`] | for whom tools are called: what is believed of who they are |
//! | [`limits`] | the most that a turn may cost |
//! | [`claims`] | the claims of a reply, held against what was done |
//! | [`guardrails`] | calls of a model that are refused, such as a booking of a time that nobody was offered |
//! | [`consent`], [`links`] | the yes without which nothing is written, and the links that a model may pass on |
//! | [`numbers`] | numbers of telephones and records by their digits |
//! | [`results`] | the results of writes as they are told |
//! | [`handoff_relay`] | the part of a conversation in which a person answers |
//! | [`handoff_request`] | the way to a person: what is still to be learned, and the task for them |
//! | `handoff_title` | what a hand-over is about, for a list of tickets or tasks |
//! | [`language`], [`texts`], [`passage`] | the language of the visitor, and the fixed texts and passages in it |

pub mod brain;
mod chat_state;
pub mod claims;
pub mod consent;
pub mod conversation;
pub mod desk;
pub mod guardrails;
pub mod handoff_relay;
pub mod handoff_request;
mod handoff_title;
pub mod language;
pub mod limits;
pub mod links;
mod memory;
pub mod numbers;
pub mod passage;
pub mod persona;
pub mod results;
pub mod texts;
pub mod turn;
mod turn_run;
pub mod visitor;
pub mod write_gate;
