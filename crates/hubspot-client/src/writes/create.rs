//! Records that are created once: alone or in a batch, and looked up when the answer is lost.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use futures::future::{BoxFuture, join_all};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::HubSpot;
use crate::api::read_by_id::{BATCH_MAX, Wanted};
use crate::batching::batcher::{self, BatchKind, QueuedWaiter};
use crate::error::{Error, Write};
use crate::metrics;
use crate::object::Object;
use crate::record::{Created, Record};
use crate::tier::Bucket;
use crate::transport::attempt::{AttemptError, Kind};
use crate::transport::limiter::Permit;
use crate::transport::request::ApiRequest;
use crate::versions::Api;
use crate::writes::batch_match;
use crate::writes::recovery::{self, Lookup};
use domain::id::RecordId;

/// Of a contact's records the newest so many are looked at for one whose answer was lost.
const LOOKED_AT_MAX: usize = 200;

/// How records of one object are created and recognised.
pub(crate) struct Create {
    pub(crate) object: Object,
    pub(crate) write: Write,
    /// The properties that tell one record from another of the same contact.
    pub(crate) match_by: &'static [&'static str],
}

/// A record that belongs to another one from the start, most often to a contact.
pub(crate) struct NewRecord {
    /// The record it belongs to; through it a lost one is found again.
    pub(crate) on: (Object, RecordId),
    /// HubSpot's input: `properties` and `associations`.
    pub(crate) input: Value,
}

/// A passenger whose request may have been carried out.
struct Lost {
    passenger: QueuedWaiter<Create>,
    sent_at: DateTime<Utc>,
    fault: AttemptError,
}

/// The outcome of sending one group.
enum Sent {
    Matched(Vec<Lost>),
    /// HubSpot refused the whole group for some of its inputs and did nothing: each half is sent by itself.
    Halves([Vec<QueuedWaiter<Create>>; 2]),
}

impl BatchKind for Create {
    type Input = NewRecord;
    type Output = Created<Record>;

    fn name(&self) -> &'static str {
        self.object.name()
    }

    fn bucket(&self) -> Bucket {
        Bucket::General
    }

    fn seats(&self) -> usize {
        BATCH_MAX
    }

    fn is_write(&self) -> bool {
        true
    }

    fn given_up(&self) -> Error {
        Error::OutcomeUnknown { write: self.write }
    }

    fn fly(&self, hub: HubSpot, permit: Permit, aboard: Vec<QueuedWaiter<Create>>) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let lost = self.send(&hub, Some(permit), aboard).await;
            let not_done = self.look_up_all(&hub, lost).await;
            let again = not_done.into_iter().map(|lost| lost.passenger).collect();
            let lost_again = self.send(&hub, None, again).await;
            for lost in self.look_up_all(&hub, lost_again).await {
                let error = self.not_done(&lost.fault);
                lost.passenger.answer(Err(error));
            }
        })
    }
}

impl Create {
    /// Sends everybody's record, answers those of whom HubSpot tells, and gives back those whose answer was lost.
    async fn send(&self, hub: &HubSpot, mut permit: Option<Permit>, aboard: Vec<QueuedWaiter<Create>>) -> Vec<Lost> {
        let (mut groups, mut lost) = (vec![aboard], vec![]);
        while let Some(group) = groups.pop() {
            if group.is_empty() {
                continue;
            }
            match self.send_group(hub, permit.take(), group).await {
                Sent::Matched(more) => lost.extend(more),
                Sent::Halves(halves) => groups.extend(halves),
            }
        }
        lost
    }

    async fn send_group(&self, hub: &HubSpot, permit: Option<Permit>, group: Vec<QueuedWaiter<Create>>) -> Sent {
        let (trip, sent_at) = (batcher::waiters(&group), hub.transport().clock.now());
        let mut sent: Vec<bool> = vec![];
        // Composed anew for every attempt: a record whose caller has gone is not created.
        let mut compose = || {
            sent = group.iter().map(|passenger| !passenger.is_gone()).collect();
            let wanted: Vec<_> = group.iter().filter(|passenger| !passenger.is_gone()).collect();
            (!wanted.is_empty()).then(|| self.ask(hub, &wanted))
        };
        let came = hub.transport().send_composed(Bucket::General, permit, &trip, &mut compose).await;
        if sent.is_empty() {
            sent = vec![true; group.len()];
        }
        let group: Vec<_> =
            group.into_iter().zip(sent).filter_map(|(passenger, sent)| sent.then_some(passenger)).collect();
        match came {
            Ok(answer) => Sent::Matched(self.tell(hub, &answer, group, sent_at).await),
            Err(fault) if group.len() > 1 && batcher::is_about_inputs(&fault) => Sent::Halves(batcher::halves(group)),
            Err(fault) => Sent::Matched(self.tell_fault(hub, &fault, group, sent_at).await),
        }
    }

