//! The account's own data, as HubSpot's account-info API gives it.

use crate::model::zone::Zone;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Identity {
    pub(crate) portal_id: u64,
    pub(crate) time_zone: Zone,
    pub(crate) account_type: String,
    /// Currency code of ISO 4217.
    pub(crate) currency: String,
    /// Host of the links to records.
    pub(crate) ui_domain: String,
}

impl Default for Identity {
    fn default() -> Identity {
        Identity {
            portal_id: 44_237_313,
            time_zone: Zone::known("America/New_York"),
            account_type: "DEVELOPER_TEST".into(),
            currency: "USD".into(),
            ui_domain: "app.hubspot.com".into(),
        }
    }
}
