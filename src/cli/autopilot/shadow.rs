//! `frontdesk autopilot rehearse`: what would have been said in conversations that are over.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::app::App;
use crate::app::autopilot::shadow;
use crate::autopilot::shadow::run::RehearsalScope;
use crate::chat::desk::NewBrain;
use crate::chat::limits::TurnLimits;
use crate::config::ShadowSettings;

/// Looks at the conversations and prints what came of it. The app sends no writes.
pub(super) async fn run(
    app: App,
    wanted: &ShadowSettings,
    brain: Option<NewBrain>,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    ensure!(app.hubspot.is_dry_run(), "a rehearsal needs a client of HubSpot that sends no writes");
    let turn_max: Duration = wanted.model.turn_time(TurnLimits::default().time);
    let pilot = shadow(&app, wanted.settings.as_deref(), turn_max, brain).await?;
    let scope = RehearsalScope {
        since: wanted.since,
        inboxes: wanted.inboxes.clone(),
        limit: usize::try_from(wanted.limit).unwrap_or(usize::MAX),
    };
    let report = app.talk(async |_| pilot.rehearse(&scope).await).await.context("reading closed conversations")??;
    match wanted.json {
        true => writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?,
        false => write!(out, "{}", report.text())?,
    }
    Ok(true)
}
