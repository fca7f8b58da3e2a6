//! Tables of the write protocol: each fault of HubSpot, and the steps that follow.

use bytes::Bytes;
use http::Response;

use super::*;
use crate::transport::attempt;
use News::*;

const SECOND: Duration = Duration::from_secs(1);

/// Tickets, notes, communications and bookings.
const RECORD: WriteRules =
    WriteRules { write: WriteKind::Ticket, can_be_found: true, uniqueness: Uniqueness::None, sends_max: SENDS_MAX };
/// Contacts with an e-mail address.
const KEYED: WriteRules = WriteRules {
    write: WriteKind::Contact,
    can_be_found: true,
    uniqueness: Uniqueness::CallersValue,
    sends_max: SENDS_MAX,
};
/// Tickets with a key of the request.
const OWN_KEY: WriteRules = WriteRules {
    write: WriteKind::Ticket,
    can_be_found: true,
    uniqueness: Uniqueness::RequestKey,
    sends_max: SENDS_MAX,
};
/// Contacts without one.
const UNTRACEABLE: WriteRules =
    WriteRules { write: WriteKind::Contact, can_be_found: false, uniqueness: Uniqueness::None, sends_max: SENDS_MAX };

/// Messages to people.
const MESSAGE: WriteRules = WriteRules {
    write: WriteKind::Message,
    can_be_found: true,
    uniqueness: Uniqueness::None,
    sends_max: SENDS_TO_PEOPLE_MAX,
};

/// Messages that are published with an id of their own.
const BY_ID: WriteRules = WriteRules {
    write: WriteKind::ChannelMessage,
    can_be_found: false,
    uniqueness: Uniqueness::IdempotencyId,
    sends_max: 1,
};

