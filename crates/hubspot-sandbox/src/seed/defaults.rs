//! The data of an account that a seed file leaves out: the default token, the default app and HubSpot's default
//! pipelines.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::people::VERONICA;
use crate::model::app::{App, Apps, CLIENT_ID, CLIENT_SECRET, DEVELOPER_KEY, OAUTH_APP_ID};
use crate::model::object_type::ObjectType;
use crate::model::pipeline::{Pipeline, Stage};
use crate::model::token::{APP_ID, TOKEN, Token, Tokens};
use crate::rules::access;

/// Addresses of the default app: those where `frontdesk login` listens.
const REDIRECT_URIS: [&str; 1] = ["http://localhost:8790/oauth/callback"];

/// Returns the default token, which has every scope.
pub(crate) fn tokens() -> Tokens {
    let token = Token {
        scopes: access::every_scope(),
        user_id: VERONICA,
        app_id: APP_ID,
        expires_at_ms: None,
        is_from_oauth: false,
    };
    [(TOKEN.to_owned(), token)].into()
}

/// Returns all scopes that an app may be granted.
pub(crate) fn app_scopes() -> BTreeSet<String> {
    access::every_scope().into_iter().chain([access::OAUTH.to_owned()]).collect()
}

/// Returns the default app, which may be granted every scope. A person is sent back to a program on their machine.
pub(crate) fn apps() -> Apps {
    let app = App {
        app_id: OAUTH_APP_ID,
        name: "Front desk".into(),
        client_id: CLIENT_ID.into(),
        client_secret: CLIENT_SECRET.into(),
        developer_key: Some(DEVELOPER_KEY.into()),
        scopes: app_scopes(),
        redirect_uris: REDIRECT_URIS.map(str::to_owned).into(),
    };
    [app].into_iter().collect()
}

/// Returns the pipelines that every new account has.
pub(crate) fn pipelines() -> BTreeMap<ObjectType, Vec<Pipeline>> {
    [(ObjectType::Tickets, vec![support()]), (ObjectType::Deals, vec![sales()])].into()
}

fn support() -> Pipeline {
    let stages = ["New", "Waiting on contact", "Waiting on us", "Closed"];
    let stages = stages.iter().zip(1..).map(|(label, id)| ticket_stage(&id.to_string(), label, id - 1));
    pipeline("0", "Support Pipeline", 0, stages.collect())
}

fn sales() -> Pipeline {
    let stages = [
        ("appointmentscheduled", "Appointment Scheduled", "0.2"),
        ("qualifiedtobuy", "Qualified To Buy", "0.4"),
        ("presentationscheduled", "Presentation Scheduled", "0.6"),
        ("decisionmakerboughtin", "Decision Maker Bought-In", "0.8"),
        ("contractsent", "Contract Sent", "0.9"),
        ("closedwon", "Closed Won", "1.0"),
        ("closedlost", "Closed Lost", "0.0"),
    ];
    let stages = stages.iter().zip(0..).map(|((id, label, probability), order)| {
        let closed = id.starts_with("closed").to_string();
        stage(id, label, order, json!({"isClosed": closed, "probability": probability}))
    });
    pipeline("default", "Sales Pipeline", 0, stages.collect())
}

pub(crate) fn ticket_stage(id: &str, label: &str, order: i64) -> Stage {
    let closed = label == "Closed";
    let state = if closed { "CLOSED" } else { "OPEN" };
    stage(id, label, order, json!({"ticketState": state, "isClosed": closed.to_string()}))
}

fn stage(id: &str, label: &str, display_order: i64, metadata: Value) -> Stage {
    let metadata: Map<String, Value> = metadata.as_object().cloned().unwrap_or_default();
    Stage { id: id.into(), label: label.into(), display_order, metadata, created_ms: 0, updated_ms: 0 }
}

pub(crate) fn pipeline(id: &str, label: &str, display_order: i64, stages: Vec<Stage>) -> Pipeline {
    Pipeline { id: id.into(), label: label.into(), display_order, stages, created_ms: 0, updated_ms: 0 }
}
