//! Scans the sources: lists the files of folders, and reads web sites that were not read recently.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use http_client::HttpClient;

use crate::{
    crawl::{self, CrawlResult},
    error::Error,
    index::catalog::{Catalog, SiteRecord},
    listing::{self, DocumentFile},
    report::{FailureKind, SourceReport},
    settings::Settings,
    source::Source,
    uri::Labels,
};

/// The age from which on a web site is read again. A younger one is not, so that a start need not wait for the network.
const SITE_MAX_AGE_HOURS: i64 = 24;

/// The age from which on a web site that could not be read completely is read again.
const SITE_RETRY_HOURS: i64 = 1;

/// The documents of one source before they are parsed.
#[derive(Debug)]
pub(crate) struct SourceScan {
    pub(crate) report: SourceReport,
    /// The documents that can be read now.
    pub(crate) files: Vec<DocumentFile>,
    /// The URIs of documents that stay in the index as they are.
    pub(crate) retained: Vec<String>,
    /// The address of a web site and its record for the catalog.
    pub(crate) site: Option<(String, SiteRecord)>,
}

/// Scans all sources, in their order.
///
/// # Errors
/// If a listing panicked.
/// `old` is the catalog of the existing index.
pub(crate) async fn scan(
    sources: &[Source],
    old: &Catalog,
    settings: &Arc<Settings>,
    web: Option<&dyn HttpClient>,
) -> Result<Vec<SourceScan>, Error> {
    let mut labels = Labels::default();
    let mut scans = Vec::with_capacity(sources.len());
    for source in sources {
        let mut report = SourceReport { source: source.to_string(), ..SourceReport::default() };
        let scan = match source {
            Source::Site { start, pages_max } => {
                let label = labels.assign(start.host_str().unwrap_or_default());
                scan_site(start, *pages_max, &label, old, settings, web, report).await
            }
            _ => {
                let (source, settings) = (source.clone(), settings.clone());
                // A folder on a slow disk must not keep other tasks from running.
                let listing = tokio::task::spawn_blocking(move || {
                    let files = listing::list(&source, &mut labels, &settings, &mut report);
                    (SourceScan { report, files, retained: Vec::new(), site: None }, labels)
                });
                let listed = listing.await.map_err(|_panic| Error::Stopped)?;
                labels = listed.1;
                listed.0
            }
        };
        scans.push(scan);
    }
    Ok(scans)
}

/// Scans one web site: crawls it, unless it was crawled less than a day ago.
async fn scan_site(
    start: &url::Url,
    pages_max: usize,
    label: &str,
    old: &Catalog,
    settings: &Settings,
    web: Option<&dyn HttpClient>,
    mut report: SourceReport,
) -> SourceScan {
    let pages_max = pages_max.min(settings.site_pages_max);
    let before = old.sites.get(start.as_str());
    let fresh = before.filter(|record| record.pages_max == pages_max && is_fresh(record.read_at, settings.now));
    if fresh.is_some() {
        return without_crawl(start, fresh, report);
    }
    let crawl = match web {
        Some(web) => crawl::crawl(web, start, pages_max, label, settings, &mut report).await,
        None => {
            report.add_failure(start.to_string(), "reading web sites is turned off", FailureKind::Unavailable);
            CrawlResult { incomplete: true, ..CrawlResult::default() }
        }
    };
    if crawl.files.is_empty() {
        // An old copy of the site is better than none; the report says why it is old.
        return without_crawl(start, before, report);
    }
    let retained = unreached(&crawl, before, pages_max);
    let uris = crawl.files.iter().map(|file| &file.uri).chain(&retained).cloned().collect();
    let read_at = if crawl.incomplete {
        settings.now - TimeDelta::hours(SITE_MAX_AGE_HOURS - SITE_RETRY_HOURS)
    } else {
        settings.now
    };
    let record = SiteRecord { pages_max, read_at, uris };
    SourceScan { report, files: crawl.files, retained, site: Some((start.to_string(), record)) }
}

/// Keeps the documents of an earlier crawl, if there was one.
fn without_crawl(start: &url::Url, record: Option<&SiteRecord>, report: SourceReport) -> SourceScan {
    let retained = record.map(|record| record.uris.clone()).unwrap_or_default();
    let site = record.map(|record| (start.to_string(), record.clone()));
    SourceScan { report, files: Vec::new(), retained, site }
}

/// Returns the pages of an earlier crawl that were not reached by this one but are not known to be gone.
fn unreached(crawl: &CrawlResult, before: Option<&SiteRecord>, pages_max: usize) -> Vec<String> {
    let before = before.filter(|_| crawl.incomplete).map_or(&[][..], |record| &record.uris);
    let read: BTreeSet<&String> = crawl.files.iter().map(|file| &file.uri).collect();
    let missed = before.iter().filter(|uri| !read.contains(uri) && !crawl.gone.contains(*uri));
    missed.take(pages_max.saturating_sub(read.len())).cloned().collect()
}

fn is_fresh(read_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - read_at < TimeDelta::hours(SITE_MAX_AGE_HOURS)
}
