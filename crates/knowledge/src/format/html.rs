//! Parses web pages: their text as Markdown without navigation and footers, their title and their links.

use std::sync::{Arc, Mutex, PoisonError};

use encoding_rs::Encoding;
use htmd::{
    Element, HtmlToMarkdown,
    element_handler::{HandlerResult, Handlers},
};

use super::{
    nesting,
    parsed::{ParseError, ParsedDocument},
    plain,
};

/// The deepest nesting of elements, the same as in browsers. The parser's time grows with the square of the depth, and
/// the conversion to Markdown recurses.
const DEPTH_MAX: usize = 512;

/// The most links that are kept of one page.
const LINKS_MAX: usize = 5_000;

/// Elements that are left out with all they contain.
const SKIPPED: [&str; 12] = [
    "button", "canvas", "dialog", "iframe", "noscript", "object", "script", "select", "style", "svg", "template",
    "video",
];

/// Elements around the main text. Their links are kept, their text is left out.
const BOILERPLATE: [&str; 3] = ["aside", "footer", "nav"];

/// The metadata that is collected during the conversion.
#[derive(Debug, Default)]
struct Metadata {
    title: Option<String>,
    links: Vec<String>,
}

/// The first bytes of a page in which its encoding is looked for, as browsers do (HTML standard, "prescan a byte
/// stream").
const PRESCAN_BYTES: usize = 1_024;

/// Decodes a page. The encoding that the page declares is used if it has no byte order mark and is not UTF-8.
pub(super) fn decode(bytes: &[u8]) -> String {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(PRESCAN_BYTES)]).to_ascii_lowercase();
    let metas = head.split("<meta").skip(1).filter_map(|meta| meta.split('>').next());
    let declared = metas.filter_map(|meta| meta.split_once("charset=")).find_map(|(_, label)| {
        let label = label.trim_start_matches(['"', '\'', ' ']);
        let end = label.find(['"', '\'', ' ', ';', '/']).unwrap_or(label.len());
        Encoding::for_label(&label.as_bytes()[..end])
    });
    plain::decode_as(bytes, declared)
}

/// Parses a decoded page.
pub(super) fn parse(html: &str) -> Result<ParsedDocument, ParseError> {
    if nesting::depth(html) > DEPTH_MAX {
        return Err(ParseError::TooDeep(DEPTH_MAX));
    }
    let metadata = Arc::new(Mutex::new(Metadata::default()));
    let markdown = converter(&metadata).convert(html).map_err(|cause| ParseError::Malformed(cause.to_string()))?;
    let metadata = std::mem::take(&mut *metadata.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(ParsedDocument { title: metadata.title, markdown, links: metadata.links })
}

fn converter(metadata: &Arc<Mutex<Metadata>>) -> HtmlToMarkdown {
    let (title, links) = (metadata.clone(), metadata.clone());
    HtmlToMarkdown::builder()
        .skip_tags(SKIPPED.to_vec())
        .add_handler(vec!["img"], |_: &dyn Handlers, image: Element| Some(attribute(&image, "alt").into()))
        .add_handler(BOILERPLATE.to_vec(), |all: &dyn Handlers, element: Element| {
            all.walk_children(element.node);
            Some(HandlerResult::from(""))
        })
        .add_handler(vec!["title"], move |all: &dyn Handlers, element: Element| {
            let text = all.walk_children(element.node).content.trim().to_owned();
            // The first title is the page's; a drawing in it may have one too.
            with(&title, |metadata| {
                metadata.title = metadata.title.take().or(Some(text).filter(|text| !text.is_empty()))
            });
            Some(HandlerResult::from(""))
        })
        // Only the text of a link is kept in the Markdown; its address would be indexed as words.
        .add_handler(vec!["a"], move |all: &dyn Handlers, link: Element| {
            let href = attribute(&link, "href");
            with(&links, |metadata| {
                if !href.is_empty() && metadata.links.len() < LINKS_MAX {
                    metadata.links.push(href)
                }
            });
            Some(all.walk_children(link.node))
        })
        .build()
}

fn with(metadata: &Mutex<Metadata>, change: impl FnOnce(&mut Metadata)) {
    change(&mut metadata.lock().unwrap_or_else(PoisonError::into_inner));
}

fn attribute(element: &Element, name: &str) -> String {
    let found = element.attrs.iter().find(|attribute| &*attribute.name.local == name);
    found.map(|attribute| attribute.value.trim().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_main_text_is_kept_without_navigation_and_scripts() {
        let page = "<html><head><title> ADAM \n</title><style>p{}</style></head><body>\
            <nav><a href='/products'>Products</a></nav><h1>The ADAM <b>robot</b></h1>\
            <p>It makes tea, see <a href='tea.html'>all teas</a>.</p><img src=x alt='A cup'>\
            <table><tr><th>Drink</th><th>Minutes</th></tr><tr><td>Tea</td><td>2</td></tr></table>\
            <script>alert('<p>no</p>')</script><footer>© Richtech</footer></body></html>";
        let parsed = parse(page).unwrap();
        assert_eq!(parsed.title.as_deref(), Some("ADAM"));
        assert_eq!(parsed.links, ["/products", "tea.html"]);
        assert!(
            parsed.markdown.starts_with("# The ADAM **robot**\n\nIt makes tea, see all teas.\n"),
            "{}",
            parsed.markdown
        );
        assert!(parsed.markdown.contains("A cup") && parsed.markdown.contains("| Tea"), "{}", parsed.markdown);
        for gone in ["alert", "Products", "©", "p{}"] {
            assert!(!parsed.markdown.contains(gone), "{gone} in {}", parsed.markdown);
        }
    }

    #[test]
    fn invalid_pages_are_parsed_as_far_as_possible() {
        assert_eq!(parse("<p>One<p>Two<ul><li>Three").unwrap().markdown, "One\n\nTwo\n\n*   Three");
        assert_eq!(parse("").unwrap(), ParsedDocument::default());
        assert_eq!(parse("no tags at all").unwrap().markdown, "no tags at all");
    }

    #[test]
    fn pages_nested_too_deep_are_rejected() {
        let page = "<div>".repeat(100_000);
        assert_eq!(parse(&page), Err(ParseError::TooDeep(DEPTH_MAX)));
    }

    #[test]
    fn the_declared_encoding_is_used() {
        let page =
            |meta: &str| [format!("<html><head>{meta}</head><p>").as_bytes(), b"\xEF\xF0\xE8\xE2\xE5\xF2"].concat();
        for meta in ["<meta charset=windows-1251>", "<META content='text/html; charset=windows-1251' http-equiv=x />"] {
            assert!(decode(&page(meta)).ends_with("привет"), "{meta}");
        }
        assert!(decode(&page("<meta charset=none>")).ends_with("ïðèâåò"));
        assert!(decode("<meta charset=windows-1251><p>привет".as_bytes()).ends_with("привет"), "UTF-8 is recognized");
    }
}
