//! The interface between a tool and the server: the tool as a type, the context it runs in, and the errors it gives.
//!
//! | module | content |
//! |---|---|
//! | `info` | [`ToolInfo`]: name, title, effect and scopes of a tool |
//! | `context`, `tool_schemas` | [`Tool`], [`ToolEntry`], [`Registry`] and [`Ctx`], which refer to each other, and a tool's schemas |
//! | `dispatch` | the way of a call to its tool |
//! | `error` | [`ToolError`]: code, message, hint and details |
//! | [`question`], [`field`] | elicitation: a question to the person, its fields, and the answer |
//! | [`run`], [`consent`] | one run of a tool, as logs, metrics and the audit trail tell of it |
//! | [`refused_state`] | request states that were refused, as metrics and the audit trail tell of them |
//! | [`digest`] | digests, by which questions and conversations are told apart |
//! | [`call_context`] | the client's side of one call: caller, answers, progress |
//! | [`caller`], [`on_behalf_of`], [`call_origin`] | who calls, with which rights, for whom, and who of several people |
//! | [`write_budget`] | the writes that a caller may still do today |
//! | [`shared_turn`] | turns of replicas at equal writes |
//! | [`customer_use`], [`customer`] | what customers may do with a tool, and their calls |
//! | [`arguments`] | the arguments of a call, read by the published schema |
//! | [`named_tools`] | the tools that a hint names, of which only those are left that a call may use |
//! | [`handoff_policy`], [`recent_texts`] | how conversations are handed over, and what was just read of them |
//! | [`output_cleaning`] | the cleaning that every answer passes |
//! | [`schema`], [`view`] | the schemas that clients are shown, and what a brain in this process is shown |
//! | [`permissions`], [`policy`], [`access`] | which tools a caller may use, which the operator serves, and why one is denied |

pub mod access;
pub mod arguments;
pub mod call_context;
pub mod call_origin;
pub mod caller;
pub mod consent;
pub mod customer;
pub mod customer_use;
pub mod digest;
mod dispatch;
pub mod field;
pub mod handoff_policy;
pub mod named_tools;
pub mod on_behalf_of;
pub mod output_cleaning;
pub mod permissions;
pub mod policy;
pub mod question;
pub mod recent_texts;
pub mod refused_state;
pub mod run;
pub mod schema;
pub mod shared_turn;
mod tool_schemas;
pub mod view;
pub mod write_budget;

mod context;
mod error;
mod info;

pub use context::{Ctx, Registry, Tool, ToolEntry};
pub use error::ToolError;
pub use info::{Effect, ToolInfo, Toolset};
