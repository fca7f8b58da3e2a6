//! The names of channels, as people call them.

/// HubSpot's own channels (HubSpot, conversations: channels).
const CHANNELS: [(&str, &str); 3] = [("1000", "live chat"), (FACEBOOK, "Facebook Messenger"), (EMAIL, "e-mail")];
/// The channel of e-mails.
pub const EMAIL: &str = "1002";
const FACEBOOK: &str = "1001";

/// The name of a channel; one that an app has added by its id.
pub fn name(id: &str) -> String {
    let known = CHANNELS.iter().find(|(channel, _)| *channel == id);
    known.map_or_else(|| format!("channel {id}"), |(_, name)| (*name).to_owned())
}