/// The result of a send or of a look-up.
#[derive(Clone, Debug)]
enum News {
    Confirmed,
    /// HubSpot's answer to a send, by status and body.
    Answer(u16, &'static str),
    /// Ten seconds without an answer.
    Silence,
    ConnectionLost,
    /// A batch was answered without a word about this input.
    Untold,
    Refused(Error),
    CallerGone,
    Found,
    NotFound,
    LookupFailed,
}

impl News {
    /// The event after a send at `sent_at`, and the instant at which it is known.
    fn event(self, sent_at: Instant) -> (Event<()>, Instant) {
        let lost = |kind| Event::AnswerLost(at(AttemptError::new(kind, Error::Timeout), sent_at));
        let event = match self {
            Silence => return (lost(FailureKind::NoResponse), sent_at + 10 * SECOND),
            ConnectionLost => lost(FailureKind::ConnectionLost),
            Untold => Event::AnswerLost(at(AttemptError::unreadable("it does not tell of all inputs"), sent_at)),
            Answer(status, body) => answer(status, body, sent_at),
            Refused(error) => refused(error),
            Confirmed => Event::Confirmed(()),
            CallerGone => Event::CallerGone,
            Found => Event::Found(()),
            NotFound => Event::NotFound,
            LookupFailed => Event::LookupFailed,
        };
        (event, sent_at)
    }
}

fn answer(status: u16, body: &'static str, sent_at: Instant) -> Event<()> {
    let response = Response::builder().status(status).body(Bytes::from(body)).unwrap();
    match attempt::read(Ok(response), "tickets") {
        Ok(_) => Event::Confirmed(()),
        Err(error) if error.may_have_been_done() => Event::AnswerLost(at(error, sent_at)),
        Err(error) => refused(error.error),
    }
}

fn at(error: AttemptError, sent_at: Instant) -> AttemptError {
    AttemptError { sent_at: Some(sent_at), ..error }
}

fn refused(error: Error) -> Event<()> {
    let duplicate = matches!(error, Error::Conflict { .. } | Error::SlotTaken);
    Event::Refused { error, duplicate }
}

/// The steps that follow from the news, with the seconds of the look-ups since the first send, and the end.
fn steps(rules: WriteRules, deadline: Duration, news: &[News]) -> String {
    let start = Instant::now();
    let (mut now, mut next, mut steps) = (start, Next::Send, vec![]);
    let mut progress = WriteProgress::new(rules, start + deadline);
    for news in news {
        match next {
            Next::Send => steps.push("send".to_owned()),
            Next::LookUp { at } => {
                now = at;
                steps.push(format!("look {}", (at - start).as_secs()));
            }
            Next::Return(_) => panic!("it ended before {news:?}"),
        }
        let (event, known_at) = news.clone().event(now);
        now = known_at;
        next = progress.next(event, now);
    }
    steps.push(match next {
        Next::Return(Ok(Created { recovered, .. })) => if recovered { "found" } else { "done" }.to_owned(),
        Next::Return(Err(error)) => error.code().as_str().trim_end_matches("_ERROR").to_owned(),
        unfinished => panic!("not ended: {unfinished:?} after {steps:?}"),
    });
    steps.join(", ")
}

type Row = (&'static str, Vec<News>, &'static str);

fn check(rules: WriteRules, deadline_seconds: u64, table: Vec<Row>) {
    for (name, news, want) in table {
        assert_eq!(steps(rules, Duration::from_secs(deadline_seconds), &news), want, "{name}");
    }
}

/// The faults of `tests/it/fault_matrix.rs` in its order, with what the transport reports of each: rate limits, locks,
/// migrations and connections that cannot be made it repeats by itself, as nothing was done.
#[test]
fn every_fault_of_the_matrix_has_its_steps() {
    const HTML: &str = "<html>oops</html>";
    let limited = || Refused(Error::RateLimited { retry_after: 10 * SECOND });
    let daily = || Refused(Error::DailyLimit { resets_at: None, retry_after: 900 * SECOND });
    let unreachable = || Refused(Error::Unreachable { reason: "the connection was refused".into() });
    let none = || vec![NotFound, NotFound];
    let until_ended = || vec![NotFound; 4];
    let script = |parts: Vec<Vec<News>>| parts.concat();
    let again = "send, look 0, look 1, send, done";
    let much_later = "send, look 0, look 1, look 4, look 13, send, done";
    check(
        RECORD,
        30,
        vec![
            ("429 always", vec![limited()], "send, RATE_LIMITED"),
            ("429 twice", vec![Confirmed], "send, done"),
            ("429 search", vec![Confirmed], "send, done"),
            ("429 daily", vec![daily()], "send, RATE_LIMITED"),
            ("500 once", script(vec![vec![Answer(500, "{}")], none(), vec![Confirmed]]), again),
            (
                "500 always",
                script(vec![vec![Answer(500, "{}")], none(), vec![Answer(500, "{}")], none()]),
                "send, look 0, look 1, send, look 1, look 2, HUBSPOT_FAILED",
            ),
            ("502 once", script(vec![vec![Answer(502, HTML)], until_ended(), vec![Confirmed]]), much_later),
            ("503 once", script(vec![vec![Answer(503, "{}")], none(), vec![Confirmed]]), again),
            ("504 once", script(vec![vec![Answer(504, HTML)], until_ended(), vec![Confirmed]]), much_later),
            ("423 once", vec![Confirmed], "send, done"),
            ("477, 5 s", vec![Confirmed], "send, done"),
            ("477, an hour", vec![Answer(477, "{}")], "send, HUBSPOT_FAILED"),
            ("401", vec![Answer(401, "{}")], "send, UNAUTHORIZED"),
            ("403", vec![Answer(403, "{}")], "send, MISSING_SCOPE"),
            ("404", vec![Answer(404, "{}")], "send, NOT_FOUND"),
            ("409", vec![Answer(409, "{}")], "send, CONFLICT"),
            ("414", vec![Answer(414, "")], "send, REJECTED"),
            ("HTML", script(vec![vec![Answer(200, HTML)], none(), vec![Confirmed]]), again),
            ("JSON cut, done", vec![Answer(201, "{\"id\": \"50"), Found], "send, look 0, found"),
            ("body cut, done", vec![ConnectionLost, Found], "send, look 0, found"),
            ("502 HTML, done", vec![Answer(502, HTML), Found], "send, look 0, found"),
            ("silence, done", vec![Silence, Found], "send, look 10, found"),
            (
                "silence",
                vec![Silence, NotFound, NotFound, NotFound, Confirmed],
                "send, look 10, look 11, look 13, send, done",
            ),
            (
                "silence always",
                vec![Silence, NotFound, NotFound, NotFound, Silence, NotFound, NotFound, NotFound],
                "send, look 10, look 11, look 13, send, look 23, look 24, look 26, OUTCOME_UNKNOWN",
            ),
            ("refused once", vec![Confirmed], "send, done"),
            ("refused always", vec![unreachable()], "send, HUBSPOT_UNREACHABLE"),
            ("connection lost", script(vec![vec![ConnectionLost], until_ended(), vec![Confirmed]]), much_later),
            ("207, this one refused", vec![Refused(Error::Rejected { problems: vec![] })], "send, REJECTED"),
            ("207, not a word", vec![Untold, Found], "send, look 0, found"),
            ("no content", vec![Answer(204, "")], "send, done"),
        ],
    );
}

/// Without these, a write would be done twice or called failed while HubSpot is still at it.
#[test]
fn only_a_last_look_up_that_worked_tells_that_nothing_was_done() {
    let failed = || Answer(500, "{}");
    check(
        RECORD,
        30,
        vec![
            ("an early look-up fails", vec![failed(), LookupFailed, Found], "send, look 0, look 1, found"),
            (
                "an early look-up fails, the last finds nothing",
                vec![failed(), LookupFailed, NotFound, Confirmed],
                "send, look 0, look 1, send, done",
            ),
            ("the last one fails", vec![failed(), NotFound, LookupFailed], "send, look 0, look 1, OUTCOME_UNKNOWN"),
            (
                "carried out late",
                vec![ConnectionLost, NotFound, NotFound, NotFound, Found],
                "send, look 0, look 1, look 4, look 13, found",
            ),
            (
                "HubSpot says that it was done",
                vec![Answer(201, "{\"id\": \"50"), NotFound, NotFound],
                "send, look 0, look 1, OUTCOME_UNKNOWN",
            ),
            ("a batch without a word", vec![Untold, NotFound, NotFound], "send, look 0, look 1, OUTCOME_UNKNOWN"),
            (
                "the second send is found",
                vec![failed(), NotFound, NotFound, ConnectionLost, Found],
                "send, look 0, look 1, send, look 1, found",
            ),
            (
                "the second send is refused",
                vec![failed(), NotFound, NotFound, Answer(400, "{}")],
                "send, look 0, look 1, send, REJECTED",
            ),
            ("the caller is gone", vec![CallerGone], "send, OUTCOME_UNKNOWN"),
        ],
    );
}

#[test]
fn a_look_up_for_which_there_is_no_time_leaves_the_outcome_unknown() {
    check(RECORD, 0, vec![("none", vec![ConnectionLost], "send, OUTCOME_UNKNOWN")]);
    let soon = vec![Answer(500, "{}"), NotFound];
    check(RECORD, 1, vec![("for one", soon, "send, look 0, OUTCOME_UNKNOWN")]);
    let late = vec![ConnectionLost, NotFound, NotFound, NotFound];
    check(RECORD, 10, vec![("not for the last", late, "send, look 0, look 1, look 4, OUTCOME_UNKNOWN")]);
    let silent = vec![Silence, NotFound, NotFound, NotFound, Silence];
    let steps = "send, look 10, look 11, look 13, send, OUTCOME_UNKNOWN";
    check(RECORD, 23, vec![("not after the second send", silent, steps)]);
}

/// A refusal for a duplicate is an error at the first send. At the second one the duplicate may be the first one's result.
#[test]
fn a_duplicate_at_the_second_send_is_looked_up() {
    let twice = |refusal: Error, looked: News| vec![Answer(500, "{}"), NotFound, NotFound, Refused(refusal), looked];
    let conflict = || Error::Conflict { existing_id: None };
    let table = |unknown: &'static str| {
        vec![
            ("the first one", twice(conflict(), Found), "send, look 0, look 1, send, look 1, found"),
            ("another one", twice(conflict(), NotFound), "send, look 0, look 1, send, look 1, CONFLICT"),
            ("nobody knows", twice(conflict(), LookupFailed), unknown),
            ("the slot", twice(Error::SlotTaken, Found), "send, look 0, look 1, send, look 1, found"),
            ("at once", vec![Refused(Error::SlotTaken)], "send, SLOT_TAKEN"),
        ]
    };
    check(RECORD, 30, table("send, look 0, look 1, send, look 1, OUTCOME_UNKNOWN"));
    check(KEYED, 30, table("send, look 0, look 1, send, look 1, CONFLICT"));
}

