//! Names of owners in place of their ids, in the changes that an update made.

use std::collections::BTreeMap;

use super::diff::Change;
use super::owner;
use domain::id::OwnerId;
use hubspot_client::HubSpot;

const OWNER: &str = "hubspot_owner_id";

/// Shows the owner before and after by name. An owner whose name cannot be read is shown by id.
pub async fn show(hubspot: &HubSpot, changes: &mut BTreeMap<String, Change>) {
    let Some(change) = changes.get_mut(OWNER) else { return };
    for shown in [&mut change.before, &mut change.after] {
        let id: Option<OwnerId> = shown.as_deref().and_then(|id| id.parse().ok());
        if let Some(id) = id
            && let Some(name) = owner::name_of(hubspot, &id).await
        {
            *shown = Some(name);
        }
    }
}
