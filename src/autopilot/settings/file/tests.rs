use super::*;

const TOOLS: [&str; 3] = ["search_documents", "check_available", "create_meeting"];

fn refused(text: &str) -> String {
    read(text, &TOOLS).unwrap_err().to_string()
}

#[test]
fn an_empty_file_drafts_everywhere() {
    let settings = read("", &TOOLS).unwrap();
    assert_eq!(settings, Settings::default());
    assert_eq!(settings.inbox("7", "Support").mode, Mode::Draft);
}

#[test]
fn inboxes_have_their_own_choices_by_id_or_name() {
    let text = "mode = \"off\"\ntools = [\"search_documents\"]\nhand_over_to = \"nobody\"\n\
        [inboxes.481939]\nmode = \"reply\"\n\
        [inboxes.\"Support chat\"]\nmode = \"draft\"\ntools = []\nhand_over_to = \"mei@acme.example\"\n";
    let settings = read(text, &TOOLS).unwrap();
    assert_eq!(settings.inbox("7", "Sales").mode, Mode::Off);
    let by_id = settings.inbox("481939", "Main");
    assert_eq!((by_id.mode, by_id.tools.as_deref()), (Mode::Reply, Some(&["search_documents".to_owned()][..])));
    assert_eq!(by_id.hand_over_to, HandOverTo::Nobody);
    let by_name = settings.inbox("9", " support CHAT");
    assert_eq!((by_name.mode, by_name.tools.as_deref()), (Mode::Draft, Some(&[][..])));
    assert_eq!(by_name.hand_over_to, HandOverTo::User("mei@acme.example".into()));
}

#[test]
fn limits_words_and_texts_are_read() {
    let text = "language = \"de\"\nnot_people = [\"9586504\", \"A-7\"]\nkept_days = 30\nbelieve_mail_senders = false\n\
        [limits]\nquiet_seconds = 2\nlate_minutes = 30\nlate = \"hand_over\"\nreplies_per_hour = 50\ngive_back_after_hours = 24\n\
        conversations_at_once = 2\n\
        [words]\nperson = [\"chef\"]\ncomplaint = [\"geld zurück\"]\n\
        [texts.de]\nintroduction = \" Ich bin ein Programm. \"\nfiles = \"\"\n";
    let settings = read(text, &TOOLS).unwrap();
    let rules = &settings.rules;
    assert_eq!((rules.chat.quiet, rules.mail.quiet), (Duration::from_secs(2), Duration::from_secs(30)));
    assert_eq!((rules.late_after, rules.late), (Duration::from_secs(1_800), Late::HandOver));
    assert_eq!((rules.replies_per_hour, rules.replies_per_day), (50, 50), "a day has no fewer than an hour");
    assert_eq!(rules.give_back_after, Some(Duration::from_secs(86_400)));
    assert_eq!(rules.not_people, BTreeSet::from(["A-7".to_owned(), "A-9586504".to_owned()]));
    assert_eq!((settings.kept_days, settings.at_once, settings.believe_mail_senders), (30, 2, false));
    assert_eq!(settings.text(TextKind::Introduction, Language::German), Some("Ich bin ein Programm."));
    assert_eq!(settings.text(TextKind::Files, Language::German), Some(""), "nothing is said");
    assert_eq!(settings.text(TextKind::Files, Language::English), None);
}

#[test]
fn a_wrong_value_is_named_with_its_line() {
    for (text, why) in [
        ("mode = \"on\"", "line 1: `on` is no mode: use `draft`, `reply` or `off`"),
        ("\n\nmode = \"off\"", "line 3: no inbox would be answered: every mode is `off`"),
        (
            "[inboxes.7]\ntools = [\n\"check_available\",\n\"update_contact\"]",
            "line 4: `update_contact` is no tool that customers may use",
        ),
        ("hand_over_to = \"Mei\"", "line 1: `Mei` is nobody"),
        ("language = \"sv\"", "line 1: `sv` is no language of the fixed texts"),
        ("not_people = [\"Mei\"]", "line 1: `Mei` is no user id"),
        ("kept_days = 0", "line 1: `0` is not from 1 to 3650"),
        ("[limits]\nquiet_seconds = -1", "line 2: `-1` is not from 0 to 60"),
        ("[limits]\nquiet_seconds = 40", "line 2: it is longer than `longest_wait_seconds`, 30 s"),
        ("[limits]\nlate_minutes = 2", "line 2: every message that is waited for would be late"),
        ("[limits]\nreplies_per_day = 5", "line 2: it is less than `replies_per_hour`, 8"),
        ("[limits]\nlate = \"never\"", "line 2: `never` is neither `draft` nor `hand_over`"),
        ("[words]\ncomplaint = [\"!\"]", "line 2: `!` is no word or phrase"),
        ("[texts.en]\nhello = \"x\"", "line 2: `hello` is no text: there are `introduction`"),
        ("[texts.xx]\nfiles = \"x\"", "line 1: `xx` is no language"),
    ] {
        assert!(refused(text).starts_with(why), "{text}: {}", refused(text));
    }
    for (text, part) in [("mood = 1", "unknown field `mood`"), ("mode = ", "line 1"), ("kept_days = \"x\"", "line 1")] {
        assert!(refused(text).contains(part), "{text}: {}", refused(text));
    }
}
