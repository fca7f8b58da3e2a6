//! `describe_crm`: pipelines, properties and owners of the account.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::records::excerpt::line;
use crate::records::{cursor, owner, property};
use crate::tool::{Ctx, Effect, Tool, ToolError};
use domain::id::{OwnerId, UserId};
use hubspot_client::{Object, Owner, Pipeline, Property, PropertyOption, Stage};

/// The items of one page.
const PIPELINES_MAX: usize = 5;
const PROPERTIES_MAX: usize = 12;
const OWNERS_MAX: usize = 8;
/// The options that are shown of a property in a list, and of the property that was asked for by name.
const OPTIONS_LISTED_MAX: usize = 6;
const OPTIONS_MAX: usize = 100;

/// Tell what this account calls things, so that nothing needs to be guessed: its ticket pipelines with their stages, the
/// properties of contacts or tickets with their options, or the owners.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DescribeCrm {
    /// What to describe, for example `pipelines`.
    about: About,
    /// Words in a name, label or e-mail address, for example `phone`; the property of this name shows all its options.
    #[schemars(length(max = 255))]
    search: Option<String>,
    /// The `next_cursor` of the answer before.
    #[schemars(length(max = 500))]
    cursor: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum About {
    Pipelines,
    ContactProperties,
    TicketProperties,
    Owners,
}

#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Described {
    total: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pipelines: Vec<PipelineCard>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<PropertyCard>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    owners: Vec<OwnerCard>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct PipelineCard {
    pipeline: String,
    pipeline_id: String,
    stages: Vec<StageCard>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct StageCard {
    stage: String,
    stage_id: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    closed: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct PropertyCard {
    name: String,
    label: String,
    /// `string`, `number`, `bool`, `date`, `datetime`, `phone_number` or `enumeration`.
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Values to choose from, with their labels where these differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<String>,
    /// There are so many options; search for this property by its name, and go on with `next_cursor`, to see them.
    #[serde(skip_serializing_if = "Option::is_none")]
    options_total: Option<usize>,
    /// Several options can be chosen at once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    several: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    read_only: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct OwnerCard {
    owner_id: OwnerId,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<UserId>,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    teams: Vec<String>,
}

impl Tool for DescribeCrm {
    const NAME: &'static str = "describe_crm";
    const TITLE: &'static str = "Tell what the account calls things";
    const EFFECT: Effect = Effect::Read;
    // Each part needs another scope; a missing one is reported when the part is requested.
    const SCOPES: &'static [&'static str] = &["crm.objects.contacts.read"];
    type Output = Described;

    async fn call(self, ctx: &Ctx) -> Result<Described, ToolError> {
        match self.about {
            About::Pipelines => self.pipelines(ctx).await,
            About::ContactProperties => self.properties(ctx, Object::Contacts).await,
            About::TicketProperties => self.properties(ctx, Object::Tickets).await,
            About::Owners => self.owners(ctx).await,
        }
    }
}

impl DescribeCrm {
    async fn pipelines(&self, ctx: &Ctx) -> Result<Described, ToolError> {
        let all = ctx.hubspot.pipelines().tickets().await?;
        let texts = |one: &Pipeline| {
            let stages = one.stages.iter().map(|stage| stage.label.clone());
            [one.label.clone(), one.id.clone()].into_iter().chain(stages).collect()
        };
        let (total, page, next_cursor) = self.page(&all, texts, PIPELINES_MAX)?;
        Ok(Described {
            total,
            pipelines: page.into_iter().map(pipeline).collect(),
            next_cursor,
            ..Described::default()
        })
    }

    async fn properties(&self, ctx: &Ctx, object: Object) -> Result<Described, ToolError> {
        let all = ctx.hubspot.properties().of(object.name()).await?;
        let mut shown: Vec<_> = all.iter().filter(|property| !property.hidden).cloned().collect();
        let asked = property::key(self.search.as_deref().unwrap_or_default());
        let is_asked = |one: &Property| property::key(&one.name) == asked;
        // The property of that name comes first and in full, then those that can be set: most of an account's hundreds
        // of properties are HubSpot's own counters, such as the date of each lifecycle stage.
        if shown.iter().any(is_asked) {
            shown.retain(|property| is_asked(property) || !property.read_only);
        }
        shown.sort_by_key(|property| (!is_asked(property), property.read_only));
        let texts = |one: &Property| vec![one.name.clone(), one.label.clone(), one.description.clone()];
        let found = self.found(&shown, texts);
        let named = found.first().copied().filter(|one| found.len() == 1 || is_asked(one));
        let at: At = self.position()?;
        let properties = match (named, at.options) {
            (Some(named), 1..) => vec![property(named, at.options, OPTIONS_MAX)],
            _ => found
                .iter()
                .skip(at.property)
                .take(PROPERTIES_MAX)
                .map(|one| match named {
                    Some(named) if named.name == one.name => property(named, 0, OPTIONS_MAX),
                    _ => property(one, 0, OPTIONS_LISTED_MAX),
                })
                .collect(),
        };
        let next = at.next(found.len(), named.map_or(0, |named| options(named).count()));
        let next_cursor = next.map(|next| cursor::write(self.question(), next));
        Ok(Described { total: found.len(), properties, next_cursor, ..Described::default() })
    }

    async fn owners(&self, ctx: &Ctx) -> Result<Described, ToolError> {
        let all = ctx.hubspot.owners().list().await?;
        let texts = |one: &Owner| vec![one.id.to_string(), owner::name(one), one.email.clone().unwrap_or_default()];
        let (total, page, next_cursor) = self.page(&all, texts, OWNERS_MAX)?;
        Ok(Described { total, owners: page.into_iter().map(owner_card).collect(), next_cursor, ..Described::default() })
    }

    /// One page of the items that match, from the cursor on.
    fn page<'a, T>(
        &self,
        all: &'a [T],
        texts: impl Fn(&T) -> Vec<String>,
        length_max: usize,
    ) -> Result<(usize, Vec<&'a T>, Option<String>), ToolError> {
        let from: usize = self.position()?;
        let found = self.found(all, texts);
        let total = found.len();
        let next = from.saturating_add(length_max);
        let next_cursor = (next < total).then(|| cursor::write(self.question(), next));
        Ok((total, found.into_iter().skip(from).take(length_max).collect(), next_cursor))
    }

    /// The items whose texts contain every word of the search.
    fn found<'a, T>(&self, all: &'a [T], texts: impl Fn(&T) -> Vec<String>) -> Vec<&'a T> {
        let words: Vec<_> = self.search.as_deref().unwrap_or_default().split_whitespace().map(property::key).collect();
        let fits = |item: &&T| {
            let texts = texts(item).iter().map(|text| property::key(text)).collect::<Vec<_>>();
            words.iter().all(|word| texts.iter().any(|text| text.contains(word)))
        };
        all.iter().filter(fits).collect()
    }

    fn question(&self) -> (About, Option<&str>) {
        (self.about, self.search.as_deref())
    }

    /// The position of the cursor; the beginning without one.
    fn position<T: Default + DeserializeOwned>(&self) -> Result<T, ToolError> {
        let position = self.cursor.as_deref().map(|text| cursor::read(self.question(), text)).transpose()?;
        Ok(position.unwrap_or_default())
    }
}

