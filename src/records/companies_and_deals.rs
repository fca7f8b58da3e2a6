//! The companies and the open deals of a contact, in a line each.

use super::excerpt::line;
use super::newest;
use crate::tool::Ctx;
use domain::id::RecordId;
use hubspot_client::{Object, Pipeline, Record};

/// The most companies that are shown.
const COMPANIES_MAX: usize = 3;
/// The most open deals that are shown, and the most deals, the newest, that are read for them.
const DEALS_MAX: usize = 5;
const DEALS_READ_MAX: usize = 50;

/// The companies of a contact by name and domain, as far as the token may read them.
pub async fn companies(ctx: &Ctx, contact: &RecordId) -> Vec<String> {
    let records = read(ctx, contact, Object::Companies, &["name", "domain"], COMPANIES_MAX).await;
    records.iter().map(company).filter(|text| !text.is_empty()).collect()
}

/// The open deals of a contact by name, stage and amount, as far as the token may read them.
pub async fn open_deals(ctx: &Ctx, contact: &RecordId) -> Vec<String> {
    let names = ["dealname", "pipeline", "dealstage", "amount"];
    let records = read(ctx, contact, Object::Deals, &names, DEALS_READ_MAX).await;
    if records.is_empty() {
        return vec![];
    }
    let Ok(pipelines) = ctx.hubspot.pipelines().deals().await else { return vec![] };
    records.iter().filter_map(|record| open_deal(&pipelines, record)).take(DEALS_MAX).collect()
}

async fn read(ctx: &Ctx, contact: &RecordId, object: Object, properties: &[&str], most: usize) -> Vec<Record> {
    let found = newest::of(ctx, (Object::Contacts, contact), object, properties, most).await;
    found.map(|newest| newest.records).unwrap_or_default()
}

fn company(record: &Record) -> String {
    match (record.get("name"), record.get("domain")) {
        (Some(name), Some(domain)) => line(&format!("{name} ({domain})")),
        (name, domain) => line(name.or(domain).unwrap_or_default()),
    }
}

fn open_deal(pipelines: &[Pipeline], record: &Record) -> Option<String> {
    let pipeline = pipelines.iter().find(|one| Some(one.id.as_str()) == record.get("pipeline"))?;
    let stage = pipeline.stages.iter().find(|one| Some(one.id.as_str()) == record.get("dealstage"))?;
    if stage.closed {
        return None;
    }
    let parts = [record.get("dealname"), Some(stage.label.as_str()), record.get("amount")];
    Some(line(&parts.into_iter().flatten().collect::<Vec<_>>().join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hubspot_client::Stage;

    fn record(properties: &[(&str, &str)]) -> Record {
        Record {
            id: RecordId::from(7),
            properties: properties.iter().map(|(name, text)| ((*name).to_owned(), Some((*text).to_owned()))).collect(),
            created_at: None,
            updated_at: None,
            archived: false,
            url: None,
        }
    }

    #[test]
    fn only_open_deals_are_shown() {
        let stage = |id: &str, closed| Stage { id: id.to_owned(), label: format!("Stage {id}"), closed };
        let stages = vec![stage("sent", false), stage("won", true)];
        let all = [Pipeline { id: "default".to_owned(), label: "Sales".to_owned(), stages }];
        for (stage, amount, expected) in [
            ("sent", "12000", Some("Two robots, Stage sent, 12000")),
            ("sent", "", Some("Two robots, Stage sent")),
            ("won", "12000", None),
            ("gone", "12000", None),
        ] {
            let deal = [("dealname", "Two robots"), ("pipeline", "default"), ("dealstage", stage), ("amount", amount)];
            assert_eq!(open_deal(&all, &record(&deal)).as_deref(), expected, "{stage}");
        }
    }

    #[test]
    fn a_company_is_shown_by_name_and_domain() {
        assert_eq!(company(&record(&[("name", "ClouTea"), ("domain", "cloutea.com")])), "ClouTea (cloutea.com)");
        assert_eq!(company(&record(&[("domain", "cloutea.com")])), "cloutea.com");
    }
}
