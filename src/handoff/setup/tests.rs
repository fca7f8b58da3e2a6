//! Tables of the set-up: what is known and found, and the steps that follow.

use hubspot_client::ChannelCapabilities;

use super::*;

const OURS: &str = "https://desk.example.com/webhooks/handoff/0123456789abcdef0123456789abcdef";
const OTHER_END: &str = "https://desk.example.com/webhooks/handoff/ffffffffffffffffffffffffffffffff";
const OTHER_HOST: &str = "https://old.example.com/webhooks/handoff/0123456789abcdef0123456789abcdef";
const STRANGER: &str = "https://bot.example.com/hook";

fn wanted(inboxes: &[&str]) -> DesiredChannel {
    DesiredChannel {
        channel: NewCustomChannel {
            name: "Front desk".into(),
            webhook_url: OURS.into(),
            capabilities: ChannelCapabilities { allow_outgoing_messages: true, ..ChannelCapabilities::default() },
        },
        below: "https://desk.example.com/webhooks/handoff".into(),
        inboxes: inboxes.iter().map(|one| (*one).to_owned()).collect(),
        account_name: "Front desk".into(),
    }
}

fn channel(id: &str, webhook_url: &str) -> CustomChannel {
    let NewCustomChannel { name, capabilities, .. } = wanted(&[]).channel;
    CustomChannel { id: id.into(), name, webhook_url: webhook_url.into(), capabilities }
}

fn account(id: &str, inbox: &str, identifier: &str, is_authorized: bool) -> ConnectedAccount {
    let identifier = (!identifier.is_empty()).then(|| identifier.to_owned());
    ConnectedAccount { id: id.into(), inbox_id: inbox.into(), name: "Front desk".into(), identifier, is_authorized }
}

fn ours_of(id: &str, inbox: &str) -> ConnectedAccount {
    account(id, inbox, &identifier(inbox), true)
}

fn noted(id: &str, inbox: &str) -> HandoffAccount {
    HandoffAccount { inbox: inbox.into(), account: id.into(), identifier: identifier(inbox) }
}

fn known(channel: Option<&str>, begun_seconds: Option<u64>, accounts: &[HandoffAccount]) -> StoredChannel {
    StoredChannel {
        channel: channel.map(str::to_owned),
        begun: begun_seconds.map(Duration::from_secs),
        accounts: accounts.to_vec(),
    }
}

/// The steps in words.
fn steps(
    known: &StoredChannel,
    channels: &[CustomChannel],
    accounts: Option<&[ConnectedAccount]>,
    inboxes: &[&str],
) -> String {
    let found = ExistingChannel { channels: channels.to_vec(), accounts: accounts.map(<[_]>::to_vec) };
    let said = plan(known, &found, &wanted(inboxes)).into_iter().map(|step| match step {
        Step::MakeChannel => "make".to_owned(),
        Step::Wait => "wait".to_owned(),
        Step::Adopt { channel, .. } => format!("adopt {channel}"),
        Step::KeepChannel { channel } => format!("keep {channel}"),
        Step::ArchiveChannel { channel } => format!("archive {channel}"),
        Step::RepairChannel { channel } => format!("repair {channel}"),
        Step::Connect(new) => format!("connect {} as {}", new.inbox_id, new.identifier),
        Step::Authorize { account, on, .. } => format!("{} {account}", if on { "on" } else { "off" }),
        Step::KeepAccounts(accounts) => {
            format!("note {}", accounts.iter().map(|one| one.account.as_str()).collect::<Vec<_>>().join(" "))
        }
    });
    said.collect::<Vec<_>>().join(", ")
}

#[test]
fn a_channel_is_found_or_made_and_never_made_twice() {
    let nothing = || known(None, None, &[]);
    let changed = CustomChannel { name: "Botpress".into(), ..channel("5", OURS) };
    for (name, known, channels, want) in [
        ("nothing is there", nothing(), vec![], "make"),
        ("somebody else's is there", nothing(), vec![channel("1", STRANGER)], "make"),
        ("it was begun a moment ago", known(None, Some(5), &[]), vec![], "wait"),
        ("it was begun and surely not made", known(None, Some(61), &[]), vec![], "make"),
        ("it was made and the answer lost", known(None, Some(5), &[]), vec![channel("5", OURS)], "keep 5"),
        ("it was made long ago by another store", nothing(), vec![channel("5", OTHER_END)], "adopt 5"),
        ("it is noted and listed late", known(Some("5"), Some(5), &[]), vec![], "wait"),
        ("it is noted and was archived", known(Some("5"), Some(500), &[]), vec![], "make"),
        (
            "it was archived and another store's is there",
            known(Some("4"), Some(500), &[]),
            vec![channel("5", OTHER_END)],
            "adopt 5",
        ),
        (
            "the address of this server changed",
            known(Some("5"), Some(500), &[]),
            vec![channel("5", OTHER_HOST)],
            "repair 5",
        ),
        ("that, and the note was lost", nothing(), vec![channel("5", OTHER_HOST)], "keep 5"),
        ("somebody changed it", known(Some("5"), Some(500), &[]), vec![changed], "repair 5"),
        ("there are two", known(Some("5"), Some(500), &[]), vec![channel("5", OURS), channel("6", OURS)], "archive 6"),
        ("there are two and none is noted", nothing(), vec![channel("5", OURS), channel("6", OURS)], "keep 5"),
        (
            "ours and another store's",
            known(Some("5"), Some(500), &[]),
            vec![channel("6", OTHER_END), channel("5", OURS)],
            "wait",
        ),
    ] {
        assert_eq!(steps(&known, &channels, None, &["7"]), want, "{name}");
    }
}

