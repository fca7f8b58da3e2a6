//! Custom channels in a snapshot, an item for each.

use super::format::ChannelCounters;
use super::item_error::{ItemError, check_id};
use crate::model::custom_channels::channel::{CustomChannel, StagedAccount};
use crate::model::portal::Portal;

/// The greatest number of channels that were made; their ids are 32 bits long.
const CHANNELS_MADE_MAX: u32 = 1_000_000;

pub(super) fn channel(portal: &mut Portal, text: &str) -> Result<(), ItemError> {
    let channel: CustomChannel = serde_json::from_str(text)?;
    if portal.custom_channels.all().iter().any(|one| one.id == channel.id) {
        return Err(format!("custom channel `{}` is there twice", channel.id).into());
    }
    if let Some(problem) = channel.capabilities.problem() {
        return Err(problem.into());
    }
    portal.custom_channels.insert(channel);
    Ok(())
}

pub(super) fn staged(portal: &mut Portal, text: &str) -> Result<(), ItemError> {
    let staged: StagedAccount = serde_json::from_str(text)?;
    check_id(staged.inbox_id)?;
    portal.custom_channels.stage(staged);
    Ok(())
}

impl ChannelCounters {
    pub(super) fn of(portal: &Portal) -> ChannelCounters {
        let all = &portal.custom_channels;
        ChannelCounters { channels: all.channels_made, accounts: all.accounts_made, tokens: all.tokens_made }
    }

    pub(super) fn restore(&self, portal: &mut Portal) -> Result<(), ItemError> {
        for number in [u64::from(self.channels), self.accounts, self.tokens] {
            check_id(number)?;
        }
        if self.channels > CHANNELS_MADE_MAX {
            return Err(
                format!("`{}` channels are too many; expected at most `{CHANNELS_MADE_MAX}`", self.channels).into()
            );
        }
        let all = &mut portal.custom_channels;
        (all.channels_made, all.accounts_made, all.tokens_made) = (self.channels, self.accounts, self.tokens);
        Ok(())
    }
}
