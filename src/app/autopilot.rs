//! The autopilot of the settings' file, beside the other parts of the server.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::App;
use super::embedded_events::{self, NoEvents};
use crate::autopilot::leads::check::check;
use crate::autopilot::pilot::{Autopilot, Parts};
use crate::autopilot::settings::Settings;
use crate::autopilot::settings::file;
use crate::autopilot::watcher::TurnWatcher;
use crate::chat::desk::{NewBrain, UnknownGraph};
use crate::chat::persona::{InvalidPersona, Persona};
use crate::events::poll::cadence::Duty;
use crate::events::poll::inboxes::Inboxes;
use crate::store::{Location, Store};
use crate::toml_file::InvalidFile;
use crate::tool::{Ctx, ToolInfo};
use domain::clock::Clock;
use tracing::warn;

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read.
    #[error("{0}: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// Its settings, with the line.
    #[error("{0}: {1}")]
    Settings(PathBuf, InvalidFile),
    /// The persona that it names.
    #[error("{0}: {1}")]
    Persona(PathBuf, InvalidPersona),
    /// The taskgraph that it names.
    #[error("{0}: {1}")]
    Graph(PathBuf, UnknownGraph),
    /// It writes comments and replies, and nothing may be written.
    #[error(
        "`--read-only` changes nothing in HubSpot, but the autopilot writes drafts and replies: leave one of them out, or use \
         `frontdesk autopilot rehearse`, which only reads"
    )]
    ReadOnly,
    /// The embedded HubSpot.
    #[error(transparent)]
    Events(#[from] NoEvents),
}

/// The settings of a file, and the persona that it names. `tools` are those of the server, look-ups included.
///
/// # Errors
/// The file, and what is wrong in which line.
pub fn settings(path: &Path, tools: &[ToolInfo]) -> Result<(Settings, Persona), Error> {
    let read = |path: &Path| fs::read_to_string(path).map_err(|error| Error::Unreadable(path.to_owned(), error));
    let open: Vec<&str> = tools.iter().filter(|tool| tool.customers.is_some()).map(|tool| tool.name).collect();
    let settings = file::read(&read(path)?, &open).map_err(|error| Error::Settings(path.to_owned(), error))?;
    let Some(persona) = &settings.persona else { return Ok((settings, Persona::default())) };
    let persona = path.parent().unwrap_or(Path::new("")).join(persona);
    let persona = Persona::read(&read(&persona)?).map_err(|error| Error::Persona(persona, error))?;
    Ok((settings, persona))
}

/// An autopilot that only looks at conversations that are over: its sessions are kept in memory, and the app's client of HubSpot
/// sends no writes. Without a file every inbox counts as drafted for.
///
/// # Errors
/// The file, and what is wrong in which line.
pub async fn shadow(
    app: &App,
    path: Option<&Path>,
    turn_max: Duration,
    brain: Option<NewBrain>,
) -> Result<Autopilot, Error> {
    let ctx = app.server.context().clone();
    let (settings, persona) = match path {
        Some(path) => settings(path, &ctx.tools.infos())?,
        None => (Settings::default(), Persona::default()),
    };
    let server = app.server.clone().with_context(Ctx { store: Store::at(Location::Memory), ..ctx.clone() });
    let parts = Parts { server, ctx, policy: app.policy.clone(), persona, turn_max };
    let unknown = |error| Error::Graph(path.unwrap_or(Path::new("")).to_owned(), error);
    Autopilot::new(settings, parts, brain).await.map_err(unknown)
}

impl App {
    /// Answers HubSpot's inbox once the tasks run, as a file says. Without webhooks these inboxes are polled.
    ///
    /// # Errors
    /// The file, and what is wrong in which line.
    pub async fn answer_inbox(
        &mut self,
        path: &Path,
        inboxes: Inboxes,
        turn_max: Duration,
        brain: Option<NewBrain>,
        watcher: TurnWatcher,
    ) -> Result<(), Error> {
        let read = settings(path, &self.server.context().tools.infos())?;
        let pilot = self.autopilot(path, read, turn_max, brain).await?.watched_by(watcher);
        self.hear(inboxes)?;
        self.events.answer(Arc::new(pilot));
        Ok(())
    }

    /// The same on the embedded HubSpot with settings that are at hand, under this name.
    ///
    /// # Errors
    /// The reason why it cannot answer.
    pub async fn answer_embedded(&mut self, name: &str, settings: Settings, turn_max: Duration) -> Result<(), Error> {
        let pilot = self.autopilot(Path::new(name), (settings, Persona::default()), turn_max, None).await?;
        self.hear(Inboxes::All)?;
        self.events.answer(Arc::new(pilot));
        Ok(())
    }

    async fn autopilot(
        &self,
        path: &Path,
        (settings, persona): (Settings, Persona),
        turn_max: Duration,
        brain: Option<NewBrain>,
    ) -> Result<Autopilot, Error> {
        if self.policy.permissions.read_only {
            return Err(Error::ReadOnly);
        }
        let (server, ctx, policy) = (self.server.clone(), self.server.context().clone(), self.policy.clone());
        let leads = settings.leads.clone();
        let parts = Parts { server, ctx, policy, persona, turn_max };
        let pilot =
            Autopilot::new(settings, parts, brain).await.map_err(|error| Error::Graph(path.to_owned(), error))?;
        if let Some(leads) = leads {
            let graph = self.server.taskgraph(pilot.graph());
            let checked = check(self.server.context(), graph.as_deref(), &leads).await;
            if !checked.map_err(|error| Error::Settings(path.to_owned(), error))? {
                warn!(
                    "HubSpot could not be asked for the properties of contacts: a rule of leads that does not fit is told in \
                     comments."
                );
            }
        }
        // Before anything is served: what is written in the next moment is no old mail. Without the store, whoever answers
        // waits for it and notes the begin then.
        let _ = self.server.context().store.autopilot_begun().await;
        Ok(pilot)
    }

    /// Hears of messages: the embedded HubSpot tells of them, and another one is polled unless webhooks tell.
    fn hear(&mut self, inboxes: Inboxes) -> Result<(), Error> {
        match &self.sandbox {
            Some(sandbox) => embedded_events::subscribe(sandbox, &self.events.intake)?,
            None if !self.events.is_polled() => self.events.poll(&self.hubspot, inboxes, Duty::Alone, Clock::System),
            None => {}
        }
        Ok(())
    }
}
