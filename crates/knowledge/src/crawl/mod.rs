//! Crawls a web site: fetches one page and the pages of the same site that it links to, breadth first.
//!
//! The crawler obeys `robots.txt` (RFC 9309), fetches one page at a time, and never leaves the site, not even by a
//! redirect.

mod fetch;
mod links;

use std::{
    borrow::Cow,
    collections::{HashSet, VecDeque},
    time::Duration,
};

use fetch::{FetchError, Fetcher, Page};
use http_client::HttpClient;
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use url::Url;

use crate::{
    format::Format,
    listing::{Content, DocumentFile},
    report::{FailureKind, SourceReport},
    uri,
};

/// The longest time for one site.
const SITE_TIME_MAX: Duration = Duration::from_secs(300);

/// The most attempts for each requested page, as pages that fail are not counted.
const ATTEMPTS_PER_PAGE: usize = 3;

/// The most addresses in the queue; a page may link to thousands.
const QUEUE_MAX: usize = 10_000;

/// The most bytes of one site, which are held in memory until they are indexed.
const SITE_BYTES_MAX: usize = 200_000_000;

/// The result of a crawl.
#[derive(Debug, Default)]
pub(crate) struct CrawlResult {
    pub(crate) files: Vec<DocumentFile>,
    /// The URIs of documents that no longer exist.
    pub(crate) gone: HashSet<String>,
    /// True if some page could not be fetched: documents that are not in `files` may still exist.
    pub(crate) incomplete: bool,
}

/// Crawls a site, and returns at most `pages_max` pages, the start first. `label` is the first part of their URIs.
pub(crate) async fn crawl(
    web: &dyn HttpClient,
    start: &Url,
    pages_max: usize,
    label: &str,
    report: &mut SourceReport,
) -> CrawlResult {
    let fetcher = match Fetcher::open(web, start).await {
        Ok(fetcher) => fetcher,
        Err(reason) => {
            report.add_failure(start.to_string(), reason, FailureKind::Unavailable);
            return CrawlResult { incomplete: true, ..CrawlResult::default() };
        }
    };
    let mut crawl = Crawl::new(start, label, pages_max);
    let deadline = Instant::now() + SITE_TIME_MAX;
    while let Some(url) = crawl.next() {
        if let Some(limit) = crawl.exceeded_limit(deadline) {
            report.add_failure(url.to_string(), limit, FailureKind::Unavailable);
            crawl.result.incomplete = true;
            break;
        }
        match fetcher.fetch(&url).await {
            Ok(page) => crawl.add_page(page, start).await,
            Err(error) => {
                report.add_failure(url.to_string(), &error.reason, FailureKind::Unavailable);
                crawl.add_error(&url, &error);
            }
        }
    }
    crawl.result
}

/// The state of a crawl.
struct Crawl<'a> {
    label: &'a str,
    pages_max: usize,
    attempts: usize,
    queue: VecDeque<Url>,
    /// The URIs of all pages that were ever queued. Two spellings of one address have the same URI.
    seen: HashSet<String>,
    /// The SHA-256 of each page, because some sites have the same page at many addresses.
    body_hashes: HashSet<[u8; 32]>,
    bytes: usize,
    result: CrawlResult,
}

impl<'a> Crawl<'a> {
    fn new(start: &Url, label: &'a str, pages_max: usize) -> Crawl<'a> {
        Crawl {
            label,
            pages_max,
            attempts: 0,
            queue: VecDeque::from([start.clone()]),
            seen: HashSet::from([doc_uri(label, start)]),
            body_hashes: HashSet::new(),
            bytes: 0,
            result: CrawlResult::default(),
        }
    }

    /// Returns the next address, until there are enough pages or attempts.
    fn next(&mut self) -> Option<Url> {
        let enough = self.result.files.len() >= self.pages_max || self.attempts >= self.pages_max * ATTEMPTS_PER_PAGE;
        self.attempts += 1;
        if enough { None } else { self.queue.pop_front() }
    }

    /// Returns the limit of time or bytes that is exceeded, if any.
    fn exceeded_limit(&self, deadline: Instant) -> Option<String> {
        if Instant::now() > deadline {
            return Some(format!("the site took longer than {} seconds", SITE_TIME_MAX.as_secs()));
        }
        (self.bytes > SITE_BYTES_MAX).then(|| format!("the site holds more than {SITE_BYTES_MAX} bytes"))
    }

    fn add_error(&mut self, url: &Url, error: &FetchError) {
        if error.is_permanent {
            self.result.gone.insert(doc_uri(self.label, url));
        } else {
            self.result.incomplete = true;
        }
    }

    /// Adds a page to the result and its links to the queue, unless the same page was fetched at another address.
    async fn add_page(&mut self, page: Page, start: &Url) {
        if !self.body_hashes.insert(Sha256::digest(&page.body).into()) {
            return;
        }
        let (links, is_noindex) = links_of(&page).await;
        for link in links {
            let is_safe = !links::loses_tls(&page.url, &link);
            let is_new = is_safe && links::same_site(start, &link) && links::may_be_document(&link);
            if is_new && self.queue.len() < QUEUE_MAX && self.seen.insert(doc_uri(self.label, &link)) {
                self.queue.push_back(link);
            }
        }
        let uri = doc_uri(self.label, &page.url);
        self.seen.insert(uri.clone());
        if is_noindex {
            self.result.gone.insert(uri);
        } else if self.result.files.iter().all(|file| file.uri != uri) {
            self.bytes += page.body.len();
            let content = Content::InMemory(Cow::Owned(page.body));
            let source = page.url.to_string();
            self.result.files.push(DocumentFile { uri, source, format: page.format, content });
        }
    }
}

/// Returns the URI of the document at an address.
fn doc_uri(label: &str, url: &Url) -> String {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    uri::build(label, &format!("{}{query}", url.path()))
}

/// Returns the links of a page, and true if it asks not to be indexed. Errors in the page are reported when it is indexed.
async fn links_of(page: &Page) -> (Vec<Url>, bool) {
    if page.format != Format::Html {
        return (Vec::new(), false);
    }
    let body = page.body.clone();
    let parsed = tokio::task::spawn_blocking(move || Format::Html.parse(&body)).await;
    let parsed = parsed.ok().and_then(Result::ok).unwrap_or_default();
    let base = parsed.base.and_then(|base| page.url.join(&base).ok());
    (links::resolve(base.as_ref().unwrap_or(&page.url), &parsed.links), parsed.is_noindex)
}

#[cfg(test)]
mod tests;
