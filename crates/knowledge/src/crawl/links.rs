//! Selects the links of a page that are followed.

use url::Url;

/// Extensions of files that are not documents of a known format.
const OTHER_EXTENSIONS: &[&str] = &[
    "7z", "avi", "css", "dmg", "doc", "exe", "gif", "gz", "ico", "jpeg", "jpg", "js", "json", "mov", "mp3", "mp4",
    "png", "ppt", "rss", "svg", "tar", "webm", "webp", "woff", "woff2", "xls", "xml", "zip",
];

/// Resolves the links of a page to addresses without fragments. Links with a user name are dropped.
pub(super) fn resolve(page: &Url, hrefs: &[String]) -> Vec<Url> {
    let mut found: Vec<Url> = hrefs.iter().filter_map(|href| page.join(href).ok()).collect();
    found.iter_mut().for_each(|url| url.set_fragment(None));
    found.retain(|url| matches!(url.scheme(), "http" | "https") && url.username().is_empty());
    found
}

/// Returns true if `other` has the same host, with or without `www.`, and the same port, under `http` or `https`.
pub(super) fn same_site(one: &Url, other: &Url) -> bool {
    let host = |url: &Url| url.host_str().map(|host| host.trim_start_matches("www.").to_owned());
    matches!(other.scheme(), "http" | "https") && host(one) == host(other) && one.port() == other.port()
}

/// Returns true if a step from one address to the other would give up the protection of https: the text could be changed
/// on its way.
pub(super) fn loses_tls(from: &Url, to: &Url) -> bool {
    from.scheme() == "https" && to.scheme() == "http"
}

/// Returns true unless the extension shows that this is not a document.
pub(super) fn may_be_document(url: &Url) -> bool {
    let last = url.path().rsplit('/').next().unwrap_or_default();
    let extension = last.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_none_or(|extension| !OTHER_EXTENSIONS.contains(&extension.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn links_are_resolved_as_in_a_browser() {
        let hrefs =
            ["/b#top", "c?x=1", "../d", "mailto:a@b.c", "javascript:x()", "//e.com/f", "http://me:pw@h/", "http://["];
        let found = resolve(&url("https://a.com/x/y"), &hrefs.map(str::to_owned));
        let expected = ["https://a.com/b", "https://a.com/x/c?x=1", "https://a.com/d", "https://e.com/f"];
        assert_eq!(found.iter().map(Url::as_str).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_site_has_one_host() {
        let start = url("http://a.com/x");
        for same in ["https://www.a.com/", "http://a.com/y"] {
            assert!(same_site(&start, &url(same)), "{same}");
        }
        for other in ["http://b.a.com/", "http://a.com:8080/", "http://a.com.evil.com/", "ftp://a.com/"] {
            assert!(!same_site(&start, &url(other)), "{other}");
        }
    }

    #[test]
    fn links_to_pictures_are_not_followed() {
        assert!(may_be_document(&url("http://a.com/manual.pdf")) && may_be_document(&url("http://a.com/v1.2/")));
        assert!(!may_be_document(&url("http://a.com/logo.PNG")));
    }
}
