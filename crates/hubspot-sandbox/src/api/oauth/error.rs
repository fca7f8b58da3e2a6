//! The errors of OAuth's endpoints, which have HubSpot's own fields and those of RFC 6749 side by side.

use crate::api::api_error::ApiError;

/// A 400 with the code of RFC 6749, section 5.2, and HubSpot's own.
fn oauth(error: &'static str, status: &'static str, message: &str) -> ApiError {
    ApiError::new(400, message).with("status", status).with("error", error).with("error_description", message)
}

pub(super) fn unknown_client() -> ApiError {
    oauth("invalid_client", "BAD_CLIENT_ID", "missing or unknown client id")
}

pub(super) fn wrong_secret() -> ApiError {
    oauth("invalid_client", "BAD_CLIENT_SECRET", "missing or invalid client secret")
}

pub(super) fn unknown_grant_type() -> ApiError {
    oauth("unsupported_grant_type", "BAD_GRANT_TYPE", "missing or unknown grant type")
}

pub(super) fn unknown_code() -> ApiError {
    oauth("invalid_grant", "BAD_AUTH_CODE", "missing or unknown auth code")
}

pub(super) fn expired_code() -> ApiError {
    oauth("invalid_grant", "EXPIRED_AUTH_CODE", "auth code expired")
}

pub(super) fn other_redirect_uri() -> ApiError {
    let message = "redirect URI does not match initial auth code URI";
    oauth("invalid_grant", "MISMATCH_REDIRECT_URI_AUTH_CODE", message)
}

pub(super) fn wrong_verifier() -> ApiError {
    oauth("invalid_grant", "BAD_CODE_VERIFIER", "missing or invalid code verifier")
}

pub(super) fn unknown_refresh_token() -> ApiError {
    oauth("invalid_grant", "BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked")
}

pub(super) fn scope_not_granted() -> ApiError {
    oauth("invalid_scope", "BAD_SCOPE", "the scope was not granted")
}

pub(super) fn too_many_grants() -> ApiError {
    oauth("invalid_request", "TOO_MANY_INSTALLS", "the app cannot be installed more often")
}
