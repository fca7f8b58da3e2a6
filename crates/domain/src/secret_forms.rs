//! The forms in which services and programs write a secret: as it is, and encoded for the text around it.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986, as most programs encode.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The forms of a secret. Those in the other case are not among them.
pub(crate) fn forms_of(secret: &str) -> BTreeSet<String> {
    let percent = [NON_ALPHANUMERIC, UNRESERVED].map(|set| utf8_percent_encode(secret, set).to_string());
    let percent_twice = percent.clone().map(|text| text.replace('%', "%25"));
    let spelt_out: [fn(char) -> bool; 3] = [|_| false, is_special, |_| true];
    let json = spelt_out.map(|spelt_out| in_json(secret, spelt_out));
    let solidus = json[0].replace('/', "\\/");
    let json_twice = json.clone().map(|text| in_json(&text, |_| false));
    let html = [("&quot;", "&#39;"), ("&#34;", "&#39;"), ("&#34;", "&#x27;")].map(|quotes| in_html(secret, quotes));
    let hexadecimal = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let base64 =
        (0..3).flat_map(|before| [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD].map(|by| within_base64(secret, before, by)));
    let own = [secret.to_owned(), solidus, hexadecimal].into_iter();
    own.chain(percent).chain(percent_twice).chain(json).chain(json_twice).chain(html).chain(base64).collect()
}

fn is_special(c: char) -> bool {
    !c.is_ascii_alphanumeric() && !matches!(c, '-' | '.' | '_' | '~' | '/')
}

/// The text within a JSON string. Some characters are spelt out (`\u002b`) although they need not be.
fn in_json(text: &str, spelt_out: impl Fn(char) -> bool) -> String {
    let escaped = |c: char| match c {
        _ if spelt_out(c) || c.is_control() => {
            c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
        }
        '"' | '\\' => format!("\\{c}"),
        c => c.to_string(),
    };
    text.chars().map(escaped).collect()
}

/// The text within HTML or XML, with a double and a single quotation mark as they are written there.
fn in_html(text: &str, (double, single): (&str, &str)) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', double).replace('\'', single)
}

/// The characters of base64 that the secret alone decides, behind this number of other bytes.
fn within_base64(secret: &str, before: usize, alphabet: &impl Engine) -> String {
    let text = alphabet.encode([&[0; 3][..before], secret.as_bytes()].concat());
    // Six bits a character: the first ones and the last one have bits of their neighbours.
    let first = (before * 8).div_ceil(6);
    let whole = (before + secret.len()) * 8 / 6;
    text[first..whole].to_owned()
}
