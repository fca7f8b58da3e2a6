//! Content negotiation. MCP has clients accept `application/json` and `text/event-stream`, and rmcp wants to read both; many
//! send what their HTTP library sends by itself, such as `*/*` or nothing at all.

use http::header::{ACCEPT, CONTENT_ENCODING};
use http::{HeaderMap, HeaderValue, Method};

const JSON: [&str; 2] = ["application", "json"];
const EVENT_STREAM: [&str; 2] = ["text", "event-stream"];

/// Names both media types if the client takes the response (RFC 9110, 12.5.1). Otherwise the header stays, and is refused.
pub(super) fn normalize(method: &Method, headers: &mut HeaderMap) {
    if is_acceptable(method, headers) {
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
    }
}

/// True if the body is compressed or otherwise encoded, which no part of MCP asks for.
pub(super) fn is_encoded(headers: &HeaderMap) -> bool {
    let codings =
        headers.get_all(CONTENT_ENCODING).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    codings.map(<[u8]>::trim_ascii).any(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity"))
}

/// No header accepts everything, and a wildcard accepts each type that is not refused by name. A client that names one of
/// the two types alone does not speak MCP.
pub(super) fn is_acceptable(method: &Method, headers: &HeaderMap) -> bool {
    let ranges = ranges(headers);
    let wildcard = ranges.is_empty() || ranges.iter().any(|range| range.subtype == "*" && !range.refused);
    let accepts = |media_type| verdict(&ranges, media_type).unwrap_or(wildcard);
    accepts(EVENT_STREAM) && (*method == Method::GET || accepts(JSON))
}

/// One media range of the header; with a weight of zero it refuses what it names.
struct Range {
    kind: String,
    subtype: String,
    refused: bool,
}

/// The decision of the most specific range that names the type, if one does.
fn verdict(ranges: &[Range], [kind, subtype]: [&str; 2]) -> Option<bool> {
    let named = |range: &&Range| match (range.kind.as_str(), range.subtype.as_str()) {
        ("*", "*") => true,
        (one, "*") => one == kind,
        (one, other) => one == kind && other == subtype,
    };
    let specificity = |range: &&Range| (range.kind != "*", range.subtype != "*");
    ranges.iter().filter(named).max_by_key(specificity).map(|range| !range.refused)
}

fn ranges(headers: &HeaderMap) -> Vec<Range> {
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| split_unquoted(value, ',')).filter_map(range).collect()
}

fn range(text: &str) -> Option<Range> {
    let mut parts = split_unquoted(text, ';').map(str::trim);
    let (kind, subtype) = parts.next()?.split_once('/')?;
    let mut weights =
        parts.filter_map(|part| part.split_once('=')).filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    // A weight that is no number refuses nothing.
    let refused = weights.any(|(_, weight)| weight.trim().parse() == Ok(0.0));
    Some(Range { kind: kind.trim().to_ascii_lowercase(), subtype: subtype.trim().to_ascii_lowercase(), refused })
}

/// Splits at `delimiter` outside quoted strings.
fn split_unquoted(text: &str, delimiter: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |character| {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => return !quoted && character == delimiter,
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_accept_what_is_not_refused_by_name() {
        let both = "application/json, text/event-stream";
        for (accept, post, get) in [
            (None, true, true),
            (Some(""), true, true),
            (Some(both), true, true),
            (Some("*/*"), true, true),
            (Some("application/json, text/plain, */*"), true, true),
            (Some("text/*, application/*"), true, true),
            (Some("application/*"), true, true),
            (Some("text/*"), true, true),
            (Some("TEXT/*;q=0.1;x=\"a,b;q=0\""), true, true),
            (Some("application/json, text/*"), true, true),
            (Some("text/html, application/xhtml+xml, */*;q=0.8"), true, true),
            (Some("*/*;q=many"), true, true),
            (Some("application/json"), false, false),
            (Some("text/event-stream"), false, true),
            (Some("text/html"), false, false),
            (Some("*/*;q=0"), false, false),
            (Some("*/*, text/event-stream;q=0.0"), false, false),
            (Some("*/*, application/json;q=0"), false, true),
            (Some("text/*;q=0, text/event-stream, application/json"), true, true),
            (Some("json"), true, true),
        ] {
            let mut headers = HeaderMap::new();
            headers.extend(accept.map(|accept| (ACCEPT, HeaderValue::from_static(accept))));
            let found = [Method::POST, Method::GET].map(|method| is_acceptable(&method, &headers));
            assert_eq!(found, [post, get], "{accept:?}");
        }
    }

    #[test]
    fn an_encoded_body_is_recognized() {
        for (encoding, encoded) in
            [("", false), ("identity", false), ("Identity, identity", false), ("gzip", true), ("identity, br", true)]
        {
            let headers = HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_static(encoding))]);
            assert_eq!(is_encoded(&headers), encoded, "{encoding}");
        }
        assert!(!is_encoded(&HeaderMap::new()));
    }
}
