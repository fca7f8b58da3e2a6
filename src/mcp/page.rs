//! Lists in pages, with cursors that mean nothing to a client.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rmcp::ErrorData;

/// What one page holds at most; clients that read no second page see at least this many.
pub(super) const PAGE_ITEMS: usize = 200;

/// The items behind `cursor`, and the next cursor. A cursor names the last item seen, so a list that changes between
/// two pages neither repeats nor skips what stays.
pub(super) fn page<T: Clone>(
    items: &[T],
    key: impl Fn(&T) -> &str,
    cursor: Option<&str>,
    items_max: usize,
) -> Result<(Vec<T>, Option<String>), ErrorData> {
    let start = match cursor {
        None => 0,
        Some(cursor) => {
            let last = open(cursor).ok_or_else(unknown)?;
            items.iter().position(|item| key(item) == last).ok_or_else(unknown)? + 1
        }
    };
    let rest = &items[start..];
    let shown = &rest[..rest.len().min(items_max)];
    let next = shown.last().filter(|_| shown.len() < rest.len()).map(|item| URL_SAFE_NO_PAD.encode(key(item)));
    Ok((shown.to_vec(), next))
}

fn open(cursor: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()
}

fn unknown() -> ErrorData {
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
                let (shown, next) = page(&items, |item| item, cursor.as_deref(), items_max).unwrap();
                seen.extend(shown);
                cursor = next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen, items, "{items_max} on a page");
        }
        assert_eq!(page(&[] as &[String], |item| item, None, 3).unwrap(), (vec![], None));
    }

    #[test]
    fn a_made_up_cursor_is_refused() {
        let items = ["a".to_owned()];
        for cursor in ["", "nonsense", "YQ==", "Yg", "\u{e9}"] {
            let error = page(&items, |item| item, Some(cursor), 1).unwrap_err();
            assert_eq!(error.code, ErrorCode::INVALID_PARAMS, "{cursor}");
        }
        assert!(page(&items, |item| item, Some("YQ"), 1).unwrap().0.is_empty(), "behind the last is nothing");
    }
}
