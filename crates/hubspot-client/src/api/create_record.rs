//! Creates tickets, tasks, notes and communications: records that belong to a contact or another record from the start.
//!
//! They are sent in batches; each record is carried out once by the protocol of [`crate::writes`].

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::future::{BoxFuture, join_all};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::api::associations::AssociationsState;
use crate::api::read_by_id::BATCH_MAX;
use crate::api::records::RecordsState;
use crate::batching::batcher::{self, BatchKind, Batcher, QueuedWaiter};
use crate::error::Error;
use crate::metrics;
use crate::object::Object;
use crate::record::{Created, Record};
use crate::tier::Bucket;
use crate::transport::attempt::{AttemptError, FailureKind};
use crate::transport::call_scope::CallScope;
use crate::transport::limiter::Permit;
use crate::transport::request::{ApiRequest, encoded};
use crate::versions::Api;
use crate::writes::assigned_records::AssignedRecords;
use crate::writes::batch_match;
use crate::writes::dry_run;
use crate::writes::key_lock::KeyLock;
use crate::writes::kind::WriteKind;
use crate::writes::once::{OnceWrite, is_created_since, write_once};
use crate::writes::protocol::{SENDS_MAX, Uniqueness, WriteRules};
use crate::writes::written::{Action, WriteFacts, WrittenRecord};
use domain::id::RecordId;

/// A record whose answer was lost is looked for among so many of the newest records of its parent.
const LOOKED_AT_MAX: usize = 200;

/// The way in which records of one object type are created and recognised.
#[derive(Clone, Copy)]
pub(crate) struct RecordKind {
    pub(crate) object: Object,
    pub(crate) write: WriteKind,
    /// The properties by which one record differs from another of the same parent.
    pub(crate) match_by: &'static [&'static str],
}

/// A record to create.
pub(crate) struct NewRecord {
    /// The record to which it belongs. It is found again among the records of this one; without one it is not looked up.
    pub(crate) parent: Option<(Object, RecordId)>,
    /// HubSpot's input: `properties` and `associations`.
    pub(crate) input: Value,
    /// A key among the properties of which HubSpot takes only one record.
    pub(crate) key: Option<RequestKey>,
    /// Held until the creation has ended, also when its caller has stopped waiting.
    pub(crate) _lock: Option<KeyLock>,
}

/// A value of a unique property that belongs to one creation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestKey {
    pub(crate) property: String,
    pub(crate) value: String,
}

impl NewRecord {
    /// True if a record is, or may be, the result of this input. The key tells it surely where HubSpot repeats it.
    fn is_result(&self, record: &Record, match_by: &[&str]) -> bool {
        let key = self.key.as_ref().and_then(|key| Some((key, record.get(&key.property)?)));
        match key {
            Some((key, kept)) if !kept.is_empty() => key.value == kept,
            _ => batch_match::is_same(&self.input["properties"], record, match_by),
        }
    }
}

/// Creates records of one kind.
pub(crate) struct RecordCreator {
    shared: Arc<Shared>,
    batcher: Arc<Batcher<CreateBatch>>,
}

struct Shared {
    kind: RecordKind,
    records: Arc<RecordsState>,
    associations: Arc<AssociationsState>,
    claims: AssignedRecords,
}

impl RecordCreator {
    pub(crate) fn new(kind: RecordKind, records: Arc<RecordsState>, associations: Arc<AssociationsState>) -> Self {
        let shared = Arc::new(Shared { kind, records, associations, claims: AssignedRecords::default() });
        RecordCreator { batcher: Batcher::new(CreateBatch(shared.clone())), shared }
    }

    pub(crate) async fn create(&self, scope: &CallScope, new: NewRecord) -> Result<Created<Record>, Error> {
        let (shared, batcher) = (self.shared.clone(), self.batcher.clone());
        write_once(scope, CreateRecord { shared, batcher, new: Arc::new(new) }).await
    }
}

