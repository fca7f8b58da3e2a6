//! `frontdesk autopilot`: answers HubSpot's inbox, and lets an operator see and steer that.
//!
//! | module | content |
//! |---|---|
//! | `steer` | the commands of an operator, on the store of the running autopilot |
//! | `shadow` | what would have been said in conversations that are over |

mod shadow;
mod steer;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tracing::info;

use crate::app::{self, App, model};
use crate::autopilot::watcher::TurnWatcher;
use crate::chat::brain::model::ModelBrain;
use crate::chat::desk::NewBrain;
use crate::chat::limits::TurnLimits;
use crate::config::{AutopilotCommand, AutopilotSettings, ModelSettings, Settings};

/// Answers the inbox until the process is asked to stop, or does what an operator wants; `false` if something is left to do.
pub(super) async fn run(
    mut app: App,
    settings: &Settings,
    given: &AutopilotSettings,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    match &given.command {
        Some(AutopilotCommand::Rehearse(wanted)) => return shadow::run(app, wanted, brain(&wanted.model)?, out).await,
        Some(command) => return steer::run(command, &app, out).await,
        None => {}
    }
    let path = given.settings.as_deref().context("the settings of the autopilot are missing")?;
    app::store::check(&app.store).await?;
    prepare(&mut app, settings, path, &given.model, TurnWatcher::default()).await?;
    info!("Waiting for new messages in HubSpot's inboxes.");
    app.talk(async |_| app::signals::asked_to_stop().cancelled().await).await.context("answering HubSpot's inbox")?;
    Ok(true)
}

/// Has the autopilot of these settings answer once the server's tasks run.
pub(super) async fn prepare(
    app: &mut App,
    settings: &Settings,
    path: &Path,
    model: &ModelSettings,
    watcher: TurnWatcher,
) -> anyhow::Result<()> {
    let inboxes = settings.poll_inboxes.clone().unwrap_or_default();
    let turn_max: Duration = model.turn_time(TurnLimits::default().time);
    Ok(app.answer_inbox(path, inboxes, turn_max, brain(model)?, watcher).await?)
}

/// The model that answers first, if one is named.
fn brain(settings: &ModelSettings) -> Result<Option<NewBrain>, model::Error> {
    let client = model::client(settings, |name| std::env::var(name).ok())?;
    Ok(client.map(|client| -> NewBrain { Arc::new(move || Box::new(ModelBrain::new(client.clone()))) }))
}
