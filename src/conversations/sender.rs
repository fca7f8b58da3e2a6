//! The HubSpot user in whose name messages are sent: HubSpot takes messages of users only.

use super::error::Error;
use crate::tool::policy::ToolPolicy;
use domain::email::Email;
use domain::id::UserId;
use hubspot_client::{ActorId, HubSpot, Owner};

/// The user that the operator has set by id or e-mail address, else the one who made the token.
pub async fn find(hubspot: &HubSpot, policy: &ToolPolicy) -> Result<ActorId, Error> {
    match &policy.reply_sender {
        Some(set) => named(hubspot, set).await,
        None => of_token(hubspot).await,
    }
}

async fn named(hubspot: &HubSpot, set: &str) -> Result<ActorId, Error> {
    let owners = hubspot.owners().list().await?;
    if let Ok(user) = set.parse::<UserId>() {
        let is_known = owners.iter().any(|owner| owner.user_id.as_ref() == Some(&user));
        return if is_known { Ok(ActorId::agent(&user)) } else { Err(Error::SenderUnknown) };
    }
    let email: Email = set.parse().map_err(|_| Error::SenderUnknown)?;
    let is_set =
        |owner: &&Owner| owner.email.as_deref().and_then(|address| address.parse().ok()).as_ref() == Some(&email);
    let user = owners.iter().find(is_set).and_then(|owner| owner.user_id.clone());
    user.map(|user| ActorId::agent(&user)).ok_or(Error::SenderUnknown)
}

async fn of_token(hubspot: &HubSpot) -> Result<ActorId, Error> {
    let maker = hubspot.account().token_maker().await?;
    maker.map(|user| ActorId::agent(&user)).ok_or(Error::SenderMissing)
}
