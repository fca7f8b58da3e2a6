//! All custom channels that the account knows.

use std::collections::BTreeMap;

use super::channel::{CustomChannel, StagedAccount};
use crate::clock::Ms;
use crate::model::conversations::channel::ChannelId;
use crate::model::conversations::hex_id::hex_id;

/// Ids of the first channel and the first channel account of one, about as large as in real accounts.
const FIRST_CHANNEL_ID: ChannelId = 2_930_388;
const FIRST_ACCOUNT_ID: u64 = 3_607_400_689;
/// Kind of the tokens of staged accounts.
const TOKEN_KIND: u64 = 6;

/// Accounts that wait for their app; the oldest go first.
const STAGED_MAX: usize = 1_000;

#[derive(Clone, Debug, Default)]
pub(crate) struct CustomChannels {
    channels: Vec<CustomChannel>,
    staged: Vec<StagedAccount>,
    /// Thread and message by channel account and the app's idempotency id.
    published: BTreeMap<(u64, String), (u64, String)>,
    /// Numbers of channels, accounts and tokens, from which their ids come.
    pub(crate) channels_made: u32,
    pub(crate) accounts_made: u64,
    pub(crate) tokens_made: u64,
}

impl CustomChannels {
    pub(crate) fn all(&self) -> &[CustomChannel] {
        &self.channels
    }

    /// Finds a channel that is not archived.
    pub(crate) fn live(&self, id: ChannelId) -> Option<&CustomChannel> {
        self.channels.iter().find(|channel| channel.id == id && !channel.is_archived())
    }

    /// Returns the channels of an app that a list shows now: a new one appears after `lag_ms`.
    pub(crate) fn of_app(&self, app_id: u64, seen_until_ms: Ms) -> impl Iterator<Item = &CustomChannel> {
        self.channels
            .iter()
            .filter(move |one| one.app_id == app_id && !one.is_archived() && one.created_ms <= seen_until_ms)
    }

    pub(crate) fn insert(&mut self, channel: CustomChannel) {
        self.channels.retain(|one| one.id != channel.id);
        self.channels.push(channel);
    }

    /// Changes a channel. An unknown id is ignored.
    pub(crate) fn change(&mut self, id: ChannelId, change: impl FnOnce(&mut CustomChannel)) {
        self.channels.iter_mut().find(|channel| channel.id == id).map(change);
    }

    pub(crate) fn staged(&self) -> &[StagedAccount] {
        &self.staged
    }

    pub(crate) fn stage(&mut self, staged: StagedAccount) {
        if self.staged.len() >= STAGED_MAX {
            self.staged.remove(0);
        }
        self.staged.push(staged);
    }

    pub(crate) fn change_staged(&mut self, token: &str, change: impl FnOnce(&mut StagedAccount)) {
        self.staged.iter_mut().find(|staged| staged.token == token).map(change);
    }

    /// Finds the message that an app has published with this id through a channel account.
    pub(crate) fn published(&self, account_id: u64, key: &str) -> Option<(u64, &str)> {
        let found = self.published.get(&(account_id, key.to_owned()));
        found.map(|(thread_id, message_id)| (*thread_id, message_id.as_str()))
    }

    pub(crate) fn note_published(&mut self, account_id: u64, key: &str, thread_id: u64, message_id: &str) {
        self.published.insert((account_id, key.to_owned()), (thread_id, message_id.to_owned()));
    }

    /// Returns an unused id for a channel.
    pub(crate) fn take_channel_id(&mut self) -> ChannelId {
        self.channels_made += 1;
        FIRST_CHANNEL_ID + self.channels_made * 13
    }

    /// Returns an unused id for a channel account.
    pub(crate) fn take_account_id(&mut self) -> u64 {
        self.accounts_made += 1;
        FIRST_ACCOUNT_ID + self.accounts_made * 3
    }

    /// Returns the token of a staged account.
    pub(crate) fn take_token(&mut self) -> String {
        self.tokens_made += 1;
        hex_id(TOKEN_KIND, self.tokens_made)
    }
}
