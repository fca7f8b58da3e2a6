//! Lists that HubSpot returns in pages.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::tier::Bucket;
use crate::transport::Transport;
use crate::transport::attempt::AttemptError;
use crate::transport::request::ApiRequest;
use crate::transport::waiters::Waiters;

/// Reads the `results` of all pages, up to `pages_max` of them.
pub(crate) async fn all_pages(
    transport: &Transport,
    request: ApiRequest,
    pages_max: usize,
    waiters: &Waiters,
) -> Result<Vec<Value>, AttemptError> {
    let (mut results, mut next) = (vec![], Some(request.clone()));
    for _ in 0..pages_max {
        let Some(this) = next.take() else { break };
        let mut page = transport.send(Bucket::General, &this, waiters).await?;
        next = after(&page).map(|cursor| request.clone().with("after", &cursor));
        match page["results"].take() {
            Value::Array(items) => results.extend(items),
            _ => return Err(AttemptError::unreadable("it has no list of results")),
        }
    }
    Ok(results)
}

/// The cursor of the next page. The scheduler and the owners API send theirs percent-encoded already; it is decoded here
/// so that it is encoded only once on the way back.
pub(crate) fn after(page: &Value) -> Option<String> {
    let cursor = page["paging"]["next"]["after"].as_str().filter(|cursor| !cursor.is_empty())?;
    Some(percent_decode_str(cursor).decode_utf8_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cursors_are_decoded_once() {
        let page = |after: &str| json!({"paging": {"next": {"after": after}}});
        assert_eq!(after(&page("MQ%3D%3D")).as_deref(), Some("MQ=="));
        assert_eq!(after(&page("33452")).as_deref(), Some("33452"));
        assert_eq!(after(&json!({"results": []})), None);
    }
}
