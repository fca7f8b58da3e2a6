//! One to eight limiters that share one account, on a stopped clock and from many seeds.

use std::sync::Mutex;

use fastrand::Rng;
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use tokio::time::sleep;

use super::*;
use crate::shared_quota::ledger::QuotaLedger;
use crate::shared_quota::report::{QuotaGrant, QuotaReport};

const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);
const SEEDS_DEFAULT: u64 = 40;

/// A ledger in memory, as far away as a database.
#[derive(Debug)]
struct Ledger {
    state: Mutex<(QuotaLedger, usize)>,
    start: Instant,
    way: Duration,
    away: Mutex<Away>,
}

/// The replicas that cannot reach the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Away {
    Nobody,
    Everybody,
}

/// The way of one replica to the ledger.
#[derive(Debug)]
struct Way {
    ledger: Arc<Ledger>,
    broken: Mutex<bool>,
}

impl Ledger {
    fn new(way: Duration) -> Arc<Ledger> {
        let state = Mutex::default();
        Arc::new(Ledger { state, start: Instant::now(), way, away: Mutex::new(Away::Nobody) })
    }

    fn exchanges(&self) -> usize {
        self.state.lock().unwrap().1
    }
}

impl SharedQuota for Way {
    fn exchange(&self, report: QuotaReport) -> BoxFuture<'_, Result<QuotaGrant, String>> {
        async move {
            let ledger = &self.ledger;
            sleep(ledger.way).await;
            if *self.broken.lock().unwrap() || *ledger.away.lock().unwrap() == Away::Everybody {
                return Err("it is away".to_owned());
            }
            let now_ms = 1_796_000_000_000 + ledger.start.elapsed().as_millis() as i64;
            let grant = {
                let mut state = ledger.state.lock().unwrap();
                state.1 += 1;
                state.0 = QuotaLedger::read(&state.0.text());
                state.0.exchange(&report, now_ms)
            };
            sleep(ledger.way).await;
            Ok(grant)
        }
        .boxed()
    }
}

/// HubSpot's account: the moments at which requests were counted.
#[derive(Debug, Default)]
struct Account {
    counted: Mutex<Vec<(Bucket, Instant, usize)>>,
}

impl Account {
    fn count(&self, bucket: Bucket, replica: usize) {
        self.counted.lock().unwrap().push((bucket, Instant::now(), replica));
    }

    fn moments(&self, bucket: Bucket) -> Vec<Instant> {
        let counted = self.counted.lock().unwrap();
        counted.iter().filter(|(of, ..)| *of == bucket).map(|(_, at, _)| *at).collect()
    }

    /// The most requests in any stretch of this length.
    fn peak(&self, bucket: Bucket, span: Duration) -> usize {
        let moments = self.moments(bucket);
        let inside = |end: &Instant| moments.iter().filter(|at| **at <= *end && **at + span > *end).count();
        moments.iter().map(inside).max().unwrap_or_default()
    }

    fn check(&self, what: &str) {
        let peaks = (self.peak(Bucket::General, 10 * SECOND), self.peak(Bucket::Search, SECOND));
        assert!(peaks.0 <= 100 && peaks.1 <= 5, "{what}: {peaks:?}");
    }

    fn since(&self, bucket: Bucket, start: Instant, end: Instant) -> usize {
        self.moments(bucket).iter().filter(|at| **at >= start && **at < end).count()
    }
}

/// Replicas of one account.
struct Desk {
    ledger: Arc<Ledger>,
    account: Arc<Account>,
    ways: Vec<Arc<Way>>,
    limiters: Vec<Arc<Limiter>>,
}

impl Desk {
    fn of(replicas: usize) -> Desk {
        Desk::with(replicas, MS)
    }

