//! Names and addresses of actors: agents are owners, visitors are contacts or have left a name.

use super::actor::ActorId;
use crate::model::object_type::ObjectType;
use crate::model::owner::Owner;
use crate::model::portal::Portal;
use crate::model::record::Record;

/// The name of HubSpot's own customer agent.
const LLM_NAME: &str = "Customer agent";
const BOT_NAME: &str = "Bot";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
}

/// Returns the profile of an actor, or `None` if the account does not know them.
pub(crate) fn of(portal: &Portal, actor: &ActorId) -> Option<Profile> {
    match actor {
        ActorId::Agent(user_id) => user(portal, *user_id).map(of_owner),
        ActorId::Visitor(id) => visitor(portal, *id),
        ActorId::Email(address) => Some(Profile { name: None, email: Some(address.clone()) }),
        ActorId::Integration(app_id) => app(portal, *app_id),
        ActorId::Bot(_) => Some(named(BOT_NAME)),
        ActorId::Llm(_) => Some(named(LLM_NAME)),
        ActorId::System => Some(Profile::default()),
    }
}

/// Finds the owner that is this user, deactivated or not.
pub(crate) fn user(portal: &Portal, user_id: u64) -> Option<&Owner> {
    portal.owners.iter().find(|owner| owner.user_id == user_id)
}

/// Says that an actor is a user who can be assigned and can write.
pub(crate) fn is_active_agent(portal: &Portal, actor: &ActorId) -> bool {
    matches!(actor, ActorId::Agent(user_id) if user(portal, *user_id).is_some_and(|owner| !owner.archived))
}

/// Returns the profile of an app that is known, or that some token belongs to.
fn app(portal: &Portal, app_id: u64) -> Option<Profile> {
    if let Some(app) = portal.apps.by_id(app_id) {
        return Some(named(&app.name));
    }
    portal.tokens.values().any(|token| token.app_id == app_id).then(|| named(&format!("App {app_id}")))
}

fn visitor(portal: &Portal, id: u64) -> Option<Profile> {
    if let Some(contact) = portal.table(ObjectType::Contacts).get(id) {
        return Some(of_contact(contact));
    }
    let visitor = portal.conversations.visitor(id)?;
    Some(Profile { name: visitor.name.clone(), email: visitor.email.clone() })
}

fn of_owner(owner: &Owner) -> Profile {
    let name = format!("{} {}", owner.first_name, owner.last_name);
    Profile { name: Some(name.trim().to_owned()), email: Some(owner.email.clone()) }
}

fn of_contact(contact: &Record) -> Profile {
    let parts = ["firstname", "lastname"].map(|name| contact.get(name).unwrap_or_default());
    let (name, email) = (parts.join(" ").trim().to_owned(), contact.get("email").map(str::to_owned));
    Profile { name: (!name.is_empty()).then_some(name), email }
}

fn named(name: &str) -> Profile {
    Profile { name: Some(name.to_owned()), email: None }
}
