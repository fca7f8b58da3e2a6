//! Today's date with its weekday, in the account's time zone.

use std::time::Duration;

use crate::tool::Ctx;
use domain::time_zone::{self, zone::Zone};

/// The longest wait for the account's zone: a date without it is better than none.
const WAIT_MAX: Duration = Duration::from_secs(3);

/// Describes today, such as `Sunday 2026-11-22, America/New_York (the account's zone)`. Without the account's zone it is
/// the day in UTC, and says so.
pub async fn of(ctx: &Ctx) -> String {
    let details = tokio::time::timeout(WAIT_MAX, ctx.hubspot.account().details()).await;
    let zone = details.ok().and_then(Result::ok).and_then(|details| details.time_zone);
    let note = if zone.is_some() { "the account's zone" } else { "the account's zone is not known" };
    let Some(zone) = zone.or_else(|| utc(ctx)) else { return String::new() };
    let now = ctx.clock.now().with_timezone(&zone);
    format!("{}, {} ({note})", now.format("%A %Y-%m-%d"), zone.name())
}

fn utc(ctx: &Ctx) -> Option<Zone> {
    time_zone::parse("UTC", ctx.zone_rules).ok()
}
