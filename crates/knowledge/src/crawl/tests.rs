use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{StatusCode, Uri};
use http_client::InProcess;

use super::*;
use crate::{
    Library,
    reading::{Ended, Runner},
    source::Source,
};

/// A small web: addresses with their responses. A text that begins with `->` is a redirect, a number is a status.
#[derive(Clone)]
struct Sites {
    pages: Vec<(&'static str, &'static str)>,
    requests: Arc<Mutex<Vec<String>>>,
}

async fn respond(State(sites): State<Sites>, uri: Uri) -> Response {
    sites.requests.lock().unwrap().push(uri.to_string());
    let page = sites.pages.iter().find(|(address, _)| uri == *address).map(|(_, page)| *page);
    match page {
        None => (StatusCode::NOT_FOUND, "not here").into_response(),
        Some(page) if page.starts_with("->") => (StatusCode::FOUND, [("location", &page[2..])]).into_response(),
        Some(page) => match page.parse::<u16>() {
            Ok(status) => Response::builder().status(status).body(Body::empty()).unwrap(),
            Err(_) if uri.path().ends_with(".gz") => compressed::tests::packed(page.as_bytes()).into_response(),
            Err(_) if uri.path().starts_with("/raw") => Body::from(page).into_response(),
            Err(_) if uri.path().starts_with("/private-") => {
                ([("content-type", "text/html"), ("x-robots-tag", "noindex")], page).into_response()
            }
            Err(_) if uri.path().starts_with("/listed-") => {
                ([("content-type", "text/html"), ("x-robots-tag", "nofollow")], page).into_response()
            }
            Err(_) if uri.path().ends_with(".txt") => page.into_response(),
            Err(_) if uri.path().ends_with(".png") => ([("content-type", "image/png")], page).into_response(),
            Err(_) => ([("content-type", "text/html; charset=utf-8")], page).into_response(),
        },
    }
}

struct Crawled {
    pages: Vec<String>,
    failures: Vec<String>,
    requests: Vec<String>,
}

async fn crawl(start: &str, pages_max: usize, pages: &[(&'static str, &'static str)]) -> Crawled {
    let sites = Sites { pages: pages.to_vec(), requests: Arc::default() };
    let web = InProcess(Router::new().fallback(respond).with_state(sites.clone()));
    let mut report = SourceReport::default();
    let (start, settings) = (start.parse().unwrap(), Settings::default());
    let result = super::crawl(&web, &start, pages_max, "site", &settings, &mut report).await;
    Crawled {
        pages: result.files.into_iter().map(|file| file.source).collect(),
        failures: report.failures.into_iter().map(|failure| format!("{}: {}", failure.what, failure.why)).collect(),
        requests: std::mem::take(&mut sites.requests.lock().unwrap()),
    }
}

