//! Rehearsals: conversations from files, played against a desk on an embedded HubSpot of their own, and judged by its state.
//!
//! | module | content |
//! |---|---|
//! | [`perform`], [`run`] | all runs of all scenarios; one run, with its verdict |
//! | [`files`], [`source`], [`scenario`], [`values`] | the files: where they are, their text and lines, their keys, their values |
//! | [`equipment`], [`brains`], [`script_brain`] | the parts of a desk, and the brains that can answer |
//! | [`stage`], [`account`], [`state`] | the embedded HubSpot at the start, and the differences of two of its states |
//! | [`play`], [`turn`], [`measured_desk`] | the conversation of a customer and a desk, its turns, and the chat as that desk |
//! | [`customer`], [`scripted_customer`] | a customer who says the lines of the file, and answers from what they mean what these leave open |
//! | [`simulated`], [`speaker`], [`brain_speaker`], [`facts`], [`behaviour`] | a customer whom a model plays, and what keeps it honest and unkind |
//! | [`judge`], [`leaks`], [`general_rules`], [`failure`] | what is wrong with a conversation by its file and by the general rules, and where |
//! | [`results`], [`statistics`], [`coverage`] | many runs together, and the parts of the scripts that none has come to |
//! | [`screen`], [`json_report`], [`junit_report`], [`record`] | results for people, for programs, for CI, and as a script |
//! | [`lint`] | the check of files without a desk |
//! | [`text`] | texts as they are compared |

pub mod account;
pub mod behaviour;
pub mod brain_speaker;
pub mod brains;
pub mod coverage;
pub mod customer;
pub mod equipment;
pub mod facts;
pub mod failure;
pub mod files;
pub mod general_rules;
pub mod json_report;
pub mod judge;
pub mod junit_report;
pub mod leaks;
pub mod lint;
pub mod measured_desk;
pub mod perform;
pub mod play;
pub mod record;
pub mod results;
pub mod run;
pub mod scenario;
pub mod screen;
pub mod script_brain;
pub mod scripted_customer;
pub mod simulated;
pub mod source;
pub mod speaker;
pub mod stage;
pub mod state;
pub mod statistics;
pub mod text;
pub mod turn;
pub mod values;
