//! Pagination of lists with opaque cursors.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rmcp::ErrorData;

/// Items on one page; clients that request no second page see this many.
pub(super) const PAGE_ITEMS: usize = 200;

/// The items after `cursor`, and the next cursor. A cursor holds the key of the last item, so a list that changes between
/// two pages neither repeats nor skips the items that stay.
pub(super) fn page<T>(
    mut items: Vec<T>,
    key: impl Fn(&T) -> &str,
    cursor: Option<&str>,
    items_max: usize,
) -> Result<(Vec<T>, Option<String>), ErrorData> {
    // Some clients send an empty cursor for the first page.
    if let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) {
        let last = decode(cursor).ok_or_else(unknown_cursor)?;
        let at = items.iter().position(|item| key(item) == last).ok_or_else(unknown_cursor)?;
        items.drain(..=at);
    }
    let more = items.len() > items_max;
    items.truncate(items_max);
    let next = items.last().filter(|_| more).map(|item| URL_SAFE_NO_PAD.encode(key(item)));
    Ok((items, next))
}

fn decode(cursor: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()
}

fn unknown_cursor() -> ErrorData {
    ErrorData::invalid_params("this cursor is not one of this list's: start again without a cursor", None)
}

#[cfg(test)]
mod tests {
    use rmcp::model::ErrorCode;

    use super::*;

    #[test]
    fn every_item_is_on_exactly_one_page() {
        let items: Vec<String> = (0..7).map(|number| format!("tool-{number}")).collect();
        for items_max in 1..9 {
            let (mut seen, mut cursor) = (vec![], None);
            loop {
                let (shown, next) = page(items.clone(), |item| item, cursor.as_deref(), items_max).unwrap();
                seen.extend(shown);
                cursor = next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen, items, "{items_max} on a page");
        }
        assert_eq!(page(Vec::<String>::new(), |item| item, None, 3).unwrap(), (vec![], None));
    }

    #[test]
    fn an_unknown_cursor_is_an_error() {
        let items = vec!["a".to_owned()];
        for cursor in ["nonsense", "YQ==", "Yg", "\u{e9}"] {
            let error = page(items.clone(), |item| item, Some(cursor), 1).unwrap_err();
            assert_eq!(error.code, ErrorCode::INVALID_PARAMS, "{cursor}");
        }
        assert_eq!(page(items.clone(), |item| item, Some(""), 1).unwrap().0, items, "an empty cursor is none");
        assert!(page(items, |item| item, Some("YQ"), 1).unwrap().0.is_empty(), "nothing follows the last item");
    }
}
