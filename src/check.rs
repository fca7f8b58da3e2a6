//! `frontdesk check`: does the token work, for which account, and for which tools?

use std::io::{self, Write};

use crate::hubspot::{self, HubSpot};
use crate::tool::Entry;
use crate::tools;

/// Writes the findings; `false` when the token does not work.
pub async fn run(hubspot: &HubSpot, out: &mut impl Write) -> io::Result<bool> {
    let account = match hubspot.account().details().await {
        Ok(account) => account,
        Err(error) => return failed(&error, out).map(|()| false),
    };
    let zone = account.time_zone.map_or("no time zone", |zone| zone.name());
    writeln!(out, "The token works: portal {} ({}), {zone}.", account.portal_id, account.account_type)?;
    match hubspot.account().token_info().await {
        Ok(info) => report(&info.scopes, out)?,
        Err(_) => {
            writeln!(out, "HubSpot does not tell the scopes of this token; a tool that lacks one says which.")?;
        }
    }
    writeln!(out, "Time zones: {}.", crate::crm::time_zone::data_version())?;
    Ok(true)
}

fn failed(error: &hubspot::Error, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "The token does not work: {error} ({}).", error.code())?;
    match error.hint() {
        Some(hint) => writeln!(out, "{hint}"),
        None => Ok(()),
    }
}

fn report(scopes: &[String], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "It has {} scopes: {}.", scopes.len(), scopes.join(", "))?;
    for tool in tools::all() {
        match missing(&tool, scopes).as_slice() {
            [] => writeln!(out, "  works    {}", tool.name)?,
            lacking => writeln!(out, "  missing  {}: needs {}", tool.name, lacking.join(", "))?,
        }
    }
    Ok(())
}

fn missing<'a>(tool: &'a Entry, scopes: &[String]) -> Vec<&'a str> {
    tool.scopes.iter().copied().filter(|needed| !scopes.iter().any(|scope| scope == needed)).collect()
}
