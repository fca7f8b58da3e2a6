//! A person in front of HubSpot's authorize page, with a plain HTTP client in the place of a browser.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Request;
use http_client::HttpClient;
use hubspot_client::{AppCredentials, OAuthEndpoints, Versions};
use hubspot_sandbox::{CLIENT_ID, CLIENT_SECRET};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use url::{Url, form_urlencoded};

/// Opens the page at this path and query, and presses a button: every field of the form is sent as it stands. Returns the
/// address to which the browser is sent.
pub(super) async fn press(http: &impl HttpClient, page: &str, button: &str) -> Url {
    let shown = http.send(Request::get(page).body(Bytes::new()).unwrap()).await.unwrap();
    let html = String::from_utf8(shown.body().to_vec()).unwrap();
    assert_eq!(shown.status(), 200, "{html}");
    assert!(html.contains(&format!("name=\"decision\" value=\"{button}\"")), "{html}");
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in hidden(&html) {
        form.append_pair(&name, &value);
    }
    let form = form.append_pair("decision", button).finish();
    let request = Request::post(page).header("content-type", "application/x-www-form-urlencoded");
    let answer = http.send(request.body(form.into()).unwrap()).await.unwrap();
    assert_eq!(answer.status(), 302);
    answer.headers()["location"].to_str().unwrap().parse().unwrap()
}

/// The hidden fields of a form.
fn hidden(html: &str) -> Vec<(String, String)> {
    let fields = html.split("<input type=\"hidden\" name=\"").skip(1);
    let read = fields.map(|field| {
        let (name, rest) = field.split_once("\" value=\"").unwrap();
        let (value, _) = rest.split_once("\">").unwrap();
        (name.to_owned(), value.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&"))
    });
    read.collect()
}

/// The value of a parameter.
pub(super) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// Connects the sandbox's default app with all scopes that tools need, and returns its refresh token.
pub(super) async fn connect<H: HttpClient + Clone>(http: &H, redirect: &str) -> SecretString {
    let verifier = "a-verifier-that-is-long-enough-for-the-standard";
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    let scopes = "oauth tickets crm.objects.contacts.read crm.objects.contacts.write crm.objects.owners.read";
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("client_id", CLIENT_ID),
            ("redirect_uri", redirect),
            ("scope", scopes),
            ("state", "s"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ])
        .finish();
    let code = parameter(&press(http, &format!("/oauth/authorize?{query}"), "connect").await, "code").unwrap();
    let app = AppCredentials { client_id: CLIENT_ID.to_owned(), client_secret: CLIENT_SECRET.into() };
    let endpoints = OAuthEndpoints::new(http.clone(), &Versions::default());
    endpoints.exchange(&app, &code, redirect, verifier).await.unwrap().refresh_token
}
