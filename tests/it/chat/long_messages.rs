//! The longest messages of visitors cost about as much as they are long, whatever they say, and mean what their beginnings mean.

#![cfg(target_os = "linux")]

use std::time::Duration;

use frontdesk::chat::visitor::Trust;

use super::talk::Talk;

/// The longest message, in characters, and one of an eighth of it.
const LONG: usize = 4_000;
const SHORT: usize = LONG / 8;
/// The most that the long one may cost of the short one, twice its length's share; and what no message is held to.
const FACTOR_MAX: u32 = 16;
const FREE: Duration = Duration::from_millis(20);

/// What is said again and again: each text is looked at by other readers.
const FILLS: [&str; 12] = [
    "5 pm ",
    "in lorem ipsum dolor ",
    "no, ",
    "yes ",
    "a@b.co ",
    "a/b ",
    "a\n",
    "next tuesday at 3 ",
    "not veronica ",
    "Anna Berg ",
    "長",
    "+45 12345678 ",
];

fn message(fill: &str, characters: usize) -> String {
    fill.repeat(characters).chars().take(characters).collect()
}

/// The processor time of this thread so far.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

/// The cost of a message in a conversation that has begun so.
async fn cost(begin: &str, message: &str) -> Duration {
    let mut talk = Talk::begin(None, Trust::Claimed).await;
    if !begin.is_empty() {
        talk.say(begin).await;
    }
    let before = processor_time();
    talk.say(message).await;
    processor_time() - before
}

#[tokio::test(start_paused = true)]
async fn a_long_message_costs_no_more_than_its_length() {
    // What the first turn of any kind brings in is not the cost of the others.
    cost("", "hello").await;
    for fill in FILLS {
        for begin in ["", "I want to book a meeting"] {
            let (short, long) = (cost(begin, &message(fill, SHORT)).await, cost(begin, &message(fill, LONG)).await);
            println!("`{fill}` {}: {short:?}, {long:?}", begin.len());
            assert!(long <= short * FACTOR_MAX + FREE, "`{fill}` after `{begin}`: {short:?}, then {long:?}");
        }
    }
}

/// Only what may be said in a few words is taken for an answer.
#[tokio::test(start_paused = true)]
async fn a_thousand_yeses_agree_to_nothing() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let before = talk.records("tickets").len();
    let lines = ["I have an issue in installing the DUST-E robot", super::talk::SARAH, "2", "The left wheel is loose"];
    talk.play(&lines).await;
    talk.say(&"yes ".repeat(1_000)).await;
    assert_eq!(talk.records("tickets").len(), before);
    talk.say("yes").await;
    assert_eq!(talk.records("tickets").len(), before + 1, "one is enough");
}
