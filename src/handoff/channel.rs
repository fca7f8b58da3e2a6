//! A custom channel of HubSpot's help desk as the place of a hand-off: it is set up or not, and HubSpot is told what became of
//! the messages that a person has written there.

use crate::tool::Ctx;
use hubspot_client::DeliveryStatus;

/// True if the channel is set up, as far as the store tells.
pub async fn is_set_up(ctx: &Ctx) -> bool {
    match ctx.store.handoff_channel().await {
        Ok(row) => row.is_some_and(|row| row.channel.is_some()),
        // A call says what is wrong with the store.
        Err(_) => true,
    }
}

/// Tells HubSpot that these messages were taken for the customer, or read. What fails is told again with the next read.
pub async fn tell_delivery(ctx: &Ctx, messages: &[String], status: &DeliveryStatus) -> bool {
    let Ok(Some(channel)) = ctx.store.handoff_channel().await.map(|row| row.and_then(|row| row.channel)) else {
        return false;
    };
    for message in messages {
        match ctx.hubspot.custom_channels().set_delivery(&channel, message, status).await {
            // A message that was deleted needs no state.
            Ok(()) | Err(hubspot_client::Error::NotFound) => {}
            Err(error) => {
                tracing::debug!(code = %error.code(), "HubSpot was not told what became of a message; it is told later.");
                return false;
            }
        }
    }
    true
}