/// A second contact with the same address is refused, so the caller may repeat the call instead of waiting for a second
/// round of look-ups.
#[test]
fn a_unique_key_saves_the_second_round_of_look_ups() {
    let twice = vec![Answer(500, "{}"), NotFound, NotFound, Answer(500, "{}")];
    check(KEYED, 30, vec![("500 always", twice, "send, look 0, look 1, send, OUTCOME_UNKNOWN")]);
    check(KEYED, 30, vec![("502 HTML, done", vec![Answer(502, "<html>"), Found], "send, look 0, found")]);
}

/// HubSpot refuses a second record with the key, so nothing waits until the first send must have ended, and nothing is
/// called failed while a send may still be carried out.
#[test]
fn a_key_of_its_own_makes_a_second_send_harmless() {
    let conflict = || Refused(Error::Conflict { existing_id: None });
    let twice = |last: Vec<News>| [vec![ConnectionLost, NotFound, NotFound], last].concat();
    check(
        OWN_KEY,
        30,
        vec![
            ("done", vec![Confirmed], "send, done"),
            ("done, answer lost", vec![ConnectionLost, Found], "send, look 0, found"),
            ("not done", twice(vec![Confirmed]), "send, look 0, look 1, send, done"),
            (
                "502, then done",
                vec![Answer(502, ""), NotFound, NotFound, Confirmed],
                "send, look 0, look 1, send, done",
            ),
            (
                "look-ups fail",
                vec![Answer(500, "{}"), LookupFailed, LookupFailed, Confirmed],
                "send, look 0, look 1, send, done",
            ),
            ("the first comes late", twice(vec![conflict(), Found]), "send, look 0, look 1, send, look 1, found"),
            (
                "the first comes late and cannot be read",
                twice(vec![conflict(), LookupFailed, NotFound, LookupFailed]),
                "send, look 0, look 1, send, look 1, look 2, look 5, OUTCOME_UNKNOWN",
            ),
            ("the transport's second send of the same", vec![conflict(), Found], "send, look 0, found"),
            (
                "refused after a lost answer",
                twice(vec![Refused(Error::RateLimited { retry_after: SECOND })]),
                "send, look 0, look 1, send, OUTCOME_UNKNOWN",
            ),
            ("refused", vec![Answer(400, "{}")], "send, REJECTED"),
            (
                "500 always",
                vec![Answer(500, "{}"), NotFound, NotFound, Answer(500, "{}"), NotFound, NotFound],
                "send, look 0, look 1, send, look 1, look 2, HUBSPOT_FAILED",
            ),
            (
                "lost, then 500",
                twice(vec![Answer(500, "{}"), NotFound, NotFound]),
                "send, look 0, look 1, send, look 1, look 2, OUTCOME_UNKNOWN",
            ),
            (
                "silence, then found at last",
                vec![Silence, NotFound, NotFound, Silence, NotFound, NotFound, Found],
                "send, look 10, look 11, send, look 21, look 22, look 24, found",
            ),
        ],
    );
}

