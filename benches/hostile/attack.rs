//! Minutes of attack: one caller floods, one sends slowly, one half-opens connections, one sends hostile bodies, visitors flood
//! the chat, and an honest one has to be answered all the while. The server's memory has to be flat.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::server::{HONEST, HOSTILE, Server};
use crate::{Error, Row, bodies, client, private_memory};

/// Searches that the flooding caller has under way.
const FLOOD: usize = 32;
/// Connections that send a byte now and then.
const SLOW: usize = 32;
/// Connections that send half a head and wait.
const HALF_OPEN: usize = 200;
/// Visitors who begin conversations with the chat and write the longest messages.
const VISITORS: usize = 8;
/// The pause between two calls of the honest caller.
const HONEST_PAUSE: Duration = Duration::from_secs(1);
/// The longest that the honest caller may wait.
const HONEST_MAX: Duration = Duration::from_secs(5);
/// The most that the memory of the last third may stand above that of the first.
const GROWTH_MAX: f64 = 16.0;

pub(crate) async fn run(minutes: u64) -> Result<Vec<Row>, Error> {
    let server = Arc::new(Server::start(&["--tier", "free", "--chat"]).await?);
    let end = Instant::now() + Duration::from_secs(60 * minutes);
    let mut floods = JoinSet::new();
    for _ in 0..FLOOD {
        floods.spawn(flood(server.clone(), end));
    }
    let mut attackers = JoinSet::new();
    for _ in 0..SLOW {
        attackers.spawn(send_slowly(server.clone(), end));
    }
    for _ in 0..HALF_OPEN {
        attackers.spawn(half_open(server.clone(), end));
    }
    attackers.spawn(hostile_bodies(server.clone(), end));
    for _ in 0..VISITORS {
        attackers.spawn(visit(server.clone(), end));
    }
    let watching = tokio::spawn(watch(server.clone(), end));
    let mut waits = honest(&server, end).await?;
    let memory = watching.await?;
    attackers.join_all().await;
    let flooded: usize = floods.join_all().await.into_iter().sum();
    waits.sort();
    let worst = waits.last().copied().unwrap_or_default();
    let third = memory.len() / 3;
    let highest = |part: &[f64]| part.iter().copied().fold(0.0, f64::max);
    let (first, last) = (highest(&memory[..third]), highest(&memory[memory.len() - third..]));
    let row = |what: String, measured: String, missed| Row { what, measured, missed };
    Ok(vec![
        row(
            format!(
                "honest calls in {minutes} min of attack, all answered (target: at most {} s)",
                HONEST_MAX.as_secs()
            ),
            format!("{}, worst {:.2} s", waits.len(), worst.as_secs_f64()),
            worst > HONEST_MAX,
        ),
        row(
            "calls of the flooding caller that HubSpot's limits let through".to_owned(),
            flooded.to_string(),
            flooded == 0,
        ),
        row(
            format!("private memory, highest of the first and the last third (target: at most {GROWTH_MAX} MiB more)"),
            format!("{first:.1} and {last:.1} MiB"),
            last > first + GROWTH_MAX,
        ),
    ])
}

/// A read and a search once a second, which HubSpot counts in limits of their own. A call that is not answered as it should
/// be ends the run.
async fn honest(server: &Server, end: Instant) -> Result<Vec<Duration>, Error> {
    let client = client::client()?;
    let mut waits = vec![];
    while Instant::now() < end {
        for (tool, arguments) in calls() {
            let began = Instant::now();
            let answer = client::call(&client, server, HONEST, tool, &arguments).await?;
            if answer["isError"] == true {
                return Err(format!("the honest caller was refused: {}", answer["content"]).into());
            }
            waits.push(began.elapsed());
        }
        sleep(HONEST_PAUSE).await;
    }
    Ok(waits)
}

/// The calls of the honest and of the flooding caller.
fn calls() -> [(&'static str, Value); 2] {
    [("get_contact", json!({"contact": "sarah@gmail.com"})), ("search_contacts", json!({"query": "Sarah Mark"}))]
}

async fn flood(server: Arc<Server>, end: Instant) -> usize {
    let Ok(client) = client::client() else { return 0 };
    let mut done = 0;
    while Instant::now() < end {
        for (tool, arguments) in calls() {
            match client::call(&client, &server, HOSTILE, tool, &arguments).await {
                Ok(answer) if answer["isError"] != true => done += 1,
                _ => sleep(Duration::from_millis(50)).await,
            }
        }
    }
    done
}

async fn hostile_bodies(server: Arc<Server>, end: Instant) {
    let Ok(client) = client::client() else { return };
    while Instant::now() < end {
        for body in bodies::all() {
            client::post(&client, &server, HOSTILE, body.text).await;
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Begins conversations, writes the longest messages in them, and ends none.
async fn visit(server: Arc<Server>, end: Instant) {
    let Ok(client) = client::client() else { return };
    while Instant::now() < end {
        let started = client.post(server.url("/chat/api/start")).json(&json!({})).send().await;
        let started: Value = match started {
            Ok(answer) => answer.json().await.unwrap_or_default(),
            Err(_) => Value::Null,
        };
        if let Some(session) = started["session"].as_str() {
            for number in 0..20 {
                let message = json!({"id": number.to_string(), "text": "5 pm no, a@b.co ".repeat(250)});
                let send = client.post(server.url("/chat/api/send")).bearer_auth(session).json(&message);
                let _ = send.send().await;
            }
        }
        sleep(Duration::from_millis(200)).await;
    }
}

/// Sends a body of a valid request byte by byte.
async fn send_slowly(server: Arc<Server>, end: Instant) {
    while Instant::now() < end {
        let head = format!(
            "POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {HOSTILE}\r\nContent-Type: application/json\r\n\
             Content-Length: 400000\r\n\r\n"
        );
        if let Ok(mut stream) = TcpStream::connect(&server.address).await {
            let _ = stream.write_all(head.as_bytes()).await;
            while Instant::now() < end && stream.write_all(b" ").await.is_ok() {
                sleep(Duration::from_millis(500)).await;
            }
        }
        sleep(Duration::from_millis(200)).await;
    }
}

/// Opens a connection, sends half a head and waits until the server closes.
async fn half_open(server: Arc<Server>, end: Instant) {
    while Instant::now() < end {
        if let Ok(mut stream) = TcpStream::connect(&server.address).await {
            let _ = stream.write_all(b"POST /mcp HTTP/1.1\r\nHost: local").await;
            let left = end.saturating_duration_since(Instant::now());
            let _ = timeout(left, stream.read(&mut [0; 64])).await;
        }
        sleep(Duration::from_millis(200)).await;
    }
}

/// The private memory, in MiB, once a second.
async fn watch(server: Arc<Server>, end: Instant) -> Vec<f64> {
    let mut memory = vec![];
    while Instant::now() < end {
        memory.extend(private_memory::read(server.pid()));
        sleep(Duration::from_secs(1)).await;
    }
    memory
}
