//! Which of a representative's meeting links is meant.

use schemars::JsonSchema;
use serde::Serialize;

use crate::records::owner;
use crate::tool::ToolError;
use domain::code::Code;
use domain::id::OwnerId;
use domain::text;
use hubspot_client::{self, HubSpot, LinkKind, MeetingLink};

/// What is repeated of a slug that nobody has.
const SLUG_CHARACTERS_MAX: usize = 80;

/// A meeting link as it is shown. Its name is left out: it is often that of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Shown {
    slug: String,
    /// `personal`, `group` (everybody at once) or `round_robin` (whoever is free).
    kind: &'static str,
    /// The one to take unless the customer wants another.
    default: bool,
}

/// Every link of an owner, the default one first.
pub async fn of_owner(hubspot: &HubSpot, owner_id: &OwnerId) -> Result<Vec<MeetingLink>, ToolError> {
    let links = match owner::by_id(hubspot, owner_id).await?.user_id {
        Some(user_id) => hubspot.scheduler().links(&user_id).await?.to_vec(),
        None => vec![],
    };
    if links.is_empty() { Err(none()) } else { Ok(links) }
}

/// The link with that slug; without one the default link, or their first.
pub fn chosen<'a>(links: &'a [MeetingLink], slug: Option<&str>) -> Result<&'a MeetingLink, ToolError> {
    let wanted = slug.map(str::trim).filter(|slug| !slug.is_empty());
    let found = match wanted {
        Some(slug) => links.iter().find(|link| link.slug == slug),
        None => links.first(),
    };
    found.ok_or_else(|| no_such(wanted.unwrap_or_default()).with("links", shown(links)))
}

/// Whether this owner is one of the people behind the link with that slug.
pub async fn is_of(hubspot: &HubSpot, slug: &str, owner_id: &OwnerId) -> Result<bool, hubspot_client::Error> {
    let owner = hubspot.owners().by_id(owner_id).await?;
    let Some(user_id) = owner.and_then(|owner| owner.user_id) else { return Ok(false) };
    Ok(hubspot.scheduler().links(&user_id).await?.iter().any(|link| link.slug == slug))
}

pub fn shown(links: &[MeetingLink]) -> Vec<Shown> {
    let first = links.first().map(|link| &link.slug);
    let show = |link: &MeetingLink| Shown {
        slug: link.slug.clone(),
        kind: kind(link.kind),
        default: Some(&link.slug) == first,
    };
    links.iter().map(show).collect()
}

pub fn kind(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Personal => "personal",
        LinkKind::RoundRobin => "round_robin",
        LinkKind::Group => "group",
        LinkKind::Other => "other",
    }
}

pub fn no_such(slug: &str) -> ToolError {
    let slug = text::excerpt(slug, SLUG_CHARACTERS_MAX);
    let hint = "take the slug from `check_available`";
    ToolError::new(Code::MeetingLinkUnfound, format!("there is no meeting link `{slug}`"), hint)
}

fn none() -> ToolError {
    let hint = "open a ticket instead, so that the representative calls the customer";
    ToolError::new(Code::MeetingLinkUnfound, "the representative does not have a meeting link", hint)
}
