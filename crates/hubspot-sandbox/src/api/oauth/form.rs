//! The form in the body of a request, and the app that sends it.

use subtle::ConstantTimeEq;

use super::error;
use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::model::app::App;
use crate::model::portal::Portal;

/// The fields of a form or a query, as they were sent.
#[derive(Clone, Debug)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a body; one that is no form has no fields.
    pub(super) fn of_body(call: &ApiCall) -> Form {
        Form(serde_urlencoded::from_bytes(call.body()).unwrap_or_default())
    }

    /// Takes the parameters of a query.
    pub(super) fn of_query(call: &ApiCall) -> Form {
        Form(call.query_pairs().to_vec())
    }

    /// Returns the first value of a field that is not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        found.filter(|value| !value.is_empty())
    }

    /// Returns the names in a field that separates them by spaces.
    pub(super) fn names(&self, name: &str) -> impl Iterator<Item = &str> {
        self.get(name).unwrap_or_default().split_ascii_whitespace()
    }

    /// Returns the app of `client_id`, if `client_secret` is its secret.
    pub(super) fn app<'a>(&self, portal: &'a Portal) -> Result<&'a App, ApiError> {
        let client_id = self.get("client_id").unwrap_or_default();
        let app = portal.apps.by_client_id(client_id).ok_or_else(error::unknown_client)?;
        let secret = self.get("client_secret").unwrap_or_default();
        match bool::from(secret.as_bytes().ct_eq(app.client_secret.as_bytes())) {
            true => Ok(app),
            false => Err(error::wrong_secret()),
        }
    }
}