#[test]
fn a_write_that_cannot_be_found_is_sent_once() {
    check(
        UNTRACEABLE,
        30,
        vec![
            ("500", vec![Answer(500, "{}")], "send, OUTCOME_UNKNOWN"),
            ("silence", vec![Silence], "send, OUTCOME_UNKNOWN"),
            ("400", vec![Answer(400, "{}")], "send, REJECTED"),
            ("done", vec![Confirmed], "send, done"),
        ],
    );
}

/// A person would read it twice, so it is never sent again; where HubSpot may still be at it, nobody is told that it failed.
#[test]
fn a_message_to_a_person_is_sent_once() {
    let (until_ended, soon) = (|| vec![NotFound; 4], || vec![NotFound; 3]);
    let script = |first: News, then: Vec<News>| [vec![first], then].concat();
    check(
        MESSAGE,
        30,
        vec![
            ("done", vec![Confirmed], "send, done"),
            ("done, answer lost", vec![ConnectionLost, Found], "send, look 0, found"),
            ("done late", vec![ConnectionLost, NotFound, NotFound, Found], "send, look 0, look 1, look 4, found"),
            ("lost", script(ConnectionLost, until_ended()), "send, look 0, look 1, look 4, look 13, OUTCOME_UNKNOWN"),
            (
                "a gateway's 502",
                script(Answer(502, "<html>"), until_ended()),
                "send, look 0, look 1, look 4, look 13, OUTCOME_UNKNOWN",
            ),
            (
                "silence",
                vec![Silence, NotFound, NotFound, NotFound],
                "send, look 10, look 11, look 13, OUTCOME_UNKNOWN",
            ),
            ("HubSpot's 500", script(Answer(500, "{}"), soon()), "send, look 0, look 1, look 3, OUTCOME_UNKNOWN"),
            ("503", script(Answer(503, "{}"), soon()), "send, look 0, look 1, look 3, OUTCOME_UNKNOWN"),
            ("408", script(Answer(408, "{}"), soon()), "send, look 0, look 1, look 3, OUTCOME_UNKNOWN"),
            ("a proxy's page", script(Answer(200, "<html>"), soon()), "send, look 0, look 1, look 3, OUTCOME_UNKNOWN"),
            (
                "500, and the thread shows it late",
                vec![Answer(500, "{}"), NotFound, NotFound, Found],
                "send, look 0, look 1, look 3, found",
            ),
            (
                "a look-up fails",
                vec![Answer(500, "{}"), NotFound, NotFound, LookupFailed],
                "send, look 0, look 1, look 3, OUTCOME_UNKNOWN",
            ),
            ("429", vec![Refused(Error::RateLimited { retry_after: SECOND })], "send, RATE_LIMITED"),
            ("refused", vec![Answer(400, "{}")], "send, REJECTED"),
        ],
    );
}