/// Creates one record.
struct CreateRecord {
    shared: Arc<Shared>,
    batcher: Arc<Batcher<CreateBatch>>,
    new: Arc<NewRecord>,
}

impl OnceWrite for CreateRecord {
    type Output = Record;

    fn family(&self) -> &'static str {
        self.shared.kind.object.name()
    }

    fn rules(&self) -> WriteRules {
        let uniqueness = if self.new.key.is_some() { Uniqueness::RequestKey } else { Uniqueness::None };
        let can_be_found = self.new.key.is_some() || self.new.parent.is_some();
        WriteRules { write: self.shared.kind.write, can_be_found, uniqueness, sends_max: SENDS_MAX }
    }

    fn facts(&self) -> WriteFacts {
        let properties = self.new.input["properties"].as_object().into_iter().flatten();
        let names = properties.map(|(name, _)| name.clone()).collect();
        let parent = self.new.parent.as_ref().map(WrittenRecord::of);
        WriteFacts { parent, ..WriteFacts::begun(Action::Create, self.shared.kind.object.name(), names) }
    }

    fn records(object: &'static str, record: &Record) -> Vec<WrittenRecord> {
        vec![WrittenRecord::new(object, &record.id)]
    }

    fn request(&self, scope: &CallScope) -> ApiRequest {
        let family = self.family();
        ApiRequest::create(family, format!("{}/{family}", scope.root(Api::Objects)), &self.new.input)
    }

    fn pretended(&self) -> Record {
        dry_run::record(&self.new.input["properties"])
    }

    async fn send(&self, scope: &CallScope) -> Result<Record, AttemptError> {
        self.batcher.submit(scope, self.new.clone()).await
    }

    /// The record that has the key. Without a key, the oldest record of the same parent that has the values that were
    /// sent, is new enough and belongs to no other call.
    async fn find(&self, scope: &CallScope, sent_at: DateTime<Utc>) -> Result<Option<Record>, Error> {
        if let Some(key) = &self.new.key {
            let found = self.shared.with_key(scope, key).await?;
            return Ok(found.inspect(|record| _ = self.shared.claims.claim(&record.id)));
        }
        let Shared { kind, records, associations, claims } = &*self.shared;
        let Some((parent_object, parent_id)) = &self.new.parent else { return Ok(None) };
        let mut ids = associations.of(scope, *parent_object, parent_id, kind.object).await?;
        ids.sort_by_key(|id| Reverse(id.as_str().parse::<u64>().unwrap_or(0)));
        ids.truncate(LOOKED_AT_MAX);
        let reads = join_all(ids.iter().map(|id| records.by_id(scope, kind.object, id, kind.match_by))).await;
        let mut found: Vec<_> = reads.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        found.reverse(); // Oldest first.
        let sent = &self.new.input["properties"];
        found.retain(|record| batch_match::is_same(sent, record, kind.match_by) && is_created_since(record, sent_at));
        Ok(found.into_iter().find(|record| claims.claim(&record.id)))
    }

    /// HubSpot does not document how it refuses an association with a contact that does not exist. A refusal that could be
    /// one is decided by reading the contact.
    async fn refusal(&self, scope: &CallScope, error: AttemptError) -> Error {
        if let Some(taken) = self.new.key.as_ref().and_then(|key| error.error.taken_value(&key.property)) {
            return taken;
        }
        let sent = |name: &String| self.new.input["properties"].get(name).is_some();
        let unclear = match &error.error {
            Error::NotFound => true,
            Error::Rejected { problems } => !problems.iter().filter_map(|problem| problem.property.as_ref()).any(sent),
            _ => false,
        };
        if unclear
            && let Some((Object::Contacts, id)) = &self.new.parent
            && self.shared.records.by_id(scope, Object::Contacts, id, &["email"]).await == Ok(None)
        {
            return Error::ContactMissing;
        }
        error.error
    }

    /// Nobody else has the key, so the record that HubSpot names as its holder is this one.
    fn result_in(&self, refusal: &Error) -> Option<Record> {
        match (&self.new.key, refusal) {
            (Some(_), Error::Conflict { existing_id: Some(id) }) => {
                self.shared.claims.claim(id);
                Some(Record::known(id.clone()))
            }
            _ => None,
        }
    }

    fn is_duplicate(&self, refusal: &Error) -> bool {
        self.new.key.is_some() && matches!(refusal, Error::Conflict { .. })
    }
}

