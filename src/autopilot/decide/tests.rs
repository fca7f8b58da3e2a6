use super::*;

const NOW: i64 = 1_796_000_000_000;
const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;

/// An entry so many seconds ago.
fn entry(ago_seconds: i64, who: Who, what: What) -> ThreadEntry {
    ThreadEntry { id: format!("{ago_seconds}"), at_ms: NOW - ago_seconds * SECOND, who, what }
}

fn said(ago_seconds: i64, who: Who, text: &str) -> ThreadEntry {
    entry(ago_seconds, who, What::Said(EntryText { text: text.to_owned(), ..EntryText::default() }))
}

fn asks(ago_seconds: i64) -> ThreadEntry {
    said(ago_seconds, Who::Customer, "Where is my robot?")
}

fn mail(ago_seconds: i64, from: &str, subject: &str, text: &str) -> ThreadEntry {
    let words = EntryText {
        text: text.to_owned(),
        is_mail: true,
        address: Some(from.to_owned()),
        subject: Some(subject.to_owned()),
        ..EntryText::default()
    };
    entry(ago_seconds, Who::Customer, What::Said(words))
}

fn file(ago_seconds: i64, text: &str) -> ThreadEntry {
    let files =
        vec![crate::conversations::message_view::AttachmentView { kind: "image".into(), name: Some("a.png".into()) }];
    entry(ago_seconds, Who::Customer, What::Said(EntryText { text: text.to_owned(), files, ..EntryText::default() }))
}

fn note(ago_seconds: i64, text: &str) -> ThreadEntry {
    entry(ago_seconds, Who::Person, What::Note(text.to_owned()))
}

fn assigned(ago_seconds: i64, to: Option<&str>) -> ThreadEntry {
    entry(ago_seconds, Who::Program, What::Assigned(to.map(str::to_owned)))
}

fn closed(ago_seconds: i64) -> ThreadEntry {
    entry(ago_seconds, Who::Program, What::Closed)
}

const ANSWER: AutopilotDecision = AutopilotDecision::Answer { late: false };
const AT_WORK: AutopilotDecision = AutopilotDecision::Silent(Silence::PersonAtWork);
const ASSIGNED: AutopilotDecision = AutopilotDecision::Silent(Silence::AssignedToPerson);
const HANDED_OVER: AutopilotDecision = AutopilotDecision::Silent(Silence::HandedOver);
const DONE: AutopilotDecision = AutopilotDecision::Nothing(Ignored::Answered);

/// A case: the change of a usual situation, and its decision.
struct Case {
    name: &'static str,
    entries: Vec<ThreadEntry>,
    memory: ConversationMemory,
    change: fn(&mut Rules),
    facts: Facts,
    expected: AutopilotDecision,
}

#[derive(Clone, Copy)]
struct Facts {
    assigned_to: Option<&'static str>,
    mode: Mode,
    is_spam: bool,
    has_handoff: bool,
    is_last_attempt: bool,
    begun_ago_seconds: i64,
}

const FACTS: Facts = Facts {
    assigned_to: None,
    mode: Mode::Reply,
    is_spam: false,
    has_handoff: false,
    is_last_attempt: false,
    begun_ago_seconds: 1_000_000,
};

fn case(name: &'static str, entries: Vec<ThreadEntry>, expected: AutopilotDecision) -> Case {
    Case { name, entries, memory: ConversationMemory::default(), change: |_| {}, facts: FACTS, expected }
}

impl Case {
    fn remembering(self, memory: ConversationMemory) -> Case {
        Case { memory, ..self }
    }

    fn where_(self, facts: Facts) -> Case {
        Case { facts, ..self }
    }

    fn under(self, change: fn(&mut Rules)) -> Case {
        Case { change, ..self }
    }

    fn decided(&self) -> Decided {
        let mut rules = Rules::default();
        (self.change)(&mut rules);
        decide(&InboxSituation {
            entries: &self.entries,
            assigned_to: self.facts.assigned_to,
            is_spam: self.facts.is_spam,
            mode: self.facts.mode,
            memory: &self.memory,
            begun_ms: NOW - self.facts.begun_ago_seconds * SECOND,
            has_handoff: self.facts.has_handoff,
            is_last_attempt: self.facts.is_last_attempt,
            rules: &rules,
            now_ms: NOW,
            is_second_look: false,
        })
    }
}

fn check(cases: Vec<Case>) {
    for case in cases {
        assert_eq!(case.decided().decision, case.expected, "{}", case.name);
    }
}

