//! Fetches the pages of one site, as far as its `robots.txt` allows.

use std::{collections::VecDeque, time::Duration};

use bytes::Bytes;
use encoding_rs::Encoding;
use http::{Request, Response, StatusCode, header};
use http_client::{HttpClient, SendError};
use robotxt::{AccessResult, Agent, Robots};
use url::{Position, Url};

use super::{
    compressed, links,
    sitemap::{self, Sitemap},
};
use crate::{
    format::{Format, encoding, html::metadata},
    report::FailureKind,
};

/// The most redirects that are followed. RFC 9309, section 2.3.1.2, asks for at least five.
const REDIRECTS_MAX: usize = 5;

/// The most lists of pages that are read of a site, and the most pages that are taken of them.
const SITEMAPS_MAX: usize = 20;
const PAGES_LISTED_MAX: usize = 10_000;

/// The longest pause between two requests; a longer `Crawl-delay` is shortened to this.
pub(super) const PAUSE_MAX: Duration = Duration::from_secs(10);

/// A fetched page or file.
#[derive(Debug)]
pub(super) struct Page {
    /// The address after all redirects.
    pub(super) url: Url,
    pub(super) format: Format,
    pub(super) body: Vec<u8>,
    /// True if the answer's header asks crawlers not to index the page.
    pub(super) is_noindex: bool,
    /// The header of the answer asks not to follow its links.
    pub(super) is_nofollow: bool,
}

/// The reason why a page was not fetched.
#[derive(Debug)]
pub(super) struct FetchError {
    /// A lower-case fragment without text from the site.
    pub(super) reason: String,
    /// True if the page is gone or not allowed, so that another attempt would fail as well.
    pub(super) is_permanent: bool,
    pub(super) kind: FailureKind,
}

impl FetchError {
    fn temporary(reason: String) -> FetchError {
        FetchError { reason, is_permanent: false, kind: FailureKind::Unavailable }
    }

    fn permanent(reason: impl Into<String>) -> FetchError {
        FetchError { reason: reason.into(), is_permanent: true, kind: FailureKind::Unavailable }
    }

    fn of_kind(self, kind: FailureKind) -> FetchError {
        FetchError { kind, ..self }
    }
}

/// Fetches pages of one site.
pub(super) struct Fetcher<'a> {
    web: &'a dyn HttpClient,
    site: Url,
    robots: Robots,
}

