//! The person's agreement to a change of an existing record, with `--confirm-writes`.

use std::fmt::Write;
use std::sync::Arc;

use serde_json::{Value, json};

use super::changes::Changes;
use super::error::Error;
use super::{excerpt, owner, text_diff};
use crate::tool::Ctx;
use crate::tool::question::{ElicitationRequest, quoted};
use domain::id::OwnerId;
use hubspot_client::{Object, Pipeline, Property, Record};

const OWNER: &str = "hubspot_owner_id";
const STAGE: &str = "hs_pipeline_stage";
const PIPELINE: &str = "hs_pipeline";

/// Properties that name a record of this type to a person.
pub fn known_by(object: Object) -> &'static [&'static str] {
    match object {
        Object::Contacts => &["firstname", "lastname", "email"],
        _ => &["subject"],
    }
}

/// A change of one record, about which the person is asked.
#[derive(Clone, Copy, Debug)]
pub struct Proposal<'a> {
    /// The type of the record.
    pub object: Object,
    /// The record as it is.
    pub before: &'a Record,
    /// The texts that differ, as they are to be.
    pub changed: &'a Changes,
    /// A note that the same call adds to the record.
    pub note: Option<&'a str>,
}

/// Refuses changes of properties that the caller's token does not open; else returns when no agreement is needed or the
/// person has agreed. The question shows each change with the labels of HubSpot's screens, and of long texts the places
/// where they differ: all that changes, or the call is refused as too long. If the record changes meanwhile, wherever it
/// is, the question is asked again.
pub async fn ask(ctx: &Ctx, proposal: Proposal<'_>) -> Result<(), Error> {
    let permissions = &ctx.call.caller.permissions;
    let closed: Vec<_> = proposal.changed.keys().filter(|name| !permissions.admit_change(name)).cloned().collect();
    if !closed.is_empty() {
        return Err(Error::PropertiesClosed(closed));
    }
    if !ctx.call.policy.confirm_writes {
        return Ok(());
    }
    let Proposal { object, before, changed, note } = proposal;
    let labels = Labels::read(ctx, object).await?;
    let mut message = format!("Change {} in HubSpot?", subject(object, before));
    for (name, text) in changed {
        let before = labels.value(ctx, name, before.get(name).unwrap_or_default()).await;
        let after = labels.value(ctx, name, text).await;
        // Writing to a string cannot fail.
        let _ = write!(message, "\n- {}: {}", labels.property_label(name), text_diff::shown(&before, &after));
    }
    if let Some(note) = note {
        let _ = write!(message, "\n- A note is added: {}", text_diff::whole(note));
    }
    let otherwise = "nothing was changed; tell the person which change waits for their agreement";
    let question = ElicitationRequest::new("change", message, otherwise).about(&proposal.whole()).readable()?;
    ctx.ask(question).await?.accepted("the change")?;
    Ok(())
}

impl Proposal<'_> {
    /// Everything before and after, and the record's time of change, which moves with its other properties.
    fn whole(&self) -> Value {
        let before = &self.before.properties;
        json!([self.object.name(), self.before.id, self.before.updated_at, before, self.changed, self.note])
    }
}

/// The record by its name and id, for the question.
fn subject(object: Object, record: &Record) -> String {
    let kind = if object == Object::Contacts { "the contact" } else { "the ticket" };
    let known: Vec<_> = known_by(object).iter().filter_map(|name| record.get(name)).collect();
    match known.join(" ").trim() {
        "" => format!("{kind} {}", record.id),
        name => format!("{kind} {} ({})", quoted(&excerpt::line(name)), record.id),
    }
}

/// The labels of the account's properties and stages.
struct Labels {
    properties: Arc<Vec<Property>>,
    pipelines: Arc<Vec<Pipeline>>,
}

impl Labels {
    async fn read(ctx: &Ctx, object: Object) -> Result<Labels, Error> {
        let properties = ctx.hubspot.properties().of(object.name()).await?;
        let pipelines = match object {
            Object::Tickets => ctx.hubspot.pipelines().tickets().await?,
            _ => Default::default(),
        };
        Ok(Labels { properties, pipelines })
    }

    fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }

    fn property_label<'a>(&'a self, name: &'a str) -> &'a str {
        self.property(name).map_or(name, |property| &property.label)
    }

    /// A value by its label.
    async fn value(&self, ctx: &Ctx, name: &str, value: &str) -> String {
        let known = match name {
            OWNER => owner_name(ctx, value).await,
            STAGE => self.stages().find(|(id, _)| *id == value).map(|(_, label)| label.to_owned()),
            PIPELINE => self.pipelines.iter().find(|one| one.id == value).map(|one| one.label.clone()),
            _ if value.is_empty() => None,
            _ => self.property(name).and_then(|property| option_labels(property, value)),
        };
        known.unwrap_or_else(|| value.to_owned())
    }

    fn stages(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.pipelines.iter().flat_map(|pipeline| &pipeline.stages);
        all.map(|stage| (stage.id.as_str(), stage.label.as_str()))
    }
}

/// The labels of the options that a value names, if it names options.
fn option_labels(property: &Property, value: &str) -> Option<String> {
    let label = |value: &str| property.options.iter().find(|option| option.value == value).map(|one| &*one.label);
    let labels: Option<Vec<_>> = value.split(';').map(label).collect();
    labels.map(|labels| labels.join(", "))
}

async fn owner_name(ctx: &Ctx, id: &str) -> Option<String> {
    let id: OwnerId = id.parse().ok()?;
    let owner = ctx.hubspot.owners().by_id(&id).await.ok()??;
    Some(owner::name(&owner)).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::property::tests::property;
    use hubspot_client::PropertyOption;

    #[test]
    fn options_are_shown_by_their_labels() {
        let option =
            |value: &str, label: &str| PropertyOption { value: value.into(), label: label.into(), hidden: false };
        let options = vec![option("adam", "Adam"), option("dust_e", "DUST-E")];
        let property = Property { options, ..property("robots", "Robots", "enumeration") };
        assert_eq!(option_labels(&property, "adam;dust_e").as_deref(), Some("Adam, DUST-E"));
        assert_eq!(option_labels(&property, "eve"), None, "an option that was removed since");
    }
}
