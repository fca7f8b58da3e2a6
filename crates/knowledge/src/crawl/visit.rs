//! Asks for one page, as far as the site lets us.

use std::time::Duration;

use bytes::Bytes;
use encoding_rs::Encoding;
use http::{Request, Response, StatusCode, header};
use robotxt::{AccessResult, Agent, Robots};
use url::{Position, Url};

use super::links;
use crate::format::Format;
use http_client::{HttpClient, SendError};

/// What `robots.txt` files know us by.
const AGENT: &str = "frontdesk";

/// RFC 9309 asks for five at least.
const REDIRECTS_MAX: usize = 5;

/// The longest pause between two pages that a site may ask for.
pub(super) const PAUSE_MAX: Duration = Duration::from_secs(10);

/// A document as it came.
#[derive(Debug)]
pub(super) struct Page {
    /// Where it was found in the end.
    pub(super) url: Url,
    pub(super) format: Format,
    pub(super) body: Vec<u8>,
}

/// Why a page was not read.
#[derive(Debug)]
pub(super) struct Unread {
    /// In words of ours.
    pub(super) why: String,
    /// The site says that it is there no more, or that we are not to read it: another try would give the same.
    pub(super) for_good: bool,
}

impl Unread {
    fn for_now(why: String) -> Unread {
        Unread { why, for_good: false }
    }

    fn for_good(why: impl Into<String>) -> Unread {
        Unread { why: why.into(), for_good: true }
    }
}

/// Goes through one site, by its rules.
pub(super) struct Visitor<'a> {
    web: &'a dyn HttpClient,
    site: Url,
    robots: Robots,
}

impl<'a> Visitor<'a> {
    /// Reads the rules first.
    ///
    /// # Errors
    /// With the reason, if the site's rules are to stay away, or if they cannot be read for now.
    pub(super) async fn welcome(web: &'a dyn HttpClient, site: &Url) -> Result<Visitor<'a>, String> {
        let mut visitor = Visitor { web, site: site.clone(), robots: Robots::allow_all() };
        visitor.robots = visitor.rules().await?;
        match visitor.robots.is_url_allowed(site) {
            true => Ok(visitor),
            false => Err("the site's robots.txt does not allow it".to_owned()),
        }
    }

    async fn rules(&self) -> Result<Robots, String> {
        let address = robotxt::robots_url(&self.site).map_err(|cause| cause.to_string())?;
        let (_, answer) =
            self.follow(&address).await.map_err(|unread| format!("its robots.txt cannot be read: {}", unread.why))?;
        let access = match answer.status() {
            status if status.is_success() => AccessResult::Successful(answer.body()),
            status if status.is_server_error() => {
                return Err(format!("its robots.txt cannot be read: the answer was {status}"));
            }
            _ => AccessResult::Unavailable,
        };
        Ok(Robots::from_access(access, Agent::Prefix(AGENT)))
    }

    /// # Errors
    /// With the reason, and whether it will hold.
    pub(super) async fn visit(&self, url: &Url) -> Result<Page, Unread> {
        if let Some(pause) = self.robots.crawl_delay() {
            tokio::time::sleep(pause.min(PAUSE_MAX)).await;
        }
        let (url, answer) = self.follow(url).await?;
        let why = format!("the answer was {}", answer.status());
        match answer.status() {
            status if status.is_success() => {}
            StatusCode::NOT_FOUND | StatusCode::GONE => return Err(Unread::for_good(why)),
            _ => return Err(Unread::for_now(why)),
        }
        let media_type = media_type(&answer);
        let format = Format::of_media_type(essence(&media_type));
        let format = format.ok_or_else(|| Unread::for_good("it is of no known format"))?;
        Ok(Page { url, format, body: in_utf8(format, &media_type, answer.into_body()) })
    }

    /// The answer behind all redirects, and where it was.
    async fn follow(&self, url: &Url) -> Result<(Url, Response<Bytes>), Unread> {
        let mut url = url.clone();
        for _ in 0..=REDIRECTS_MAX {
            if !self.robots.is_url_allowed(&url) {
                return Err(Unread::for_good("the site's robots.txt does not allow it"));
            }
            let answer = self.ask(&url).await.map_err(Unread::for_now)?;
            match redirect(&url, &answer) {
                None => return Ok((url, answer)),
                Some(next) if links::same_site(&self.site, &next) => url = next,
                Some(next) => {
                    let host = next.host_str().unwrap_or_default();
                    return Err(Unread::for_good(format!("it leads to another site, `{host}`")));
                }
            }
        }
        Err(Unread::for_good(format!("it was redirected more than {REDIRECTS_MAX} times")))
    }

    async fn ask(&self, url: &Url) -> Result<Response<Bytes>, String> {
        let address = &url[..Position::AfterQuery];
        let request = Request::get(address).header(header::ACCEPT, "text/html, text/*;q=0.9, */*;q=0.5");
        let request = request.body(Bytes::new()).map_err(|_| "the address cannot be used".to_owned())?;
        self.web.send(request).await.map_err(why)
    }
}

fn why(broken: SendError) -> String {
    match broken {
        SendError::BeforeSend(why) | SendError::AfterSend(why) => why,
    }
}

fn redirect(url: &Url, answer: &Response<Bytes>) -> Option<Url> {
    let moved = [StatusCode::MOVED_PERMANENTLY, StatusCode::FOUND, StatusCode::SEE_OTHER];
    let kept = [StatusCode::TEMPORARY_REDIRECT, StatusCode::PERMANENT_REDIRECT];
    let is_redirect = moved.contains(&answer.status()) || kept.contains(&answer.status());
    let location = answer.headers().get(header::LOCATION).filter(|_| is_redirect)?;
    url.join(location.to_str().ok()?).ok()
}

fn media_type(answer: &Response<Bytes>) -> String {
    let given = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    given.unwrap_or_default().to_ascii_lowercase()
}

fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// A page's bytes in UTF-8. What the header says about the encoding is lost once the header is.
fn in_utf8(format: Format, media_type: &str, body: Bytes) -> Vec<u8> {
    let label = media_type.split_once("charset=").map(|(_, label)| label.trim_matches(['"', ' ', ';']));
    let encoding = label.and_then(|label| Encoding::for_label(label.as_bytes()));
    match encoding.filter(|_| format.is_text()) {
        Some(encoding) => encoding.decode(&body).0.into_owned().into_bytes(),
        None => body.into(),
    }
}
