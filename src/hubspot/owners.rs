//! Owners: the users of HubSpot that records belong to.

use serde_json::Value;

use super::HubSpot;
use super::ask::{Ask, encoded};
use super::error::Error;
use super::fault::Fault;
use super::record;
use super::tier::Bucket;
use super::versions::Api;
use crate::crm::id::{OwnerId, UserId};

const FAMILY: &str = "owners";
/// HubSpot's largest page of owners.
const PAGE_SIZE: &str = "100";
const PAGES_MAX: usize = 50;

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
pub struct Owners<'a>(pub(super) &'a HubSpot);

impl Owners<'_> {
    pub async fn by_id(&self, id: &OwnerId) -> Result<Option<Owner>, Error> {
        for archived in ["false", "true"] {
            let path = format!("{}/{}", self.0.root(Api::Owners), encoded(id.as_str()));
            let ask = Ask::get(FAMILY, path).with("archived", archived);
            match self.0.door().send(Bucket::General, &ask, &self.0.trip()).await {
                Ok(answer) => return read(&answer).map(Some).map_err(|fault| fault.error),
                Err(fault) if fault.error == Error::NotFound => {}
                Err(fault) => return Err(fault.error),
            }
        }
        Ok(None)
    }

    /// All owners that are not archived.
    pub async fn all(&self) -> Result<Vec<Owner>, Error> {
        let ask = Ask::get(FAMILY, self.0.root(Api::Owners)).with("limit", PAGE_SIZE);
        let results = self.0.door().all_pages(ask, PAGES_MAX, &self.0.trip()).await;
        let owners = results.and_then(|results| results.iter().map(read).collect());
        owners.map_err(|fault: Fault| fault.error)
    }
}

fn read(value: &Value) -> Result<Owner, Fault> {
    let id = record::id(&value["id"]).ok_or_else(|| Fault::unreadable("an owner in it has no id"))?;
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
