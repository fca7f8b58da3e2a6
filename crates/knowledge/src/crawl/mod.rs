//! Crawls a web site: fetches one page and the pages of the same site that it links to, breadth first.
//!
//! The crawler obeys `robots.txt` (RFC 9309), fetches one page at a time, and never leaves the site, not even by a
//! redirect.

mod compressed;
mod fetch;
mod links;
mod sitemap;

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
    format::{
        Format,
        parsed::{ParseError, ParsedDocument},
    },
    listing::{Content, DocumentFile, ParsedPage},
    reading,
    report::{FailureKind, SourceReport},
    settings::Settings,
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

/// Pages of a crawled site, and the addresses that were left out.
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
    settings: &Settings,
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
    loop {
        // Pages that others link to come first; what the site lists beside them is asked for when there are no more.
        if crawl.wants_list() {
            let listed = fetcher.listed_pages().await;
            crawl.add_links(start, start, listed);
        }
        let Some(url) = crawl.next() else { break };
        if let Some(limit) = crawl.exceeded_limit(deadline) {
            report.add_failure(url.to_string(), limit, FailureKind::Unavailable);
            crawl.result.incomplete = true;
            break;
        }
        match fetcher.fetch(&url).await {
            Ok(page) => crawl.add_page(page, start, settings).await,
            Err(error) => {
                report.add_failure(url.to_string(), &error.reason, error.kind);
                crawl.add_error(&url, &error);
            }
        }
    }
    if !crawl.queue.is_empty() && !crawl.result.incomplete {
        let (site, known) = (start.as_str(), crawl.queue.len());
        tracing::info!(site, pages_max, known, "The site has more pages than may be read of it.");
    }
    crawl.into_result()
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
    is_list_read: bool,
    /// Other forms of pages, by the URI of the page: they stand in if it cannot be fetched.
    other_forms: Vec<(String, DocumentFile)>,
    stood_in: HashSet<String>,
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
            is_list_read: false,
            other_forms: Vec::new(),
            stood_in: HashSet::new(),
            result: CrawlResult::default(),
        }
    }

    /// Returns true once, when there are no more links to follow and more pages are wanted.
    fn wants_list(&mut self) -> bool {
        let is_first_page_read = self.attempts > 0;
        let wants = is_first_page_read && self.queue.is_empty() && self.result.files.len() < self.pages_max;
        wants && !std::mem::replace(&mut self.is_list_read, wants)
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
    async fn add_page(&mut self, page: Page, start: &Url, settings: &Settings) {
        let digest = Sha256::digest(&page.body).into();
        if !self.body_hashes.insert(digest) {
            return;
        }
        let Page { url, format, body, is_noindex, is_nofollow } = page;
        let (content, about) = match format {
            Format::Html if body.len() <= settings.document_bytes_max => {
                let mut result = parse(body, settings).await;
                let about = result.as_mut().map(|parsed| About::of(&url, parsed)).unwrap_or_default();
                (Content::Parsed(ParsedPage { digest, result }), about)
            }
            _ => (Content::InMemory(Cow::Owned(body)), About::default()),
        };
        if !is_nofollow {
            self.add_links(start, &url, about.links);
        }
        let uri = doc_uri(self.label, &url);
        self.seen.insert(uri.clone());
        if is_noindex || about.is_noindex {
            self.result.gone.insert(uri);
            return;
        }
        self.bytes += held_bytes(&content);
        let other = about.canonical.filter(|other| self.is_other_page(start, &url, other));
        let file = DocumentFile { uri, source: url.to_string(), format, content };
        match other {
            Some(other) => self.add_other_form(other, file),
            None => self.add_file(file),
        }
    }

    fn add_links(&mut self, start: &Url, page: &Url, links: Vec<Url>) {
        for link in links {
            let is_safe = !links::loses_tls(page, &link);
            let is_new = is_safe && links::same_site(start, &link) && links::may_be_document(&link);
            if is_new && self.queue.len() < QUEUE_MAX && self.seen.insert(doc_uri(self.label, &link)) {
                self.queue.push_back(link);
            }
        }
    }

    /// Returns true if a page is another form of the one that it names as its own. Many sites name their first page on all
    /// others by mistake.
    fn is_other_page(&self, start: &Url, page: &Url, named: &Url) -> bool {
        let uri = |url: &Url| doc_uri(self.label, url);
        let is_allowed = links::same_site(start, named) && !links::loses_tls(page, named);
        is_allowed && uri(named) != uri(page) && uri(named) != uri(start) && named.path() != "/"
    }

    fn add_other_form(&mut self, page: Url, form: DocumentFile) {
        let uri = doc_uri(self.label, &page);
        if self.seen.insert(uri.clone()) {
            self.queue.push_front(page);
        }
        self.result.gone.insert(form.uri.clone());
        self.other_forms.push((uri, form));
    }

    fn add_file(&mut self, file: DocumentFile) {
        if self.result.files.iter().all(|known| known.uri != file.uri) {
            self.result.files.push(file);
        }
    }

    /// Ends the crawl. A page that cannot be fetched is replaced by the first of its other forms.
    fn into_result(mut self) -> CrawlResult {
        for (page, form) in std::mem::take(&mut self.other_forms) {
            let is_missing = self.result.files.len() < self.pages_max;
            if is_missing && self.result.files.iter().all(|file| file.uri != page) && self.stood_in.insert(page) {
                self.result.gone.remove(&form.uri);
                self.add_file(form);
            }
        }
        self.result
    }
}

/// Returns the URI of the document at an address.
fn doc_uri(label: &str, url: &Url) -> String {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    uri::build(label, &format!("{}{query}", url.path()))
}

/// Parses a web page as files are parsed: apart from this process, as it may do harm.
async fn parse(body: Vec<u8>, settings: &Settings) -> Result<ParsedDocument, ParseError> {
    let runner = settings.runner.clone();
    let parsed = tokio::task::spawn_blocking(move || reading::parse(Format::Html, &body, runner.as_deref()));
    parsed.await.unwrap_or(Err(ParseError::Panicked))
}

/// Returns the bytes that a document takes in memory until it is indexed.
fn held_bytes(content: &Content) -> usize {
    match content {
        Content::InMemory(bytes) => bytes.len(),
        Content::Parsed(page) => page.result.as_ref().map_or(0, |parsed| parsed.markdown.len()),
        Content::OnDisk(_) => 0,
    }
}

/// The rules and addresses that a page gives to crawlers.
#[derive(Default)]
struct About {
    links: Vec<Url>,
    canonical: Option<Url>,
    is_noindex: bool,
}

impl About {
    /// Takes the links out of a page at this address: they are not needed to index it.
    fn of(url: &Url, parsed: &mut ParsedDocument) -> About {
        let base = parsed.base.take().and_then(|base| url.join(&base).ok());
        let base = base.as_ref().unwrap_or(url);
        let links = std::mem::take(&mut parsed.links);
        About {
            links: if parsed.is_nofollow { Vec::new() } else { links::resolve(base, &links) },
            canonical: parsed.canonical.take().and_then(|named| links::resolve(base, &[named]).pop()),
            is_noindex: parsed.is_noindex,
        }
    }
}

#[cfg(test)]
mod tests;
