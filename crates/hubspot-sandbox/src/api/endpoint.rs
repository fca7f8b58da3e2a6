//! The checks of a request between the router and its handler: token, rate limits, scopes.

use axum::extract::State;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};

use super::api_error::ApiError;
use super::call::ApiCall;
use super::response::{self, ApiResponse};
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::rules::access::{self, Scopes};
use crate::rules::limits::{ArrivalTime, Bucket, Header};
use crate::rules::traffic::Traffic;
use crate::sandbox::{Account, Sandbox};

pub(crate) const GET: MethodFilter = MethodFilter::GET;
pub(crate) const POST: MethodFilter = MethodFilter::POST;
pub(crate) const PATCH: MethodFilter = MethodFilter::PATCH;
pub(crate) const PUT: MethodFilter = MethodFilter::PUT;
pub(crate) const DELETE: MethodFilter = MethodFilter::DELETE;

/// Reads objects of the type in the path.
pub(crate) const READ: EndpointRules = requires(Scopes::Read);
/// Writes objects of the type in the path.
pub(crate) const WRITE: EndpointRules = requires(Scopes::Write);
/// Writes activities, which need the scope of contacts.
pub(crate) const WRITE_CONTACTS: EndpointRules = requires(Scopes::OneOf(&["crm.objects.contacts.write"]));
/// Changes property definitions or pipelines.
pub(crate) const WRITE_SCHEMA: EndpointRules =
    requires(Scopes::OneOf(&["crm.schemas.contacts.write", "crm.objects.contacts.write", "tickets"]));
/// Reads or writes associations, for which any one object scope is enough.
pub(crate) const ASSOCIATIONS: EndpointRules = requires_in_bucket(
    Scopes::OneOf(&[
        "crm.objects.contacts.read",
        "crm.objects.contacts.write",
        "crm.objects.companies.read",
        "crm.objects.companies.write",
        "crm.objects.deals.read",
        "crm.objects.deals.write",
        "tickets",
    ]),
    Bucket::Associations,
);

/// A handler runs under the lock and leaves the portal unchanged when it returns an error.
pub(crate) type Handler = fn(&mut Portal, &ApiCall) -> Result<ApiResponse, ApiError>;

/// The rules of an endpoint: the scopes it requires, and the rate window it counts in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EndpointRules {
    scopes: Scopes,
    bucket: Bucket,
    effect: Effect,
}

/// The effect of a request on the account. The method does not tell it: HubSpot searches with POST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    Reads,
    Writes,
}

pub(crate) const fn requires(scopes: Scopes) -> EndpointRules {
    requires_in_bucket(scopes, Bucket::General)
}

pub(crate) const fn requires_in_bucket(scopes: Scopes, bucket: Bucket) -> EndpointRules {
    let effect = match scopes {
        Scopes::Read | Scopes::Open => Effect::Reads,
        _ => Effect::Writes,
    };
    EndpointRules { scopes, bucket, effect }
}

impl EndpointRules {
    /// Marks an endpoint that only reads, although its scopes allow writing.
    pub(crate) const fn reading(self) -> EndpointRules {
        EndpointRules { effect: Effect::Reads, ..self }
    }

    /// Marks an endpoint that writes, although it requires no token.
    pub(crate) const fn writing(self) -> EndpointRules {
        EndpointRules { effect: Effect::Writes, ..self }
    }
}

/// Builds the route of one method.
pub(crate) fn endpoint(method: MethodFilter, rules: EndpointRules, handler: Handler) -> MethodRouter<Sandbox> {
    on(method, move |State(sandbox): State<Sandbox>, call: ApiCall| async move {
        let mut account = sandbox.lock();
        account.traffic.changes += u64::from(method != GET && rules.effect == Effect::Writes);
        respond(&mut account, rules, handler, &call)
    })
}

fn respond(account: &mut Account, rules: EndpointRules, handler: Handler, call: &ApiCall) -> Response {
    let Account { portal, traffic, .. } = account;
    let (headers, admitted) = admit(portal, traffic, rules, call);
    let mut response = match admitted.and_then(|()| handler(portal, call)) {
        Ok(success) => rendered(&success),
        Err(error) => response::json(error.status, &error.body(&call.correlation_id)),
    };
    headers.iter().for_each(|(name, value)| response::set_header(&mut response, name, value));
    response
}

fn rendered(success: &ApiResponse) -> Response {
    let mut response = match &success.body {
        Some(body) => response::json(success.status, body),
        None => response::empty(success.status),
    };
    if let Some(location) = &success.location {
        response::set_header(&mut response, "location", location);
    }
    response
}

/// Checks the token, then the rate limits, then the scopes: the order in which HubSpot answers 401, 429 and 403.
fn admit(
    portal: &Portal,
    traffic: &mut Traffic,
    rules: EndpointRules,
    call: &ApiCall,
) -> (Vec<Header>, Result<(), ApiError>) {
    if let Scopes::Open = rules.scopes {
        return (Vec::new(), Ok(()));
    }
    let token = match access::authenticate(&portal.tokens, call.bearer.as_deref(), portal.now_ms()) {
        Ok(token) => token,
        Err(denied) => return (Vec::new(), Err(denied.into())),
    };
    let name = call.bearer.as_deref().unwrap_or_default();
    let (headers, counted) = traffic.limits.count(traffic.tier, rules.bucket, name, arrival_time(portal));
    let authorize = || access::authorize(token, rules.scopes, ObjectType::named(call.param("type")));
    (headers, counted.map_err(ApiError::from).and_then(|()| authorize().map_err(ApiError::from)))
}

fn arrival_time(portal: &Portal) -> ArrivalTime {
    let day = portal.identity.time_zone.local(portal.now_ms()).date();
    ArrivalTime { uptime_ms: portal.uptime_ms(), day }
}
