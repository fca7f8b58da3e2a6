//! The set-up of the channel as a decision: from what is there and what is wanted to the steps between. Pure: it asks
//! nobody, waits for nothing and reads no clock.
//!
//! HubSpot keeps no key of ours for a channel, lists a new one late, and makes a second one without a word. So the end of
//! its webhook's address is stored before it is made, and it is found again by that address. A channel whose making was
//! begun lately and that is not listed is waited for.

use std::time::Duration;

use hubspot_client::{ConnectedAccount, CustomChannel, NewChannelAccount, NewCustomChannel};

use super::channel_address::PathSecret;
use crate::store::handoff_channel::HandoffAccount;

/// The time after which a channel that is not listed was not made. Others ask for a minute.
pub const LISTED_AFTER: Duration = Duration::from_secs(60);

/// The beginning of our names of channel accounts; an inbox follows.
const IDENTIFIER: &str = "frontdesk-";

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredChannel {
    /// The channel. Its address is that of this server, with the end that is stored.
    pub channel: NewCustomChannel,
    /// The address below which the webhooks of all our channels are: this server's, without the unguessable end.
    pub below: String,
    /// The inboxes and help desks by their ids, the most important one first.
    pub inboxes: Vec<String>,
    /// The name of the accounts.
    pub account_name: String,
}

/// What the store knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredChannel {
    /// HubSpot's id of the channel.
    pub channel: Option<String>,
    /// The time since its making was begun.
    pub begun: Option<Duration>,
    /// The accounts.
    pub accounts: Vec<HandoffAccount>,
}

/// What HubSpot has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExistingChannel {
    /// The channels of the app.
    pub channels: Vec<CustomChannel>,
    /// The accounts of the channel that is ours; `None` where HubSpot does not know it yet, or it was not asked.
    pub accounts: Option<Vec<ConnectedAccount>>,
}

/// A step towards what is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make the channel.
    MakeChannel,
    /// Look again a little later: a channel was begun and is not listed yet.
    Wait,
    /// Use this channel, which was made for this server before; its address has another end.
    Adopt {
        /// HubSpot's id.
        channel: String,
        /// The end of its address.
        secret: PathSecret,
    },
    /// Note that this is our channel.
    KeepChannel {
        /// HubSpot's id.
        channel: String,
    },
    /// Archive a second channel with our address.
    ArchiveChannel {
        /// HubSpot's id.
        channel: String,
    },
    /// Give the channel its address, its name and its capabilities again.
    RepairChannel {
        /// HubSpot's id.
        channel: String,
    },
    /// Connect the channel to an inbox.
    Connect(NewChannelAccount),
    /// Switch an account on again, or off.
    Authorize {
        /// HubSpot's id.
        account: String,
        /// The inbox.
        inbox: String,
        /// On.
        on: bool,
    },
    /// Note the accounts.
    KeepAccounts(Vec<HandoffAccount>),
}

/// Our name of the account of an inbox.
pub fn identifier(inbox: &str) -> String {
    format!("{IDENTIFIER}{inbox}")
}

/// The steps that come next; none if everything is as it is wanted. Steps about accounts follow once the channel is kept.
pub fn plan(known: &StoredChannel, found: &ExistingChannel, wanted: &DesiredChannel) -> Vec<Step> {
    let Some(channel) = ours(known, found, wanted) else { return vec![begin(known)] };
    if let Some(step) = channel_step(known, found, wanted, channel) {
        return vec![step];
    }
    match &found.accounts {
        Some(accounts) => account_steps(known, accounts, wanted),
        None => vec![Step::Wait],
    }
}

/// The channel that is ours: the one that is noted, else one with our address, else one with its end, else one that was
/// made for this server by another store.
pub fn ours<'a>(
    known: &StoredChannel,
    found: &'a ExistingChannel,
    wanted: &DesiredChannel,
) -> Option<&'a CustomChannel> {
    let all = || found.channels.iter();
    let noted = known.channel.as_ref().and_then(|id| all().find(|one| one.id == *id));
    noted
        .or_else(|| all().find(|one| one.webhook_url == wanted.channel.webhook_url))
        .or_else(|| all().find(|one| has_our_end(one, wanted)))
        .or_else(|| all().find(|one| is_below(one, wanted) && !is_awaited(known)))
}

/// True while a channel that was begun may still appear.
fn is_awaited(known: &StoredChannel) -> bool {
    known.begun.is_some_and(|begun| begun < LISTED_AFTER)
}

