//! Owners: the users of HubSpot that records belong to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::future::join_all;
use serde_json::Value;

use crate::HubSpot;
use crate::batching::batched_read::BatchedRead;
use crate::error::Error;
use crate::record;
use crate::tier::Bucket;
use crate::transport::attempt::AttemptError;
use crate::transport::limiter::Permit;
use crate::transport::request::{ApiRequest, encoded};
use crate::transport::waiters::Waiters;
use crate::versions::Api;
use domain::id::{OwnerId, UserId};

const FAMILY: &str = "owners";
/// HubSpot's largest page of owners.
const PAGE_SIZE: &str = "100";
const PAGES_MAX: usize = 50;
/// Callers who share one flight.
const SEATS: usize = 1000;
/// From this many different owners on, reading the list is fewer requests than reading each.
const LIST_FROM: usize = 3;

/// Names and address are as HubSpot has them; those of archived owners are often empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    pub id: OwnerId,
    /// The user behind it, whom the scheduler knows; archived owners keep it as well.
    pub user_id: Option<UserId>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
    pub teams: Vec<Team>,
    pub archived: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    pub id: String,
    pub name: String,
    pub primary: bool,
}

#[derive(Debug)]
pub struct Owners<'a>(pub(crate) &'a HubSpot);

impl Owners<'_> {
    /// The owner, archived or not. From memory if it was read a short while ago.
    pub async fn by_id(&self, id: &OwnerId) -> Result<Option<Owner>, Error> {
        let load = || async { self.0.engine.owners_by_id.ask(self.0, id.clone()).await?.ok_or(Error::NotFound) };
        match self.0.engine.owners.get(self.0, id.clone(), load).await {
            Ok(owner) => Ok(Some(owner)),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All owners that are not archived. From memory if they were read a short while ago.
    pub async fn list(&self) -> Result<Arc<Vec<Owner>>, Error> {
        let load = || async { self.all().await.map(Arc::new) };
        self.0.engine.owner_list.get(self.0, (), load).await
    }

    /// The same, read now: for when an owner is asked for who was not there a short while ago.
    pub async fn list_fresh(&self) -> Result<Arc<Vec<Owner>>, Error> {
        self.0.engine.owner_list.forget(&()).await;
        self.list().await
    }

    /// All owners that are not archived, read fresh.
    pub async fn all(&self) -> Result<Vec<Owner>, Error> {
        let owners = all(self.0, &self.0.waiters()).await.map_err(|fault| fault.error)?;
        for owner in &owners {
            self.0.engine.owners.put(owner.id.clone(), owner.clone()).await;
        }
        Ok(owners)
    }
}

/// HubSpot has no batch read of owners; in company the list is read instead.
pub(crate) struct ReadOwners;

impl BatchedRead for ReadOwners {
    type Input = OwnerId;
    type Output = Option<Owner>;
    type Found = BTreeMap<OwnerId, Owner>;

    const SEATS: usize = SEATS;

    fn name(&self) -> &'static str {
        FAMILY
    }

    async fn read(
        &self,
        hub: &HubSpot,
        permit: Option<Permit>,
        trip: &Waiters,
        asked: &[&OwnerId],
    ) -> Result<BTreeMap<OwnerId, Owner>, AttemptError> {
        named(hub, permit, trip, asked.iter().map(|&id| id.clone()).collect()).await
    }

    fn part(found: &BTreeMap<OwnerId, Owner>, asked: &OwnerId) -> Result<Option<Owner>, Error> {
        Ok(found.get(asked).cloned())
    }
}

async fn named(
    hub: &HubSpot,
    mut permit: Option<Permit>,
    trip: &Waiters,
    ids: BTreeSet<OwnerId>,
) -> Result<BTreeMap<OwnerId, Owner>, AttemptError> {
    let mut found = BTreeMap::new();
    if ids.len() >= LIST_FROM {
        drop(permit.take()); // Reading the pages takes its own places.
        found.extend(all(hub, trip).await?.into_iter().map(|owner| (owner.id.clone(), owner)));
    }
    // Whom the list does not have may be archived.
    let rest: Vec<_> = ids.into_iter().filter(|id| !found.contains_key(id)).collect();
    let reads = rest.iter().map(|id| one(hub, permit.take(), trip, id));
    for read in join_all(reads).await {
        found.extend(read?.map(|owner| (owner.id.clone(), owner)));
    }
    Ok(found)
}

async fn all(hub: &HubSpot, trip: &Waiters) -> Result<Vec<Owner>, AttemptError> {
    let ask = ApiRequest::get(FAMILY, hub.root(Api::Owners)).with("limit", PAGE_SIZE);
    hub.transport().all_pages(ask, PAGES_MAX, trip).await?.iter().map(read).collect()
}

async fn one(
    hub: &HubSpot,
    mut permit: Option<Permit>,
    trip: &Waiters,
    id: &OwnerId,
) -> Result<Option<Owner>, AttemptError> {
    for archived in ["false", "true"] {
        let path = format!("{}/{}", hub.root(Api::Owners), encoded(id.as_str()));
        let ask = ApiRequest::get(FAMILY, path).with("archived", archived);
        let compose = &mut || Some(ask.clone());
        match hub.transport().send_composed(Bucket::General, permit.take(), trip, compose).await {
            Ok(answer) => return read(&answer).map(Some),
            Err(fault) if fault.error == Error::NotFound => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(None)
}

fn read(value: &Value) -> Result<Owner, AttemptError> {
    let id = record::id(&value["id"]).ok_or_else(|| AttemptError::unreadable("an owner in it has no id"))?;
    let text = |field: &str| value[field].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    Ok(Owner {
        id,
        user_id: record::id(&value["userId"]).or_else(|| record::id(&value["userIdIncludingInactive"])),
        first_name: text("firstName"),
        last_name: text("lastName"),
        email: text("email"),
        teams: value["teams"].as_array().into_iter().flatten().map(team).collect(),
        archived: value["archived"].as_bool().unwrap_or(false),
    })
}

fn team(value: &Value) -> Team {
    let text = |field: &str| value[field].as_str().unwrap_or_default().to_owned();
    Team { id: text("id"), name: text("name"), primary: value["primary"].as_bool().unwrap_or(false) }
}
