//! Links that hold a phone number: `tel:` and `sms:` addresses, and those of messengers.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Schemes whose address is the number (RFC 3966, RFC 5724, and those of phones and messengers).
const SCHEMES: [&str; 10] =
    ["tel:", "sms:", "smsto:", "mms:", "mmsto:", "callto:", "facetime:", "facetime-audio:", "sip:", "sips:"];
/// Schemes whose address is a name as often as a number.
const SCHEMES_OF_NAMES: [&str; 2] = ["skype:", "zoomphonecall:"];
/// Pages whose address ends with an international number without its plus sign.
const PATHS: [&str; 3] = ["wa.me/", "signal.me/#p/", "t.me/+"];
/// Pages with the same number as a parameter.
const QUERIES: [&str; 5] =
    ["api.whatsapp.com/send", "web.whatsapp.com/send", "whatsapp://send", "viber://chat", "viber://add"];
const PARAMETERS: [&str; 2] = ["phone=", "number="];

/// Returns the number that a link holds, or `None` for a text that is no link to a number.
pub(super) fn number(text: &str) -> Option<Cow<'_, str>> {
    let text = target(text);
    let lower = text.to_ascii_lowercase();
    let after = |scheme: &&str| lower.starts_with(*scheme).then(|| text[scheme.len()..].trim_start_matches('/'));
    let is_number = |rest: &&str| rest.starts_with(|c: char| c == '+' || c.is_ascii_digit());
    let of_scheme = SCHEMES.iter().find_map(after);
    if let Some(number) = of_scheme.or_else(|| SCHEMES_OF_NAMES.iter().find_map(after).filter(is_number)) {
        return Some(decoded(until(number, &['?', '@'])));
    }
    let page = lower.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https")).map(|(_, page)| page);
    let page = page.unwrap_or(&lower);
    let page = page.strip_prefix("www.").unwrap_or(page);
    let of_path = PATHS.iter().find_map(|path| page.strip_prefix(path)).map(|number| until(number, &['?', '#', '/']));
    let of_query = || {
        let query = QUERIES.iter().find_map(|address| page.strip_prefix(address))?;
        let query = query.trim_start_matches('/').strip_prefix('?')?;
        query.split('&').find_map(|pair| PARAMETERS.iter().find_map(|parameter| pair.strip_prefix(parameter)))
    };
    of_path.or_else(of_query).map(|number| Cow::Owned(international(&decoded(number))))
}

/// The address of a link in Markdown, `[+1 702 555 0143](tel:+17025550143)`; else the text.
fn target(text: &str) -> &str {
    let inside = || text.strip_prefix('[')?.strip_suffix(')')?.split_once("](").map(|(_, address)| address);
    inside().unwrap_or(text)
}

fn until<'a>(text: &'a str, ends: &[char]) -> &'a str {
    text.split(ends).next().unwrap_or(text)
}

fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

fn international(number: &str) -> String {
    format!("+{}", number.trim_start_matches(['+', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_taken_out_of_the_link() {
        for (link, expected) in [
            ("tel:+1-702-555-0143;ext=5", Some("+1-702-555-0143;ext=5")),
            ("TEL://17025550143", Some("17025550143")),
            ("sms:+17025550143?body=Hello%20there", Some("+17025550143")),
            ("tel:%2B1%20702", Some("+1 702")),
            ("https://wa.me/17025550143?text=Hi", Some("+17025550143")),
            ("wa.me/+17025550143", Some("+17025550143")),
            ("https://api.whatsapp.com/send?text=Hi&phone=17025550143", Some("+17025550143")),
            ("https://api.whatsapp.com/send/?phone=%2B17025550143&text", Some("+17025550143")),
            ("whatsapp://send?phone=17025550143", Some("+17025550143")),
            ("https://signal.me/#p/+17025550143", Some("+17025550143")),
            ("skype:+17025550143?call", Some("+17025550143")),
            ("skype:sarah.mark?chat", None),
            ("sip:+17025550143@voice.example", Some("+17025550143")),
            ("viber://chat?number=%2B17025550143", Some("+17025550143")),
            ("[+1 702 555 0143](tel:+17025550143)", Some("+17025550143")),
            ("[our site](https://example.com)", None),
            ("https://example.com/17025550143", None),
            ("tell me", None),
        ] {
            assert_eq!(number(link).as_deref(), expected, "{link}");
        }
    }
}
