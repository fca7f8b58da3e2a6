//! The app that calls the API: it is the author of what the API changes.

use crate::api::call::ApiCall;
use crate::model::conversations::changes::Author;
use crate::model::portal::Portal;

pub(crate) fn author(portal: &Portal, call: &ApiCall) -> Author {
    let token = call.bearer.as_ref().and_then(|name| portal.tokens.get(name));
    Author::app(token.map_or(0, |token| token.app_id))
}