#[test]
fn b1_own_messages_robots_and_old_ones_are_not_answered() {
    let ours = |ago| said(ago, Who::Ours, "On its way. Anything else?");
    check(vec![
        case("a customer's message", vec![asks(5)], ANSWER),
        case("an empty conversation", vec![], DONE),
        case("our own message alone", vec![ours(5)], DONE),
        case("a bot of a chatflow", vec![said(9, Who::Program, "Hi, what is your name?")], DONE),
        case("a customer behind a bot", vec![said(9, Who::Program, "Hi!"), asks(5)], ANSWER),
        case(
            "our words that came back",
            vec![asks(60), ours(30), said(5, Who::Customer, "on its way.  Anything else?")],
            AutopilotDecision::Silent(Silence::Robot),
        ),
        case(
            "a robot's address",
            vec![mail(60, "noreply@x.example", "Your order", "Thanks")],
            AutopilotDecision::Silent(Silence::Robot),
        ),
        case(
            "a robot's subject",
            vec![mail(60, "a@x.example", "Out of office", "I am away")],
            AutopilotDecision::Silent(Silence::Robot),
        ),
        case(
            "a mail that repeats itself after our reply",
            vec![mail(400, "a@x.example", "Q", "I am away."), ours(300), mail(60, "a@x.example", "Q", "I am away.")],
            AutopilotDecision::Silent(Silence::Robot),
        ),
        case(
            "a person who repeats a mail nobody has answered",
            vec![mail(400, "a@x.example", "Q", "Hello?"), mail(60, "a@x.example", "Q", "Hello?")],
            ANSWER,
        ),
        case("older than the begin", vec![asks(5)], AutopilotDecision::Nothing(Ignored::BeforeBegin))
            .where_(Facts { begun_ago_seconds: 3, ..FACTS }),
        case("spam", vec![asks(5)], AutopilotDecision::Nothing(Ignored::Spam)).where_(Facts { is_spam: true, ..FACTS }),
        case("dealt with", vec![asks(5)], DONE).remembering(handled("5")),
        case("dealt with, in a conversation of which only the end is read", vec![asks(5)], DONE).remembering(
            ConversationMemory {
                handled: Some("gone".into()),
                handled_ms: NOW - 5 * SECOND,
                ..ConversationMemory::default()
            },
        ),
        case("a later one", vec![asks(9), asks(5)], ANSWER).remembering(handled("9")),
    ]);
}

fn handled(id: &str) -> ConversationMemory {
    ConversationMemory {
        handled: Some(id.to_owned()),
        handled_ms: NOW - id.parse::<i64>().unwrap() * SECOND,
        ..ConversationMemory::default()
    }
}

#[test]
fn b1_the_hard_cap_of_replies_hands_over() {
    let replies = |count: i64, every: i64| {
        let mut entries: Vec<ThreadEntry> =
            (0..count).rev().map(|at| said(20 + at * every, Who::Ours, "Reply")).collect();
        entries.push(asks(5));
        entries
    };
    let capped = AutopilotDecision::HandOver(HandOverReason::TooManyReplies);
    check(vec![
        case("seven in an hour", replies(7, 60), ANSWER),
        case("eight in an hour", replies(8, 60), capped),
        case("twenty-nine on a day", replies(29, 45 * 60), ANSWER),
        case("thirty on a day", replies(30, 45 * 60), capped),
        case("a limit of the operator", replies(2, 60), capped).under(|rules| rules.replies_per_hour = 2),
    ]);
}

#[test]
fn b2_a_person_silences_at_once() {
    let person = |ago| said(ago, Who::Person, "I will look.");
    check(vec![
        case("a person wrote", vec![asks(60), person(30), asks(5)], AT_WORK),
        case("a person wrote first", vec![person(60), asks(5)], AT_WORK),
        case("a person answered, and nothing came since", vec![asks(60), person(30)], DONE),
        case("a comment alone is no takeover", vec![note(30, "Who knows this?"), asks(5)], ANSWER),
        case("a comment that takes it", vec![note(30, "/Bot  OFF"), asks(5)], AT_WORK),
        case("assigned to a person", vec![asks(5)], ASSIGNED).where_(Facts { assigned_to: Some("A-7"), ..FACTS }),
        case("assigned since the first look", vec![asks(5), assigned(1, Some("A-7"))], ASSIGNED),
        case("assigned and taken back", vec![asks(5), assigned(3, Some("A-7")), assigned(1, None)], ANSWER),
        case("assigned to a seat that is no person's", vec![asks(5)], ANSWER)
            .where_(Facts { assigned_to: Some("A-7"), ..FACTS })
            .under(|rules| rules.not_people = BTreeSet::from(["A-7".to_owned()])),
        case("a bot has it", vec![asks(5)], ANSWER).where_(Facts { assigned_to: Some("B-1"), ..FACTS }),
        case("another part has handed it over", vec![asks(5)], HANDED_OVER)
            .where_(Facts { has_handoff: true, ..FACTS }),
        case(
            "HubSpot's own agent",
            vec![said(90, Who::Assistant, "Hi!"), closed(60), asks(5)],
            AutopilotDecision::Silent(Silence::OtherAssistant),
        ),
    ]);
}