/// A cursor in the list of properties: it goes on with the options of the named property, then with other properties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct At {
    property: usize,
    options: usize,
}

impl At {
    fn next(self, properties: usize, options_of_named: usize) -> Option<At> {
        let begins = self == At::default();
        let property = if self.options == 0 { self.property.saturating_add(PROPERTIES_MAX) } else { self.property };
        let options = self.options.saturating_add(OPTIONS_MAX);
        match (begins || self.options > 0) && options < options_of_named {
            true => Some(At { property, options }),
            false => (property < properties).then_some(At { property, options: 0 }),
        }
    }
}

fn pipeline(one: &Pipeline) -> PipelineCard {
    let stage =
        |stage: &Stage| StageCard { stage: line(&stage.label), stage_id: stage.id.clone(), closed: stage.closed };
    PipelineCard {
        pipeline: line(&one.label),
        pipeline_id: one.id.clone(),
        stages: one.stages.iter().map(stage).collect(),
    }
}

fn options(one: &Property) -> impl Iterator<Item = &PropertyOption> {
    one.options.iter().filter(|option| !option.hidden)
}

fn property(one: &Property, options_from: usize, options_max: usize) -> PropertyCard {
    let options_total = options(one).count();
    let text = |option: &PropertyOption| match property::key(&option.value) == property::key(&option.label) {
        true => option.value.clone(),
        false => format!("{} ({})", option.value, line(&option.label)),
    };
    let description = line(&one.description);
    PropertyCard {
        name: one.name.clone(),
        label: line(&one.label),
        kind: one.kind.clone(),
        description: Some(description).filter(|text| !text.is_empty() && options_max == OPTIONS_MAX),
        options: options(one).skip(options_from).take(options_max).map(text).collect(),
        options_total: (options_total > options_max).then_some(options_total),
        several: one.kind == "enumeration" && one.field == "checkbox",
        read_only: one.read_only,
    }
}

fn owner_card(one: &Owner) -> OwnerCard {
    OwnerCard {
        owner_id: one.id.clone(),
        user_id: one.user_id.clone(),
        name: line(&owner::name(one)),
        email: one.email.clone(),
        teams: one.teams.iter().map(|team| line(&team.name)).collect(),
    }
}
