//! The version of each family of HubSpot's API, and the paths that follow from it.
//!
//! In HubSpot's dated versions (`/crm/objects/2026-09/contacts`) and in the older ones (`/crm/v3/objects/contacts`) the
//! version stands at different places. Only this file knows them.

use std::{fmt, str::FromStr};

/// The current stable version, generally available since 2026-09-08 (HubSpot, API versioning).
const CURRENT: &str = "2026-09";

/// A group of endpoints that is versioned together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// Records of the CRM, and their associations.
    Objects,
    /// Links between records.
    Associations,
    /// Owners and their teams.
    Owners,
    /// Pipelines and stages.
    Pipelines,
    /// Definitions of properties.
    Properties,
    /// Meeting links and bookings.
    Scheduler,
    /// Details of the account: its id, zone and limits.
    Account,
    /// Threads, messages and inboxes.
    Conversations,
    /// Files of the file manager.
    Files,
    /// Custom channels, their accounts and messages.
    CustomChannels,
    /// Tokens of apps.
    OAuth,
}

impl Api {
    /// Every family, with its name in settings and the path segments before and after the version:
    /// dated as `/{0}/{1}/VERSION`, older as `/{0}/VERSION/{1}`.
    const TABLE: &[(Api, &str, &str, &str)] = &[
        (Api::Objects, "objects", "crm", "objects"),
        (Api::Associations, "associations", "crm", "associations"),
        (Api::Owners, "owners", "crm", "owners"),
        (Api::Pipelines, "pipelines", "crm", "pipelines"),
        (Api::Properties, "properties", "crm", "properties"),
        (Api::Scheduler, "scheduler", "scheduler", "meetings"),
        (Api::Account, "account", "account-info", ""),
        (Api::Conversations, "conversations", "conversations", "conversations"),
        (Api::Files, "files", "files", "files"),
        (Api::CustomChannels, "custom_channels", "conversations", "custom-channels"),
        (Api::OAuth, "oauth", "oauth", ""),
    ];

    fn row(self) -> &'static (Api, &'static str, &'static str, &'static str) {
        &Api::TABLE[self as usize]
    }

    /// The name in settings and metrics.
    pub fn name(self) -> &'static str {
        self.row().1
    }
}

/// One version per family. The default is the current dated version for all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions([String; Api::TABLE.len()]);

impl Default for Versions {
    fn default() -> Versions {
        Versions(std::array::from_fn(|_| CURRENT.to_owned()))
    }
}

impl Versions {
    /// The path of a family's root, without a slash at the end.
    pub(crate) fn root(&self, api: Api) -> String {
        let version = &self.0[api as usize];
        let (_, _, before, after) = api.row();
        match (api, is_dated(version), after.is_empty()) {
            (_, _, true) => format!("/{before}/{version}"),
            // Only these dated paths have the version in the middle.
            (Api::Scheduler | Api::Files, _, _) | (_, false, _) => format!("/{before}/{version}/{after}"),
            (_, true, _) => format!("/{before}/{after}/{version}"),
        }
    }
}

/// An override is not of the form `family=version`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an API version: write `family=version`, such as `scheduler=2026-03` or `objects=v3`; {families}", families = families())]
pub struct BadVersion(String);

fn families() -> String {
    let names: Vec<_> = Api::TABLE.iter().map(|row| format!("`{}`", row.1)).collect();
    format!("the families are {}", names.join(", "))
}

/// Reads `objects=2026-03,scheduler=v3`; families that are not named keep the current version.
impl FromStr for Versions {
    type Err = BadVersion;

    fn from_str(raw: &str) -> Result<Versions, BadVersion> {
        let mut versions = Versions::default();
        for item in raw.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let bad = || BadVersion(item.chars().take(40).collect());
            let (family, version) = item.split_once('=').ok_or_else(bad)?;
            let (api, ..) = Api::TABLE.iter().find(|row| row.1 == family.trim()).ok_or_else(bad)?;
            let version = version.trim();
            if !is_dated(version) && !is_numbered(version) {
                return Err(bad());
            }
            versions.0[*api as usize] = version.to_owned();
        }
        Ok(versions)
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let items: Vec<_> = Api::TABLE.iter().map(|row| format!("{}={}", row.1, self.0[row.0 as usize])).collect();
        f.write_str(&items.join(","))
    }
}

/// True for a version such as `2026-09` or `2026-09-beta`.
fn is_dated(version: &str) -> bool {
    let date = version.strip_suffix("-beta").unwrap_or(version).as_bytes();
    date.len() == 7 && date[4] == b'-' && date.iter().enumerate().all(|(at, byte)| at == 4 || byte.is_ascii_digit())
}

/// True for a version such as `v3`.
fn is_numbered(version: &str) -> bool {
    version.strip_prefix('v').is_some_and(|number| number.len() == 1 && number.as_bytes()[0].is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (at, row) in Api::TABLE.iter().enumerate() {
            assert_eq!(row.0 as usize, at);
        }
    }

    #[test]
    fn paths_have_the_version_at_hubspots_place() {
        let today = Versions::default();
        let older: Versions =
            "objects=v3, associations=v4,owners=v3,scheduler=v3,account=v3,conversations=v3,files=v3,custom_channels=v3,oauth=v3"
                .parse()
                .unwrap();
        let cases = [
            (Api::Objects, "/crm/objects/2026-09", "/crm/v3/objects"),
            (Api::Associations, "/crm/associations/2026-09", "/crm/v4/associations"),
            (Api::Owners, "/crm/owners/2026-09", "/crm/v3/owners"),
            (Api::Pipelines, "/crm/pipelines/2026-09", "/crm/pipelines/2026-09"),
            (Api::Scheduler, "/scheduler/2026-09/meetings", "/scheduler/v3/meetings"),
            (Api::Account, "/account-info/2026-09", "/account-info/v3"),
            (Api::Conversations, "/conversations/conversations/2026-09", "/conversations/v3/conversations"),
            (Api::Files, "/files/2026-09/files", "/files/v3/files"),
            (Api::CustomChannels, "/conversations/custom-channels/2026-09", "/conversations/v3/custom-channels"),
            (Api::OAuth, "/oauth/2026-09", "/oauth/v3"),
        ];
        for (api, dated, numbered) in cases {
            assert_eq!((today.root(api).as_str(), older.root(api).as_str()), (dated, numbered));
        }
    }

    #[test]
    fn overrides_are_read_back_as_written() {
        let text = "objects=2026-03,scheduler=2027-03-beta";
        let versions: Versions = text.parse().unwrap();
        assert_eq!(versions.to_string().parse::<Versions>().unwrap(), versions);
        for bad in ["objects", "things=v3", "objects=../x", "objects=2026", "objects=v"] {
            assert!(bad.parse::<Versions>().is_err(), "{bad}");
        }
    }
}
