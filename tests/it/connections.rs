//! Connections of a process that may open few: clients that send nothing shut nobody out.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout};

use crate::binary::{frontdesk, soon};

/// The usual limit of a process.
const DESCRIPTORS: &str = "1024";
const HALF_OPEN: usize = 1_100;

/// Starts the server in a shell that has lowered its limits.
async fn limited() -> (Child, SocketAddr) {
    let binary = env!("CARGO_BIN_EXE_frontdesk");
    let script = format!("ulimit -n {DESCRIPTORS} && exec {binary} http --sandbox --bind 127.0.0.1:0");
    let mut command = Command::new("sh");
    command.args(["-c", &script]).env_clear().kill_on_drop(true).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
    let address = loop {
        let line = soon(log.next_line()).await.unwrap().expect("it ended before it listened");
        if let Some((_, rest)) = line.split_once("http://") {
            break rest.split('/').next().unwrap().parse().unwrap();
        }
    };
    tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
    (process, address)
}

/// Sends a request from this address, and returns the answer and its time.
async fn ask(server: SocketAddr, from: &str, request: &str) -> (String, Duration) {
    let start = Instant::now();
    let answered = async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(from.parse().unwrap(), 0)).unwrap();
        let mut stream = socket.connect(server).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        said
    };
    let said = timeout(Duration::from_secs(20), answered).await.unwrap_or_default();
    (said, start.elapsed())
}

fn post(body: &str, headers: &str) -> String {
    let length = body.len();
    format!(
        "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nconnection: close\r\n{headers}\
         content-length: {length}\r\n\r\n{body}"
    )
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn half_open_connections_shut_nobody_out() {
    rlimit::increase_nofile_limit(rlimit::INFINITY).unwrap();
    let (process, server) = limited().await;
    let list = post(r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#, "");
    let mut half_open = vec![];
    for _ in 0..HALF_OPEN {
        let mut stream = soon(TcpStream::connect(server)).await.unwrap();
        // The server may have closed it already.
        let _ = stream.write_all(b"POST /mcp HTTP/1.1\r\nhost: localhost\r\n").await;
        half_open.push(stream);
    }
    for from in ["127.0.0.1", "127.0.0.2"] {
        let (said, time) = ask(server, from, &list).await;
        assert!(said.contains("find_contact_by_email"), "{from} after {time:?}: {said}");
        assert!(time < Duration::from_secs(5), "{from} waited {time:?}");
        let (said, time) =
            ask(server, from, "GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
        assert!(said.contains("embedded") && time < Duration::from_secs(5), "{from} {time:?}: {said}");
    }
    assert!(descriptors(&process) < 512, "no more than half are connections");
    drop(half_open);
}

#[cfg(target_os = "linux")]
fn descriptors(process: &Child) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", process.id().unwrap())).unwrap().count()
}

/// A soft limit is raised to the hard one at the start.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_limit_of_descriptors_is_raised() {
    let binary = env!("CARGO_BIN_EXE_frontdesk");
    let script = format!("ulimit -S -n 64 && ulimit -H -n 4096 && exec {binary} http --sandbox --bind 127.0.0.1:0");
    let mut command = Command::new("sh");
    let mut process =
        command.args(["-c", &script]).env_clear().kill_on_drop(true).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
    while !soon(log.next_line()).await.unwrap().expect("it ended before it listened").contains("http://") {}
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", process.id().unwrap())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    assert_eq!(line.split_whitespace().collect::<Vec<_>>()[3..5], ["4096", "4096"], "{line}");
}

#[tokio::test]
async fn tokens_beyond_this_machine_are_warned_about() {
    for (bind, warned) in [("0.0.0.0:0", true), ("127.0.0.1:0", false)] {
        let arguments = ["http", "--sandbox", "--bind", bind, "--auth-token", "0123456789abcdef"];
        let mut process = frontdesk(&arguments).spawn().unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut said = String::new();
        while !said.contains("http://") {
            said += &soon(log.next_line()).await.unwrap().expect("it ended before it listened");
        }
        assert_eq!(said.contains("WARN") && said.contains("TLS"), warned, "{said}");
    }
}

/// Health is told also while large messages of many callers are read.
#[tokio::test]
async fn health_is_told_under_load() {
    let (_process, server) = limited().await;
    let values = r#"{"a":1},"#.repeat(4_900);
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"get_contact","arguments":{{"contact":[{values}0]}}}}}}"#
    );
    let load: Vec<_> = (0..60)
        .map(|_| {
            let request = post(&body, "");
            tokio::spawn(async move { ask(server, "127.0.0.1", &request).await.0 })
        })
        .collect();
    let mut times = vec![];
    while times.len() < 20 || load.iter().any(|call| !call.is_finished()) {
        let probe = "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        let (said, time) = ask(server, "127.0.0.1", probe).await;
        assert!(said.contains("alive"), "{said}");
        times.push(time);
    }
    times.sort();
    println!("health: median {:?}, worst {:?} of {}", times[times.len() / 2], times[times.len() - 1], times.len());
    assert!(times[times.len() / 2] < Duration::from_millis(250), "{times:?}");
    let mut served = 0;
    for call in load {
        let said = call.await.unwrap();
        let (head, body) = said.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{said}"));
        match head.split(' ').nth(1) {
            Some("200") => served += 1,
            // Who has too much of it under way is told so, and when to come back.
            Some("429") => {
                let refused: Value = serde_json::from_str(body).unwrap();
                assert_eq!((&refused["code"], head.contains("retry-after: 1")), (&"BUSY_ERROR".into(), true), "{head}");
            }
            _ => panic!("{said}"),
        }
    }
    assert!(served > 0);
}
