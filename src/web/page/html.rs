//! The page and its style sheet, with the operator's brand and texts. Pure.

use std::collections::BTreeMap;

use serde_json::json;

use crate::chat::language::Language;
use crate::chat::texts::A_PERSON;
use crate::web::settings::Settings;
use crate::web::texts;

/// The page, with names in double braces.
const PAGE: &str = include_str!("chat.html");
/// The most that a language can be asked for in an address.
const LANGUAGE_PARAMETER: &str = "language";

/// The people for whom a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageKind {
    /// Customers.
    Customers,
    /// Staff, who sign in with a token.
    Staff,
}

impl PageKind {
    /// The path of the page, below which its files and its interface stand.
    pub fn path(self) -> &'static str {
        match self {
            PageKind::Customers => "/chat",
            PageKind::Staff => "/assistant",
        }
    }
}

/// The page in a language. `version` makes browsers load what has changed.
pub fn page(settings: &Settings, kind: PageKind, language: Language, version: &str, is_embedded: bool) -> String {
    let text = |name: &str| texts::text(&settings.texts, language, name);
    let is_staff = kind == PageKind::Staff;
    let brand = if is_staff { text("contact_assistant") } else { settings.brand.name.as_str() };
    let title =
        if is_staff { brand.to_owned() } else { texts::with(&settings.texts, language, "title", &[("name", brand)]) };
    let mut all = texts::all(&settings.texts, language);
    // What the server has the visitor say, so that it is shown at once.
    all.insert("person_wanted", A_PERSON.in_language(language).to_owned());
    let page_settings = json!({
        "texts": all,
        "origins": settings.origins,
        "embedded": is_embedded,
        "staff": is_staff,
        "path": kind.path()[1..],
    });
    let values = BTreeMap::from([
        ("language", language.code().to_owned()),
        ("title", escaped(&title)),
        ("path", kind.path()[1..].to_owned()),
        ("sign_in", if is_staff { sign_in(settings, language) } else { String::new() }),
        ("brand", escaped(brand)),
        ("version", version.to_owned()),
        ("colour", settings.brand.colour.to_string()),
        ("settings", in_script(&page_settings.to_string())),
        ("no_script", escaped(text("no_script"))),
        (
            "write_instead",
            settings.brand.address.as_deref().map(|address| reach(text("write_instead"), address)).unwrap_or_default(),
        ),
        ("privacy", privacy(settings, language)),
        ("messages", escaped(text("messages"))),
        ("placeholder", escaped(text("placeholder"))),
        ("send", escaped(text("send"))),
        ("attach", escaped(text("attach"))),
        ("a_person", escaped(text("a_person"))),
        ("back", escaped(text("back"))),
        ("restart", escaped(text("restart"))),
        ("close", escaped(text("close"))),
        ("automatic", escaped(text("automatic"))),
    ]);
    filled(PAGE, &values)
}

/// The operator's colour, and what is readable on it, for the style sheet.
pub fn brand_css(settings: &Settings) -> String {
    let colour = settings.brand.colour;
    format!(":root{{--brand:{colour};--on-brand:{}}}\n", colour.text_on())
}

/// The language that an address asks for.
pub fn asked_language(query: &str) -> Option<Language> {
    let asked = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == LANGUAGE_PARAMETER);
    asked.and_then(|(_, code)| texts::wanted(&code))
}

/// The form in which staff give their token. Nobody else can read it: it stays in the tab.
fn sign_in(settings: &Settings, language: Language) -> String {
    let text = |name: &str| escaped(texts::text(&settings.texts, language, name));
    format!(
        "<form id=\"sign-in\" class=\"script\" hidden><label for=\"token\">{}</label>\
         <input id=\"token\" type=\"password\" autocomplete=\"current-password\" required aria-describedby=\"token-note\">\
         <p id=\"token-note\">{}</p><button type=\"submit\">{}</button></form>",
        text("token"),
        text("token_note"),
        text("sign_in"),
    )
}

