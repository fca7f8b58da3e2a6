//! One HubSpot account: everything the sandbox remembers. Behind one lock that is never held across an await.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono_tz::Tz;
use tokio::time::Instant;

use super::Settings;
use super::access::Tokens;
use super::choices::Choices;
use super::clock::{Clock, Ms};
use super::crm::definitions;
use super::crm::kind::{ALL, Kind};
use super::crm::labels::OwnLabel;
use super::crm::links::Links;
use super::crm::record::{Name, Record};
use super::crm::schema::Schema;
use super::crm::table::{Indexing, Table};
use super::crm::{owners::Owner, pipelines::Pipeline};
use super::fault::Fault;
use super::limits::{Limits, When};
use super::log::Log;
use super::scheduler::Scheduler;
use super::seed;

/// Where ids of pipelines and stages go on.
const FIRST_SETTING_ID: u64 = 1_204_118_300;

#[derive(Debug)]
pub(crate) struct Portal {
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) identity: Identity,
    pub(crate) tokens: Tokens,
    pub(crate) tables: BTreeMap<Kind, Table>,
    pub(crate) schemas: BTreeMap<Kind, Schema>,
    pub(crate) links: Links,
    pub(crate) labels: Vec<OwnLabel>,
    pub(crate) owners: Vec<Owner>,
    pub(crate) pipelines: BTreeMap<Kind, Vec<Pipeline>>,
    pub(crate) scheduler: Scheduler,
    pub(crate) faults: Vec<Fault>,
    pub(crate) limits: Limits,
    pub(crate) log: Log,
    /// Pipelines and stages made so far
    pub(crate) settings_made: u64,
    /// Requests that may have changed something
    pub(crate) changes: u64,
    started: Instant,
    correlations: u64,
}

/// What `account-info` says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Identity {
    pub(crate) portal_id: u64,
    pub(crate) time_zone: Tz,
    pub(crate) account_type: String,
    pub(crate) currency: String,
    pub(crate) ui_domain: String,
}

impl Portal {
    /// The seed company.
    pub(crate) fn new(settings: Settings) -> Portal {
        let mut portal = Portal::empty(settings);
        seed::company(&mut portal);
        portal
    }

    /// An account with HubSpot's own definitions and nothing else.
    pub(crate) fn empty(settings: Settings) -> Portal {
        let choices = settings.choices;
        Portal {
            clock: Clock::new(settings.now),
            identity: seed::identity(),
            tokens: Tokens::new(),
            tables: ALL.into_iter().map(|kind| (kind, Table::starting_at(kind.facts().first_id))).collect(),
            schemas: ALL.into_iter().map(|kind| (kind, definitions::schema(kind, choices))).collect(),
            links: Links::default(),
            labels: Vec::new(),
            owners: Vec::new(),
            pipelines: BTreeMap::new(),
            scheduler: Scheduler::default(),
            faults: Vec::new(),
            limits: Limits::default(),
            log: Log::default(),
            settings_made: 0,
            changes: 0,
            started: Instant::now(),
            correlations: 0,
            settings,
        }
    }

    /// Takes the place of `before`: what counts upwards goes on counting.
    pub(crate) fn after(self, before: &Portal) -> Portal {
        Portal { changes: before.changes + 1, correlations: before.correlations, started: before.started, ..self }
    }

    /// Decides open points anew.
    pub(crate) fn choose(&mut self, choices: Choices) {
        self.settings.choices = choices;
        self.schemas.iter_mut().for_each(|(kind, schema)| definitions::decide(schema, *kind, choices));
    }

    pub(crate) fn now_ms(&self) -> Ms {
        self.clock.now_ms()
    }

    /// Since the start, by tokio's clock: a frozen calendar does not stop limits or indexing.
    pub(crate) fn uptime_ms(&self) -> Ms {
        Ms::try_from(self.started.elapsed().as_millis()).unwrap_or(Ms::MAX)
    }

    pub(crate) fn when(&self) -> When {
        let day = self.clock.now().with_timezone(&self.identity.time_zone).date_naive();
        When { uptime_ms: self.uptime_ms(), day }
    }

    pub(crate) fn indexing(&self) -> Indexing {
        let (now_ms, lag_ms) = (self.uptime_ms(), Ms::try_from(self.settings.search_lag_ms).unwrap_or(Ms::MAX));
        match lag_ms {
            0 => Indexing::Now,
            _ => Indexing::Later { now_ms, visible_at_ms: now_ms.saturating_add(lag_ms) },
        }
    }

    pub(crate) fn table(&self, kind: Kind) -> &Table {
        &self.tables[&kind]
    }

    pub(crate) fn table_mut(&mut self, kind: Kind) -> &mut Table {
        self.tables.entry(kind).or_insert_with(|| Table::starting_at(kind.facts().first_id))
    }

    pub(crate) fn schema(&self, kind: Kind) -> &Schema {
        &self.schemas[&kind]
    }

    /// The shared name of a property of this kind.
    pub(crate) fn name(&self, kind: Kind, name: &str) -> Option<Name> {
        self.schema(kind).with_archived(name).map(|definition| Arc::clone(&definition.name))
    }

    /// An owner who is not archived.
    pub(crate) fn owner(&self, id: &str) -> Option<&Owner> {
        self.owners.iter().find(|owner| owner.id == id && !owner.archived)
    }

    /// Changes a record and its last-modified date, visible to search after the lag.
    pub(crate) fn change(&mut self, kind: Kind, id: u64, change: impl FnOnce(&mut Record)) {
        let (now_ms, indexing) = (self.now_ms(), self.indexing());
        self.table_mut(kind).change(id, indexing, |record| {
            change(record);
            record.updated_ms = now_ms;
        });
    }

    /// The id of a new pipeline or stage.
    pub(crate) fn next_setting_id(&mut self) -> String {
        self.settings_made += 1;
        (FIRST_SETTING_ID + self.settings_made * 3).to_string()
    }

    /// UUIDs of version 7, as HubSpot's recent ones: the time is in front, and every run gives the same ones.
    pub(crate) fn next_correlation_id(&mut self) -> Arc<str> {
        self.correlations += 1;
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&self.correlations.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
        let ms = u64::try_from(self.now_ms()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(ms, &bytes).into_uuid().to_string().into()
    }
}
