//! The pages that a person sees: plain HTML without script.

use axum::body::Body;
use axum::http::Response;

use super::consent::{Consent, Problem};
use super::form::Form;
use crate::api::response;
use crate::model::owner::Owner;
use crate::model::portal::Portal;

/// The parameters of the page, which its form repeats.
const REPEATED: [&str; 8] = [
    "client_id",
    "redirect_uri",
    "scope",
    "optional_scope",
    "response_type",
    "state",
    "code_challenge",
    "code_challenge_method",
];

/// Headers against pages of others that show this one in a frame, and against the address in the next request.
const HEADERS: [(&str, &str); 4] = [
    ("content-type", "text/html;charset=utf-8"),
    ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
];

const STYLE: &str = "body{font-family:sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem;color:#33475b}\
                     button{font-size:1rem;padding:.6rem 1.2rem;margin-right:.6rem}li{margin:.2rem 0}";

/// Asks the person about an app.
pub(super) fn question(portal: &Portal, consent: &Consent, asked: &Form) -> Response<Body> {
    let hidden: String = REPEATED.iter().filter_map(|name| Some((*name, asked.get(name)?))).map(hidden_input).collect();
    let users: String = portal.owners.iter().filter(|owner| !owner.archived).map(user_option).collect();
    let scopes: String =
        consent.scopes.iter().map(|scope| format!("<li><code>{}</code></li>\n", escaped(scope))).collect();
    let (name, portal_id) = (escaped(&consent.app.name), portal.identity.portal_id);
    html(
        200,
        &format!("Connect {name}"),
        &format!(
            "<h1>Connect {name} to HubSpot</h1>\n<p>Account: <strong id=\"account\">{portal_id}</strong></p>\n\
         <form method=\"post\">\n{hidden}<p><label>User <select name=\"user_id\">\n{users}</select></label></p>\n\
         <p><strong id=\"app\">{name}</strong> asks for these scopes:</p>\n<ul id=\"scopes\">\n{scopes}</ul>\n\
         <button type=\"submit\" name=\"decision\" value=\"connect\" id=\"connect\">Connect app</button>\n\
         <button type=\"submit\" name=\"decision\" value=\"cancel\" id=\"cancel\">Cancel</button>\n</form>\n"
        ),
    )
}

/// Tells the person that nothing is asked.
pub(super) fn refusal(problem: &Problem) -> Response<Body> {
    let text = escaped(&problem.to_string());
    html(400, "Authorization failed", &format!("<h1>Authorization failed</h1>\n<p id=\"problem\">{text}</p>\n"))
}

fn hidden_input((name, value): (&str, &str)) -> String {
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n", escaped(value))
}

fn user_option(owner: &Owner) -> String {
    let name = format!("{} {}", owner.first_name, owner.last_name);
    format!("<option value=\"{}\">{} ({})</option>\n", owner.user_id, escaped(&name), escaped(&owner.email))
}

fn html(status: u16, title: &str, body: &str) -> Response<Body> {
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    );
    let mut response = Response::new(Body::from(page));
    *response.status_mut() = response::code(status);
    HEADERS.iter().for_each(|(name, value)| response::set_header(&mut response, name, value));
    response
}

/// Writes text as HTML, in an element or in a quoted attribute.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut html, c| {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
        html
    })
}
