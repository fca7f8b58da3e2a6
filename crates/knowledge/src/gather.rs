//! What each source holds now: files listed, sites read, or kept as they were read not long ago.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    crawl::{self, Crawled},
    index::catalog::{Catalog, SiteRecord},
    load::{self, Listed},
    report::SourceReport,
    settings::Settings,
    source::Source,
    uri::Labels,
};
use http_client::HttpClient;

/// A site read less than this ago is not asked again: a start should not wait for the network.
const SITE_FRESH_HOURS: i64 = 24;

/// A site of which something could not be read is asked again after this.
const SITE_RETRY_HOURS: i64 = 1;

/// One source's documents before they are read.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) report: SourceReport,
    pub(super) listed: Vec<Listed>,
    /// Links of documents that stay as they are in the index.
    pub(super) kept: Vec<String>,
    /// The site's address and what to remember of it.
    pub(super) site: Option<(String, SiteRecord)>,
}

/// Everything the sources hold, in their order.
pub(super) async fn gather(
    sources: &[Source],
    old: &Catalog,
    settings: &Settings,
    web: Option<&dyn HttpClient>,
) -> Vec<Gathered> {
    let mut labels = Labels::default();
    let mut gathered = Vec::with_capacity(sources.len());
    for source in sources {
        let mut report = SourceReport { source: source.to_string(), ..SourceReport::default() };
        let site = match source {
            Source::Site { start, pages_max } => {
                let label = labels.take(start.host_str().unwrap_or_default());
                site(start, *pages_max, &label, old, settings, web, report).await
            }
            _ => {
                let listed = load::list(source, &mut labels, settings, &mut report);
                Gathered { report, listed, kept: Vec::new(), site: None }
            }
        };
        gathered.push(site);
    }
    gathered
}

async fn site(
    start: &url::Url,
    pages_max: usize,
    label: &str,
    old: &Catalog,
    settings: &Settings,
    web: Option<&dyn HttpClient>,
    mut report: SourceReport,
) -> Gathered {
    let pages_max = pages_max.min(settings.site_pages_max);
    let before = old.sites.get(start.as_str());
    let fresh = before.filter(|record| record.pages_max == pages_max && is_fresh(record.read_at, settings.now));
    if let Some(record) = fresh {
        let kept = record.uris.clone();
        return Gathered { report, listed: Vec::new(), kept, site: Some((start.to_string(), record.clone())) };
    }
    let crawled = match web {
        Some(web) => crawl::read(web, start, pages_max, label, &mut report).await,
        None => {
            report.fail(start.to_string(), "reading web sites is turned off");
            Crawled { incomplete: true, ..Crawled::default() }
        }
    };
    if crawled.listed.is_empty() {
        // An old copy of the company's own words is better than none; the failure says why it is old.
        let kept = before.map(|record| record.uris.clone()).unwrap_or_default();
        let site = before.map(|record| (start.to_string(), record.clone()));
        return Gathered { report, listed: Vec::new(), kept, site };
    }
    let kept = still_there(&crawled, before, pages_max);
    let uris = crawled.listed.iter().map(|listed| &listed.uri).chain(&kept).cloned().collect();
    let read_at = if crawled.incomplete {
        settings.now - TimeDelta::hours(SITE_FRESH_HOURS - SITE_RETRY_HOURS)
    } else {
        settings.now
    };
    let record = SiteRecord { pages_max, read_at, uris };
    Gathered { report, listed: crawled.listed, kept, site: Some((start.to_string(), record)) }
}

/// Pages of before that were not reached this time, though nothing says that they are gone.
fn still_there(crawled: &Crawled, before: Option<&SiteRecord>, pages_max: usize) -> Vec<String> {
    let before = before.filter(|_| crawled.incomplete).map_or(&[][..], |record| &record.uris);
    let read: BTreeSet<&String> = crawled.listed.iter().map(|listed| &listed.uri).collect();
    let missed = before.iter().filter(|uri| !read.contains(uri) && !crawled.gone.contains(*uri));
    missed.take(pages_max.saturating_sub(read.len())).cloned().collect()
}

fn is_fresh(read_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - read_at < TimeDelta::hours(SITE_FRESH_HOURS)
}
