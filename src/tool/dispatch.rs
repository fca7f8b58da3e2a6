//! The way of a call to its tool: rights, arguments, the budget of writes, and the customer it is for.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::arguments::coerce::Coerced;
use super::context::{Ctx, ToolEntry};
use super::customer::{self, Bound, Lookup};
use super::error::ToolError;
use super::info::{Effect, ToolInfo};
use super::on_behalf_of::OnBehalfOf;
use super::write_budget::{CountedWrite, WriteAccount};
use super::{named_tools, output_cleaning};
use crate::store;
use domain::code::Code;
use domain::email::Email;
use domain::id::RecordId;
use hubspot_client::{HubSpot, Object};

impl ToolEntry {
    /// Runs the tool, if this call may use it. Every call of a tool passes here, also that of another tool. The answer
    /// has no hidden characters.
    pub async fn call(&self, arguments: Value, ctx: Arc<Ctx>) -> Result<Value, ToolError> {
        let (hubspot, caller) = (ctx.hubspot.clone(), ctx.clone());
        let answer = self
            .checked(arguments, ctx)
            .await
            .map_err(|error| named_tools::of_caller(error, &|name| caller.lacks(name)));
        // Taken also after a failure: what another tool planned within this call is its own.
        let planned = hubspot.take_planned_writes();
        answer
            .map(|output| output_cleaning::result(output_cleaning::planned(output, planned)))
            .map_err(output_cleaning::failure)
    }

    async fn checked(&self, arguments: Value, ctx: Arc<Ctx>) -> Result<Value, ToolError> {
        // Checked here and not by the server alone, because tools can call tools.
        if let Some(reason) = ctx.call.denied(self) {
            return Err(reason.into_error(self));
        }
        let Coerced { arguments, hidden } = self.arguments().conform(self.name, arguments)?;
        let counted = self.count_write(&ctx).await?;
        let answer = self.call_for_caller(arguments, ctx).await;
        if let Some(counted) = counted {
            counted.end().await;
        }
        Ok(output_cleaning::tell_removed(answer?, hidden))
    }

    /// Counts the call of a caller whose writes are limited; the count is taken back where nothing was written.
    async fn count_write(&self, ctx: &Ctx) -> Result<Option<CountedWrite>, ToolError> {
        let limit = ctx.call.caller.limits.writes_per_day.filter(|_| self.writes_to_hubspot());
        let Some(per_day) = limit else { return Ok(None) };
        let account = WriteAccount {
            budget: ctx.writes.clone(),
            store: ctx.store.clone(),
            hubspot: ctx.hubspot.clone(),
            caller: ctx.call.caller.id.clone(),
        };
        let counted = account.take(per_day, ctx.clock.now()).await.map_err(|error| uncounted(&error))?;
        counted.map(Some).ok_or_else(|| no_writes_left(self, per_day))
    }

    /// True for tools that write there themselves; a step of a script calls others that do.
    fn writes_to_hubspot(&self) -> bool {
        self.effect != Effect::Read && !self.scopes.is_empty()
    }

    async fn call_for_caller(&self, arguments: Value, ctx: Arc<Ctx>) -> Result<Value, ToolError> {
        match ctx.call.caller.on_behalf_of.clone() {
            OnBehalfOf::Operator => (self.handler)(arguments, ctx).await,
            customer => {
                let answer = self.call_for(&customer, arguments, ctx).await;
                answer
                    .map(|result| customer::told(self, result))
                    .map_err(|error| customer::told_error(error, &customer))
            }
        }
    }

    /// Runs the tool for a customer: with their ids, from the server.
    async fn call_for(&self, customer: &OnBehalfOf, arguments: Value, ctx: Arc<Ctx>) -> Result<Value, ToolError> {
        let Value::Object(given) = arguments else { return Err(ToolError::input("arguments", "send an object")) };
        let Bound { mut arguments, lookup } = customer::bind(self, given, customer).map_err(|refused| *refused)?;
        match (&lookup, customer) {
            (Lookup::ContactOfAddress(argument), OnBehalfOf::Claimed { address }) => {
                let id = contact_of(&ctx.hubspot, address).await?;
                arguments.insert((*argument).to_owned(), id.to_string().into());
            }
            (Lookup::OwnTicket(ticket), OnBehalfOf::Verified { contact, .. }) => {
                let tickets = ctx.hubspot.associations();
                let of = tickets.of(Object::Contacts, contact, Object::Tickets).await?;
                if !of.contains(ticket) {
                    return Err(customer::foreign(self, "ticket_id"));
                }
            }
            _ => {}
        }
        (self.handler)(Value::Object(arguments), ctx).await
    }
}

fn no_writes_left(tool: &ToolInfo, per_day: u32) -> ToolError {
    let message =
        format!("`{}`: the token you call with may write {per_day} times a day, and has done so today", tool.name);
    ToolError::new(Code::WriteLimit, message, "nothing was written; it may write again from midnight UTC on")
}

/// The count of all replicas cannot be told now.
fn uncounted(error: &store::Error) -> ToolError {
    let message = format!("the writes of your token cannot be counted: {error}");
    ToolError::new(Code::StoreFailed, message, "nothing was written; call again in a moment")
}

/// The contact with this address, made if there is none: whoever typed it learns nothing from the difference.
async fn contact_of(hubspot: &HubSpot, address: &Email) -> Result<RecordId, hubspot_client::Error> {
    let contacts = hubspot.contacts();
    if let Some(known) = contacts.by_email(address, &["email"]).await? {
        return Ok(known.id);
    }
    let properties = BTreeMap::from([("email".to_owned(), address.as_str().to_owned())]);
    contacts.create(&properties).await.map(|created| created.value.id)
}
