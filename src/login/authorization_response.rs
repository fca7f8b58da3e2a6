//! The answer of HubSpot's authorize page: a browser brings it to a port of this machine.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use subtle::ConstantTimeEq;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use url::form_urlencoded;

use super::authorization_request::REDIRECT_PATH;
use domain::text_cleaning;

/// The longest code that is taken.
const CODE_BYTES_MAX: usize = 4_096;
/// The letters of HubSpot's error that are shown.
const SHOWN_MAX: usize = 200;
/// Answers that wait to be read; a browser that repeats its request needs no more.
const ANSWERS_MAX: usize = 4;

/// An answer with the right state.
#[derive(Clone, PartialEq, Eq)]
pub enum AuthorizationResponse {
    /// The person has connected the app.
    Code(String),
    /// The person or HubSpot has not: the error, and its description.
    Refused(String, Option<String>),
}

/// A request that is no answer to the question. The login goes on waiting: any page can send a browser here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// The state is another one, or missing.
    #[error("this answer belongs to another login: open the address that `frontdesk login` shows now")]
    OtherState,
    /// There is neither a code nor an error.
    #[error("this answer has neither a code nor an error")]
    Empty,
}

/// Decides on the query of a request.
pub fn read(query: &str, state: &str) -> Result<AuthorizationResponse, NoAnswer> {
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let value = |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_ref());
    let is_ours = value("state").is_some_and(|given| given.as_bytes().ct_eq(state.as_bytes()).into());
    if !is_ours {
        return Err(NoAnswer::OtherState);
    }
    let shown = |text: &str| text_cleaning::on_one_line(text).chars().take(SHOWN_MAX).collect::<String>();
    match (value("error"), value("code")) {
        (Some(error), _) => Ok(AuthorizationResponse::Refused(shown(error), value("error_description").map(shown))),
        (None, Some(code)) if !code.is_empty() && code.len() <= CODE_BYTES_MAX => {
            Ok(AuthorizationResponse::Code(code.to_owned()))
        }
        _ => Err(NoAnswer::Empty),
    }
}

/// Waits at a port of this machine for the browser.
#[derive(Debug)]
pub struct Listener {
    sockets: Vec<TcpListener>,
    port: u16,
}

impl Listener {
    /// Listens at both addresses of `localhost`, if there are two; 0 is any free port.
    ///
    /// # Errors
    /// The port cannot be listened at.
    pub async fn open(port: u16) -> io::Result<Listener> {
        let first = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        let port = first.local_addr()?.port();
        // A machine without IPv6 has one address only.
        let second = TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await.ok();
        Ok(Listener { sockets: [first].into_iter().chain(second).collect(), port })
    }

    /// Port of this machine on which the redirect is awaited.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the first answer with this state. What else comes is told that it is none.
    pub async fn answer(self, state: &str) -> Option<AuthorizationResponse> {
        let (sender, mut answers) = mpsc::channel(ANSWERS_MAX);
        let routes = Router::new().route(REDIRECT_PATH, get(take)).with_state(Waiting { state: state.into(), sender });
        let mut serving = JoinSet::new();
        for socket in self.sockets {
            let routes = routes.clone();
            serving.spawn(async move { axum::serve(socket, routes).await });
        }
        drop(routes);
        let answer = answers.recv().await;
        // The browser is to read its page before the port closes.
        tokio::time::sleep(LINGER).await;
        serving.shutdown().await;
        answer
    }
}

/// The time for which the port stays open, so that the browser gets its page.
const LINGER: std::time::Duration = std::time::Duration::from_millis(200);

#[derive(Clone)]
struct Waiting {
    state: String,
    sender: mpsc::Sender<AuthorizationResponse>,
}

async fn take(State(waiting): State<Waiting>, RawQuery(query): RawQuery) -> Response {
    let answer = match read(query.as_deref().unwrap_or_default(), &waiting.state) {
        Ok(answer) => answer,
        Err(problem) => return page(StatusCode::BAD_REQUEST, &problem.to_string()),
    };
    let said = match answer {
        AuthorizationResponse::Code(_) => "HubSpot has answered. Go back to the terminal; this page can be closed.",
        AuthorizationResponse::Refused(..) => {
            "HubSpot has not connected the app. Go back to the terminal; this page can be closed."
        }
    };
    // One that finds no room is a repetition.
    let _ = waiting.sender.try_send(answer);
    page(StatusCode::OK, said)
}

/// A page of our own words alone: nothing of the request is in it.
fn page(status: StatusCode, text: &str) -> Response {
    let html =
        format!("<!doctype html>\n<meta charset=\"utf-8\">\n<title>Frontdesk</title>\n<p id=\"answer\">{text}</p>\n");
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::CONNECTION, "close"),
    ];
    (status, headers, html).into_response()
}

impl std::fmt::Debug for AuthorizationResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            AuthorizationResponse::Code(_) => f.write_str("Code"),
            AuthorizationResponse::Refused(error, _) => f.debug_tuple("Refused").field(error).finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_with_the_state_of_the_question_counts() {
        let refused =
            |error: &str, text: Option<&str>| Ok(AuthorizationResponse::Refused(error.into(), text.map(str::to_owned)));
        for (query, expected) in [
            ("code=na1-1&state=s", Ok(AuthorizationResponse::Code("na1-1".into()))),
            ("code=na1-1&state=other", Err(NoAnswer::OtherState)),
            ("code=na1-1", Err(NoAnswer::OtherState)),
            ("error=access_denied&state=", Err(NoAnswer::OtherState)),
            ("state=s", Err(NoAnswer::Empty)),
            ("code=&state=s", Err(NoAnswer::Empty)),
            (
                "error=access_denied&error_description=The+user+said+no%0A%1b%5B2J&state=s&code=x",
                refused("access_denied", Some("The user said no [2J")),
            ),
            ("error=server_error&state=s", refused("server_error", None)),
        ] {
            assert_eq!(read(query, "s"), expected, "{query}");
        }
    }
}
