//! Reads a web site: one page, and the pages of the same site that it leads to, nearest first.
//!
//! Obeys `robots.txt` (RFC 9309), asks one page at a time, and leaves the site at no point, not even by a redirect.

mod links;
mod visit;

use std::{
    borrow::Cow,
    collections::{HashSet, VecDeque},
    time::Duration,
};

use sha2::{Digest, Sha256};
use tokio::time::Instant;
use url::Url;
use visit::{Page, Unread, Visitor};

use super::{
    format::Format,
    load::{Content, Listed},
    report::SourceReport,
    uri,
};
use http_client::HttpClient;

/// A site that is slower than this is read no further.
const SITE_TIME_MAX: Duration = Duration::from_secs(300);

/// Pages that fail do not count as read; this many times the wanted pages are tried.
const TRIES_PER_PAGE: usize = 3;

/// The addresses that wait to be read; a page may link to thousands.
const WAITING_MAX: usize = 10_000;

/// What is read of one site; it is held in memory until it is indexed.
const SITE_BYTES_MAX: usize = 200_000_000;

/// What a site gave.
#[derive(Debug, Default)]
pub(super) struct Crawled {
    pub(super) listed: Vec<Listed>,
    /// Links of documents that are there no more.
    pub(super) gone: HashSet<String>,
    /// Something could not be read that may be there: what was read before and is not in `listed` may be there, too.
    pub(super) incomplete: bool,
}

/// The documents of a site, at most `pages_max`, the start first. `label` is what their links begin with.
pub(super) async fn read(
    web: &dyn HttpClient,
    start: &Url,
    pages_max: usize,
    label: &str,
    report: &mut SourceReport,
) -> Crawled {
    let visitor = match Visitor::welcome(web, start).await {
        Ok(visitor) => visitor,
        Err(why) => {
            report.fail(start.to_string(), why);
            return Crawled { incomplete: true, ..Crawled::default() };
        }
    };
    let mut walk = Walk::from(start, label, pages_max);
    let deadline = Instant::now() + SITE_TIME_MAX;
    while let Some(url) = walk.next() {
        if let Some(why) = walk.too_much(deadline) {
            report.fail(url.to_string(), why);
            walk.crawled.incomplete = true;
            break;
        }
        match visitor.visit(&url).await {
            Ok(page) => walk.arrive(page, start).await,
            Err(unread) => {
                report.fail(url.to_string(), &unread.why);
                walk.miss(&url, &unread);
            }
        }
    }
    walk.crawled
}

/// How far the site is read.
struct Walk<'a> {
    label: &'a str,
    pages_max: usize,
    tries: usize,
    waiting: VecDeque<Url>,
    /// The documents' links, by which two spellings of one address are the same.
    seen: HashSet<String>,
    /// What was read, as some sites answer with one page under many addresses.
    bodies: HashSet<[u8; 32]>,
    bytes: usize,
    crawled: Crawled,
}

impl<'a> Walk<'a> {
    fn from(start: &Url, label: &'a str, pages_max: usize) -> Walk<'a> {
        Walk {
            label,
            pages_max,
            tries: 0,
            waiting: VecDeque::from([start.clone()]),
            seen: HashSet::from([doc_uri(label, start)]),
            bodies: HashSet::new(),
            bytes: 0,
            crawled: Crawled::default(),
        }
    }

    /// The next address to ask, until there are enough pages or tries.
    fn next(&mut self) -> Option<Url> {
        let enough = self.crawled.listed.len() >= self.pages_max || self.tries >= self.pages_max * TRIES_PER_PAGE;
        self.tries += 1;
        if enough { None } else { self.waiting.pop_front() }
    }

    /// Why no further page is asked for.
    fn too_much(&self, deadline: Instant) -> Option<String> {
        if Instant::now() > deadline {
            return Some(format!("the site took longer than {} seconds", SITE_TIME_MAX.as_secs()));
        }
        (self.bytes > SITE_BYTES_MAX).then(|| format!("the site holds more than {SITE_BYTES_MAX} bytes"))
    }

    fn miss(&mut self, url: &Url, unread: &Unread) {
        if unread.for_good {
            self.crawled.gone.insert(doc_uri(self.label, url));
        } else {
            self.crawled.incomplete = true;
        }
    }

    async fn arrive(&mut self, page: Page, start: &Url) {
        if !self.bodies.insert(Sha256::digest(&page.body).into()) {
            return;
        }
        for link in leads_to(&page).await {
            let is_new = links::same_site(start, &link) && links::may_be_document(&link);
            if is_new && self.waiting.len() < WAITING_MAX && self.seen.insert(doc_uri(self.label, &link)) {
                self.waiting.push_back(link);
            }
        }
        let uri = doc_uri(self.label, &page.url);
        self.seen.insert(uri.clone());
        if self.crawled.listed.iter().all(|listed| listed.uri != uri) {
            self.bytes += page.body.len();
            let content = Content::Here(Cow::Owned(page.body));
            self.crawled.listed.push(Listed { uri, shown: page.url.to_string(), format: page.format, content });
        }
    }
}

fn doc_uri(label: &str, url: &Url) -> String {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    uri::of(label, &format!("{}{query}", url.path()))
}

/// Where a page leads to. A page that cannot be parsed leads nowhere; why is said when it is indexed.
async fn leads_to(page: &Page) -> Vec<Url> {
    if page.format != Format::Html {
        return Vec::new();
    }
    let body = page.body.clone();
    let parsed = tokio::task::spawn_blocking(move || Format::Html.read(&body)).await;
    let hrefs = parsed.ok().and_then(Result::ok).map(|draft| draft.links).unwrap_or_default();
    links::resolve(&page.url, &hrefs)
}

#[cfg(test)]
mod tests;