#[tokio::test(start_paused = true)]
async fn a_site_is_crawled_breadth_first_up_to_the_limit_of_pages() {
    let pages = [
        (
            "http://a.com/",
            "<a href=/b>b</a><a href='/c'>c</a><a href=/b#x>b</a><a href=http://other.com/>o</a><a href=/p.png>",
        ),
        ("http://a.com/b", "<p>B</p><a href=/d>d</a>"),
        ("http://a.com/c", "<p>C</p>"),
        ("http://a.com/d", "<p>D</p>"),
    ];
    let all = crawl("http://a.com/", 10, &pages).await;
    assert_eq!(all.pages, ["http://a.com/", "http://a.com/b", "http://a.com/c", "http://a.com/d"]);
    assert_eq!(all.requests.len(), 6, "robots.txt, each page once, sitemap.xml: {:?}", all.requests);
    assert_eq!(crawl("http://a.com/", 2, &pages).await.pages, ["http://a.com/", "http://a.com/b"]);
    assert_eq!(crawl("http://a.com/", 1, &pages).await.requests.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn robots_txt_is_obeyed() {
    let pages = [
        (
            "http://a.com/robots.txt",
            "User-agent: *\nDisallow: /private\nCrawl-delay: 1\n\nUser-agent: frontdesk\nDisallow: /not-us\nCrawl-delay: 3600",
        ),
        ("http://a.com/", "<a href=/private/x>x</a><a href=/not-us>n</a><a href=/moved>m</a>"),
        ("http://a.com/private/x", "<p>ours to read</p>"),
        ("http://a.com/not-us", "<p>not ours</p>"),
        ("http://a.com/moved", "->/not-us"),
    ];
    let before = Instant::now();
    let crawled = crawl("http://a.com/", 9, &pages).await;
    assert_eq!(crawled.pages, ["http://a.com/", "http://a.com/private/x"]);
    assert!(!crawled.requests.iter().any(|asked| asked.ends_with("/not-us")), "{:?}", crawled.requests);
    assert_eq!(before.elapsed().as_secs(), 4 * fetch::PAUSE_MAX.as_secs());

    let refused = crawl("http://a.com/not-us", 9, &pages).await;
    assert_eq!(refused.failures, ["http://a.com/not-us: the site's robots.txt does not allow it"]);
}

#[tokio::test(start_paused = true)]
async fn a_site_is_not_crawled_while_its_robots_txt_fails() {
    let broken = crawl("http://a.com/", 9, &[("http://a.com/robots.txt", "503"), ("http://a.com/", "<p>A")]).await;
    assert_eq!((broken.pages.len(), broken.requests.len()), (0, 1));
    let none = crawl("http://a.com/", 9, &[("http://a.com/", "<p>A")]).await;
    assert_eq!(none.pages, ["http://a.com/"]);
}

#[tokio::test(start_paused = true)]
async fn redirects_are_followed_within_the_site_only() {
    let pages = [
        ("http://a.com/", "->https://www.a.com/home"),
        ("https://www.a.com/home", "<a href=/out>out</a><a href=/loop>loop</a><a href=file:///etc/passwd>f</a>"),
        ("https://www.a.com/out", "->http://169.254.169.254/secret"),
        ("https://www.a.com/loop", "->/loop"),
        ("http://169.254.169.254/secret", "<p>secret"),
    ];
    let crawled = crawl("http://a.com/", 9, &pages).await;
    assert_eq!(crawled.pages, ["https://www.a.com/home"]);
    assert_eq!(
        crawled.failures,
        [
            "https://www.a.com/out: it leads to another site, `169.254.169.254`",
            "https://www.a.com/loop: it was redirected more than 5 times",
        ]
    );
    assert!(!crawled.requests.iter().any(|asked| asked.contains("secret")));
}

#[tokio::test(start_paused = true)]
async fn failed_pages_are_reported_and_equal_pages_are_kept_once() {
    let pages = [
        ("http://a.com/", "<a href=/gone>g</a><a href=/twin?a=1>t</a><a href=/twin?a=2>t</a><a href=/pic>p</a>"),
        ("http://a.com/twin?a=1", "<p>same</p>"),
        ("http://a.com/twin?a=2", "<p>same</p>"),
        ("http://a.com/pic", "->/real.png"),
        ("http://a.com/real.png", "PNG"),
    ];
    let crawled = crawl("http://a.com/", 9, &pages).await;
    assert_eq!(crawled.pages, ["http://a.com/", "http://a.com/twin?a=1"]);
    assert_eq!(
        crawled.failures,
        ["http://a.com/gone: the answer was 404 Not Found", "http://a.com/pic: it is of no known format",]
    );
}

#[tokio::test(start_paused = true)]
async fn pages_say_where_their_links_lead_and_whether_they_are_indexed() {
    let pages = [
        ("http://a.com/", "<base href='/docs/'><a href=b>b</a><a href=/list>l</a>"),
        ("http://a.com/docs/b", "<p>B</p>"),
        ("http://a.com/list", "<meta name=Robots content='NoIndex, follow'><a href=/c>c</a>"),
        ("http://a.com/c", "<p>C</p>"),
    ];
    let crawled = crawl("http://a.com/", 9, &pages).await;
    assert_eq!(crawled.pages, ["http://a.com/", "http://a.com/docs/b", "http://a.com/c"]);
    assert_eq!(crawled.failures, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn links_of_a_page_that_forbids_it_are_not_followed() {
    let pages = [
        ("http://a.com/", "<a href=/list>list</a> <a href=/listed-by-header>other</a>"),
        ("http://a.com/list", "<meta name=robots content=nofollow><p>List <a href=/inner>inner</a>"),
        ("http://a.com/listed-by-header", "<p>Others <a href=/inner>inner</a>"),
        ("http://a.com/inner", "<p>Inner"),
    ];
    let followed = ["http://a.com/", "http://a.com/list", "http://a.com/listed-by-header"];
    assert_eq!(crawl("http://a.com/", 9, &pages).await.pages, followed);
}

#[tokio::test(start_paused = true)]
async fn a_site_on_https_is_not_left_for_http() {
    let pages = [
        ("https://a.com/", "<a href=http://a.com/plain>plain</a><a href=/moved>moved</a>"),
        ("https://a.com/moved", "->http://a.com/plain"),
        ("http://a.com/plain", "changed on its way"),
    ];
    let crawled = crawl("https://a.com/", 10, &pages).await;
    assert_eq!(crawled.pages, ["https://a.com/"]);
    assert_eq!(crawled.failures, ["https://a.com/moved: it leads from https to http"]);
    assert!(!crawled.requests.iter().any(|address| address.starts_with("http:")), "{:?}", crawled.requests);
    let upgraded = [("http://a.com/", "->https://a.com/"), ("https://a.com/", "Welcome")];
    assert_eq!(crawl("http://a.com/", 10, &upgraded).await.pages, ["https://a.com/"]);
}

#[tokio::test(start_paused = true)]
async fn pages_that_the_site_lists_are_read_behind_those_it_links_to() {
    let pages = [
        (
            "http://a.com/robots.txt",
            "User-agent: *\nDisallow: /no\nSitemap: http://a.com/index.xml\nSitemap: http://b.com/s.xml",
        ),
        (
            "http://a.com/index.xml",
            "<sitemapindex><sitemap><loc>http://a.com/map.xml.gz</loc></sitemap></sitemapindex>",
        ),
        (
            "http://a.com/map.xml.gz",
            "<urlset><url><loc>http://a.com/alone</loc></url><url><loc>http://a.com/linked</loc></url><url><loc>http://a.com/no</loc></url>\
             <url><loc>http://other.com/</loc></url></urlset>",
        ),
        ("http://a.com/", "<a href=/linked>l</a>"),
        ("http://a.com/linked", "<p>L</p>"),
        ("http://a.com/alone", "<p>A</p>"),
    ];
    let crawled = crawl("http://a.com/", 9, &pages).await;
    assert_eq!(crawled.pages, ["http://a.com/", "http://a.com/linked", "http://a.com/alone"]);
    assert!(crawled.requests.iter().all(|asked| asked.starts_with("http://a.com/")), "{:?}", crawled.requests);
    let few = crawl("http://a.com/", 2, &pages).await;
    assert!(!few.requests.iter().any(|asked| asked.contains(".xml")), "the links are enough: {:?}", few.requests);
}

#[tokio::test(start_paused = true)]
async fn a_page_is_read_in_the_form_that_it_names_as_its_own() {
    let pages = [
        (
            "http://a.com/",
            "<a href=/tea?print=1>p</a><a href=/tea?sort=2>s</a><a href=/lost?x=1>l</a><a href=/home>h</a>",
        ),
        ("http://a.com/tea?print=1", "<link rel=canonical href=/tea>Tea to print"),
        ("http://a.com/tea?sort=2", "<link rel=canonical href=/tea>Tea sorted"),
        ("http://a.com/tea", "<link rel=canonical href=http://a.com/tea>Tea"),
        ("http://a.com/lost?x=1", "<link rel=canonical href=/lost>Lost"),
        ("http://a.com/home", "<link rel=canonical href=/>named the first page by mistake"),
    ];
    let crawled = crawl("http://a.com/", 9, &pages).await;
    assert_eq!(crawled.pages, ["http://a.com/", "http://a.com/tea", "http://a.com/home", "http://a.com/lost?x=1"]);
}

#[tokio::test(start_paused = true)]
async fn answers_without_a_type_are_read_by_their_content_and_unpacked() {
    let pages = [
        (
            "http://a.com/",
            "<a href=/raw/page>r</a><a href=/raw/text>t</a><a href=/private-x>x</a>\
            <meta http-equiv=Refresh content='5; URL=/next'>",
        ),
        ("http://a.com/raw/page", "<!-- x --><p>Tea</p><a href=/raw/linked>l</a>"),
        ("http://a.com/raw/text", "Open from 9."),
        ("http://a.com/raw/linked", "<title>L</title>"),
        ("http://a.com/private-x", "<p>not for search</p>"),
        ("http://a.com/next", "<p>Next</p>"),
    ];
    let crawled = crawl("http://a.com/", 9, &pages).await;
    let names: Vec<&str> = crawled.pages.iter().map(|page| &page["http://a.com".len()..]).collect();
    assert_eq!(names, ["/", "/raw/page", "/raw/text", "/next", "/raw/linked"]);
    assert_eq!(crawled.failures, [""; 0]);
}

/// Counts the documents that are given to it, and reads them or ends.
#[derive(Debug, Default)]
struct Counting {
    ends: bool,
    count: AtomicUsize,
}

impl Runner for Counting {
    fn run(&self, request: &[u8], _: usize) -> Result<Vec<u8>, Ended> {
        self.count.fetch_add(1, Ordering::Relaxed);
        if self.ends { Err(Ended::Memory) } else { Ok(reading::answer(request)) }
    }
}

/// A site may serve bombs as well as a folder may hold them.
#[tokio::test(start_paused = true)]
async fn a_page_is_read_once_and_apart_from_this_process() {
    let page: &str = format!("<title>Tea</title>{}<a href=/next>n</a>", "<p>Green tea.".repeat(10_000)).leak();
    let pages = vec![("http://a.com/", page), ("http://a.com/next", "<p>Black tea.")];
    for (ends, documents, links_followed) in [(false, 2, true), (true, 0, false)] {
        let sites = Sites { pages: pages.clone(), requests: Arc::default() };
        let web = InProcess(Router::new().fallback(respond).with_state(sites.clone()));
        let runner = Arc::new(Counting { ends, ..Counting::default() });
        let settings = Settings { runner: Some(runner.clone()), ..Settings::default() };
        let source = Source::site("http://a.com/".parse().unwrap(), Some(9));
        let (_, report) = Library::open(vec![source], settings, Some(Arc::new(web))).await.unwrap();
        assert_eq!(report.documents(), documents, "{report:?}");
        assert_eq!(runner.count.load(Ordering::Relaxed), 1, "the large page, once");
        assert_eq!(
            report.failures().map(|failure| failure.kind).collect::<Vec<_>>(),
            match ends {
                true => vec![FailureKind::Limit],
                false => vec![],
            }
        );
        let asked = sites.requests.lock().unwrap().iter().any(|address| address.ends_with("/next"));
        assert_eq!(asked, links_followed);
    }
}
