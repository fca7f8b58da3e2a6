//! Secrets in files that the settings name.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use secrecy::SecretString;
use tracing::warn;

/// The longest file of a secret.
const BYTES_MAX: u64 = 8_192;

/// Reads a file that holds one secret. A file that others can read is warned about.
///
/// # Errors
/// The problem with the file, without anything of what it holds.
pub(super) fn read(file: &Path) -> Result<SecretString, String> {
    let mut secret = String::new();
    let mut opened = File::open(file).map_err(|error| error.to_string())?.take(BYTES_MAX);
    opened.read_to_string(&mut secret).map_err(|_| "it does not hold a key".to_owned())?;
    if secret.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    if is_readable_by_others(file) {
        warn!("`{0}` can be read by others: `chmod 600 {0}` takes that from them.", file.display());
    }
    Ok(SecretString::from(secret.trim()))
}

#[cfg(unix)]
fn is_readable_by_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_readable_by_others(_: &Path) -> bool {
    false
}
