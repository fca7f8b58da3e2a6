//! The page on which a person connects an app, and their decision.

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;

use super::consent::{self, Consent, Problem};
use super::form::Form;
use super::page;
use crate::api::call::ApiCall;
use crate::api::response;
use crate::model::grants::{CODE_LIFETIME_MS, Code, Grant};
use crate::model::portal::Portal;
use crate::sandbox::Sandbox;

/// Shows the question.
pub(super) async fn show(State(sandbox): State<Sandbox>, call: ApiCall) -> Response<Body> {
    let portal = &sandbox.lock().portal;
    let asked = Form::of_query(&call);
    match question(portal, &call, &asked) {
        Ok(consent) => page::question(portal, &consent, &asked),
        Err(problem) => page::refusal(&problem),
    }
}

/// Takes the person's decision, and sends them on to the app with a code, or with an error.
pub(super) async fn decide(State(sandbox): State<Sandbox>, call: ApiCall) -> Response<Body> {
    let portal = &mut sandbox.lock().portal;
    let answer = Form::of_body(&call);
    let consent = match question(portal, &call, &answer) {
        Ok(consent) => consent,
        Err(problem) => return page::refusal(&problem),
    };
    let location = match answer.get("decision") {
        Some("connect") => {
            let code = code(portal, &consent, &answer);
            consent.redirect(&[("code", &code)])
        }
        _ => consent.redirect(&[
            ("error", "access_denied"),
            ("error_description", "The user denied access to the application."),
        ]),
    };
    let mut response = response::empty(302);
    response::set_header(&mut response, "location", &location);
    response::set_header(&mut response, "referrer-policy", "no-referrer");
    response
}

/// Reads the question. An address that names another account is not answered here.
fn question(portal: &Portal, call: &ApiCall, asked: &Form) -> Result<Consent, Problem> {
    match call.param("portal") {
        "" => consent::read(portal, asked),
        id if id == portal.identity.portal_id.to_string() => consent::read(portal, asked),
        _ => Err(Problem::OtherAccount),
    }
}

fn code(portal: &mut Portal, consent: &Consent, answer: &Form) -> String {
    let active = |id: &u64| portal.owners.iter().any(|owner| owner.user_id == *id && !owner.archived);
    let chosen = answer.get("user_id").and_then(|id| id.parse().ok()).filter(active);
    let first = || portal.owners.iter().find(|owner| !owner.archived).map_or(0, |owner| owner.user_id);
    let user_id = chosen.unwrap_or_else(first);
    portal.grants.add_code(Code {
        grant: Grant { app_id: consent.app.app_id, user_id, scopes: consent.scopes.clone() },
        redirect_uri: consent.redirect_uri.clone(),
        challenge: consent.challenge.clone(),
        expires_at_ms: portal.clock.now_ms().saturating_add(CODE_LIFETIME_MS),
    })
}