fn has_our_end(channel: &CustomChannel, wanted: &DesiredChannel) -> bool {
    let end = PathSecret::of_address(&channel.webhook_url);
    end.is_some() && end == PathSecret::of_address(&wanted.channel.webhook_url)
}

fn is_below(channel: &CustomChannel, wanted: &DesiredChannel) -> bool {
    let end = channel.webhook_url.strip_prefix(&wanted.below).and_then(|end| end.strip_prefix('/'));
    end.and_then(PathSecret::read).is_some()
}

/// First step of a set-up without a channel.
fn begin(known: &StoredChannel) -> Step {
    if is_awaited(known) { Step::Wait } else { Step::MakeChannel }
}

/// What the channel itself still needs.
fn channel_step(
    known: &StoredChannel,
    found: &ExistingChannel,
    wanted: &DesiredChannel,
    channel: &CustomChannel,
) -> Option<Step> {
    let id = || channel.id.clone();
    // Of two with our address one was made by a set-up that broke off.
    let second = found.channels.iter().find(|one| one.id != channel.id && has_our_end(one, wanted));
    let is_noted = known.channel.as_ref() == Some(&channel.id);
    match second {
        _ if !is_noted && !has_our_end(channel, wanted) => {
            PathSecret::of_address(&channel.webhook_url).map(|secret| Step::Adopt { channel: id(), secret })
        }
        _ if !is_noted => Some(Step::KeepChannel { channel: id() }),
        Some(second) => Some(Step::ArchiveChannel { channel: second.id.clone() }),
        None => (!channel.is_like(&wanted.channel)).then(|| Step::RepairChannel { channel: id() }),
    }
}

fn account_steps(known: &StoredChannel, accounts: &[ConnectedAccount], wanted: &DesiredChannel) -> Vec<Step> {
    let mut steps: Vec<_> = wanted.inboxes.iter().filter_map(|inbox| inbox_step(accounts, wanted, inbox)).collect();
    steps.extend(accounts.iter().filter(|one| is_left_over(one, wanted)).map(|one| authorize(one, false)));
    if steps.is_empty() {
        let kept: Vec<_> = wanted.inboxes.iter().filter_map(|inbox| kept(accounts, inbox)).collect();
        steps.extend((!is_same(&kept, &known.accounts)).then_some(Step::KeepAccounts(kept)));
    }
    steps
}

fn inbox_step(accounts: &[ConnectedAccount], wanted: &DesiredChannel, inbox: &str) -> Option<Step> {
    match of_inbox(accounts, inbox) {
        None => Some(Step::Connect(NewChannelAccount {
            inbox_id: inbox.to_owned(),
            name: wanted.account_name.clone(),
            identifier: identifier(inbox),
        })),
        Some(account) => (!account.is_authorized).then(|| authorize(account, true)),
    }
}

fn authorize(account: &ConnectedAccount, on: bool) -> Step {
    Step::Authorize { account: account.id.clone(), inbox: account.inbox_id.clone(), on }
}

/// The account of an inbox that we made, else one that a person made there.
fn of_inbox<'a>(accounts: &'a [ConnectedAccount], inbox: &str) -> Option<&'a ConnectedAccount> {
    let ours = identifier(inbox);
    let in_inbox = || accounts.iter().filter(|one| one.inbox_id == inbox && one.identifier.is_some());
    in_inbox().find(|one| one.identifier.as_ref() == Some(&ours)).or_else(|| in_inbox().next())
}

/// True for an account that we made, that is on, and whose inbox is not wanted any more. HubSpot removes none.
fn is_left_over(account: &ConnectedAccount, wanted: &DesiredChannel) -> bool {
    let is_ours = account.identifier.as_ref() == Some(&identifier(&account.inbox_id));
    is_ours && account.is_authorized && !wanted.inboxes.contains(&account.inbox_id)
}

fn kept(accounts: &[ConnectedAccount], inbox: &str) -> Option<HandoffAccount> {
    let account = of_inbox(accounts, inbox)?;
    Some(HandoffAccount {
        inbox: inbox.to_owned(),
        account: account.id.clone(),
        identifier: account.identifier.clone()?,
    })
}

/// Compares what is kept: the first one matters, the others have no order.
fn is_same(wanted: &[HandoffAccount], known: &[HandoffAccount]) -> bool {
    let all = |of: &[HandoffAccount], one: &HandoffAccount| of.contains(one);
    wanted.first() == known.first() && wanted.len() == known.len() && wanted.iter().all(|one| all(known, one))
}

#[cfg(test)]
mod tests;