    fn ask(&self, hub: &HubSpot, wanted: &[&QueuedWaiter<Create>]) -> ApiRequest {
        let path = format!("{}/{}", hub.root(Api::Objects), self.object.name());
        if let [one] = wanted {
            return ApiRequest::create(self.object.name(), path, &one.input.input);
        }
        let traced = |(at, passenger): (usize, &&QueuedWaiter<Create>)| {
            let mut input = passenger.input.input.clone();
            input["objectWriteTraceId"] = at.to_string().into();
            input
        };
        let inputs: Vec<_> = wanted.iter().enumerate().map(traced).collect();
        ApiRequest::create(self.object.name(), format!("{path}/batch/create"), &json!({ "inputs": inputs }))
    }

    /// Answers everybody of whom HubSpot's answer tells.
    async fn tell(
        &self,
        hub: &HubSpot,
        answer: &Value,
        group: Vec<QueuedWaiter<Create>>,
        sent_at: DateTime<Utc>,
    ) -> Vec<Lost> {
        let outcomes = match group.len() {
            1 => vec![Some(Record::read(answer))],
            _ => self.outcomes(hub, answer, &group).await,
        };
        let told = join_all(group.into_iter().zip(outcomes).map(async |(passenger, outcome)| {
            let outcome = outcome.unwrap_or_else(|| Err(AttemptError::unreadable("it does not tell of all inputs")));
            self.settle(hub, passenger, outcome, sent_at).await
        }));
        told.await.into_iter().flatten().collect()
    }

    async fn outcomes(
        &self,
        hub: &HubSpot,
        answer: &Value,
        group: &[QueuedWaiter<Create>],
    ) -> Vec<Option<Result<Record, AttemptError>>> {
        let inputs: Vec<_> = group.iter().map(|passenger| &passenger.input.input).collect();
        let mut told = match batch_match::read(answer, &inputs, self.match_by, self.object.name()) {
            Ok(told) => told,
            Err(fault) => return vec![Some(Err(fault)); group.len()],
        };
        // Equal records on different contacts, and texts that HubSpot keeps in another form: associations tell them apart.
        let unclear = std::mem::take(&mut told.unclear);
        let kinds: BTreeSet<_> = group.iter().map(|passenger| passenger.input.on.0).collect();
        let patient = group.iter().map(|passenger| &passenger.caller).max_by_key(|caller| caller.deadline);
        let view = patient.map_or_else(|| hub.detached(), |caller| hub.on_behalf_of(caller));
        let on = join_all(unclear.iter().map(|record| self.on(&view, record, &kinds)));
        for (record, on) in unclear.iter().zip(on.await) {
            let here: Vec<_> = told.open().filter(|at| on.contains(&group[*at].input.on)).collect();
            let is_same = |at: &&usize| batch_match::is_same(&inputs[**at]["properties"], record, self.match_by);
            let only = || here.first().filter(|_| here.len() == 1);
            if let Some(at) = here.iter().find(is_same).or_else(only) {
                told.outcomes[*at] = Some(Ok(record.clone()));
            }
        }
        told.outcomes
    }

    /// The records of these kinds that a record belongs to.
    async fn on(&self, view: &HubSpot, record: &Record, kinds: &BTreeSet<Object>) -> Vec<(Object, RecordId)> {
        let of_kind = |&kind: &Object| async move {
            let ids = view.associations().of(self.object, &record.id, kind).await.unwrap_or_default();
            ids.into_iter().map(move |id| (kind, id))
        };
        join_all(kinds.iter().map(of_kind)).await.into_iter().flatten().collect()
    }

    async fn tell_fault(
        &self,
        hub: &HubSpot,
        fault: &AttemptError,
        group: Vec<QueuedWaiter<Create>>,
        sent_at: DateTime<Utc>,
    ) -> Vec<Lost> {
        let told = group.into_iter().map(|passenger| self.settle(hub, passenger, Err(fault.clone()), sent_at));
        join_all(told).await.into_iter().flatten().collect()
    }

