//! The data of one HubSpot account ("portal" is HubSpot's word for it), all families together.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::time::Instant;

use super::app::Apps;
use super::associations::Associations;
use super::conversations::channel::ChannelId;
use super::conversations::store::Conversations;
use super::custom_channels::change::{ChannelChange, ChannelChangeKind};
use super::custom_channels::store::CustomChannels;
use super::custom_label::CustomLabel;
use super::definitions;
use super::files::Files;
use super::grants::Grants;
use super::identity::Identity;
use super::journal::{Change, Journal, ThreadChange};
use super::object_type::{ALL, ObjectType};
use super::owner::Owner;
use super::pipeline::Pipeline;
use super::record::{Name, Record};
use super::scheduler::Scheduler;
use super::schema::Schema;
use super::table::{Indexing, Table};
use super::token::Tokens;
use crate::assumptions::Assumptions;
use crate::clock::{Clock, Ms};

/// Base of the ids of pipelines and stages.
const FIRST_PIPELINE_ID: u64 = 1_204_118_300;

#[derive(Debug)]
pub(crate) struct Portal {
    pub(crate) assumptions: Assumptions,
    /// Milliseconds until search finds a change.
    pub(crate) search_lag_ms: u64,
    pub(crate) clock: Clock,
    pub(crate) identity: Identity,
    pub(crate) tokens: Tokens,
    /// Apps that people connect to the account.
    pub(crate) apps: Apps,
    /// Consents of people to these apps.
    pub(crate) grants: Grants,
    pub(crate) tables: BTreeMap<ObjectType, Table>,
    pub(crate) schemas: BTreeMap<ObjectType, Schema>,
    pub(crate) associations: Associations,
    pub(crate) labels: Vec<CustomLabel>,
    pub(crate) owners: Vec<Owner>,
    pub(crate) pipelines: BTreeMap<ObjectType, Vec<Pipeline>>,
    pub(crate) scheduler: Scheduler,
    pub(crate) conversations: Conversations,
    pub(crate) custom_channels: CustomChannels,
    pub(crate) files: Files,
    /// Changes of threads that apps are told of; each table has those of its records.
    pub(crate) journal: Journal<(u64, ThreadChange)>,
    /// Changes that the apps of custom channels are told of.
    pub(crate) channel_journal: Journal<ChannelChange>,
    /// Number of ids given to pipelines and stages.
    pub(crate) settings_made: u64,
    started: Instant,
}

impl Portal {
    /// Creates an account that has HubSpot's own property definitions and nothing else.
    pub(crate) fn empty(clock: Clock, assumptions: Assumptions, search_lag_ms: u64) -> Portal {
        let table = |object_type: ObjectType| (object_type, Table::starting_at(object_type.info().first_id));
        Portal {
            assumptions,
            search_lag_ms,
            clock,
            identity: Identity::default(),
            tokens: Tokens::new(),
            apps: Apps::default(),
            grants: Grants::default(),
            tables: ALL.into_iter().map(table).collect(),
            schemas: ALL.into_iter().map(|one| (one, definitions::schema(one, assumptions))).collect(),
            associations: Associations::default(),
            labels: Vec::new(),
            owners: Vec::new(),
            pipelines: BTreeMap::new(),
            scheduler: Scheduler::default(),
            conversations: Conversations::default(),
            custom_channels: CustomChannels::default(),
            files: Files::default(),
            journal: Journal::default(),
            channel_journal: Journal::open(),
            settings_made: 0,
            started: Instant::now(),
        }
    }

    /// Creates an empty account with the clock and the settings of this one.
    pub(crate) fn emptied(&self) -> Portal {
        Portal { started: self.started, ..Portal::empty(self.clock, self.assumptions, self.search_lag_ms) }
    }

    /// Changes the assumptions and brings the schemas in line with them.
    pub(crate) fn set_assumptions(&mut self, assumptions: Assumptions) {
        self.assumptions = assumptions;
        self.schemas.iter_mut().for_each(|(one, schema)| definitions::apply_assumptions(schema, *one, assumptions));
    }

    pub(crate) fn now_ms(&self) -> Ms {
        self.clock.now_ms()
    }

