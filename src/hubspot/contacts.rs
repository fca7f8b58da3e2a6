//! Contacts: people, found by e-mail address or id.

use serde_json::json;

use super::HubSpot;
use super::ask::{Ask, encoded};
use super::error::Error;
use super::record::Record;
use super::tier::Bucket;
use super::versions::Api;
use crate::crm::email::Email;
use crate::crm::id::RecordId;

const FAMILY: &str = "contacts";

#[derive(Debug)]
pub struct Contacts<'a>(pub(super) &'a HubSpot);

impl Contacts<'_> {
    /// The contact whose primary or secondary address this is. HubSpot's search is not asked: it lags behind, and does not
    /// surely know secondary addresses. What HubSpot returns is checked here.
    pub async fn by_email(&self, email: &Email, properties: &[&str]) -> Result<Option<Record>, Error> {
        let body = json!({
            "idProperty": "email", "inputs": [{"id": email.as_str()}], "properties": with_addresses(properties),
        });
        let path = format!("{}/contacts/batch/read", self.0.root(Api::Objects));
        let ask = Ask::query(FAMILY, path, &body);
        let answer = self.0.door().send(Bucket::General, &ask, &self.0.trip()).await;
        let records = answer.and_then(|answer| Record::read_all(&answer)).map_err(|fault| fault.error)?;
        let mut matching: Vec<_> = records.into_iter().filter(|record| has_address(record, email)).collect();
        match matching.len() {
            0 | 1 => Ok(matching.pop()),
            _ => Err(Error::Ambiguous { ids: matching.into_iter().map(|record| record.id).collect() }),
        }
    }

    pub async fn by_id(&self, id: &RecordId, properties: &[&str]) -> Result<Option<Record>, Error> {
        let path = format!("{}/contacts/{}", self.0.root(Api::Objects), encoded(id.as_str()));
        let ask = Ask::get(FAMILY, path).with("properties", &properties.join(","));
        match self.0.door().send(Bucket::General, &ask, &self.0.trip()).await {
            Ok(answer) => Record::read(&answer).map(Some).map_err(|fault| fault.error),
            Err(fault) if fault.error == Error::NotFound => Ok(None),
            Err(fault) => Err(fault.error),
        }
    }
}

fn with_addresses(properties: &[&str]) -> Vec<String> {
    let mut names: Vec<_> =
        ["email", "hs_additional_emails"].iter().chain(properties).map(|&name| name.to_owned()).collect();
    names.sort();
    names.dedup();
    names
}

/// HubSpot keeps secondary addresses in one property, separated by semicolons.
fn has_address(record: &Record, email: &Email) -> bool {
    let secondary = record.get("hs_additional_emails").unwrap_or_default().split(';');
    secondary.chain(record.get("email")).any(|address| address.trim().to_lowercase() == email.as_str())
}
