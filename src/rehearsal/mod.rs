//! Rehearsals: conversations from files, played against a desk on an embedded HubSpot of their own, and judged by its state.
//!
//! | module | content |
//! |---|---|
//! | [`runner`], [`run`] | all runs of all scenarios; one run, with its verdict |
//! | [`files`], [`scenario_file`], [`scenario`], [`values`] | the files: where they are, their text and lines, their keys, their values |
//! | [`test_environment`], [`brains`], [`script_brain`] | the parts of a desk, and the brains that can answer |
//! | [`fixture`], [`account`], [`state`] | the embedded HubSpot at the start, and the differences of two of its states |
//! | [`dialogue`], [`turn`], [`measured_desk`] | the conversation of a customer and a desk, its turns, and the chat as that desk |
//! | [`customer`], [`scripted_customer`] | a customer who says the lines of the file, and answers from what they mean what these leave open |
//! | [`simulated_customer`], [`user_model`], [`brain_user_model`], [`facts`], [`customer_style`] | a customer whom a model plays, and what keeps it honest and unkind |
//! | [`judge`], [`leaks`], [`general_rules`], [`failure`] | what is wrong with a conversation by its file and by the general rules, and where |
//! | [`results`], [`statistics`], [`coverage`] | many runs together, and the parts of the scripts that none has come to |
//! | [`text_report`], [`html_report`], [`json_report`], [`junit_report`], [`recording`] | results for people, as a page, for programs, for CI, and as a script |
//! | [`against`] | what has changed since an earlier result |
//! | [`lint`] | the check of files without a desk |
//! | [`text`] | texts as they are compared |

pub mod account;
pub mod against;
pub mod brain_user_model;
pub mod brains;
pub mod coverage;
pub mod customer;
pub mod customer_style;
pub mod dialogue;
pub mod facts;
pub mod failure;
pub mod files;
pub mod fixture;
pub mod general_rules;
pub mod html_report;
pub mod json_report;
pub mod judge;
pub mod junit_report;
pub mod leaks;
pub mod lint;
pub mod measured_desk;
mod misdirected;
pub mod recording;
pub mod results;
pub mod run;
pub mod runner;
pub mod scenario;
pub mod scenario_file;
pub mod script_brain;
pub mod scripted_customer;
pub mod simulated_customer;
pub mod state;
pub mod statistics;
pub mod test_environment;
pub mod text;
pub mod text_report;
pub mod turn;
pub mod user_model;
pub mod values;