impl<'a> Fetcher<'a> {
    /// Fetches the site's `robots.txt` and creates a fetcher.
    ///
    /// # Errors
    /// The reason, if the `robots.txt` disallows the start page or cannot be fetched.
    pub(super) async fn open(web: &'a dyn HttpClient, site: &Url) -> Result<Fetcher<'a>, String> {
        let mut fetcher = Fetcher { web, site: site.clone(), robots: Robots::allow_all() };
        fetcher.robots = fetcher.robots().await?;
        match fetcher.robots.is_url_allowed(site) {
            true => Ok(fetcher),
            false => Err("the site's robots.txt does not allow it".to_owned()),
        }
    }

    async fn robots(&self) -> Result<Robots, String> {
        let address = robotxt::robots_url(&self.site).map_err(|cause| cause.to_string())?;
        let (_, response) = self
            .follow_redirects(&address)
            .await
            .map_err(|error| format!("its robots.txt cannot be read: {}", error.reason))?;
        let access = match response.status() {
            status if status.is_success() => AccessResult::Successful(response.body()),
            status if status.is_server_error() => {
                return Err(format!("its robots.txt cannot be read: the answer was {status}"));
            }
            _ => AccessResult::Unavailable,
        };
        Ok(Robots::from_access(access, Agent::Prefix(metadata::USER_AGENT)))
    }

    /// Fetches one page, after the pause that the site asks for.
    pub(super) async fn fetch(&self, url: &Url) -> Result<Page, FetchError> {
        if let Some(pause) = self.robots.crawl_delay() {
            tokio::time::sleep(pause.min(PAUSE_MAX)).await;
        }
        let (url, response) = self.follow_redirects(url).await?;
        let reason = format!("the answer was {}", response.status());
        match response.status() {
            status if status.is_success() => {}
            StatusCode::NOT_FOUND | StatusCode::GONE => return Err(FetchError::permanent(reason)),
            _ => return Err(FetchError::temporary(reason)),
        }
        let media_type = media_type(&response);
        let [is_noindex, is_nofollow] =
            [metadata::forbids_index, metadata::forbids_follow].map(|rule| asks(&response, rule));
        let body = compressed::unpacked(response)
            .map_err(|reason| FetchError::permanent(reason).of_kind(FailureKind::Damaged))?;
        let format = match essence(&media_type) {
            _ if Format::Pdf.is_certain(&body) => Some(Format::Pdf),
            "" | "application/octet-stream" | "binary/octet-stream" | "application/x-download" | "application/zip" => {
                Format::of_content(url.path(), &body)
            }
            known => Format::of_media_type(known),
        };
        let format = format
            .ok_or_else(|| FetchError::permanent("it is of no known format").of_kind(FailureKind::UnknownFormat))?;
        Ok(Page { url, format, body: to_utf8(format, &media_type, body), is_noindex, is_nofollow })
    }

    /// Fetches the addresses of the pages that the site lists. A list that cannot be read lists none.
    pub(super) async fn listed_pages(&self) -> Vec<Url> {
        let named: Vec<Url> = self.robots.sitemaps().to_vec();
        let usual = self.site.join("/sitemap.xml").ok();
        let mut lists: VecDeque<Url> = if named.is_empty() { usual.into_iter().collect() } else { named.into() };
        let (mut pages, mut read) = (Vec::new(), 0);
        while let Some(list) = lists.pop_front().filter(|_| read < SITEMAPS_MAX && pages.len() < PAGES_LISTED_MAX) {
            if !links::same_site(&self.site, &list) || links::loses_tls(&self.site, &list) {
                continue;
            }
            read += 1;
            let found = self.sitemap(&list).await.unwrap_or_default();
            pages.extend(found.pages);
            lists.extend(found.lists.into_iter().take(SITEMAPS_MAX));
        }
        pages.truncate(PAGES_LISTED_MAX);
        pages
    }

    async fn sitemap(&self, address: &Url) -> Option<Sitemap> {
        let (_, response) = self.follow_redirects(address).await.ok()?;
        if !response.status().is_success() {
            return None;
        }
        Some(sitemap::read(&compressed::unpacked(response).ok()?))
    }

    /// Follows redirects within the site, and returns the last address and response.
    async fn follow_redirects(&self, url: &Url) -> Result<(Url, Response<Bytes>), FetchError> {
        let mut url = url.clone();
        for _ in 0..=REDIRECTS_MAX {
            if !self.robots.is_url_allowed(&url) {
                return Err(FetchError::permanent("the site's robots.txt does not allow it"));
            }
            let response = self.get(&url).await.map_err(FetchError::temporary)?;
            match redirect_target(&url, &response) {
                None => return Ok((url, response)),
                Some(next) if links::same_site(&self.site, &next) && links::loses_tls(&url, &next) => {
                    return Err(FetchError::permanent("it leads from https to http"));
                }
                Some(next) if links::same_site(&self.site, &next) => url = next,
                Some(next) => {
                    let host = next.host_str().unwrap_or_default();
                    return Err(FetchError::permanent(format!("it leads to another site, `{host}`")));
                }
            }
        }
        Err(FetchError::permanent(format!("it was redirected more than {REDIRECTS_MAX} times")))
    }

    async fn get(&self, url: &Url) -> Result<Response<Bytes>, String> {
        let address = &url[..Position::AfterQuery];
        let request = Request::get(address).header(header::ACCEPT, "text/html, text/*;q=0.9, */*;q=0.5");
        let request = request.body(Bytes::new()).map_err(|_| "the address cannot be used".to_owned())?;
        self.web.send(request).await.map_err(reason)
    }
}

fn reason(error: SendError) -> String {
    match error {
        SendError::BeforeSend(reason) | SendError::AfterSend(reason) => reason,
    }
}

fn redirect_target(url: &Url, response: &Response<Bytes>) -> Option<Url> {
    let moved = [StatusCode::MOVED_PERMANENTLY, StatusCode::FOUND, StatusCode::SEE_OTHER];
    let kept = [StatusCode::TEMPORARY_REDIRECT, StatusCode::PERMANENT_REDIRECT];
    let is_redirect = moved.contains(&response.status()) || kept.contains(&response.status());
    let location = response.headers().get(header::LOCATION).filter(|_| is_redirect)?;
    url.join(location.to_str().ok()?).ok()
}

fn media_type(response: &Response<Bytes>) -> String {
    let given = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    given.unwrap_or_default().to_ascii_lowercase()
}

/// Returns true if a header of an answer asks crawlers for this.
fn asks(response: &Response<Bytes>, for_this: fn(&str) -> bool) -> bool {
    let rules = response.headers().get_all("x-robots-tag").into_iter().filter_map(|value| value.to_str().ok());
    rules.into_iter().any(for_this)
}

/// Returns a media type without its parameters.
fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// Converts a text to UTF-8 by the encoding in the response's header, which the parser does not see.
fn to_utf8(format: Format, media_type: &str, body: Vec<u8>) -> Vec<u8> {
    let label = media_type.split_once("charset=").map(|(_, label)| label.trim_matches(['"', ' ', ';']));
    let encoding = label.and_then(|label| Encoding::for_label(label.as_bytes()));
    match encoding.filter(|_| format.is_text()) {
        Some(declared) => encoding::decode(&body, Some(declared)).into_bytes(),
        None => body,
    }
}