    /// Returns the milliseconds since the start by tokio's clock: a frozen calendar stops neither limits nor indexing.
    pub(crate) fn uptime_ms(&self) -> Ms {
        Ms::try_from(self.started.elapsed().as_millis()).unwrap_or(Ms::MAX)
    }

    /// Returns the time at which search finds a change that is made now.
    pub(crate) fn indexing(&self) -> Indexing {
        let (now_ms, lag_ms) = (self.uptime_ms(), Ms::try_from(self.search_lag_ms).unwrap_or(Ms::MAX));
        match lag_ms {
            0 => Indexing::Now,
            _ => Indexing::Later { now_ms, visible_at_ms: now_ms.saturating_add(lag_ms) },
        }
    }

    pub(crate) fn table(&self, object_type: ObjectType) -> &Table {
        &self.tables[&object_type]
    }

    pub(crate) fn table_mut(&mut self, object_type: ObjectType) -> &mut Table {
        self.tables.entry(object_type).or_insert_with(|| Table::starting_at(object_type.info().first_id))
    }

    pub(crate) fn schema(&self, object_type: ObjectType) -> &Schema {
        &self.schemas[&object_type]
    }

    /// Returns the shared name of a property, archived or not.
    pub(crate) fn name(&self, object_type: ObjectType, name: &str) -> Option<Name> {
        self.schema(object_type).with_archived(name).map(|definition| Arc::clone(&definition.name))
    }

    /// Finds an owner who is not archived, by owner id.
    pub(crate) fn owner(&self, id: &str) -> Option<&Owner> {
        self.owners.iter().find(|owner| owner.id == id && !owner.archived)
    }

    /// Finds the record that has a value of a unique property. An archived one is returned only if there is no other.
    pub(crate) fn record_with_value(&self, object_type: ObjectType, name: &str, value: &str) -> Option<&Record> {
        let having = self.table(object_type).from(0).filter(|record| record.get(name) == Some(value));
        having.min_by_key(|record| record.is_archived())
    }

    /// Changes a record and its last-modified date. Search finds the change after the lag.
    pub(crate) fn change(&mut self, object_type: ObjectType, id: u64, change: impl FnOnce(&mut Record)) {
        let (now_ms, indexing) = (self.now_ms(), self.indexing());
        self.table_mut(object_type).change(id, indexing, |record| {
            change(record);
            record.updated_ms = now_ms;
        });
    }

    /// Archives a record, which keeps its values and loses its associations. An unknown or archived id is ignored.
    pub(crate) fn archive(&mut self, object_type: ObjectType, id: u64) {
        let Some(id) = self.table(object_type).live(id).map(|record| record.id) else { return };
        let now_ms = self.now_ms();
        self.change(object_type, id, |record| record.archived_ms = Some(now_ms));
        self.associations.remove_all_of((object_type, id));
    }

    /// Begins or ends to note the changes that apps are told of.
    pub(crate) fn watch(&mut self, is_watched: bool) {
        self.journal.set_open(is_watched);
        self.tables.values_mut().for_each(|table| table.journal.set_open(is_watched));
    }

    /// Notes a change that the app of a custom channel is told of. An archived channel is told of nothing.
    pub(crate) fn tell_channel(&mut self, channel_id: ChannelId, kind: ChannelChangeKind) {
        if self.custom_channels.live(channel_id).is_some() {
            self.channel_journal.note(|| ChannelChange { channel_id, kind });
        }
    }

    /// Returns the changes noted since the last time.
    pub(crate) fn take_changes(&mut self) -> Vec<Change> {
        let threads = self.journal.take().into_iter().map(|(id, change)| Change::Thread(id, change));
        let records = self.tables.iter_mut().flat_map(|(object_type, table)| {
            table.journal.take().into_iter().map(|change| Change::Record(*object_type, change))
        });
        threads.chain(records).collect()
    }

    /// Returns the id of a new pipeline or stage.
    pub(crate) fn next_pipeline_id(&mut self) -> String {
        self.settings_made += 1;
        (FIRST_PIPELINE_ID + self.settings_made * 3).to_string()
    }
}
