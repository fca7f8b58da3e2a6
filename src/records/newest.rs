//! The newest records that stand on another one.

use futures::future::try_join_all;

use crate::tool::Ctx;
use domain::id::RecordId;
use hubspot_client::{Error, Object, Record};

/// The newest records on another one, latest first.
#[derive(Debug)]
pub struct Newest {
    /// At most as many as requested; records that were deleted meanwhile are missing.
    pub records: Vec<Record>,
    /// The number of all.
    pub total: usize,
}

/// Reads at most `most` records of the type `object` that are associated with `on`, with these properties. HubSpot's ids
/// grow, so the newest have the largest; unlike its search index, associations do not lag behind.
pub async fn of(
    ctx: &Ctx,
    on: (Object, &RecordId),
    object: Object,
    properties: &[&str],
    most: usize,
) -> Result<Newest, Error> {
    let mut ids = ctx.hubspot.associations().of(on.0, on.1, object).await?;
    let total = ids.len();
    ids.sort_by_key(|id| std::cmp::Reverse(id.as_str().parse::<u64>().unwrap_or_default()));
    ids.truncate(most);
    let records = ctx.hubspot.records(object);
    let reads = try_join_all(ids.iter().map(|id| records.by_id(id, properties))).await?;
    Ok(Newest { records: reads.into_iter().flatten().collect(), total })
}