#[test]
fn b3_a_conversation_comes_back_only_when_it_is_given_back() {
    let person = |ago| said(ago, Who::Person, "I will look.");
    let handed =
        |ago: i64| ConversationMemory { handed_over_ms: Some(NOW - ago * SECOND), ..ConversationMemory::default() };
    let given = |ago: i64| ConversationMemory { given_back_ms: Some(NOW - ago * SECOND), ..handed(60) };
    let to_person = Facts { assigned_to: Some("A-7"), ..FACTS };
    check(vec![
        case("closed, and a new message", vec![asks(90), person(60), closed(30), asks(5)], ANSWER),
        case("closed while assigned", vec![assigned(90, Some("A-7")), closed(30), asks(5)], ANSWER).where_(to_person),
        case("closed, and assigned anew", vec![closed(30), asks(5), assigned(2, Some("A-7"))], ASSIGNED)
            .where_(to_person),
        case("closed behind the message", vec![asks(30), closed(5)], DONE),
        case("a colleague gives it back", vec![asks(90), person(60), note(30, "/bot on"), asks(5)], ANSWER),
        case("the customer cannot give it back", vec![person(60), said(30, Who::Customer, "/bot on")], AT_WORK),
        case("given back, and taken again", vec![note(60, "/bot on"), person(30), asks(5)], AT_WORK),
        case("handed over", vec![asks(90), asks(5)], HANDED_OVER).remembering(handed(60)),
        case("handed over, then closed", vec![asks(90), closed(30), asks(5)], ANSWER).remembering(handed(60)),
        case("closed before it was handed over", vec![closed(90), asks(80), asks(5)], HANDED_OVER)
            .remembering(handed(60)),
        case("an operator gives it back", vec![person(60), asks(5)], ANSWER).remembering(given(30)),
        case("an operator has given it back before", vec![asks(5)], HANDED_OVER)
            .remembering(ConversationMemory { given_back_ms: Some(NOW - 90 * SECOND), ..handed(60) }),
        case("idle for long, and nobody's", vec![person(2 * 3600), asks(5)], ANSWER)
            .under(|rules| rules.give_back_after = Some(Duration::from_secs(3600))),
        case("idle for long, and somebody's", vec![person(2 * 3600), asks(5)], AT_WORK)
            .where_(to_person)
            .under(|rules| rules.give_back_after = Some(Duration::from_secs(3600))),
        case("idle for long, by default", vec![person(2 * 3600), asks(5)], AT_WORK),
    ]);
}

#[test]
fn b3_history_begins_where_the_matter_does() {
    let entries = vec![asks(90), closed(60), asks(30), asks(5)];
    let decided = case("", entries, ANSWER).decided();
    assert_eq!((decided.matter, decided.pending), (2, vec![2, 3]));
}

#[test]
fn what_came_before_a_conversation_was_given_back_still_waits() {
    let given_back = ConversationMemory { given_back_ms: Some(NOW - 5 * SECOND), ..ConversationMemory::default() };
    let decided = case("", vec![asks(60), asks(30)], ANSWER).remembering(given_back).decided();
    assert_eq!((decided.decision, decided.pending), (ANSWER, vec![0, 1]));
}

#[test]
fn b6_a_burst_is_waited_for_and_answered_once() {
    let wait = |seconds| AutopilotDecision::Wait(Duration::from_secs(seconds));
    let mail = |ago| mail(ago, "ann@x.example", "Robot", "Where is it?");
    check(vec![
        case("just written", vec![asks(1)], wait(3)),
        case("quiet for four seconds", vec![asks(4)], ANSWER),
        case("writing for long", vec![asks(30), asks(1)], ANSWER),
        case("writing for nearly as long", vec![asks(29), asks(0)], wait(1)),
        case("a mail", vec![mail(10)], wait(20)),
        case("a mail, quiet", vec![mail(30)], ANSWER),
        case("mails for two minutes", vec![mail(120), mail(1)], ANSWER),
        case("HubSpot's clock is ahead", vec![asks(-3_600)], ANSWER),
    ]);
    let burst =
        case("", vec![asks(9), said(7, Who::Customer, "a question"), said(5, Who::Customer, "do you ship?")], ANSWER);
    assert_eq!(burst.decided().pending, [0, 1, 2], "all of them in one reply");
}

