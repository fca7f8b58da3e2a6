//! The limiter: order, deadlines, and what answers change.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn limiter() -> Arc<Limiter> {
    Arc::new(Limiter::new(Tier::Free, Callers::One, None))
}

/// A request that is answered at once.
fn passed(mut permit: Permit) {
    permit.mark_sent();
    permit.mark_answered();
}

async fn used_up(limiter: &Arc<Limiter>, bucket: Bucket, times: usize) {
    for _ in 0..times {
        passed(limiter.admit(bucket, &CallerKey::default(), Instant::now() + SECOND).await.unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn requests_are_admitted_in_order() {
    let (limiter, start) = (limiter(), Instant::now());
    let calls = (0..8).map(|_| async {
        passed(limiter.admit(Bucket::Search, &CallerKey::default(), start + 30 * SECOND).await.unwrap());
        start.elapsed().as_secs()
    });
    assert_eq!(futures::future::join_all(calls).await, [0, 0, 0, 0, 0, 1, 1, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_would_wait_past_its_deadline_fails_at_once() {
    let (limiter, start) = (limiter(), Instant::now());
    used_up(&limiter, Bucket::General, 100).await;
    let refused = limiter.admit(Bucket::General, &CallerKey::default(), start + 5 * SECOND).await.unwrap_err();
    assert_eq!(refused, Error::RateLimited { retry_after: 10 * SECOND });
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert!(limiter.admit(Bucket::General, &CallerKey::default(), start + 11 * SECOND).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_dropped_request_frees_its_place_in_the_queue() {
    let (limiter, start) = (limiter(), Instant::now());
    used_up(&limiter, Bucket::Search, 5).await;
    let caller = CallerKey::default();
    let impatient = limiter.admit(Bucket::Search, &caller, start + 30 * SECOND);
    assert!(tokio::time::timeout_at(start + SECOND / 2, impatient).await.is_err());
    assert_eq!(limiter.queue(Bucket::Search).granted.len(), 0);
    used_up(&limiter, Bucket::General, 1).await;
    assert!(limiter.admit(Bucket::Search, &CallerKey::default(), start + 2 * SECOND).await.is_ok());
}

/// A place that was given to a request that leaves at that moment goes to the next one.
#[tokio::test(start_paused = true)]
async fn a_place_given_to_a_request_that_left_is_given_on() {
    let (limiter, start) = (limiter(), Instant::now());
    used_up(&limiter, Bucket::Search, 5).await;
    let (first, second) = (CallerKey::new("first"), CallerKey::new("second"));
    let mut leaving = Box::pin(limiter.admit(Bucket::Search, &first, start + 30 * SECOND));
    assert!(futures::FutureExt::now_or_never(leaving.as_mut()).is_none());
    tokio::time::advance(2 * SECOND).await;
    assert!(limiter.admit(Bucket::Search, &second, start + 30 * SECOND).await.is_ok(), "this grants both");
    drop(leaving);
    assert_eq!(limiter.queue(Bucket::Search).window.left(), 5);
}

/// A caller in a loop does not push the requests of others past their deadline.
#[tokio::test(start_paused = true)]
async fn a_caller_is_refused_only_for_its_own_requests() {
    let (limiter, start) = (limiter(), Instant::now());
    let [busy, calm] = ["busy", "calm"].map(CallerKey::new);
    let flood = async {
        let all = (0..160).map(|_| limiter.admit(Bucket::Search, &busy, start + 30 * SECOND));
        let ended = futures::future::join_all(all.map(async |permit| permit.await.map(passed).is_ok())).await;
        ended.into_iter().filter(|admitted| *admitted).count()
    };
    let honest = async {
        tokio::time::sleep(SECOND / 2).await;
        let asked = Instant::now();
        passed(limiter.admit(Bucket::Search, &calm, asked + 3 * SECOND).await.unwrap());
        asked.elapsed()
    };
    let (flooded, waited) = futures::future::join(flood, honest).await;
    assert!(waited <= SECOND, "{waited:?}");
    assert!((110..160).contains(&flooded), "{flooded} of 160 found a place within 30 s");
}

#[tokio::test(start_paused = true)]
async fn searches_have_a_limit_of_their_own_and_associations_count_twice() {
    let (limiter, start) = (limiter(), Instant::now());
    used_up(&limiter, Bucket::General, 60).await;
    used_up(&limiter, Bucket::Associations, 40).await;
    used_up(&limiter, Bucket::Search, 5).await;
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert!(limiter.admit(Bucket::Associations, &CallerKey::default(), start + SECOND).await.is_err());
    assert_eq!(limiter.queue(Bucket::Associations).window.left(), 60, "its place there was given back");
}

#[tokio::test(start_paused = true)]
async fn an_answer_admits_the_requests_that_wait_for_it() {
    let (limiter, start) = (limiter(), Instant::now());
    let mut permits = vec![];
    for _ in 0..5 {
        let mut permit = limiter.admit(Bucket::Search, &CallerKey::default(), start + SECOND).await.unwrap();
        permit.mark_sent();
        permit.mark_answered();
        permits.push(permit);
    }
    let answers = async {
        tokio::time::sleep(2 * SECOND).await;
        permits.clear();
    };
    let (permit, ()) =
        futures::future::join(limiter.admit(Bucket::Search, &CallerKey::default(), start + 30 * SECOND), answers).await;
    assert_eq!((permit.is_ok(), start.elapsed()), (true, 3 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn headers_correct_what_is_left() {
    let limiter = limiter();
    let mut permit = limiter.admit(Bucket::General, &CallerKey::default(), Instant::now() + SECOND).await.unwrap();
    permit.mark_sent();
    permit.mark_answered();
    let mut headers = HeaderMap::new();
    headers.insert("x-hubspot-ratelimit-max", 190.into());
    headers.insert("x-hubspot-ratelimit-remaining", 5.into());
    permit.read_quota_headers(&headers);
    drop(permit);
    assert_eq!(limiter.queue(Bucket::General).window.left(), 5);
}

#[tokio::test(start_paused = true)]
async fn the_daily_limit_stops_everything_until_the_next_try() {
    let limiter = limiter();
    limiter.stop_for_today(60 * SECOND, 3600 * SECOND, Some("2026-11-23T00:00:00-05:00".into()));
    let refused = limiter.admit(Bucket::Search, &CallerKey::default(), Instant::now() + 30 * SECOND).await.unwrap_err();
    assert_eq!(refused.code().as_str(), "RATE_LIMITED_ERROR");
    assert_eq!(refused.details()["retry_after_seconds"], 3600);
    tokio::time::advance(60 * SECOND).await;
    assert!(limiter.admit(Bucket::Search, &CallerKey::default(), Instant::now() + 30 * SECOND).await.is_ok());
}

/// Callers who share a request of the associations API take turns by the places that they hold there.
#[tokio::test(start_paused = true)]
async fn a_request_that_waits_for_a_general_place_holds_no_other() {
    let (limiter, start) = (limiter(), Instant::now());
    used_up(&limiter, Bucket::General, 100).await;
    let caller = CallerKey::new("waiting");
    let mut waiting = Box::pin(limiter.admit(Bucket::Associations, &caller, start + 30 * SECOND));
    assert!(futures::FutureExt::now_or_never(waiting.as_mut()).is_none());
    assert_eq!(limiter.queue(Bucket::Associations).window.left(), 100);
    let permit = waiting.await.unwrap();
    assert_eq!(limiter.queue(Bucket::Associations).window.left(), 99);
    drop(permit);
    assert_eq!(limiter.queue(Bucket::Associations).window.left(), 100);
}
