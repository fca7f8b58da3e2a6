//! The paging cursor of owners and meeting links: an offset.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

use super::api_error::ApiError;

/// Writes an offset in base64 and percent-encodes it, as HubSpot does before it puts the cursor into JSON: `MQ%3D%3D`.
pub(crate) fn write_cursor(offset: usize) -> String {
    STANDARD.encode(offset.to_string()).replace('=', "%3D")
}

/// Reads a cursor out of a decoded query. `decode_again`: it may have been percent-encoded twice.
pub(crate) fn read_cursor(text: &str, decode_again: bool) -> Result<usize, ApiError> {
    let text = if decode_again { percent_decode_str(text).decode_utf8_lossy() } else { text.into() };
    let offset = STANDARD.decode(text.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok());
    offset.ok_or_else(|| ApiError::invalid("Invalid paging cursor"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_percent_encoded_base64() {
        assert_eq!(write_cursor(1), "MQ%3D%3D");
        assert_eq!(read_cursor("MQ==", false).unwrap(), 1);
        assert!(read_cursor("MQ%3D%3D", false).is_err());
        assert_eq!(read_cursor("MQ%3D%3D", true).unwrap(), 1);
        assert!(read_cursor("nonsense!", true).is_err());
    }
}
