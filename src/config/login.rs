//! Settings of `frontdesk login`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use url::Url;

/// The port at which the browser's answer is waited for, if no other is set.
pub const PORT: u16 = 8790;

/// Settings of `frontdesk login`.
#[derive(Args, Clone, Debug)]
pub struct LoginSettings {
    /// The client id of HubSpot's app. Its client secret comes from `HUBSPOT_CLIENT_SECRET` or the file below.
    #[arg(long, env = "HUBSPOT_CLIENT_ID", value_name = "ID")]
    pub client_id: String,
    /// A file with the client secret in place of the variable, readable by you alone.
    #[arg(long, env = "HUBSPOT_CLIENT_SECRET_FILE", value_name = "FILE")]
    pub client_secret_file: Option<PathBuf>,
    /// The port of this machine to which HubSpot sends the browser. `http://localhost:PORT/oauth/callback` has to be one of
    /// the app's redirect URLs; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = PORT)]
    pub port: u16,
    /// Only print the address of HubSpot's page, and open no browser.
    #[arg(long)]
    pub no_browser: bool,
    /// The seconds to wait for the person.
    #[arg(long, value_name = "SECONDS", default_value_t = 300,
        value_parser = RangedU64ValueParser::<u64>::new().range(5..=3_600))]
    pub wait: u64,
    /// The scopes to ask for, in place of those of the tools that are served; HubSpot wants those that the app requires.
    #[arg(long, value_name = "SCOPE,...", value_delimiter = ',')]
    pub scopes: Vec<String>,
    /// HubSpot's page, if it is another one than `https://app.hubspot.com/oauth/authorize`; with a HubSpot on this machine
    /// (`--hubspot-base-url`) it is the page of that one.
    #[arg(long, env = "HUBSPOT_AUTHORIZE_URL", value_name = "URL", value_parser = page)]
    pub authorize_url: Option<Url>,
}

/// Settings of `frontdesk logout`.
#[derive(Args, Clone, Debug)]
pub struct LogoutSettings {
    /// A file with the client secret in place of the variable, readable by you alone.
    #[arg(long, env = "HUBSPOT_CLIENT_SECRET_FILE", value_name = "FILE")]
    pub client_secret_file: Option<PathBuf>,
    /// Remove the file and leave the login at HubSpot as it is: for an app whose secret is lost.
    #[arg(long)]
    pub only_file: bool,
}

/// The variable of a file with the client secret, for the commands without a flag for it.
pub const CLIENT_SECRET_FILE_VARIABLE: &str = "HUBSPOT_CLIENT_SECRET_FILE";

/// The variable of a file with a HubSpot token that somebody else renews.
pub const TOKEN_FILE_VARIABLE: &str = "HUBSPOT_ACCESS_TOKEN_FILE";

/// Reads the address of a page that a person opens.
fn page(text: &str) -> Result<Url, String> {
    let url: Url = text.trim().parse().map_err(|error| format!("it is not a web address: {error}"))?;
    match (url.scheme(), url.host_str()) {
        ("https", _) => Ok(url),
        ("http", Some(host)) if http_client::is_this_machine(host) => Ok(url),
        _ => Err("it must begin with `https://`, or with `http://` on this machine".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_encrypted_or_on_this_machine() {
        for (text, is_good) in [
            ("https://app-eu1.hubspot.com/oauth/authorize", true),
            ("http://127.0.0.1:8700/oauth/authorize", true),
            ("http://localhost/oauth/authorize", true),
            ("http://hubspot.example/oauth/authorize", false),
            ("javascript:alert(1)", false),
            ("nonsense", false),
        ] {
            assert_eq!(page(text).is_ok(), is_good, "{text}");
        }
    }
}
