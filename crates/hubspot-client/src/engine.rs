//! What all clones of a client share: the door, the lines, the memory and the writes under way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::task::TaskTracker;

use crate::api::account::Details;
use crate::api::associations::ReadAssociations;
use crate::api::contacts::ReadByEmail;
use crate::api::owners::{Owner, ReadOwners};
use crate::api::pipelines::Pipeline;
use crate::api::properties::Property;
use crate::api::read_by_id::ReadById;
use crate::api::scheduler::{BookingLocks, LinkSettings, MeetingLink};
use crate::api::{activities, communications, tickets};
use crate::batching::batcher::Batcher;
use crate::batching::cache::Cache;
use crate::batching::single_flight::SingleFlight;
use crate::object::Object;
use crate::transport::Transport;
use crate::writes::create::Create;
use crate::writes::recovery::Claims;
use domain::id::{OwnerId, UserId};

/// An account's number and domain hardly ever change.
const ACCOUNT_AGE: Duration = Duration::from_secs(60 * 60);

pub(crate) struct Engine {
    pub(crate) transport: Transport,
    /// Writes under way. They end even when their callers have gone.
    pub(crate) writes: TaskTracker,
    /// Reads under way. They are broken off when nobody waits for them.
    pub(crate) reads: TaskTracker,
    pub(crate) claims: Claims,
    pub(crate) by_email: Arc<Batcher<ReadByEmail>>,
    pub(crate) owners_by_id: Arc<Batcher<ReadOwners>>,
    pub(crate) new_tickets: Arc<Batcher<Create>>,
    pub(crate) new_communications: Arc<Batcher<Create>>,
    pub(crate) new_notes: Arc<Batcher<Create>>,
    pub(crate) same_reads: SingleFlight,
    pub(crate) pipelines: Cache<Object, Arc<Vec<Pipeline>>>,
    pub(crate) properties: Cache<String, Arc<Vec<Property>>>,
    pub(crate) owners: Cache<OwnerId, Owner>,
    pub(crate) owner_list: Cache<(), Arc<Vec<Owner>>>,
    pub(crate) account: Cache<(), Details>,
    pub(crate) meeting_links: Cache<Option<UserId>, Arc<Vec<MeetingLink>>>,
    pub(crate) booking_locks: BookingLocks,
    /// By slug.
    pub(crate) link_settings: Cache<String, Arc<LinkSettings>>,
    by_id: [Arc<Batcher<ReadById>>; Object::ALL.len()],
    /// One line per pair of objects that was asked for: at most 64.
    associations: Mutex<HashMap<(Object, Object), AssociationsLine>>,
}

type AssociationsLine = Arc<Batcher<ReadAssociations>>;

impl Engine {
    pub(crate) fn new(transport: Transport) -> Engine {
        let settings = transport.settings.clone();
        Engine {
            transport,
            writes: TaskTracker::new(),
            reads: TaskTracker::new(),
            claims: Claims::default(),
            by_email: Batcher::new(ReadByEmail),
            owners_by_id: Batcher::new(ReadOwners),
            new_tickets: Batcher::new(tickets::CREATE),
            new_communications: Batcher::new(communications::CREATE),
            new_notes: Batcher::new(activities::CREATE_NOTE),
            same_reads: SingleFlight::default(),
            pipelines: Cache::new("pipelines", settings.pipelines_ttl),
            properties: Cache::new("properties", settings.properties_ttl),
            owners: Cache::new("owners", settings.owners_ttl),
            owner_list: Cache::new("owner_list", settings.owners_ttl),
            account: Cache::new("account", ACCOUNT_AGE),
            meeting_links: Cache::new("meeting_links", settings.meeting_links_ttl),
            booking_locks: BookingLocks::default(),
            link_settings: Cache::new("link_settings", settings.meeting_links_ttl),
            by_id: Object::ALL.map(|object| Batcher::new(ReadById(object))),
            associations: Mutex::default(),
        }
    }

    pub(crate) fn by_id(&self, object: Object) -> &Arc<Batcher<ReadById>> {
        &self.by_id[object as usize]
    }

    pub(crate) fn associations(&self, from: Object, to: Object) -> AssociationsLine {
        let mut lines = self.associations.lock().unwrap_or_else(PoisonError::into_inner);
        lines.entry((from, to)).or_insert_with(|| Batcher::new(ReadAssociations { from, to })).clone()
    }
}