    fn with(replicas: usize, way: Duration) -> Desk {
        let ledger = Ledger::new(way);
        let new_way = |_| Arc::new(Way { ledger: ledger.clone(), broken: Mutex::new(false) });
        let ways: Vec<_> = (0..replicas).map(new_way).collect();
        let limiter = |way: &Arc<Way>| Arc::new(Limiter::new(Tier::Free, Callers::Several, Some(way.clone())));
        Desk { limiters: ways.iter().map(limiter).collect(), account: Arc::default(), ledger, ways }
    }

    /// Sends one request; the time that it waited for its place.
    async fn send(
        &self,
        replica: usize,
        bucket: Bucket,
        caller: &CallerKey,
        (out, back): (Duration, Duration),
    ) -> Option<Duration> {
        let asked = Instant::now();
        let mut permit = self.limiters[replica].admit(bucket, caller, asked + 30 * SECOND).await.ok()?;
        let waited = asked.elapsed();
        assert!(permit.may_be_sent());
        permit.mark_sent();
        sleep(out).await;
        self.account.count(bucket, replica);
        sleep(back).await;
        permit.mark_answered();
        Some(waited)
    }

    /// Sends as much as it can by this caller, in so many tasks, until then.
    async fn flood(&self, replica: usize, caller: &CallerKey, tasks: usize, end: Instant) -> usize {
        let one = async || {
            let mut sent = 0;
            while Instant::now() < end {
                let way = (75 * MS, 75 * MS);
                match self.send(replica, Bucket::General, caller, way).await {
                    Some(_) => sent += 1,
                    None => sleep(10 * MS).await, // A refusal comes at once.
                }
            }
            sent
        };
        join_all((0..tasks).map(|_| one())).await.into_iter().sum()
    }
}

/// The customers of one run: some replicas are busy, some are not.
async fn run(seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let replicas = 1 + (seed % 8) as usize;
    let desk = Desk::with(replicas, MS * rng.u32(0..40));
    let end = Instant::now() + 45 * SECOND;
    let customers = (0..replicas * rng.usize(2..9)).map(|customer| {
        let mut rng = rng.fork();
        let (desk, replica) = (&desk, rng.usize(..replicas));
        async move {
            let name = format!("c{}", customer % 5);
            let caller = if customer % 5 == 4 { CallerKey::yielding(name) } else { CallerKey::new(name) };
            let pause_max = [20, 200, 2_000][rng.usize(..3)];
            while Instant::now() < end {
                sleep(MS * rng.u32(..pause_max)).await;
                let bucket = if rng.u8(..5) == 0 { Bucket::Search } else { Bucket::General };
                let way = (MS * rng.u32(..200), MS * rng.u32(..200));
                desk.send(replica, bucket, &caller, way).await;
            }
        }
    });
    join_all(customers).await;
    desk.account.check(&format!("SEED={seed}"));
    assert!(!desk.account.moments(Bucket::General).is_empty());
}

/// `SEEDS=2000 cargo test one_quota_of_many_seeds` plays more.
#[tokio::test(start_paused = true)]
async fn one_quota_of_many_seeds() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seeds = match number("SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("SEEDS").unwrap_or(SEEDS_DEFAULT),
    };
    for seed in seeds {
        run(seed).await;
    }
}

