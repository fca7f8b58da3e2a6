//! The HTTP request of a call.

use bytes::Bytes;
use http::{Request, Uri, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::lookup::Lookup;
use super::template::Template;

/// Characters that stay in a path segment or a query value (RFC 3986, unreserved); all others are escaped, so that a value
/// never becomes another segment or parameter.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The request cannot be made of these arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsendable {
    /// A path segment would be empty or lead to another folder.
    #[error("a value that stands in the path is empty, `.` or `..`")]
    Segment,
    /// The address is too long or has characters that none may have.
    #[error("the address cannot be made of these values")]
    Address,
}

/// Builds the request. Query parameters and body fields whose argument was not sent are left out.
///
/// # Errors
/// [`Unsendable`].
pub fn of(lookup: &Lookup, arguments: &Map<String, Value>) -> Result<Request<Bytes>, Unsendable> {
    let mut address = lookup.url.origin.clone();
    for segment in &lookup.url.path {
        let filled = segment.filled(arguments).ok_or(Unsendable::Segment)?;
        if segment.names().next().is_some() && matches!(filled.trim(), "" | "." | "..") {
            return Err(Unsendable::Segment);
        }
        address.push('/');
        address.extend(utf8_percent_encode(&filled, ESCAPED));
    }
    let given = lookup.url.query.iter().filter_map(|(name, value)| Some((name, value.filled(arguments)?)));
    for (at, (name, value)) in given.enumerate() {
        address.push(if at == 0 { '?' } else { '&' });
        address.extend(utf8_percent_encode(name, ESCAPED));
        address.push('=');
        address.extend(utf8_percent_encode(&value, ESCAPED));
    }
    let uri: Uri = address.parse().map_err(|_| Unsendable::Address)?;
    let body = lookup.body.as_ref().and_then(|body| filled(body, arguments));
    let mut request = Request::new(body.map_or_else(Bytes::new, |body| body.to_string().into()));
    *request.method_mut() = lookup.method.clone();
    *request.uri_mut() = uri;
    *request.headers_mut() = lookup.headers.clone();
    let headers = request.headers_mut();
    headers.entry(header::ACCEPT).or_insert(header::HeaderValue::from_static("application/json"));
    if lookup.body.is_some() {
        headers.entry(header::CONTENT_TYPE).or_insert(header::HeaderValue::from_static("application/json"));
    }
    Ok(request)
}

/// The JSON with the arguments in its texts; `None` for a text whose argument was not sent.
fn filled(template: &Value, arguments: &Map<String, Value>) -> Option<Value> {
    match template {
        // The file was read only if every text is a template.
        Value::String(text) => Template::parse(text).ok()?.value(arguments),
        Value::Array(items) => Some(items.iter().filter_map(|item| filled(item, arguments)).collect()),
        Value::Object(fields) => {
            let fields = fields.iter().filter_map(|(name, value)| Some((name.clone(), filled(value, arguments)?)));
            Some(Value::Object(fields.collect()))
        }
        other => Some(other.clone()),
    }
}
