//! Meeting links: whose they are and what kind.

use std::sync::Arc;

use serde_json::Value;

use super::{FAMILY, Scheduler};
use crate::error::Error;
use crate::record;
use crate::transport::request::ApiRequest;
use domain::id::UserId;

const PAGE_SIZE: usize = 100;
const PAGES_MAX: usize = 20;
/// Of an account with so many links the rest is not read; each organiser's are asked for by themselves.
const LINKS_MAX: usize = PAGES_MAX * PAGE_SIZE;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetingLink {
    /// Contains `/` even for personal links.
    pub slug: String,
    pub name: String,
    /// The page where people book by themselves.
    pub url: Option<String>,
    pub kind: LinkKind,
    /// The organiser's default link.
    pub default: bool,
    pub organizer: Option<UserId>,
    /// Everybody whose calendar the link looks at.
    pub members: Vec<UserId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkKind {
    /// One person's calendar.
    Personal,
    /// One of several people who is free.
    RoundRobin,
    /// All of several people at once.
    Group,
    Other,
}

impl MeetingLink {
    pub fn involves(&self, user: &UserId) -> bool {
        self.organizer.as_ref() == Some(user) || self.members.contains(user)
    }
}

impl Scheduler<'_> {
    /// Every link the user organises or is a member of: their default link first, then personal ones. From memory if they
    /// were read a short while ago.
    pub async fn links(&self, user: &UserId) -> Result<Arc<Vec<MeetingLink>>, Error> {
        let all = self.all_links().await?;
        let mut links = involving(user, &all);
        // Some tokens see a colleague's links only when they name the colleague.
        if links.is_empty() || all.len() >= LINKS_MAX {
            links.extend(involving(user, &self.kept(Some(user)).await?));
            links.sort_by(|a, b| a.slug.cmp(&b.slug));
            links.dedup_by(|a, b| a.slug == b.slug);
        }
        links.sort_by_key(|link| (!(link.default && link.organizer.as_ref() == Some(user)), link.kind));
        Ok(Arc::new(links))
    }

    /// Every link of the account, from memory if they were read a short while ago.
    pub(crate) async fn all_links(&self) -> Result<Arc<Vec<MeetingLink>>, Error> {
        self.kept(None).await
    }

    async fn kept(&self, organizer: Option<&UserId>) -> Result<Arc<Vec<MeetingLink>>, Error> {
        let load = || self.read_links(organizer);
        self.0.engine.meeting_links.get(self.0, organizer.cloned(), load).await
    }

    async fn read_links(&self, organizer: Option<&UserId>) -> Result<Arc<Vec<MeetingLink>>, Error> {
        let mut ask = ApiRequest::get(FAMILY, self.path("")).with("limit", &PAGE_SIZE.to_string());
        if let Some(user) = organizer {
            ask = ask.with("organizerUserId", user.as_str());
        }
        let results =
            self.0.transport().all_pages(ask, PAGES_MAX, &self.0.waiters()).await.map_err(|fault| fault.error)?;
        Ok(Arc::new(results.iter().filter_map(read).collect()))
    }
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

pub(super) fn kind(value: &Value) -> LinkKind {
    match value.as_str() {
        Some("PERSONAL_LINK") => LinkKind::Personal,
        Some("ROUND_ROBIN_CALENDAR") => LinkKind::RoundRobin,
        Some("GROUP_CALENDAR") => LinkKind::Group,
        _ => LinkKind::Other,
    }
}
