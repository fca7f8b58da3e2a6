//! Lookup of a representative's meeting links.

use schemars::JsonSchema;
use serde::Serialize;

use crate::records::{self, excerpt, owner};
use domain::id::OwnerId;
use domain::owner_key::OwnerKey;
use domain::text;
use hubspot_client::{self, HubSpot, LinkKind, LinkSettings, MeetingLink};

/// The longest part of an unknown slug that an error repeats.
const SLUG_CHARACTERS_MAX: usize = 80;
const MINUTE_MS: i64 = 60_000;

/// A meeting link as a model reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LinkView {
    slug: String,
    /// `personal`, `group` (everybody at once) or `round_robin` (whoever is free).
    kind: &'static str,
    /// The one to take unless the customer wants another.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    default: bool,
    /// The name that the organiser gave it. Text of the HubSpot account.
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    /// The lengths in minutes that it offers, as far as they have been read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    durations: Vec<u32>,
}

/// The reason why there is no meeting link.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// The owner could not be read.
    #[error(transparent)]
    Owner(#[from] records::error::Error),
    /// The owner's links could not be read.
    #[error(transparent)]
    HubSpot(#[from] hubspot_client::Error),
    /// The owner has no link.
    #[error("the representative does not have a meeting link")]
    None,
    /// No link has the slug.
    #[error("there is no meeting link `{slug}`")]
    Unknown {
        /// The slug, shortened.
        slug: String,
        /// The links of the owner, if an owner was given.
        links: Option<Vec<LinkView>>,
    },
}

/// Every link of an owner, the default one first. Nobody is booked with an owner who has left, whose links may remain.
pub async fn of_owner(hubspot: &HubSpot, owner: &OwnerKey) -> Result<Vec<MeetingLink>, Error> {
    let owner = owner::known(hubspot, owner).await?;
    if owner.archived {
        return Err(records::error::Error::OwnerLeft(owner.id).into());
    }
    let links = match owner.user_id {
        Some(user_id) => hubspot.scheduler().links(&user_id).await?.to_vec(),
        None => vec![],
    };
    if links.is_empty() { Err(Error::None) } else { Ok(links) }
}

/// The link with that slug; without one the first, which is the default link.
pub fn choose<'a>(links: &'a [MeetingLink], slug: Option<&str>) -> Result<&'a MeetingLink, Error> {
    let wanted = slug.map(str::trim).filter(|slug| !slug.is_empty());
    let found = match wanted {
        Some(slug) => links.iter().find(|link| link.slug == slug),
        None => links.first(),
    };
    found.ok_or_else(|| Error::Unknown {
        slug: short(wanted.unwrap_or_default()),
        links: Some(views(links, |_| vec![])),
    })
}

/// True if the link with that slug is one of this owner's.
pub async fn is_of(hubspot: &HubSpot, slug: &str, owner_id: &OwnerId) -> Result<bool, hubspot_client::Error> {
    let owner = hubspot.owners().by_id(owner_id).await?;
    let Some(user_id) = owner.and_then(|owner| owner.user_id) else { return Ok(false) };
    Ok(hubspot.scheduler().links(&user_id).await?.iter().any(|link| link.slug == slug))
}

/// The links as a model reads them. `durations` has the lengths of the link with a slug, in minutes.
pub fn views(links: &[MeetingLink], durations: impl Fn(&str) -> Vec<u32>) -> Vec<LinkView> {
    let first = links.first().map(|link| &link.slug);
    let show = |link: &MeetingLink| LinkView {
        slug: link.slug.clone(),
        kind: kind(link.kind),
        default: Some(&link.slug) == first,
        name: excerpt::line(&link.name),
        durations: durations(&link.slug),
    };
    links.iter().map(show).collect()
}

/// The lengths in minutes that a link offers.
pub fn durations(settings: &LinkSettings) -> Vec<u32> {
    let mut minutes: Vec<u32> =
        settings.durations_ms.iter().filter_map(|ms| u32::try_from(ms / MINUTE_MS).ok()).collect();
    minutes.sort_unstable();
    minutes
}

fn kind(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Personal => "personal",
        LinkKind::RoundRobin => "round_robin",
        LinkKind::Group => "group",
        LinkKind::Other => "other",
    }
}

/// The error for a slug that no link has.
pub fn unknown(slug: &str) -> Error {
    Error::Unknown { slug: short(slug), links: None }
}

fn short(slug: &str) -> String {
    text::excerpt(slug, SLUG_CHARACTERS_MAX)
}
