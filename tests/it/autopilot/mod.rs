//! The autopilot on the embedded HubSpot: the rules by which it answers, through webhooks and through polling.

mod audit_trail;
mod brains;
mod chat_loop;
mod cost;
mod crashes;
mod desk;
mod leads;
mod operating;
mod operator_tools;
mod rules_of_replies;
mod rules_of_silence;
mod shadow;
mod simulation;
mod stops;
mod verdict;
