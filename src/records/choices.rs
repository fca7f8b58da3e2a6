//! The values that an argument can have in this account, by their labels: owners, pipelines and stages.

use super::{excerpt, owner, stage};
use crate::tool::Ctx;
use hubspot_client::Error;

/// The names of the owners that are not archived; the address of an owner without a name.
pub async fn owners(ctx: &Ctx) -> Result<Vec<String>, Error> {
    let owners = ctx.hubspot.owners().list().await?;
    let shown = owners.iter().map(|one| Some(owner::name(one)).filter(|name| !name.is_empty()).or(one.email.clone()));
    Ok(shown.flatten().map(|name| excerpt::line(&name)).collect())
}

/// The ticket pipelines, in the order the account shows them.
pub async fn pipelines(ctx: &Ctx) -> Result<Vec<String>, Error> {
    Ok(ctx.hubspot.pipelines().tickets().await?.iter().map(|one| excerpt::line(&one.label)).collect())
}

/// The stages of the ticket pipeline with this label or id, or of every pipeline; each label once.
pub async fn stages(ctx: &Ctx, pipeline: Option<&str>) -> Result<Vec<String>, Error> {
    let pipelines = ctx.hubspot.pipelines().tickets().await?;
    let meant = pipelines.iter().filter(|one| pipeline.is_none_or(|name| stage::is_pipeline(one, name)));
    let mut labels: Vec<String> = Vec::new();
    for stage in meant.flat_map(|one| &one.stages) {
        let label = excerpt::line(&stage.label);
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    Ok(labels)
}
