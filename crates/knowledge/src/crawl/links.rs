//! Which links of a page are worth following.

use url::Url;

/// Endings of what is certainly no document of ours.
const NO_DOCUMENT: &[&str] = &[
    "7z", "avi", "css", "csv", "dmg", "doc", "exe", "gif", "gz", "ico", "jpeg", "jpg", "js", "json", "mov", "mp3",
    "mp4", "png", "ppt", "pptx", "rss", "svg", "tar", "webm", "webp", "woff", "woff2", "xls", "xlsx", "xml", "zip",
];

/// The addresses behind a page's links, without the part of a page they point to.
pub(super) fn resolve(page: &Url, hrefs: &[String]) -> Vec<Url> {
    let mut found: Vec<Url> = hrefs.iter().filter_map(|href| page.join(href).ok()).collect();
    found.iter_mut().for_each(|url| url.set_fragment(None));
    found.retain(|url| matches!(url.scheme(), "http" | "https") && url.username().is_empty());
    found
}

/// One host under `http` or `https`, with or without `www.`, at the same port.
pub(super) fn same_site(one: &Url, other: &Url) -> bool {
    let host = |url: &Url| url.host_str().map(|host| host.trim_start_matches("www.").to_owned());
    matches!(other.scheme(), "http" | "https") && host(one) == host(other) && one.port() == other.port()
}

pub(super) fn may_be_document(url: &Url) -> bool {
    let last = url.path().rsplit('/').next().unwrap_or_default();
    let ending = last.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_none_or(|ending| !NO_DOCUMENT.contains(&ending.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn links_are_read_as_a_browser_would() {
        let hrefs =
            ["/b#top", "c?x=1", "../d", "mailto:a@b.c", "javascript:x()", "//e.com/f", "http://me:pw@h/", "http://["];
        let found = resolve(&url("https://a.com/x/y"), &hrefs.map(str::to_owned));
        let expected = ["https://a.com/b", "https://a.com/x/c?x=1", "https://a.com/d", "https://e.com/f"];
        assert_eq!(found.iter().map(Url::as_str).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_site_is_one_host() {
        let start = url("http://a.com/x");
        for same in ["https://www.a.com/", "http://a.com/y"] {
            assert!(same_site(&start, &url(same)), "{same}");
        }
        for other in ["http://b.a.com/", "http://a.com:8080/", "http://a.com.evil.com/", "ftp://a.com/"] {
            assert!(!same_site(&start, &url(other)), "{other}");
        }
    }

    #[test]
    fn pictures_are_not_asked_for() {
        assert!(may_be_document(&url("http://a.com/manual.pdf")) && may_be_document(&url("http://a.com/v1.2/")));
        assert!(!may_be_document(&url("http://a.com/logo.PNG")));
    }
}
