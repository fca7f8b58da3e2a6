//! The URL of a record's page in HubSpot.

use crate::tool::Ctx;
use domain::id::RecordId;
use hubspot_client::{Details, Object, Record};

/// The URL that HubSpot gives, else one built from the account's own domain; `None` if the account cannot be read.
pub async fn url(ctx: &Ctx, object: Object, record: &Record) -> Option<String> {
    if record.url.is_some() {
        return record.url.clone();
    }
    of_id(ctx, object, &record.id).await
}

/// The URL of the record with this id, built from the account's own domain; `None` if the account cannot be read.
pub async fn of_id(ctx: &Ctx, object: Object, id: &RecordId) -> Option<String> {
    let account = ctx.hubspot.account().details().await.ok()?;
    page(&account, object, id.as_str())
}

fn page(account: &Details, object: Object, id: &str) -> Option<String> {
    let (domain, portal) = (account.ui_domain.as_ref()?, account.portal_id);
    Some(format!("https://{domain}/contacts/{portal}/record/{}/{id}", object.type_id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_on_the_accounts_own_domain() {
        let domain = Some("app-eu1.hubspot.com".to_owned());
        let account = Details { portal_id: 7, account_type: String::new(), time_zone: None, ui_domain: domain };
        let url = page(&account, Object::Tickets, "33190415288").unwrap();
        assert_eq!(url, "https://app-eu1.hubspot.com/contacts/7/record/0-5/33190415288");
        assert_eq!(page(&Details { ui_domain: None, ..account }, Object::Tickets, "1"), None);
    }
}