impl Shared {
    /// Reads the record that has a key. HubSpot's index of unique values does not lag behind, as its search does.
    async fn with_key(&self, scope: &CallScope, key: &RequestKey) -> Result<Option<Record>, Error> {
        let RecordKind { object, match_by, .. } = self.kind;
        let path = format!("{}/{}/{}", scope.root(Api::Objects), object.name(), encoded(&key.value));
        let request = ApiRequest::get(object.name(), path)
            .with("idProperty", &key.property)
            .with("properties", &match_by.join(","));
        match scope.send(Bucket::General, &request).await {
            Ok(answer) => Ok(Some(Record::read(&answer)?)),
            Err(error) if error.error == Error::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Sends one batch of new records.
struct CreateBatch(Arc<Shared>);

type QueuedRecord = QueuedWaiter<CreateBatch>;

impl BatchKind for CreateBatch {
    type Input = Arc<NewRecord>;
    type Output = Record;

    fn name(&self) -> &'static str {
        self.0.kind.object.name()
    }

    fn max_batch(&self) -> usize {
        BATCH_MAX
    }

    fn is_write(&self) -> bool {
        true
    }

    fn run(&self, scope: CallScope, permit: Permit, batch: Vec<QueuedRecord>) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let (mut groups, mut permit) = (vec![batch], Some(permit));
            while let Some(group) = groups.pop() {
                groups.extend(self.send_group(&scope, permit.take(), group).await.into_iter().flatten());
            }
        })
    }
}

impl CreateBatch {
    /// Sends a group and answers it, or returns its halves if HubSpot refused the whole for one of its inputs.
    async fn send_group(
        &self,
        scope: &CallScope,
        permit: Option<Permit>,
        group: Vec<QueuedRecord>,
    ) -> Option<[Vec<QueuedRecord>; 2]> {
        let waiters = batcher::waiters_of(&group);
        let mut sent = vec![true; group.len()];
        // Composed anew for every attempt: a record whose caller has stopped waiting is not created.
        let mut compose = || {
            sent = group.iter().map(|queued| !queued.is_cancelled()).collect();
            let wanted: Vec<_> = group.iter().zip(&sent).filter_map(|(queued, sent)| sent.then_some(queued)).collect();
            (!wanted.is_empty()).then(|| self.request(scope, &wanted))
        };
        let result = scope.transport().send_composed(Bucket::General, permit, &waiters, &mut compose).await;
        let group: Vec<_> = group.into_iter().zip(sent).filter_map(|(queued, sent)| sent.then_some(queued)).collect();
        let outcomes = match result {
            Err(error) if group.len() > 1 && batcher::is_about_inputs(&error) => return Some(batcher::halves(group)),
            Err(error) => vec![Err(error); group.len()],
            Ok(answer) if group.len() == 1 => vec![Record::read(&answer)],
            Ok(answer) => self.match_answer(scope, &answer, &group).await,
        };
        for (queued, outcome) in group.into_iter().zip(outcomes) {
            self.answer(queued, outcome);
        }
        None
    }

    fn request(&self, scope: &CallScope, wanted: &[&QueuedRecord]) -> ApiRequest {
        let family = self.0.kind.object.name();
        let path = format!("{}/{family}", scope.root(Api::Objects));
        if let [one] = wanted {
            return ApiRequest::create(family, path, &one.input.input);
        }
        let traced = |(at, queued): (usize, &&QueuedRecord)| {
            let mut input = queued.input.input.clone();
            input["objectWriteTraceId"] = at.to_string().into();
            input
        };
        let inputs: Vec<_> = wanted.iter().enumerate().map(traced).collect();
        ApiRequest::create(family, format!("{path}/batch/create"), &json!({ "inputs": inputs }))
    }