/// HubSpot is given up to 13 seconds from the moment at which the request was sent.
/// The transport has sent it again by then, and so may whoever is told.
#[test]
fn a_write_with_an_id_is_never_looked_up() {
    check(
        BY_ID,
        30,
        vec![
            ("done", vec![Confirmed], "send, done"),
            ("500 always", vec![Answer(500, "{}")], "send, OUTCOME_UNKNOWN"),
            ("connection lost", vec![ConnectionLost], "send, OUTCOME_UNKNOWN"),
            ("silence", vec![Silence], "send, OUTCOME_UNKNOWN"),
            ("404", vec![Answer(404, "{}")], "send, NOT_FOUND"),
        ],
    );
}

#[test]
fn look_ups_end_when_hubspot_must_have_ended() {
    let now = Instant::now() + 60 * SECOND;
    let seconds = |kind, waited: u64| {
        let error = at(AttemptError::new(kind, Error::Timeout), now - Duration::from_secs(waited));
        lookup_schedule(&error, now, LAST_LOOKUP_DELAY_MIN)
            .into_iter()
            .map(|at| (at - now).as_secs())
            .collect::<Vec<_>>()
    };
    assert_eq!(seconds(FailureKind::ConnectionLost, 0), [0, 1, 4, 13]);
    assert_eq!(seconds(FailureKind::Failed { status: 504 }, 2), [0, 1, 4, 11]);
    assert_eq!(seconds(FailureKind::NoResponse, 10), [0, 1, 3]);
    assert_eq!(seconds(FailureKind::NoResponse, 20), [0, 1]);
    assert_eq!(seconds(FailureKind::Failed { status: 500 }, 0), [0, 1]);
}
