//! The latency of one tool call after the other over standard streams, with one read from HubSpot over loopback each.

use std::time::{Duration, Instant};

use crate::load::{Call, Client, read_call};
use crate::process::{HubSpot, Listening, Program};
use crate::samples::Samples;
use crate::stdio::Session;
use crate::{Error, Row, Target};

/// The programs take turns, so that what else happens on the machine meets both.
const ROUNDS: usize = 20;
const CALLS_EACH_ROUND: usize = 200;
const WARM_UP_CALLS: usize = 200;
const RATIO_MAX: f64 = 1.1;

pub(crate) async fn run() -> Result<Vec<Row>, Error> {
    let hubspot = Listening::hubspot().await?;
    let address = format!("http://{}", hubspot.address);
    let mut ours = Sequence::start(Program::Frontdesk, &address).await?;
    let mut bare = Sequence::start(Program::Bare, &address).await?;
    for _ in 0..ROUNDS {
        ours.calls(CALLS_EACH_ROUND).await?;
        bare.calls(CALLS_EACH_ROUND).await?;
    }
    let (ours, bare) = (ours.end().await?, bare.end().await?);
    hubspot.stop().await?;
    let text = |took: &Samples| format!("{:.3} ms (median), {:.3} ms (99 %)", took.median_ms(), took.quantile_ms(0.99));
    let ratio = ours.median_ms() / bare.median_ms();
    let what = "one call after the other over stdio, with one read from HubSpot over loopback";
    Ok(vec![
        Row::new(format!("{what}, {} calls", ROUNDS * CALLS_EACH_ROUND), text(&ours)),
        Row::new("the same through the bare rmcp server", text(&bare)),
        Row::ratio("one call against the bare server", ratio).aim(Some(ratio), Target::AtMost(RATIO_MAX, "times")),
    ])
}

/// One client that calls, and its latencies.
struct Sequence {
    client: Session,
    call: Call,
    made: usize,
    took: Vec<Duration>,
}

impl Sequence {
    /// Started and warmed up.
    async fn start(program: Program, hubspot: &str) -> Result<Sequence, Error> {
        let client = Session::start(program, HubSpot::At(hubspot)).await?;
        let mut sequence = Sequence { client, call: read_call(), made: 0, took: vec![] };
        sequence.calls(WARM_UP_CALLS).await?;
        sequence.took.clear();
        Ok(sequence)
    }

    async fn calls(&mut self, count: usize) -> Result<(), Error> {
        for _ in 0..count {
            self.made += 1;
            let start = Instant::now();
            self.client.call(self.made, &self.call).await?;
            self.took.push(start.elapsed());
        }
        Ok(())
    }

    async fn end(self) -> Result<Samples, Error> {
        self.client.stop().await?;
        Ok(self.took.into())
    }
}
