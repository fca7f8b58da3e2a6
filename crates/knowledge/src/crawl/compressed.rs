//! Unpacks answers that are compressed although that was not asked for.

use std::io::Read;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::{Response, header};

/// The first bytes of compressed data (RFC 1952), which would be taken for text.
const GZIP: &[u8] = b"\x1f\x8b";

/// The most bytes that one answer may unpack to.
const UNPACKED_BYTES_MAX: u64 = 20_000_000;

/// Returns the body of an answer, unpacked if it is in the format of gzip.
///
/// # Errors
/// The reason, as a lower-case fragment, if it is compressed in another way, damaged, or too large.
pub(super) fn unpacked(response: Response<Bytes>) -> Result<Vec<u8>, String> {
    let encoding = response.headers().get(header::CONTENT_ENCODING).and_then(|value| value.to_str().ok());
    let encoding = encoding.unwrap_or_default().trim().to_ascii_lowercase();
    let body = response.into_body();
    if body.starts_with(GZIP) {
        return gunzip(&body);
    }
    match encoding.as_str() {
        // Some servers name the encoding of the file that they unpacked.
        "" | "identity" | "gzip" | "x-gzip" => Ok(body.into()),
        _ => Err("it is compressed in a way that was not asked for".to_owned()),
    }
}

fn gunzip(packed: &[u8]) -> Result<Vec<u8>, String> {
    let mut unpacked = Vec::new();
    let read = MultiGzDecoder::new(packed).take(UNPACKED_BYTES_MAX + 1).read_to_end(&mut unpacked);
    match read {
        Ok(count) if count as u64 > UNPACKED_BYTES_MAX => {
            Err(format!("it unpacks to more than {UNPACKED_BYTES_MAX} bytes"))
        }
        Ok(_) => Ok(unpacked),
        Err(_) => Err("its compressed data is damaged".to_owned()),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    pub(in crate::crawl) fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn only_gzip_is_unpacked_and_never_without_a_limit() {
        let answer = |encoding: &str, body: Vec<u8>| {
            unpacked(Response::builder().header("content-encoding", encoding).body(body.into()).unwrap())
        };
        assert_eq!(answer("gzip", packed(b"Tea.")), Ok(b"Tea.".to_vec()));
        assert_eq!(answer("gzip", b"Tea.".to_vec()), Ok(b"Tea.".to_vec()), "unpacked on its way");
        assert!(answer("br", vec![0x21]).is_err());
        assert!(answer("", packed(b"Tea.")[..12].to_vec()).unwrap_err().contains("damaged"));
        let bomb = packed(&vec![0; UNPACKED_BYTES_MAX as usize + 1]);
        assert!(answer("", bomb).unwrap_err().contains("unpacks to more"));
    }
}
