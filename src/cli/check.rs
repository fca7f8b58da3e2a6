//! `frontdesk check`: tests the token, and lists the account and the tools that will work.

use std::io::{self, Write};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::app::{App, zone_rules};
use crate::conversations::error::Error;
use crate::conversations::{reply_permission, sender};
use crate::tool::ToolInfo;
use crate::tool::access::Denied;
use crate::tool::call_context::CallContext;
use crate::tool::policy::ToolPolicy;
use crate::tools;
use domain::time_zone::rules::ZoneRules;
use hubspot_client::{self, HubSpot};

/// Prints the findings; `false` if the token does not work.
pub async fn run(app: &App, now: DateTime<Utc>, out: &mut impl Write) -> io::Result<bool> {
    tell_zone_rules(app.zone_rules, now, out)?;
    let (hubspot, policy) = (&app.hubspot, &app.policy);
    writeln!(out, "Asking HubSpot about the token; where it does not answer, this takes half a minute.")?;
    out.flush()?;
    let account = match hubspot.account().details_fresh().await {
        Ok(account) => account,
        Err(error) => return failed(&error, out).map(|()| false),
    };
    let zone = account.time_zone.map_or("no time zone", |zone| zone.name());
    writeln!(out, "The token works: portal {} ({}), {zone}.", account.portal_id, account.account_type)?;
    let scopes = match hubspot.account().token_info().await {
        Ok(info) => {
            writeln!(out, "It has {} scopes: {}.", info.scopes.len(), info.scopes.join(", "))?;
            Some(Arc::new(info.scopes.into_iter().collect()))
        }
        Err(_) => {
            writeln!(out, "HubSpot does not tell the scopes of this token; a tool that lacks one says which.")?;
            None
        }
    };
    // A client that can ask the person: the findings mention what other clients do not get.
    let call = CallContext { policy: policy.clone(), scopes, can_ask: true, ..CallContext::default() };
    for tool in tools::all().iter() {
        writeln!(out, "  {}", finding(tool, &call))?;
    }
    let keys = match hubspot.tickets().key_property().await {
        Some(property) => format!("each creation writes a key into `{property}`, so none can happen twice"),
        None => "no property for keys, so a creation whose answer was lost is looked up by its text".to_owned(),
    };
    writeln!(out, "Tickets: {keys}.")?;
    writeln!(out, "Customers in HubSpot's inbox: {}.", replies(hubspot, policy).await)?;
    Ok(true)
}

/// What customers may get from this server, and in whose name.
async fn replies(hubspot: &HubSpot, policy: &ToolPolicy) -> String {
    if reply_permission::check(hubspot, policy).await == Err(Error::RepliesNotAllowed) {
        return "nothing is sent to them; `--allow-replies` opens it".to_owned();
    }
    match sender::find(hubspot, policy).await {
        Ok(sender) => {
            let known = hubspot.conversations().actors(std::slice::from_ref(&sender)).await.unwrap_or_default();
            let name = known.get(&sender).and_then(|actor| actor.name.clone());
            format!("messages are sent in the name of {}", name.unwrap_or_else(|| sender.as_str().to_owned()))
        }
        Err(_) => "nobody is known in whose name messages are sent; `--reply-sender` names a HubSpot user".to_owned(),
    }
}

fn tell_zone_rules(rules: ZoneRules, now: DateTime<Utc>, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "Time zones: {}.", zone_rules::description(rules, now))?;
    zone_rules::concerns(rules, now).iter().try_for_each(|concern| writeln!(out, "{concern}"))
}

fn failed(error: &hubspot_client::Error, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "The token does not work: {error} ({}).", error.code())?;
    match error {
        // The error's own hint is written for a model during a call.
        hubspot_client::Error::Failed { .. } | hubspot_client::Error::Timeout => {
            writeln!(out, "try again in a minute; if it goes on, see status.hubspot.com")
        }
        _ => writeln!(out, "{}", error.hint().unwrap_or_default()),
    }
}

/// The line about one tool with this token and these flags.
fn finding(tool: &ToolInfo, call: &CallContext) -> String {
    let (name, lacking) = (tool.name, call.missing_scopes(tool).join(", "));
    match call.denied(tool) {
        Some(Denied::Scopes(_)) => format!("missing  {name}: needs {lacking}; it is hidden, --all-tools shows it"),
        Some(reason) => format!("off      {name}: {reason}"),
        None if !lacking.is_empty() => format!("missing  {name}: needs {lacking}; it is shown all the same"),
        None if call.policy.needs_consent(tool) => {
            format!("works    {name}: after a person agrees; clients that cannot ask one do not get it")
        }
        None => match call.missing_optional_scopes(tool).join(", ").as_str() {
            "" => format!("works    {name}"),
            lacking => format!("works    {name}: less without {lacking}"),
        },
    }
}
