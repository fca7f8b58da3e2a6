//! Owners: the users of HubSpot to whom records are assigned.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::future::join_all;
use serde_json::Value;

use crate::batching::batched_read::BatchedRead;
use crate::batching::batcher::Batcher;
use crate::batching::cache::Cache;
use crate::error::Error;
use crate::record;
use crate::settings::Settings;
use crate::tier::Bucket;
use crate::transport::attempt::AttemptError;
use crate::transport::call_scope::CallScope;
use crate::transport::limiter::Permit;
use crate::transport::paging;
use crate::transport::request::{ApiRequest, encoded};
use crate::transport::waiters::Waiters;
use crate::versions::Api;
use domain::id::{OwnerId, UserId};

const FAMILY: &str = "owners";
/// The largest page (HubSpot, owners API).
const PAGE_SIZE: &str = "100";
const PAGES_MAX: usize = 50;
/// The most callers that share one read.
const BATCH_MAX: usize = 1000;
/// From this number of different owners on, the list takes fewer requests than single reads.
const LIST_FROM: usize = 3;

/// An owner. Names and address are as HubSpot has them; those of archived owners are often empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The id by which records name the owner.
    pub id: OwnerId,
    /// The id of the user, by which the scheduler names the owner. Archived owners keep it.
    pub user_id: Option<UserId>,
    /// First name of the user.
    pub first_name: Option<String>,
    /// Last name of the user.
    pub last_name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The teams of the owner.
    pub teams: Vec<Team>,
    /// True if the user was deactivated or removed.
    pub archived: bool,
}

/// A team of owners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Id of the team in HubSpot.
    pub id: String,
    /// The name that people see.
    pub name: String,
    /// True if it is the owner's main team.
    pub primary: bool,
}

/// The owners of the account.
#[derive(Debug)]
pub struct Owners<'a> {
    pub(crate) state: &'a OwnersState,
    pub(crate) scope: &'a CallScope,
}

/// The caches of owners and the batcher of reads by id.
pub(crate) struct OwnersState {
    by_id: Arc<Batcher<ReadOwners>>,
    cache: Cache<OwnerId, Owner>,
    list: Cache<(), Arc<Vec<Owner>>>,
    left: Cache<(), Arc<Vec<Owner>>>,
}

impl OwnersState {
    pub(crate) fn new(settings: &Settings) -> OwnersState {
        OwnersState {
            by_id: Batcher::new(ReadOwners),
            cache: Cache::new("owners", settings.owners_ttl),
            list: Cache::new("owner_list", settings.owners_ttl),
            left: Cache::new("owners_left", settings.owners_ttl),
        }
    }
}

opaque_debug!(OwnersState);

impl Owners<'_> {
    /// Returns an owner, archived or not, from the cache if it is in it. Concurrent reads share requests.
    pub async fn by_id(&self, id: &OwnerId) -> Result<Option<Owner>, Error> {
        let load = || async { self.state.by_id.submit(self.scope, id.clone()).await?.ok_or(Error::NotFound) };
        match self.state.cache.get(self.scope.deadline(), id.clone(), load).await {
            Ok(owner) => Ok(Some(owner)),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns all owners that are not archived, from the cache if they are in it.
    pub async fn list(&self) -> Result<Arc<Vec<Owner>>, Error> {
        let load = || async { self.read_list().await.map(Arc::new) };
        self.state.list.get(self.scope.deadline(), (), load).await
    }

    /// Reads them again, for an owner that the cached list does not have.
    pub async fn list_fresh(&self) -> Result<Arc<Vec<Owner>>, Error> {
        self.state.list.remove(&());
        self.list().await
    }

    /// Returns the owners who have left: those that are archived, from the cache if they are in it.
    pub async fn left(&self) -> Result<Arc<Vec<Owner>>, Error> {
        let load = || async {
            let owners = read_all(self.scope, &Waiters::one(self.scope.waiter()), Shown::Archived).await?;
            Ok(Arc::new(owners))
        };
        self.state.left.get(self.scope.deadline(), (), load).await
    }

    async fn read_list(&self) -> Result<Vec<Owner>, Error> {
        let owners = read_all(self.scope, &Waiters::one(self.scope.waiter()), Shown::Active).await?;
        for owner in &owners {
            self.state.cache.insert(owner.id.clone(), owner.clone());
        }
        Ok(owners)
    }
}

/// Reads owners by id. HubSpot has no batch read of them, so for several the list is read.
struct ReadOwners;

impl BatchedRead for ReadOwners {
    type Input = OwnerId;
    type Output = Option<Owner>;
    type Found = BTreeMap<OwnerId, Owner>;

    const MAX_BATCH: usize = BATCH_MAX;

    fn name(&self) -> &'static str {
        FAMILY
    }

    async fn read(
        &self,
        scope: &CallScope,
        permit: Option<Permit>,
        waiters: &Waiters,
        inputs: &[&OwnerId],
    ) -> Result<BTreeMap<OwnerId, Owner>, AttemptError> {
        read_owners(scope, permit, waiters, inputs.iter().map(|&id| id.clone()).collect()).await
    }

    fn part(found: &BTreeMap<OwnerId, Owner>, id: &OwnerId) -> Result<Option<Owner>, Error> {
        Ok(found.get(id).cloned())
    }
}

async fn read_owners(
    scope: &CallScope,
    mut permit: Option<Permit>,
    waiters: &Waiters,
    ids: BTreeSet<OwnerId>,
) -> Result<BTreeMap<OwnerId, Owner>, AttemptError> {
    let mut found = BTreeMap::new();
    if ids.len() >= LIST_FROM {
        drop(permit.take()); // The pages take places of their own.
        let owners = read_all(scope, waiters, Shown::Active).await?;
        found.extend(owners.into_iter().map(|owner| (owner.id.clone(), owner)));
    }
    // An owner that is not in the list may be archived.
    let rest: Vec<_> = ids.into_iter().filter(|id| !found.contains_key(id)).collect();
    let reads = rest.iter().map(|id| read_one(scope, permit.take(), waiters, id));
    for read in join_all(reads).await {
        found.extend(read?.map(|owner| (owner.id.clone(), owner)));
    }
    Ok(found)
}

/// The owners that a list shows.
#[derive(Clone, Copy)]
enum Shown {
    Active,
    Archived,
}

async fn read_all(scope: &CallScope, waiters: &Waiters, shown: Shown) -> Result<Vec<Owner>, AttemptError> {
    let request = ApiRequest::get(FAMILY, scope.root(Api::Owners)).with("limit", PAGE_SIZE);
    let request = match shown {
        Shown::Active => request,
        Shown::Archived => request.with("archived", "true"),
    };
    paging::all_pages(scope.transport(), request, PAGES_MAX, waiters).await?.iter().map(read).collect()
}

async fn read_one(
    scope: &CallScope,
    mut permit: Option<Permit>,
    waiters: &Waiters,
    id: &OwnerId,
) -> Result<Option<Owner>, AttemptError> {
    for archived in ["false", "true"] {
        let path = format!("{}/{}", scope.root(Api::Owners), encoded(id.as_str()));
        let request = ApiRequest::get(FAMILY, path).with("archived", archived);
        let compose = &mut || Some(request.clone());
        match scope.transport().send_composed(Bucket::General, permit.take(), waiters, compose).await {
            Ok(answer) => return read(&answer).map(Some),
            Err(error) if error.error == Error::NotFound => {}
            Err(error) => return Err(error),
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
