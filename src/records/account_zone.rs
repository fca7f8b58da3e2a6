//! The zone of the account, in which times are told where nobody named another.

use crate::tool::Ctx;
use domain::time_zone::zone::Zone;

/// Reads it; UTC if HubSpot does not tell it.
pub async fn read(ctx: &Ctx) -> Zone {
    ctx.hubspot.account().details().await.ok().and_then(|details| details.time_zone).unwrap_or(ctx.zone_rules.utc())
}