#[test]
fn b10_a_conversation_that_costs_too_much_goes_to_a_person() {
    let costly = AutopilotDecision::HandOver(HandOverReason::TooMuchWork);
    check(vec![
        case("turns left", vec![asks(5)], ANSWER)
            .remembering(ConversationMemory { turns: 39, ..ConversationMemory::default() }),
        case("no turns left", vec![asks(5)], costly)
            .remembering(ConversationMemory { turns: 40, ..ConversationMemory::default() }),
        case("no tokens left", vec![asks(5)], costly)
            .remembering(ConversationMemory { tokens: 100_000, ..ConversationMemory::default() }),
    ]);
}

#[test]
fn b12_files_alone_get_an_honest_answer() {
    check(vec![
        case("a file alone", vec![file(5, " ")], AutopilotDecision::Files),
        case("two files", vec![file(7, ""), file(5, "")], AutopilotDecision::Files),
        case("a file with words", vec![file(5, "What is this?")], ANSWER),
        case("a file and words behind", vec![file(7, ""), asks(5)], ANSWER),
    ]);
}

#[test]
fn b15_a_person_is_given_without_argument() {
    let asked = AutopilotDecision::HandOver(HandOverReason::Asked);
    let person = |text: &str| vec![asks(9), said(5, Who::Customer, text)];
    let again = |times: i64| {
        let pairs = (1..times).rev().flat_map(|at| [asks(60 * at + 30), said(60 * at, Who::Ours, "Please wait.")]);
        pairs.chain([asks(5)]).collect::<Vec<_>>()
    };
    check(vec![
        case("asked in English", person("I want to talk to a human"), asked),
        case("asked in German", person("Ich möchte mit einem Menschen sprechen"), asked),
        case("a word of the operator", person("Chef!"), asked).under(|rules| rules.person_words = vec!["chef".into()]),
        case(
            "a complaint",
            person("Then my lawyer will write."),
            AutopilotDecision::HandOver(HandOverReason::Complaint),
        )
        .under(|rules| rules.complaint_words = vec!["lawyer".into()]),
        case("asked twice", again(2), ANSWER),
        case("asked three times", again(3), AutopilotDecision::HandOver(HandOverReason::AskedAgain)),
        case("said three times in one burst", vec![asks(9), asks(8), asks(5)], ANSWER),
        case("the last attempt", vec![asks(5)], AutopilotDecision::HandOver(HandOverReason::Failed))
            .where_(Facts { is_last_attempt: true, ..FACTS }),
        case("the last attempt, and a person at work", vec![said(9, Who::Person, "Hi"), asks(5)], AT_WORK)
            .where_(Facts { is_last_attempt: true, ..FACTS }),
    ]);
}

#[test]
fn messages_of_an_outage_are_drafted_or_handed_over() {
    let late = AutopilotDecision::HandOver(HandOverReason::Late);
    check(vec![
        case("ten minutes", vec![asks(600)], ANSWER),
        case("more", vec![asks(601)], AutopilotDecision::Answer { late: true }),
        case("the first of a burst counts", vec![asks(601), asks(5)], AutopilotDecision::Answer { late: true }),
        case("the operator wants a person", vec![asks(601)], late).under(|rules| rules.late = Late::HandOver),
        case("a person has answered meanwhile", vec![asks(601), said(60, Who::Person, "Hi")], DONE),
    ]);
}

#[test]
fn an_interrupted_hand_over_goes_on_before_anything_else() {
    let handing = Handing { reason: "asked".into(), trigger: "5".into(), step: 1, untold: false, unread: false };
    let memory = ConversationMemory { handing: Some(handing), ..handled("5") };
    check(vec![
        case("", vec![asks(5)], AutopilotDecision::GoOnHandingOver).remembering(memory.clone()),
        case(
            "also when a person has come",
            vec![asks(5), said(1, Who::Person, "Hi")],
            AutopilotDecision::GoOnHandingOver,
        )
        .remembering(memory),
    ]);
}

use crate::autopilot::memory::Handing;

#[test]
fn an_inbox_that_is_off_is_left_alone() {
    check(vec![
        case("off", vec![asks(MINUTE)], AutopilotDecision::Nothing(Ignored::Off))
            .where_(Facts { mode: Mode::Off, ..FACTS }),
        case("drafts", vec![asks(5)], ANSWER).where_(Facts { mode: Mode::Draft, ..FACTS }),
    ]);
}