    /// The outcome of each record of a batch.
    async fn match_answer(
        &self,
        scope: &CallScope,
        answer: &Value,
        group: &[QueuedRecord],
    ) -> Vec<Result<Record, AttemptError>> {
        let match_by = self.0.kind.match_by;
        let is_result = |at: usize, record: &Record| group[at].input.is_result(record, match_by);
        let mut matched = match batch_match::match_results(answer, group.len(), is_result, self.name()) {
            Ok(matched) => matched,
            Err(error) => return vec![Err(error); group.len()],
        };
        // Their parents tell equal records apart, and records whose text HubSpot stores in another form.
        let unclear = std::mem::take(&mut matched.unclear);
        let parents = self.parents(scope, &unclear, group).await;
        for (record, parents) in unclear.into_iter().zip(parents) {
            let is_of = |at: &usize| group[*at].input.parent.as_ref().is_some_and(|parent| parents.contains(parent));
            let here: Vec<_> = matched.open().filter(is_of).collect();
            let only = || here.first().filter(|_| here.len() == 1);
            if let Some(&at) = here.iter().find(|at| is_result(**at, &record)).or_else(only) {
                matched.outcomes[at] = Some(Ok(record));
            }
        }
        let unmentioned = || Err(AttemptError::unreadable("it does not tell of all inputs"));
        matched.outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(unmentioned)).collect()
    }

    /// The parents of each record, of the object types that the parents of the group have.
    async fn parents(
        &self,
        scope: &CallScope,
        records: &[Record],
        group: &[QueuedRecord],
    ) -> Vec<Vec<(Object, RecordId)>> {
        let objects: BTreeSet<_> = group.iter().filter_map(|queued| Some(queued.input.parent.as_ref()?.0)).collect();
        let patient = group.iter().map(|queued| &queued.waiter).max_by_key(|waiter| waiter.deadline);
        let scope = patient.map_or_else(|| scope.without_call(), |waiter| scope.for_waiter(waiter));
        let (scope, shared) = (&scope, &self.0);
        let of_object = async |record: &Record, object: Object| {
            let ids = shared.associations.of(scope, shared.kind.object, &record.id, object).await.unwrap_or_default();
            ids.into_iter().map(move |id| (object, id)).collect::<Vec<_>>()
        };
        let of_record = async |record| join_all(objects.iter().map(|&object| of_object(record, object))).await.concat();
        join_all(records.iter().map(of_record)).await
    }

    fn answer(&self, queued: QueuedRecord, outcome: Result<Record, AttemptError>) {
        let keyed = queued.input.key.is_some();
        let outcome = outcome.and_then(|record| self.claimed(record, keyed));
        let created = outcome.is_ok();
        if !queued.answer(outcome) && created {
            metrics::finished_without_caller(self.name());
            tracing::info!(object = self.name(), "A record was created after its caller had stopped waiting.");
        }
    }

    /// Assigns a record to its caller. A key says whose it is. Without one, an equal request whose answer was lost may have taken it for its own: then whatever
    /// HubSpot makes of that request, as late as it may, belongs to this caller, as after a lost answer.
    fn claimed(&self, record: Record, keyed: bool) -> Result<Record, AttemptError> {
        if self.0.claims.claim(&record.id) || keyed {
            return Ok(record);
        }
        let taken = Error::Unreadable { reason: "its record was taken" };
        let lost = AttemptError::new(FailureKind::ConnectionLost, taken);
        Err(AttemptError { sent_at: Some(Instant::now()), ..lost })
    }
}

#[cfg(test)]
mod tests;
