//! Web pages: their text as Markdown, without what every page of a site repeats, and where they lead to.

use std::sync::{Arc, Mutex, PoisonError};

use encoding_rs::Encoding;
use htmd::{
    Element, HtmlToMarkdown,
    element_handler::{HandlerResult, Handlers},
};

use super::{Draft, Unreadable, nesting, plain};

/// Browsers stop at 512. The parser's time grows with the square of the depth, and the conversion uses the stack for
/// each level.
const DEPTH_MAX: usize = 512;

/// More links than this are not followed anyway.
const LINKS_MAX: usize = 5_000;

/// Never text.
const SKIPPED: [&str; 12] = [
    "button", "canvas", "dialog", "iframe", "noscript", "object", "script", "select", "style", "svg", "template",
    "video",
];

/// What a page has around its text. Their links are followed, their words are left out.
const AROUND: [&str; 3] = ["aside", "footer", "nav"];

/// What the conversion sees on its way through the page.
#[derive(Debug, Default)]
struct Seen {
    title: Option<String>,
    links: Vec<String>,
}

/// A page says what it is written in near its beginning; browsers look as far (HTML standard, "prescan a byte stream").
const PRESCAN_BYTES: usize = 1_024;

/// The text of a page, in what it says it is written in where it is neither marked nor UTF-8.
pub(super) fn decode(bytes: &[u8]) -> String {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(PRESCAN_BYTES)]).to_ascii_lowercase();
    let metas = head.split("<meta").skip(1).filter_map(|meta| meta.split('>').next());
    let said = metas.filter_map(|meta| meta.split_once("charset=")).find_map(|(_, label)| {
        let label = label.trim_start_matches(['"', '\'', ' ']);
        let end = label.find(['"', '\'', ' ', ';', '/']).unwrap_or(label.len());
        Encoding::for_label(&label.as_bytes()[..end])
    });
    plain::decode_as(bytes, said)
}

pub(super) fn read(html: &str) -> Result<Draft, Unreadable> {
    if nesting::depth(html) > DEPTH_MAX {
        return Err(Unreadable::TooDeep(DEPTH_MAX));
    }
    let seen = Arc::new(Mutex::new(Seen::default()));
    let markdown = converter(&seen).convert(html).map_err(|cause| Unreadable::Malformed(cause.to_string()))?;
    let seen = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Draft { title: seen.title, markdown, links: seen.links })
}

fn converter(seen: &Arc<Mutex<Seen>>) -> HtmlToMarkdown {
    let (title, links) = (seen.clone(), seen.clone());
    HtmlToMarkdown::builder()
        .skip_tags(SKIPPED.to_vec())
        .add_handler(vec!["img"], |_: &dyn Handlers, image: Element| Some(attribute(&image, "alt").into()))
        .add_handler(AROUND.to_vec(), |all: &dyn Handlers, around: Element| {
            all.walk_children(around.node);
            Some(HandlerResult::from(""))
        })
        .add_handler(vec!["title"], move |all: &dyn Handlers, element: Element| {
            let text = all.walk_children(element.node).content.trim().to_owned();
            // A drawing in the page may have a title too; the page's comes first.
            with(&title, |seen| seen.title = seen.title.take().or(Some(text).filter(|text| !text.is_empty())));
            Some(HandlerResult::from(""))
        })
        // The text of a link stays, its address would only be in the way of the words.
        .add_handler(vec!["a"], move |all: &dyn Handlers, link: Element| {
            let href = attribute(&link, "href");
            with(&links, |seen| {
                if !href.is_empty() && seen.links.len() < LINKS_MAX {
                    seen.links.push(href)
                }
            });
            Some(all.walk_children(link.node))
        })
        .build()
}

fn with(seen: &Mutex<Seen>, change: impl FnOnce(&mut Seen)) {
    change(&mut seen.lock().unwrap_or_else(PoisonError::into_inner));
}

fn attribute(element: &Element, name: &str) -> String {
    let found = element.attrs.iter().find(|attribute| &*attribute.name.local == name);
    found.map(|attribute| attribute.value.trim().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_stays_and_what_surrounds_it_goes() {
        let page = "<html><head><title> ADAM \n</title><style>p{}</style></head><body>\
            <nav><a href='/products'>Products</a></nav><h1>The ADAM <b>robot</b></h1>\
            <p>It makes tea, see <a href='tea.html'>all teas</a>.</p><img src=x alt='A cup'>\
            <table><tr><th>Drink</th><th>Minutes</th></tr><tr><td>Tea</td><td>2</td></tr></table>\
            <script>alert('<p>no</p>')</script><footer>© Richtech</footer></body></html>";
        let draft = read(page).unwrap();
        assert_eq!(draft.title.as_deref(), Some("ADAM"));
        assert_eq!(draft.links, ["/products", "tea.html"]);
        assert!(
            draft.markdown.starts_with("# The ADAM **robot**\n\nIt makes tea, see all teas.\n"),
            "{}",
            draft.markdown
        );
        assert!(draft.markdown.contains("A cup") && draft.markdown.contains("| Tea"), "{}", draft.markdown);
        for gone in ["alert", "Products", "©", "p{}"] {
            assert!(!draft.markdown.contains(gone), "{gone} in {}", draft.markdown);
        }
    }

    #[test]
    fn broken_pages_are_read_as_far_as_they_go() {
        assert_eq!(read("<p>One<p>Two<ul><li>Three").unwrap().markdown, "One\n\nTwo\n\n*   Three");
        assert_eq!(read("").unwrap(), Draft::default());
        assert_eq!(read("no tags at all").unwrap().markdown, "no tags at all");
    }

    #[test]
    fn bottomless_pages_are_refused() {
        let page = "<div>".repeat(100_000);
        assert_eq!(read(&page), Err(Unreadable::TooDeep(DEPTH_MAX)));
    }

    #[test]
    fn a_page_is_read_in_what_it_says_it_is_written_in() {
        let page =
            |meta: &str| [format!("<html><head>{meta}</head><p>").as_bytes(), b"\xEF\xF0\xE8\xE2\xE5\xF2"].concat();
        for meta in ["<meta charset=windows-1251>", "<META content='text/html; charset=windows-1251' http-equiv=x />"] {
            assert!(decode(&page(meta)).ends_with("привет"), "{meta}");
        }
        assert!(decode(&page("<meta charset=none>")).ends_with("ïðèâåò"));
        assert!(decode("<meta charset=windows-1251><p>привет".as_bytes()).ends_with("привет"), "UTF-8 shows itself");
    }
}
