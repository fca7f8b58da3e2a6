//! Reads the lists of a site's pages (sitemaps.org).

use quick_xml::{Reader, events::Event};
use url::Url;

use crate::format::entity;

/// The most addresses that are taken of one list.
const ADDRESSES_MAX: usize = 10_000;

/// The addresses of a list.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sitemap {
    /// Addresses of pages.
    pub(super) pages: Vec<Url>,
    /// Addresses of further sitemaps.
    pub(super) lists: Vec<Url>,
}

/// Reads a list, as far as it is one: in XML, or an address in each line.
pub(super) fn read(bytes: &[u8]) -> Sitemap {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    if text.starts_with('<') {
        return of_xml(text);
    }
    let pages = text.lines().filter_map(|line| line.trim().parse().ok()).take(ADDRESSES_MAX).collect();
    Sitemap { pages, lists: Vec::new() }
}

fn of_xml(xml: &str) -> Sitemap {
    let (mut sitemap, mut address, mut in_address, mut of_list) = (Sitemap::default(), String::new(), false, false);
    let mut reader = Reader::from_str(xml);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(element) => match element.local_name().as_ref() {
                "sitemap" => of_list = true,
                "url" => of_list = false,
                "loc" => in_address = true,
                _ => {}
            },
            Event::Text(text) if in_address => address.push_str(&text.xml10_content()),
            Event::CData(text) if in_address => address.push_str(&text.xml10_content()),
            Event::GeneralRef(name) if in_address => address.push_str(&entity(&name)),
            Event::End(element) if element.local_name().as_ref() == "loc" => {
                in_address = false;
                let found = if of_list { &mut sitemap.lists } else { &mut sitemap.pages };
                found.extend(std::mem::take(&mut address).trim().parse::<Url>().ok());
            }
            Event::Eof => break,
            _ => {}
        }
        if sitemap.pages.len() + sitemap.lists.len() >= ADDRESSES_MAX {
            break;
        }
    }
    sitemap
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_pages_and_of_lists_are_read() {
        let url = |text: &str| text.parse::<Url>().unwrap();
        let pages = "<?xml version='1.0'?><urlset><url><loc> http://a.com/b?x=1&amp;y=2 </loc><image:image><image:loc>\
            http://a.com/i.png</image:loc></image:image></url><url><loc><![CDATA[http://a.com/c]]></loc></url></urlset>";
        let read_pages = read(pages.as_bytes()).pages;
        assert!(read_pages.contains(&url("http://a.com/b?x=1&y=2")) && read_pages.contains(&url("http://a.com/c")));
        let lists = "<sitemapindex><sitemap><loc>http://a.com/s1.xml</loc></sitemap></sitemapindex>";
        assert_eq!(read(lists.as_bytes()), Sitemap { pages: Vec::new(), lists: vec![url("http://a.com/s1.xml")] });
        assert_eq!(read(b"http://a.com/b\nno address\n").pages, [url("http://a.com/b")]);
        assert_eq!(read(b"<html><p>not found"), Sitemap::default());
    }
}