    /// Answers one caller, or gives it back when nobody knows what became of its record.
    async fn settle(
        &self,
        hub: &HubSpot,
        passenger: QueuedWaiter<Create>,
        outcome: Result<Record, AttemptError>,
        sent_at: DateTime<Utc>,
    ) -> Option<Lost> {
        match outcome {
            // An equal request whose answer was lost took this record for its own. What HubSpot makes of that request, as
            // late as it may, is then this caller's; only when nothing comes of it is the record made once more.
            Ok(record) if !hub.engine.claims.claim(self.object, &record.id) => {
                let fault =
                    AttemptError::new(Kind::ConnectionLost, Error::Unreadable { reason: "its record was taken" });
                Some(Lost { passenger, sent_at, fault: AttemptError { left_at: Some(Instant::now()), ..fault } })
            }
            Ok(value) => {
                self.answer(passenger, Ok(Created { value, recovered: false }));
                None
            }
            Err(fault) if fault.maybe_done() => Some(Lost { passenger, sent_at, fault }),
            Err(fault) => {
                let view = hub.on_behalf_of(&passenger.caller);
                let error = explained(&view, &fault, &passenger.input).await;
                self.answer(passenger, Err(error));
                None
            }
        }
    }

    fn answer(&self, passenger: QueuedWaiter<Create>, result: Result<Created<Record>, Error>) {
        let made = result.is_ok();
        if !passenger.answer(result) && made {
            metrics::ended_unheard(self.object.name());
            tracing::info!(object = self.object.name(), "A record was created whose caller had gone.");
        }
    }

    /// Looks everybody up, answers those whose fate is known or unknowable, and gives back those for whom nothing was done.
    async fn look_up_all(&self, hub: &HubSpot, lost: Vec<Lost>) -> Vec<Lost> {
        join_all(lost.into_iter().map(|lost| self.look_up(hub, lost))).await.into_iter().flatten().collect()
    }

    async fn look_up(&self, hub: &HubSpot, lost: Lost) -> Option<Lost> {
        if lost.passenger.is_gone() {
            metrics::ended_unheard(self.object.name());
            return None;
        }
        let view = hub.on_behalf_of(&lost.passenger.caller);
        let find = || self.find(&view, &lost.passenger.input, lost.sent_at);
        let looked = recovery::look_up(&lost.fault, lost.passenger.caller.deadline, find).await;
        metrics::recovered(self.object.name(), looked.name());
        match looked {
            Lookup::Done(value) => {
                self.answer(lost.passenger, Ok(Created { value, recovered: true }));
                None
            }
            Lookup::NotDone => Some(lost),
            Lookup::Undecided => {
                self.answer(lost.passenger, Err(self.given_up()));
                None
            }
        }
    }

    /// The record on the same contact that is equal to what was sent, new enough and nobody else's.
    async fn find(&self, view: &HubSpot, wanted: &NewRecord, sent_at: DateTime<Utc>) -> Result<Option<Record>, Error> {
        let mut ids = view.associations().of(wanted.on.0, &wanted.on.1, self.object).await?;
        ids.sort_by_key(|id| std::cmp::Reverse(id.as_str().parse::<u64>().unwrap_or(0)));
        ids.truncate(LOOKED_AT_MAX);
        let properties: Vec<_> = self.match_by.iter().map(|&name| name.to_owned()).collect();
        let line = view.engine.by_id(self.object);
        let reads = ids.into_iter().map(|id| line.ask(view, Wanted { id, properties: properties.clone() }));
        let mut records = vec![];
        for read in join_all(reads).await {
            records.extend(read?);
        }
        records.reverse(); // Oldest first.
        let sent = &wanted.input["properties"];
        records
            .retain(|record| batch_match::is_same(sent, record, self.match_by) && recovery::is_since(record, sent_at));
        Ok(records.into_iter().find(|record| view.engine.claims.claim(self.object, &record.id)))
    }

    /// What a caller learns whose record was not made in two attempts. A HubSpot that is silent may still be at it.
    fn not_done(&self, fault: &AttemptError) -> Error {
        if fault.kind == Kind::NoResponse { self.given_up() } else { fault.error.clone() }
    }
}

/// HubSpot does not document how it refuses an association with nobody, so a refusal that could be one is decided by
/// looking the contact up.
async fn explained(view: &HubSpot, fault: &AttemptError, new: &NewRecord) -> Error {
    let sent = |name: &String| new.input["properties"].get(name).is_some();
    let unclear = match &fault.error {
        Error::NotFound => true,
        Error::Rejected { problems } => !problems.iter().filter_map(|problem| problem.property.as_ref()).any(sent),
        _ => false,
    };
    let (kind, id) = &new.on;
    match unclear && *kind == Object::Contacts && view.contacts().by_id(id, &["email"]).await == Ok(None) {
        true => Error::ContactMissing,
        false => fault.error.clone(),
    }
}

#[cfg(test)]
mod tests;
