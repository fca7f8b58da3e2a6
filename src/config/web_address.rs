//! Web addresses on the command line. A login in one would be shown by the help and copied into the configuration of clients.

use url::Url;

/// Reads an address that begins with `http://` or `https://`.
pub(super) fn of_http(text: &str) -> Result<Url, String> {
    let url = of_any_scheme(text)?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err("it must begin with `https://` or `http://`".to_owned()),
    }
}

/// Reads an address of any scheme: the part that uses it says which it can use.
pub(super) fn of_any_scheme(text: &str) -> Result<Url, String> {
    let url: Url = text.trim().parse().map_err(|error| format!("it is not a web address: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it must have no user name or password: the key has a setting of its own".to_owned());
    }
    Ok(url)
}
