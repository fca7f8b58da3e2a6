//! The address of a chat-completions endpoint, from the base address that its operator's documentation gives.

use http_client::is_this_machine;
use url::Url;

/// The path of the endpoint under its base, and the base where an address has none.
const COMPLETIONS: &str = "/chat/completions";
const USUAL_BASE: &str = "/v1";

/// A server, and the path and query of its endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Scheme, host and port.
    pub origin: String,
    /// Path and query, as a request names them.
    pub target: String,
}

/// The error for an address that cannot be used. It repeats nothing of the address, which may hold a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEndpoint {
    /// It has another form.
    #[error("it must look like `https://api.openai.com/v1` or `http://localhost:11434/v1`")]
    Form,
    /// It has a user name or a password.
    #[error("it must have no user name or password: the key has settings of its own")]
    Login,
    /// It would send conversations and the key in the clear.
    #[error("beyond this machine it must be `https`: conversations and the key would go in the clear")]
    InTheClear,
}

impl Endpoint {
    /// Completes a base address: `https://host/v1` and `https://host/v1/chat/completions` name the same endpoint, and a
    /// query stays, because some services have their version there.
    ///
    /// # Errors
    /// [`InvalidEndpoint`] if it is no web address, has a login, or is plain `http` to another machine.
    pub fn parse(address: &str) -> Result<Endpoint, InvalidEndpoint> {
        let url: Url = address.trim().parse().map_err(|_| InvalidEndpoint::Form)?;
        let host = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")).ok_or(InvalidEndpoint::Form)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidEndpoint::Login);
        }
        if url.scheme() == "http" && !is_this_machine(host) {
            return Err(InvalidEndpoint::InTheClear);
        }
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        Ok(Endpoint { origin: url.origin().ascii_serialization(), target: format!("{}{query}", path(url.path())) })
    }
}

fn path(given: &str) -> String {
    match given.trim_end_matches('/') {
        "" => format!("{USUAL_BASE}{COMPLETIONS}"),
        whole if whole.ends_with(COMPLETIONS) => whole.to_owned(),
        base => format!("{base}{COMPLETIONS}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_base_addresses_are_completed() {
        for (address, origin, target) in [
            ("https://api.openai.com/v1", "https://api.openai.com", "/v1/chat/completions"),
            (" http://localhost:11434/ ", "http://localhost:11434", "/v1/chat/completions"),
            ("http://[::1]:1234/v1/", "http://[::1]:1234", "/v1/chat/completions"),
            (
                "https://generativelanguage.googleapis.com/v1beta/openai/",
                "https://generativelanguage.googleapis.com",
                "/v1beta/openai/chat/completions",
            ),
            (
                "https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21",
                "https://x.openai.azure.com",
                "/openai/deployments/d/chat/completions?api-version=2024-10-21",
            ),
        ] {
            let endpoint = Endpoint { origin: origin.to_owned(), target: target.to_owned() };
            assert_eq!(Endpoint::parse(address), Ok(endpoint), "{address}");
        }
    }

    #[test]
    fn other_addresses_are_refused_without_being_repeated() {
        for (address, why) in [
            ("", InvalidEndpoint::Form),
            ("api.openai.com", InvalidEndpoint::Form),
            ("ftp://host/v1", InvalidEndpoint::Form),
            ("https://key@host/v1", InvalidEndpoint::Login),
            ("http://10.0.0.7:11434/v1", InvalidEndpoint::InTheClear),
            ("http://localhost.evil.example/v1", InvalidEndpoint::InTheClear),
        ] {
            assert_eq!(Endpoint::parse(address), Err(why), "{address}");
        }
    }
}
