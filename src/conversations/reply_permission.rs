//! The permission to write to customers: in an account with real customers the operator has to give it.

use super::error::Error;
use crate::tool::policy::ToolPolicy;
use hubspot_client::HubSpot;

/// HubSpot's kind of an account with real customers (HubSpot, account information).
const LIVE: &str = "STANDARD";

/// Refuses messages to the customers of a live account until the operator has opened them.
pub async fn check(hubspot: &HubSpot, policy: &ToolPolicy) -> Result<(), Error> {
    if policy.allow_replies {
        return Ok(());
    }
    match hubspot.account().details().await?.account_type.as_str() {
        LIVE => Err(Error::RepliesNotAllowed),
        _ => Ok(()),
    }
}
