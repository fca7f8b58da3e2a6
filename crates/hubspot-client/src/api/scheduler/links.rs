//! Meeting links: the pages through which the people of the account are booked.

use std::sync::Arc;

use serde_json::Value;

use crate::api::scheduler::path;
use crate::batching::cache::Cache;
use crate::error::Error;
use crate::record;
use crate::transport::call_scope::CallScope;
use crate::transport::paging;
use crate::transport::request::ApiRequest;
use crate::transport::waiters::Waiters;
use domain::id::UserId;

/// The largest page (HubSpot, scheduler API).
const PAGE_SIZE: usize = 100;
const PAGES_MAX: usize = 20;
/// In an account with this many links or more, the links of each organiser are read by themselves.
const LINKS_MAX: usize = PAGES_MAX * PAGE_SIZE;

/// A meeting link (HubSpot, scheduler API).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetingLink {
    /// The id of the link. It contains `/`, even for personal links.
    pub slug: String,
    /// The name that the organiser gave it.
    pub name: String,
    /// The address of the page where people book by themselves.
    pub url: Option<String>,
    /// The way in which the people behind it share bookings.
    pub kind: LinkKind,
    /// True for the organiser's default link.
    pub default: bool,
    /// The user who made the link.
    pub organizer: Option<UserId>,
    /// The users whose calendars the link uses.
    pub members: Vec<UserId>,
}

/// The kinds of meeting links, in order of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkKind {
    /// Books one person.
    Personal,
    /// Books one of several people who is free.
    RoundRobin,
    /// Books several people at once.
    Group,
    /// A kind that this client does not know.
    Other,
}

impl MeetingLink {
    /// True if the user organises the link or is a member of it.
    pub fn involves(&self, user: &UserId) -> bool {
        self.organizer.as_ref() == Some(user) || self.members.contains(user)
    }
}

/// The links of the account (`None`) and of single organisers.
pub(super) type LinkCache = Cache<Option<UserId>, Arc<Vec<MeetingLink>>>;

/// Returns the links that a user organises or is a member of: the user's default link first, then personal ones.
pub(super) async fn of_user(
    cache: &LinkCache,
    scope: &CallScope,
    user: &UserId,
) -> Result<Arc<Vec<MeetingLink>>, Error> {
    let all = cached(cache, scope, None).await?;
    let mut links = involving(user, &all);
    // Some tokens see a colleague's links only if they name the colleague.
    if links.is_empty() || all.len() >= LINKS_MAX {
        links.extend(involving(user, &cached(cache, scope, Some(user)).await?));
        links.sort_by(|a, b| a.slug.cmp(&b.slug));
        links.dedup_by(|a, b| a.slug == b.slug);
    }
    links.sort_by_key(|link| (!(link.default && link.organizer.as_ref() == Some(user)), link.kind));
    Ok(Arc::new(links))
}

/// Returns the links of an organiser, or of the whole account.
pub(super) async fn cached(
    cache: &LinkCache,
    scope: &CallScope,
    organizer: Option<&UserId>,
) -> Result<Arc<Vec<MeetingLink>>, Error> {
    cache.get(scope.deadline(), organizer.cloned(), || read_links(scope, organizer)).await
}

async fn read_links(scope: &CallScope, organizer: Option<&UserId>) -> Result<Arc<Vec<MeetingLink>>, Error> {
    let mut request = ApiRequest::get(path::FAMILY, path::of(scope, "")).with("limit", &PAGE_SIZE.to_string());
    if let Some(user) = organizer {
        request = request.with("organizerUserId", user.as_str());
    }
    let waiters = Waiters::one(scope.waiter());
    let results = paging::all_pages(scope.transport(), request, PAGES_MAX, &waiters).await?;
    Ok(Arc::new(results.iter().filter_map(read).collect()))
}

fn involving(user: &UserId, links: &[MeetingLink]) -> Vec<MeetingLink> {
    links.iter().filter(|link| link.involves(user)).cloned().collect()
}

fn read(value: &Value) -> Option<MeetingLink> {
    Some(MeetingLink {
        slug: value["slug"].as_str()?.to_owned(),
        name: value["name"].as_str().unwrap_or_default().to_owned(),
        url: value["link"].as_str().map(str::to_owned),
        kind: kind(&value["type"]),
        default: value["defaultLink"].as_bool().unwrap_or(false),
        organizer: record::id(&value["organizerUserId"]),
        members: value["userIdsOfLinkMembers"].as_array().into_iter().flatten().filter_map(record::id).collect(),
    })
}

/// Reads HubSpot's `type` of a link.
pub(super) fn kind(value: &Value) -> LinkKind {
    match value.as_str() {
        Some("PERSONAL_LINK") => LinkKind::Personal,
        Some("ROUND_ROBIN_CALENDAR") => LinkKind::RoundRobin,
        Some("GROUP_CALENDAR") => LinkKind::Group,
        _ => LinkKind::Other,
    }
}
