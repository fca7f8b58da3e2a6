//! What all clones of a client share: the door, the lines, the memory and the writes under way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::task::TaskTracker;

use super::account::Details;
use super::associations::ReadAssociations;
use super::cache::Cache;
use super::contacts::ReadByEmail;
use super::create::Create;
use super::door::Door;
use super::line::Line;
use super::lost::Claims;
use super::object::Object;
use super::owners::{Owner, ReadOwners};
use super::pipelines::Pipeline;
use super::properties::Property;
use super::read_by_id::ReadById;
use super::same::SameReads;
use super::scheduler::{LinkSettings, MeetingLink, BookingLocks};
use super::{activities, communications, tickets};
use domain::id::{OwnerId, UserId};

/// An account's number and domain hardly ever change.
const ACCOUNT_AGE: Duration = Duration::from_secs(60 * 60);

pub(super) struct Engine {
    pub(super) door: Door,
    /// Writes under way. They end even when their callers have gone.
    pub(super) writes: TaskTracker,
    /// Reads under way. They are broken off when nobody waits for them.
    pub(super) reads: TaskTracker,
    pub(super) claims: Claims,
    pub(super) by_email: Arc<Line<ReadByEmail>>,
    pub(super) owners_by_id: Arc<Line<ReadOwners>>,
    pub(super) new_tickets: Arc<Line<Create>>,
    pub(super) new_communications: Arc<Line<Create>>,
    pub(super) new_notes: Arc<Line<Create>>,
    pub(super) same_reads: SameReads,
    pub(super) pipelines: Cache<Object, Arc<Vec<Pipeline>>>,
    pub(super) properties: Cache<String, Arc<Vec<Property>>>,
    pub(super) owners: Cache<OwnerId, Owner>,
    pub(super) owner_list: Cache<(), Arc<Vec<Owner>>>,
    pub(super) account: Cache<(), Details>,
    pub(super) meeting_links: Cache<Option<UserId>, Arc<Vec<MeetingLink>>>,
    pub(super) booking_locks: BookingLocks,
    /// By slug.
    pub(super) link_settings: Cache<String, Arc<LinkSettings>>,
    by_id: [Arc<Line<ReadById>>; Object::ALL.len()],
    /// One line per pair of objects that was asked for: at most 64.
    associations: Mutex<HashMap<(Object, Object), AssociationsLine>>,
}

type AssociationsLine = Arc<Line<ReadAssociations>>;

impl Engine {
    pub(super) fn new(door: Door) -> Engine {
        let settings = door.settings.clone();
        Engine {
            door,
            writes: TaskTracker::new(),
            reads: TaskTracker::new(),
            claims: Claims::default(),
            by_email: Line::new(ReadByEmail),
            owners_by_id: Line::new(ReadOwners),
            new_tickets: Line::new(tickets::CREATE),
            new_communications: Line::new(communications::CREATE),
            new_notes: Line::new(activities::CREATE_NOTE),
            same_reads: SameReads::default(),
            pipelines: Cache::new("pipelines", settings.pipelines_ttl),
            properties: Cache::new("properties", settings.properties_ttl),
            owners: Cache::new("owners", settings.owners_ttl),
            owner_list: Cache::new("owner_list", settings.owners_ttl),
            account: Cache::new("account", ACCOUNT_AGE),
            meeting_links: Cache::new("meeting_links", settings.meeting_links_ttl),
            booking_locks: BookingLocks::default(),
            link_settings: Cache::new("link_settings", settings.meeting_links_ttl),
            by_id: Object::ALL.map(|object| Line::new(ReadById(object))),
            associations: Mutex::default(),
        }
    }

    pub(super) fn by_id(&self, object: Object) -> &Arc<Line<ReadById>> {
        &self.by_id[object as usize]
    }

    pub(super) fn associations(&self, from: Object, to: Object) -> AssociationsLine {
        let mut lines = self.associations.lock().unwrap_or_else(PoisonError::into_inner);
        lines.entry((from, to)).or_insert_with(|| Line::new(ReadAssociations { from, to })).clone()
    }
}
