//! Paging of the conversations lists. The cursor says how far the client has read, so that a page neither repeats nor
//! skips what was there when the reading began.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::{Value, json};

use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::assumptions::CONVERSATIONS_PAGE_DEFAULT;

const PAGE_MAX: usize = 500;

/// Returns the size of a page.
pub(crate) fn limit(call: &ApiCall) -> Result<usize, ApiError> {
    let default =
        match call.query("defaultPageLength") {
            None => CONVERSATIONS_PAGE_DEFAULT,
            Some(text) => text.parse().ok().filter(|length| (1..=PAGE_MAX).contains(length)).ok_or_else(|| {
                ApiError::invalid(format!("defaultPageLength must be a number from 1 to {PAGE_MAX}."))
            })?,
        };
    call.limit(default, PAGE_MAX)
}

/// Writes a cursor out of numbers, which has no character that a query would change.
pub(crate) fn write_cursor(read: &[i64]) -> String {
    let numbers: Vec<String> = read.iter().map(i64::to_string).collect();
    STANDARD_NO_PAD.encode(numbers.join(":"))
}

/// Reads the cursor of the call, which has `N` numbers.
pub(crate) fn cursor<const N: usize>(call: &ApiCall) -> Result<Option<[i64; N]>, ApiError> {
    let Some(text) = call.query("after").filter(|text| !text.is_empty()) else { return Ok(None) };
    let invalid = || ApiError::invalid(format!("Invalid paging cursor: {text}"));
    let bytes = STANDARD_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| invalid())?;
    let numbers = String::from_utf8(bytes).map_err(|_| invalid())?;
    let numbers: Result<Vec<i64>, _> = numbers.split(':').map(str::parse).collect();
    numbers.ok().and_then(|numbers| numbers.try_into().ok()).map(Some).ok_or_else(invalid)
}

/// Renders one page of a list that is complete in memory, in its order: the first entries after the cursor.
pub(crate) fn of_all(call: &ApiCall, all: Vec<Value>) -> Result<Value, ApiError> {
    let (limit, read) = (limit(call)?, cursor::<1>(call)?);
    let read = read.map_or(Ok(0), |[read]| usize::try_from(read)).unwrap_or(usize::MAX);
    let left = all.len().saturating_sub(read);
    let results: Vec<Value> = all.into_iter().skip(read).take(limit).collect();
    let mut page = json!({"results": results});
    if left > limit {
        let end = i64::try_from(read + limit).unwrap_or(i64::MAX);
        page["paging"] = call.paging(&write_cursor(&[end]));
    }
    Ok(page)
}