/// The sentence of how the company is reached without the chat.
fn reach(sentence: &str, address: &str) -> String {
    let is_web = address.starts_with("https://");
    let is_phone = !is_web && address.chars().all(|letter| letter.is_ascii_digit() || "+-() /".contains(letter));
    let link = match () {
        () if is_web => address.to_owned(),
        () if address.contains('@') => format!("mailto:{address}"),
        () if is_phone => format!("tel:{}", address.replace(' ', "")),
        () => return format!("{} {}", escaped(sentence), escaped(address)),
    };
    format!("{} <a href=\"{}\">{}</a>", escaped(sentence), escaped(&link), escaped(address))
}

fn privacy(settings: &Settings, language: Language) -> String {
    let text = |name: &str| texts::text(&settings.texts, language, name);
    let notice = text("privacy");
    let link = settings.privacy_url.as_ref().map(|url| {
        let (url, name) = (escaped(url.as_str()), escaped(text("privacy_link")));
        format!(
            "<a href=\"{url}\" target=\"_blank\" rel=\"noopener\">{name}<span class=\"hidden\"> ({})</span></a>",
            escaped(text("new_window"))
        )
    });
    if notice.is_empty() && link.is_none() {
        return String::new();
    }
    let parts: Vec<_> = [Some(escaped(notice)).filter(|text| !text.is_empty()), link].into_iter().flatten().collect();
    format!("<p id=\"privacy\">{}</p>", parts.join(" "))
}

/// Fills in the names in double braces, in one pass: braces within a value are nobody's names.
fn filled(template: &str, values: &BTreeMap<&str, String>) -> String {
    let (mut rest, mut page) = (template, String::with_capacity(template.len() * 2));
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, behind) = after.split_once("}}").unwrap_or((after, ""));
        page.push_str(before);
        page.push_str(values.get(name).map_or("", String::as_str));
        rest = behind;
    }
    page + rest
}

/// A text as it may stand in HTML, also in an attribute.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

/// JSON as it may stand in a script element: nothing in it ends the element.
fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::settings::Brand;

    #[test]
    fn hostile_names_and_texts_stay_text() {
        let evil = "</script><img src=x onerror=alert(1)>\"'{{brand}}";
        let own =
            BTreeMap::from([("welcome".to_owned(), evil.to_owned()), ("placeholder".to_owned(), evil.to_owned())]);
        let settings = Settings {
            brand: Brand { name: evil.to_owned(), address: Some(evil.to_owned()), ..Brand::default() },
            texts: BTreeMap::from([("en", own)]),
            ..Settings::default()
        };
        let page = page(&settings, PageKind::Customers, Language::English, "1", false);
        assert!(!page.contains("<img"), "{page}");
        assert_eq!(page.matches("</script>").count(), PAGE.matches("</script>").count());
        assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;{{brand}}"));
    }

    #[test]
    fn a_browser_without_javascript_is_told_another_way() {
        for (address, link) in [
            ("support@richtech.example", "<a href=\"mailto:support@richtech.example\">"),
            ("https://richtech.example/contact", "<a href=\"https://richtech.example/contact\">"),
            ("+1 702 555 0143", "<a href=\"tel:+17025550143\">"),
            ("12 Main Street", "write to us: 12 Main Street"),
            ("javascript:alert(1)", "write to us: javascript:alert(1)"),
        ] {
            let brand = Brand { address: Some(address.to_owned()), ..Brand::default() };
            let page =
                page(&Settings { brand, ..Settings::default() }, PageKind::Customers, Language::English, "1", false);
            let no_script = page.split("<noscript>").nth(1).unwrap().split("</noscript>").next().unwrap();
            assert!(no_script.contains(link) && no_script.contains("needs JavaScript"), "{no_script}");
        }
    }

    #[test]
    fn every_name_of_the_page_is_filled_in() {
        for kind in [PageKind::Customers, PageKind::Staff] {
            let page = page(&Settings::default(), kind, Language::German, "1", true);
            assert!(
                !page.contains("{{") && page.contains("lang=\"de\"") && page.contains("Nachricht schreiben"),
                "{page}"
            );
            assert_eq!(page.contains("id=\"sign-in\""), kind == PageKind::Staff);
        }
        assert_eq!(asked_language("embed=1&language=fr-CH"), Some(Language::French));
        assert_eq!(asked_language("language=pl"), None);
    }
}
