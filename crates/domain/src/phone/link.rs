//! Links that hold a phone number: `tel:` and `sms:` addresses, and those of messengers.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Schemes whose address is the number (RFC 3966, RFC 5724, and those of phones and messengers).
const SCHEMES: [&str; 8] = ["tel:", "sms:", "smsto:", "mms:", "mmsto:", "callto:", "facetime:", "facetime-audio:"];
/// Pages whose address ends with an international number without its plus sign.
const PATHS: [&str; 3] = ["wa.me/", "signal.me/#p/", "t.me/+"];
/// Pages with the same number as the parameter `phone`.
const QUERIES: [&str; 3] = ["api.whatsapp.com/send", "web.whatsapp.com/send", "whatsapp://send"];
const PARAMETER: &str = "phone=";

/// Returns the number that a link holds, or `None` for a text that is no link to a number.
pub(super) fn number(text: &str) -> Option<Cow<'_, str>> {
    let lower = text.to_ascii_lowercase();
    if let Some(scheme) = SCHEMES.iter().find(|scheme| lower.starts_with(**scheme)) {
        let number = &text[scheme.len()..];
        return Some(decoded(until(number.trim_start_matches('/'), &['?'])));
    }
    let page = lower.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https")).map(|(_, page)| page);
    let page = page.unwrap_or(&lower);
    let page = page.strip_prefix("www.").unwrap_or(page);
    let of_path = PATHS.iter().find_map(|path| page.strip_prefix(path)).map(|number| until(number, &['?', '#', '/']));
    let of_query = || {
        let query = QUERIES.iter().find_map(|address| page.strip_prefix(address))?;
        let query = query.trim_start_matches('/').strip_prefix('?')?;
        query.split('&').find_map(|pair| pair.strip_prefix(PARAMETER))
    };
    of_path.or_else(of_query).map(|number| Cow::Owned(international(&decoded(number))))
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
            ("https://example.com/17025550143", None),
            ("tell me", None),
        ] {
            assert_eq!(number(link).as_deref(), expected, "{link}");
        }
    }
}
