//! The memory that hostile requests take: one, and a hundred at once, of everything that is large when it is read.

#![cfg(target_os = "linux")]

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Child;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, timeout};

use crate::binary::serve_http;
use crate::shares::{FEW, FULL, callers};

/// MiB of private memory beyond what the process has at rest: of one request, of a hundred at once, and after ten seconds.
pub(crate) const ONE_MAX: f64 = 20.0;
pub(crate) const HUNDRED_MAX: f64 = 200.0;
const LEFT_MAX: f64 = 30.0;
const GIVEN_BACK_AFTER: Duration = Duration::from_secs(10);

/// As long as a body may be.
const BYTES: usize = 512 * 1024 - 256;

fn call(arguments: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"get_contact","arguments":{arguments}}}}}"#
    )
}

fn batch(message: &str) -> String {
    format!("[{}]", vec![message; 100].join(","))
}

fn hostile() -> Vec<(&'static str, String)> {
    let list = |item: &str, count: usize| call(&format!(r#"{{"contact":[{}0]}}"#, item.repeat(count)));
    let names: Vec<_> = (0..9_900).map(|at| format!(r#""k{at}":{at}"#)).collect();
    let read = json!({"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": "taskgraph://hubspot"}});
    let tools = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    vec![
        ("lists, as many as fit", list("[0],", BYTES / 4)),
        ("numbers, as many as fit", list("0,", BYTES / 2 - 64)),
        ("lists, as many as are read", list("[0],", 4_900)),
        ("numbers, as many as are read", list("0,", 9_900)),
        ("objects", list(r#"{"a":1},"#, 4_900)),
        ("texts", list(&format!("\"{}\",", "x".repeat(20)), 9_900)),
        ("names", call(&format!("{{{}}}", names.join(",")))),
        ("depth", list("[", 100_000)),
        ("a text", call(&format!(r#"{{"contact":"{}"}}"#, "x".repeat(BYTES - 200)))),
        ("escapes", call(&format!(r#"{{"contact":"{}"}}"#, "\\u0041".repeat((BYTES - 200) / 6)))),
        ("JSON text", call(&format!(r#"{{"contact":"[{}0]"}}"#, "0,".repeat(100_000)))),
        ("arguments as text", call(&json!(format!(r#"{{"contact":[{}0]}}"#, "[0],".repeat(120_000))).to_string())),
        ("as many as are read", call(&json!(format!(r#"{{"contact":[{}0]}}"#, "[0],".repeat(4_900))).to_string())),
        (
            "escaped",
            call(&json!(format!(r#"{{"contact":[{}0]}}"#, "[0],".repeat(40_000))).to_string().replace('[', r"\u005b")),
        ),
        ("a batch of reads", batch(&read.to_string())),
        ("a batch of lists", batch(&tools.to_string())),
        ("an id", format!(r#"{{"jsonrpc":"2.0","id":"{}","method":"ping"}}"#, "x".repeat(BYTES - 100))),
    ]
}

#[tokio::test]
async fn hostile_requests_take_bounded_memory_and_give_it_back() {
    let file = callers();
    let arguments = ["--sandbox", "--auth-file", file.path().to_str().unwrap(), "--calls-per-second", "100000"];
    for (at_once, bound) in [(1, ONE_MAX), (100, HUNDRED_MAX)] {
        let (process, address) = serve_http(&arguments).await;
        post(&address, FEW, &call(r#"{"contact":"sarah@gmail.com"}"#)).await;
        let rest = private_mib(&process);
        for (name, body) in hostile() {
            let before = private_mib(&process);
            let peak = peak_while(&process, at_once_posted(&address, &body, at_once)).await;
            println!("{at_once:>3} x {name}: {:.1} MiB", peak - before);
            // A hundred are measured from the start: what earlier ones left counts too.
            let from = if at_once == 1 { before } else { rest };
            assert!(peak - from < bound, "{at_once} x {name}: {:.1} MiB", peak - from);
        }
        let given_back = async {
            while private_mib(&process) > rest + LEFT_MAX {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let start = Instant::now();
        let left = timeout(GIVEN_BACK_AFTER, given_back).await;
        println!("{at_once:>3}: {:.1} MiB left after {:?}", private_mib(&process) - rest, start.elapsed());
        assert!(left.is_ok(), "{:.1} MiB are kept", private_mib(&process) - rest);
    }
}

async fn at_once_posted(address: &str, body: &str, at_once: usize) {
    let mut posts = JoinSet::new();
    for at in 0..at_once {
        let (address, body) = (address.to_owned(), body.to_owned());
        let token = [FEW, FULL][at % 2];
        posts.spawn(async move { post(&address, token, &body).await });
    }
    posts.join_all().await;
}

/// Sends one message to `/mcp` and reads the answer to its end.
async fn post(address: &str, token: &str, body: &str) {
    let headers = vec![("authorization", format!("Bearer {token}")), ("content-type", "application/json".to_owned())];
    post_to(address, &Posted { path: "/mcp".to_owned(), headers, body: body.to_owned() }).await;
}

/// A request that is posted.
pub(crate) struct Posted {
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

/// Sends a request and reads the answer to its end.
pub(crate) async fn post_to(address: &str, posted: &Posted) {
    let sending = async {
        let mut stream = TcpStream::connect(address).await?;
        let headers: String = posted.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let head = format!(
            "POST {} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n",
            posted.path,
            posted.body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(posted.body.as_bytes()).await?;
        let mut answer = vec![];
        stream.read_to_end(&mut answer).await
    };
    // A refused body is not read to its end, and its connection may be reset.
    let _ = timeout(Duration::from_secs(60), sending).await.expect("no answer");
}

/// The most private memory until `work` has ended.
pub(crate) async fn peak_while(process: &Child, work: impl Future<Output = ()>) -> f64 {
    let mut work = std::pin::pin!(work);
    let (mut tick, mut peak) = (interval(Duration::from_millis(2)), private_mib(process));
    loop {
        tokio::select! {
            () = &mut work => return peak.max(private_mib(process)),
            _ = tick.tick() => peak = peak.max(private_mib(process)),
        }
    }
}

pub(crate) fn private_mib(process: &Child) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id().unwrap())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1024.0
}