#[expect(clippy::print_stdout, reason = "measured costs are for whoever runs the tests")]
#[tokio::test(start_paused = true)]
async fn a_full_load_uses_nearly_the_whole_quota() {
    for replicas in 1..=8 {
        let desk = Desk::of(replicas);
        let (start, callers) = (Instant::now(), ["a", "b", "c", "d"].map(CallerKey::new));
        let end = start + 60 * SECOND;
        let floods = (0..replicas).flat_map(|at| callers.iter().map(move |caller| (at, caller)));
        let sent = join_all(floods.map(|(at, caller)| desk.flood(at, caller, 10, end))).await;
        let all: usize = sent.iter().sum();
        desk.account.check("full load");
        let exchanges = desk.ledger.exchanges();
        println!("{replicas} replicas: {all} requests, {:.2} exchanges a request", exchanges as f64 / all as f64);
        assert!(all >= 480, "{replicas} replicas sent {all} of 600 in a minute");
        let each: Vec<usize> = sent.chunks(4).map(|sent| sent.iter().sum()).collect();
        let (least, most) = (each.iter().min().unwrap(), each.iter().max().unwrap());
        assert!(least * 2 >= *most, "{replicas} replicas: {each:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_replica_uses_what_the_others_leave() {
    let desk = Desk::of(4);
    let callers = ["a", "b", "c", "d"].map(CallerKey::new);
    for replica in 1..4 {
        desk.send(replica, Bucket::General, &callers[0], (MS, MS)).await;
    }
    let (start, end) = (Instant::now(), Instant::now() + 30 * SECOND);
    join_all(callers.iter().map(|caller| desk.flood(0, caller, 10, end))).await;
    let sent = desk.account.since(Bucket::General, start, end);
    assert!(sent >= 220, "{sent} of 300");
    desk.account.check("one of four is busy");
}

#[tokio::test(start_paused = true)]
async fn a_quiet_caller_of_one_replica_is_served_beside_the_floods_of_others() {
    for replicas in [2, 3, 8] {
        let desk = Desk::of(replicas);
        let end = Instant::now() + 40 * SECOND;
        let busy = CallerKey::new("busy");
        let floods = join_all((1..replicas).map(|at| desk.flood(at, &busy, 20, end)));
        let quiet = async {
            let (calm, mut worst) = (CallerKey::new("calm"), Duration::ZERO);
            sleep(3 * SECOND).await;
            while Instant::now() < end {
                let waited = desk.send(0, Bucket::General, &calm, (75 * MS, 75 * MS)).await.unwrap();
                worst = worst.max(waited);
                sleep(2 * SECOND).await; // Less than the part of one replica of eight.
            }
            worst
        };
        let (_, worst) = futures::future::join(floods, quiet).await;
        assert!(worst <= 2 * SECOND, "{replicas} replicas: {worst:?}");
        desk.account.check("floods");
    }
}

/// A fifth of each window is for callers who wait for an answer.
#[tokio::test(start_paused = true)]
async fn background_work_leaves_a_fifth() {
    for replicas in [1, 2, 8] {
        let desk = Desk::of(replicas);
        let end = Instant::now() + 40 * SECOND;
        let backlog = CallerKey::yielding("autopilot");
        let floods = join_all((0..replicas).map(|at| desk.flood(at, &backlog, 20, end)));
        let visits = async {
            let mut worst = Duration::ZERO;
            for at in 0..10 {
                sleep(3 * SECOND).await;
                let caller = CallerKey::new(format!("c{at}"));
                let four = (0..4).map(|_| desk.send(at % replicas, Bucket::General, &caller, (75 * MS, 75 * MS)));
                worst = join_all(four).await.into_iter().map(Option::unwrap).fold(worst, Duration::max);
            }
            worst
        };
        let (_, worst) = futures::future::join(floods, visits).await;
        assert!(worst <= SECOND, "{replicas} replicas: {worst:?}");
        desk.account.check("background");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_one_replica_meets_is_obeyed_by_all_within_a_second() {
    for replicas in 2..=8 {
        let desk = Desk::of(replicas);
        let start = Instant::now();
        let end = start + 20 * SECOND;
        let callers: Vec<_> = (0..replicas).map(|at| CallerKey::new(format!("c{at}"))).collect();
        let floods = join_all(callers.iter().enumerate().map(async |(at, caller)| {
            while Instant::now() < end {
                desk.send(at, Bucket::General, caller, (MS, MS)).await;
                sleep(300 * MS).await;
            }
        }));
        let refusal = async {
            sleep(6 * SECOND).await;
            desk.limiters[0].close(Bucket::General, 5 * SECOND);
        };
        futures::future::join(floods, refusal).await;
        let obeyed = desk.account.since(Bucket::General, start + 7 * SECOND, start + 11 * SECOND);
        assert_eq!(obeyed, 0, "{replicas} replicas");
        assert!(desk.account.since(Bucket::General, start + 11 * SECOND, end) > 0, "and it ends");
    }
}

#[tokio::test(start_paused = true)]
async fn the_daily_limit_stops_all_replicas_and_is_known_to_all() {
    let desk = Desk::of(3);
    let caller = CallerKey::default();
    for replica in 0..3 {
        desk.send(replica, Bucket::General, &caller, (MS, MS)).await.unwrap();
    }
    desk.limiters[0].stop_for_today(60 * SECOND, 3600 * SECOND, Some("midnight".into()));
    sleep(SECOND + SECOND).await;
    for limiter in &desk.limiters {
        let refused = limiter.admit(Bucket::Search, &caller, Instant::now() + SECOND).await.unwrap_err();
        assert_eq!(refused.code().as_str(), "RATE_LIMITED_ERROR");
    }
    let mut permit = {
        tokio::time::advance(60 * SECOND).await;
        desk.limiters[1].admit(Bucket::General, &caller, Instant::now() + SECOND).await.unwrap()
    };
    permit.mark_sent();
    let mut headers = HeaderMap::new();
    headers.insert("x-hubspot-ratelimit-daily", 250_000.into());
    headers.insert("x-hubspot-ratelimit-daily-remaining", 7.into());
    permit.read_quota_headers(&headers);
    sleep(5 * SECOND).await;
    let known = desk.limiters.iter().map(|limiter| limiter.daily_quota().map(|quota| quota.left));
    assert_eq!(known.collect::<Vec<_>>(), [Some(7); 3]);
}

/// With the database away, replicas wait until nobody's places are in doubt and go on with an eighth each.
#[tokio::test(start_paused = true)]
async fn without_the_ledger_replicas_go_on_with_a_small_part() {
    for (replicas, is_one) in [(1, false), (3, false), (8, false), (3, true), (8, true)] {
        let desk = Desk::of(replicas);
        let start = Instant::now();
        let (away, back, end) = (start + 15 * SECOND, start + 70 * SECOND, start + 100 * SECOND);
        let caller = CallerKey::new("busy");
        let floods = join_all((0..replicas).map(|at| desk.flood(at, &caller, 8, end)));
        let outage = async {
            tokio::time::sleep_until(away).await;
            match is_one {
                true => *desk.ways[0].broken.lock().unwrap() = true,
                false => *desk.ledger.away.lock().unwrap() = Away::Everybody,
            }
            tokio::time::sleep_until(back).await;
            *desk.ways[0].broken.lock().unwrap() = false;
            *desk.ledger.away.lock().unwrap() = Away::Nobody;
        };
        futures::future::join(floods, outage).await;
        let what = format!("{replicas} replicas, one of them alone: {is_one}");
        desk.account.check(&what);
        let alone = desk
            .account
            .counted
            .lock()
            .unwrap()
            .iter()
            .filter(|(_, at, of)| *of == 0 && *at > away + 20 * SECOND && *at < back)
            .count();
        assert!((20..=60).contains(&alone), "{what}: {alone}");
        let after = desk.account.since(Bucket::General, back + 10 * SECOND, end);
        assert!(after >= 120, "{what}: {after} of 200 after it came back");
    }
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_leaves_gives_its_places_back() {
    let desk = Desk::of(2);
    let caller = CallerKey::new("c");
    let all = (0..90).map(|_| desk.send(0, Bucket::General, &caller, (MS, MS)));
    let end = Instant::now() + 3 * SECOND;
    tokio::time::timeout_at(end, join_all(all)).await.ok();
    let sent = desk.account.moments(Bucket::General).len();
    desk.limiters[0].leave().await;
    let text = desk.ledger.state.lock().unwrap().0.text();
    assert!(text.contains("\"replicas\":[]"), "{sent} were sent: {text}");
    assert!(!text.contains("\"places\""), "{text}");
}