#[test]
fn inboxes_are_connected_switched_on_and_off_and_noted() {
    let there = |accounts: &[HandoffAccount]| known(Some("5"), Some(500), accounts);
    for (name, known, accounts, inboxes, want) in [
        ("none is connected", there(&[]), vec![], vec!["7", "8"], "connect 7 as frontdesk-7, connect 8 as frontdesk-8"),
        ("one is", there(&[]), vec![ours_of("70", "7")], vec!["7", "8"], "connect 8 as frontdesk-8"),
        ("all are", there(&[]), vec![ours_of("70", "7"), ours_of("80", "8")], vec!["8", "7"], "note 80 70"),
        (
            "and noted",
            there(&[noted("80", "8"), noted("70", "7")]),
            vec![ours_of("70", "7"), ours_of("80", "8")],
            vec!["8", "7"],
            "",
        ),
        (
            "the first one is another",
            there(&[noted("80", "8"), noted("70", "7")]),
            vec![ours_of("70", "7"), ours_of("80", "8")],
            vec!["7", "8"],
            "note 70 80",
        ),
        ("the noted one is gone", there(&[noted("70", "7")]), vec![], vec!["7"], "connect 7 as frontdesk-7"),
        ("it is another one", there(&[noted("70", "7")]), vec![ours_of("71", "7")], vec!["7"], "note 71"),
        (
            "it is switched off",
            there(&[noted("70", "7")]),
            vec![account("70", "7", "frontdesk-7", false)],
            vec!["7"],
            "on 70",
        ),
        (
            "another inbox is wanted",
            there(&[noted("70", "7")]),
            vec![ours_of("70", "7")],
            vec!["8"],
            "connect 8 as frontdesk-8, off 70",
        ),
        ("a person connected it", there(&[]), vec![account("75", "7", "shop", true)], vec!["7"], "note 75"),
        (
            "a person's other account stays",
            there(&[noted("70", "7")]),
            vec![ours_of("70", "7"), account("99", "9", "shop", true)],
            vec!["7"],
            "",
        ),
        (
            "one without a name is of no use",
            there(&[]),
            vec![account("75", "7", "", true)],
            vec!["7"],
            "connect 7 as frontdesk-7",
        ),
    ] {
        assert_eq!(steps(&known, &[channel("5", OURS)], Some(&accounts), &inboxes), want, "{name}");
    }
}

/// Whatever the beginning, the steps lead to what is wanted, and no channel of ours is made beside another.
#[test]
fn steps_end_with_one_channel_connected_to_what_is_wanted() {
    let channels = [
        vec![],
        vec![channel("5", OURS)],
        vec![channel("5", OTHER_END)],
        vec![channel("5", OTHER_HOST), channel("6", OURS)],
    ];
    let accounts =
        [vec![], vec![ours_of("70", "7")], vec![account("70", "7", "frontdesk-7", false), ours_of("90", "9")]];
    let notes = [None, Some("5"), Some("4")];
    for channels in &channels {
        for accounts in &accounts {
            notes.iter().for_each(|note| World::begin(channels, accounts, *note).settle());
        }
    }
}

/// A HubSpot that does each step at once.
struct World {
    known: StoredChannel,
    channels: Vec<CustomChannel>,
    accounts: Vec<ConnectedAccount>,
    wanted: DesiredChannel,
}

impl World {
    fn begin(channels: &[CustomChannel], accounts: &[ConnectedAccount], note: Option<&str>) -> World {
        let accounts = if channels.is_empty() { vec![] } else { accounts.to_vec() };
        World { known: known(note, Some(500), &[]), channels: channels.to_vec(), accounts, wanted: wanted(&["7", "8"]) }
    }

    fn settle(mut self) {
        let beginning = format!("{:?} {:?}", self.channels, self.known.channel);
        assert!((0..20).any(|_| self.take()), "{beginning}");
        let ours = self.channels.iter().filter(|one| one.webhook_url.contains("/webhooks/handoff/")).count();
        assert_eq!((ours, self.known.accounts.len()), (1, 2), "{beginning}");
    }

    /// Takes the steps that come next; true if there are none.
    fn take(&mut self) -> bool {
        let found = ExistingChannel { channels: self.channels.clone(), accounts: Some(self.accounts.clone()) };
        let steps = plan(&self.known, &found, &self.wanted);
        let is_done = steps.is_empty();
        steps.into_iter().for_each(|step| self.apply(step));
        is_done
    }

    fn apply(&mut self, step: Step) {
        match step {
            Step::MakeChannel => {
                self.known.begun = Some(Duration::ZERO);
                self.channels.push(channel("50", &self.wanted.channel.webhook_url));
            }
            Step::Wait => panic!("nothing is late here"),
            Step::Adopt { channel, secret } => {
                self.known.channel = Some(channel);
                self.wanted.channel.webhook_url = secret.address(&"https://desk.example.com".parse().unwrap());
            }
            Step::KeepChannel { channel } => self.known.channel = Some(channel),
            Step::ArchiveChannel { channel } => self.channels.retain(|one| one.id != channel),
            Step::RepairChannel { channel } => {
                let wanted = self.wanted.channel.clone();
                let one = self.channels.iter_mut().find(|one| one.id == channel).unwrap();
                one.webhook_url = wanted.webhook_url;
            }
            Step::Connect(new) => {
                let id = format!("{}0", new.inbox_id);
                self.accounts.push(account(&id, &new.inbox_id, &new.identifier, true));
            }
            Step::Authorize { account, on, .. } => {
                self.accounts.iter_mut().find(|one| one.id == account).unwrap().is_authorized = on;
            }
            Step::KeepAccounts(accounts) => self.known.accounts = accounts,
        }
    }
}
